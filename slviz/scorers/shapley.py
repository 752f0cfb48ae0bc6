"""Shapley values: how a number that several sides lead to is shared out among them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations
from math import comb

import numpy as np
from jaxtyping import Float64

Worth = Callable[[set[str]], Float64[np.ndarray, " rows"]]


def shapley_values(sides: Sequence[str], worth: Worth) -> dict[str, Float64[np.ndarray, " rows"]]:
    """What each side adds to `worth` on average over all orders in which the sides can be told (Shapley 1953).

    Args:
        sides: n of them; `worth` is asked 2ⁿ times.
        worth: the numbers [rows] when only these sides are told.

    The values of a row add up to its worth with all sides less that with none.
    """
    subsets = [frozenset(subset) for size in range(len(sides) + 1) for subset in combinations(sides, size)]
    worth_of = {subset: worth(set(subset)) for subset in subsets}
    values = {side: np.zeros_like(worth_of[frozenset()]) for side in sides}
    for subset in subsets:
        for side in sides:
            if side not in subset:
                share = 1 / (len(sides) * comb(len(sides) - 1, len(subset)))
                values[side] += share * (worth_of[subset | {side}] - worth_of[subset])
    return values
