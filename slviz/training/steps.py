"""How far an evaluation has come, told as it goes on: shares of the work, and what is left of it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

OF_OWN_SCORES = 0.75
"""Share of the work that goes into a score of all pairs by trees; ranking them for every baseline is the rest."""


@dataclass(frozen=True)
class EvaluationStep:
    """Where an evaluation stands.

    Attributes:
        share: of the work that is done, from 0 to 1.
        seconds_left: about how long the rest takes; NaN as long as nothing is known.
    """

    share: float
    seconds_left: float


OnStep = Callable[[EvaluationStep], None]


class Steps:
    """Adds up parts of a work and tells where it stands; several threads may add to it.

    What `on_step` raises ends the work.
    """

    def __init__(self, on_step: OnStep | None) -> None:
        self._on_step = on_step
        self._done = 0.0
        self._started = time.perf_counter()
        self._lock = threading.Lock()

    def add(self, share: float) -> None:
        """So much more of the work is done."""
        if self._on_step is None:
            return
        with self._lock:
            self._done = min(self._done + share, 1.0)
            passed = time.perf_counter() - self._started
            left = passed * (1 - self._done) / self._done if self._done else float("nan")
            self._on_step(EvaluationStep(self._done, left))
