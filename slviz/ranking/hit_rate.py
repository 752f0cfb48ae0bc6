"""HitRate: the share of hits among tested pairs of held-out screens, by score."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from jaxtyping import Bool, Float64

from slviz.errors import DamagedRun
from slviz.runs.run import Run
from slviz.splits import PairSplit
from slviz.splits.pair_split import HIT, TESTED

Rate = Callable[[np.ndarray], np.ndarray]
DRAWS = 200
FEWEST_HITS = 5
"""Hits, and non-hits, that held-out screens have together at least for a rate to be said."""


@dataclass(frozen=True, eq=False)
class HitRate:
    """Scores of tested pairs, each from a model that did not learn from its screen, and whether it was a hit. T tests.

    The rate rises with the score: the isotonic regression of hits on scores (pool adjacent violators; Ayer 1955, for
    probabilities Zadrozny & Elkan 2002), every screen counting alike, however many pairs it tested.

    Attributes:
        score: float64 [T].
        hit: bool [T].
        screen: int64 [T], number of its screen.
        screens: how many screens there are.
    """

    score: Float64[np.ndarray, " tests"]
    hit: Bool[np.ndarray, " tests"]
    screen: np.ndarray
    screens: int

    @classmethod
    def of(cls, run: Run, split: PairSplit) -> HitRate | None:
        """From the predictions of a run and its split; None where too few pairs of held-out screens are among them.

        Raises `DamagedRun` where the two are not about the same tests.
        """
        tests = np.flatnonzero((split.part == "test") & np.isin(split.negative_kind, TESTED))
        of_tests = (run.predictions["part"] == "test") & run.predictions["negative_kind"].isin(TESTED)
        rows = pd.DataFrame(run.predictions.loc[of_tests])
        _refuse_other_tests(run, rows, split, tests)
        hit = rows["negative_kind"].to_numpy() == HIT
        if min(hit.sum(), (~hit).sum()) < FEWEST_HITS:
            return None
        names, screen = np.unique(split.screen[tests].astype(str), return_inverse=True)
        return cls(rows["prediction"].to_numpy(dtype=np.float64), hit, screen.astype(np.int64), len(names))

    def at(self, score: np.ndarray) -> Float64[np.ndarray, " scores"]:
        """The share of hits among tested pairs with such a score."""
        return self._of_all_screens(score)

    def draws(
        self, score: np.ndarray, *, seed: int = 0, draws: int = DRAWS
    ) -> Iterator[Float64[np.ndarray, " scores"]]:
        """The same from screens drawn with replacement, so many times: how far another set of screens would differ."""
        for rate in self._of_drawn_screens(seed, draws):
            yield rate(score)

    @cached_property
    def _of_all_screens(self) -> Rate:
        return self._fitted(self._weights(np.ones(self.screens)))

    def _of_drawn_screens(self, seed: int, draws: int) -> list[Rate]:
        """Fitted once for a seed and a number: it takes a second or two where there are many tests."""
        if (seed, draws) not in self._fitted_before:
            random = np.random.default_rng(seed)
            drawn = random.multinomial(self.screens, np.full(self.screens, 1 / self.screens), size=draws)
            self._fitted_before[seed, draws] = [self._fitted(self._weights(counts)) for counts in drawn]
        return self._fitted_before[seed, draws]

    @cached_property
    def _fitted_before(self) -> dict[tuple[int, int], list[Rate]]:
        return {}

    def _weights(self, counts: np.ndarray) -> Float64[np.ndarray, " tests"]:
        """Weight of each test where every screen counts so many times."""
        size = np.bincount(self.screen, minlength=self.screens)
        return (counts / np.maximum(size, 1))[self.screen]

    def _fitted(self, weight: np.ndarray) -> Rate:
        from sklearn.isotonic import IsotonicRegression

        kept = weight > 0
        model = IsotonicRegression(y_min=0.0, y_max=1.0, out_of_bounds="clip")
        model.fit(self.score[kept], self.hit[kept].astype(np.float64), sample_weight=weight[kept])
        return lambda score: model.predict(np.asarray(score, dtype=np.float64))


def _refuse_other_tests(run: Run, rows: pd.DataFrame, split: PairSplit, tests: np.ndarray) -> None:
    """`DamagedRun` where the rows of the predictions are not the tests of the split, one by one."""
    names = np.asarray(run.genes, dtype=object)
    ends = names[split.pairs[tests]]
    if len(rows) != len(tests) or not (rows[["gene_a", "gene_b"]].to_numpy(dtype=object) == ends).all():
        raise DamagedRun(f"The split of run {run.run_id} names other tests than its predictions. Train the run again.")
