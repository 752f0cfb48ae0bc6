"""What is asked again and again of a table that never changes, such as the metrics of a finished run."""

from __future__ import annotations

import functools
import weakref
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, TypeVar

import pandas as pd

P = ParamSpec("P")
R = TypeVar("R")


def once_for_a_table(function: Callable[Concatenate[pd.DataFrame, P], R]) -> Callable[Concatenate[pd.DataFrame, P], R]:
    """Let `function` answer once for each table object and its further arguments; they have to be hashable.

    The answers are forgotten with the table. Nobody may change the table or an answer afterwards.
    """
    answers: dict[int, tuple[weakref.ref[pd.DataFrame], dict[object, R]]] = {}

    @functools.wraps(function)
    def answered(table: pd.DataFrame, *arguments: P.args, **settings: P.kwargs) -> R:
        place = id(table)
        known = answers.get(place)
        if known is None or known[0]() is not table:
            known = answers[place] = (weakref.ref(table, functools.partial(_forget, answers, place)), {})
        question = (arguments, tuple(sorted(settings.items())))
        if question not in known[1]:
            known[1][question] = function(table, *arguments, **settings)
        return known[1][question]

    return answered


def _forget(answers: dict[int, Any], place: int, gone: object) -> None:
    """Forget a table that is gone, unless another lies in its place already."""
    known = answers.get(place)
    if known is not None and known[0] is gone:
        del answers[place]
