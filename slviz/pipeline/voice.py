"""Voice: where a use case says what happens; a terminal prints it, a test collects it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


def _say_nothing(sentence: str) -> None:
    """Nobody listens."""


@dataclass(frozen=True)
class Voice:
    """What is called with each sentence.

    Attributes:
        tell: about what happens.
        warn: about what did not work and harms nothing.
    """

    tell: Callable[[str], None] = _say_nothing
    warn: Callable[[str], None] = _say_nothing


SILENT = Voice()
