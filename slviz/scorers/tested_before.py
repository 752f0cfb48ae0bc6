"""What every scorer of experiments does with its raw number: earlier screens of the very pair, answers, their range."""

from __future__ import annotations

import dataclasses
from typing import Any, Protocol

import numpy as np
from jaxtyping import Bool, Float, Float32, Float64, Int64

from slviz.errors import DamagedRun
from slviz.features.pair_knowledge import PairKnowledge
from slviz.scorers.conformal import Conformal, in_words
from slviz.scorers.logistic import fit_logistic
from slviz.scorers.pair_scorer import with_every_gene
from slviz.scorers.stored_arrays import pack_names, stored, unpack_names
from slviz.scorers.tested_pairs import Tests

OTHERS, PARALOGS, SCREENED_BEFORE = range(3)
"""Kinds of pairs that are calibrated each by itself."""
EARLIER_HITS, EARLIER_NON_HITS = "earlier_hits", "earlier_non_hits"
EARLIER = "earlier screens"
OF_EARLIER = 2e-4
"""The penalty of the step that reads earlier screens, which has a few numbers for all tests."""
BLOCK = 200_000


class _Scorer(Protocol):
    """What `TestedBefore` needs of a scorer; see `BenchScorer` for the formula."""

    @property
    def knowledge(self) -> PairKnowledge: ...
    @property
    def of_hits(self) -> float: ...
    @property
    def of_non_hits(self) -> float: ...
    @property
    def tests(self) -> Tests: ...
    @property
    def conformal(self) -> Conformal | None: ...

    def as_new(self, pairs: Int64[np.ndarray, "pairs 2"]) -> Float64[np.ndarray, " pairs"]: ...


class TestedBefore:
    """Methods of a scorer of experiments that says what it thinks of pairs as if they were new (`as_new`)."""

    __test__ = False  # for pytest: the name begins with "Test"

    def raw(
        self: _Scorer, pairs: Int64[np.ndarray, "pairs 2"], *, without: np.ndarray | None = None
    ) -> Float64[np.ndarray, " pairs"]:
        """Raw number of each pair, with what screens said of it, but for the one of `without` [N]."""
        return self.as_new(pairs) + of_earlier(self, pairs, without=without)

    def score(self: Any, pairs: Int64[np.ndarray, "pairs 2"]) -> Float32[np.ndarray, " pairs"]:
        blocks = [pairs[start : start + BLOCK] for start in range(0, len(pairs), BLOCK)]
        raw = np.concatenate([self.raw(block) for block in blocks]) if blocks else np.empty(0)
        return logistic(raw)

    def score_with(self: Any, gene: int) -> Float32[np.ndarray, " genes"]:
        return self.score(with_every_gene(gene, self.tests.genes))

    def earlier(
        self: _Scorer, pairs: Int64[np.ndarray, "pairs 2"]
    ) -> tuple[Int64[np.ndarray, " pairs"], Int64[np.ndarray, " pairs"]]:
        """In how many screens that were learnt from each pair was a hit, and tested and none."""
        return self.tests.counts(pairs)

    def in_range(self: _Scorer, pairs: Int64[np.ndarray, "pairs 2"]) -> Bool[np.ndarray, " pairs"]:
        """Which pairs there is anything to go by: an earlier screen, a relation, or interactions of both genes."""
        hits, others = self.tests.counts(pairs)
        return self.knowledge.in_range(pairs) | (hits + others > 0)

    def score_after(
        self: Any, tests: Tests, pairs: Int64[np.ndarray, "pairs 2"], *, without: np.ndarray
    ) -> Float32[np.ndarray, " pairs"]:
        """The scores if these tests had been there before, too; of each pair without those of one screen [N]."""
        return logistic(dataclasses.replace(self, tests=tests).raw(pairs, without=without))

    def possible(self: Any, pairs: Int64[np.ndarray, "pairs 2"]) -> Bool[np.ndarray, "pairs 2"]:
        """Whether "hit" (first column) and "no hit" (second) are possible for each pair, at the level of answers."""
        assert self.conformal is not None, "a stored scorer is calibrated"
        hits, others = self.tests.counts(pairs)
        group = kind_of(self.knowledge, pairs, screened=hits + others > 0)
        return self.conformal.possible(self.raw(pairs), group)

    def answers(self: Any, pairs: Int64[np.ndarray, "pairs 2"]) -> np.ndarray:
        """One of `slviz.scorers.conformal.ANSWERS` for each pair, text [N]."""
        return in_words(self.possible(pairs), self.in_range(pairs))


def logistic(raw: Float[np.ndarray, "*pairs"]) -> Float32[np.ndarray, "*pairs"]:
    """Scores from raw numbers."""
    return (0.5 * (1 + np.tanh(raw / 2))).astype(np.float32)


def of_earlier(
    scorer: _Scorer, pairs: Int64[np.ndarray, "pairs 2"], *, without: np.ndarray | None = None
) -> Float64[np.ndarray, " pairs"]:
    """What earlier screens of the very pair add to the raw number; 0 where there are none."""
    hits, others = scorer.tests.counts(pairs, without=without)
    return scorer.of_hits * np.log1p(hits) + scorer.of_non_hits * np.log1p(others)


def fit_beside_earlier(
    columns: Float64[np.ndarray, "tests columns"], tests: Tests, *, chosen: Bool[np.ndarray, " tests"] | None = None
) -> Float64[np.ndarray, " numbers"]:
    """The constant, how much each column counts, and the numbers of `of_hits` and `of_non_hits`.

    A logistic regression over tests, each screen balanced. No column, and no earlier hit, lowers a score; no earlier
    test without a hit raises it.

    Args:
        columns: raw numbers of each test.
        tests: what screens said; those of other screens are what is earlier.
        chosen: the tests that are fitted to; all when left out. Where they tell nothing apart, a column counts 1.
    """
    chosen = np.ones(len(tests), dtype=bool) if chosen is None else chosen
    rows = tests.keep(chosen)
    weight = rows.balanced()
    if not weight.any():
        return np.r_[0.0, np.ones(columns.shape[1]), 0.0, 0.0]
    hits, others = tests.counts(rows.pairs, without=rows.screen)
    read = np.column_stack([columns[chosen], np.log1p(hits), -np.log1p(others)])
    numbers = none_below_zero(read, rows.hit.astype(np.float64), weight)
    numbers[-1] *= -1
    return numbers


def none_below_zero(columns: np.ndarray, target: np.ndarray, weight: np.ndarray) -> Float64[np.ndarray, " numbers"]:
    """The constant and the coefficients; what would be below 0 is left out: an earlier hit never lowers a score."""
    kept = np.arange(columns.shape[1])
    while True:
        constant, *fitted = fit_logistic(columns[:, kept], target, weight, penalty=OF_EARLIER)
        if min(fitted, default=0.0) >= 0:
            numbers = np.zeros(columns.shape[1])
            numbers[kept] = fitted
            return np.append(constant, numbers)
        kept = np.delete(kept, int(np.argmin(fitted)))


def kind_of(
    knowledge: PairKnowledge, pairs: Int64[np.ndarray, "pairs 2"], *, screened: Bool[np.ndarray, " pairs"]
) -> Int64[np.ndarray, " pairs"]:
    """`OTHERS`, `PARALOGS` or, whatever they are, `SCREENED_BEFORE`."""
    return np.where(screened, SCREENED_BEFORE, np.where(knowledge.are_paralogs(pairs), PARALOGS, OTHERS))


def calibrated_on(
    scorer: _Scorer,
    as_new: Float64[np.ndarray, " tests"],
    *,
    chosen: Bool[np.ndarray, " tests"] | None = None,
    level: float,
) -> Conformal:
    """What answers go by: raw numbers of tests from fits that did not see the pair.

    A pair that other screens tested stands there twice: as if it were new, and with what they said of it.

    Args:
        scorer: the fit whose answers they are.
        as_new: raw numbers of its tests as if nobody had tested the pair before.
        chosen: the tests that have one; all when left out.
        level: of the answers.
    """
    rows = np.flatnonzero(np.ones(len(scorer.tests), dtype=bool) if chosen is None else chosen)
    tests = scorer.tests.keep(rows)
    screen = np.unique(tests.screen.astype(str), return_inverse=True)[1].astype(np.int64)
    hits, others = scorer.tests.counts(tests.pairs, without=tests.screen)
    before = hits + others > 0
    with_earlier = as_new[rows] + scorer.of_hits * np.log1p(hits) + scorer.of_non_hits * np.log1p(others)
    of_new = kind_of(scorer.knowledge, tests.pairs, screened=np.zeros_like(before))
    return Conformal(
        raw=np.concatenate([as_new[rows], with_earlier[before]]),
        hit=np.concatenate([tests.hit, tests.hit[before]]),
        group=np.concatenate([of_new, np.full(before.sum(), SCREENED_BEFORE)]),
        weight=np.ones(len(tests) + before.sum()),
        level=level,
        screen=np.concatenate([screen, screen[before]]),
    )


def arrays_of_tests(tests: Tests, *, prefix: str) -> dict[str, np.ndarray]:
    """What `tests_from_arrays` reads back."""
    names = tests.names
    return {
        f"{prefix}screens": pack_names(names),
        f"{prefix}tests.pairs": tests.pairs.astype(np.int32),
        f"{prefix}tests.hit": tests.hit.astype(np.uint8),
        f"{prefix}tests.screen": np.searchsorted(names, tests.screen.astype(str)).astype(np.int32),
    }


def tests_from_arrays(arrays: Any, *, prefix: str, genes: int) -> Tests:
    """The tests of a stored run; raises `DamagedRun` where they are not there or name what there is not."""
    names = np.array(unpack_names(stored(arrays, f"{prefix}screens")), dtype=object)
    pairs, screen = (stored(arrays, f"{prefix}tests.{name}").astype(np.int64) for name in ("pairs", "screen"))
    hit = stored(arrays, f"{prefix}tests.hit").astype(bool)
    fits = pairs.shape == (len(pairs), 2) and hit.shape == screen.shape == (len(pairs),)
    if not fits or (len(pairs) and not (pairs.min() >= 0 and pairs.max() < genes)):
        raise DamagedRun("The tests of this run name genes that there are not. Train the run again.")
    if len(screen) and not (screen.min() >= 0 and screen.max() < len(names)):
        raise DamagedRun("The tests of this run name screens that there are not. Train the run again.")
    return Tests(pairs, hit, names[screen], genes)
