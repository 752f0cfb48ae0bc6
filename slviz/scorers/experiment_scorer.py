"""ExperimentScorer: what any model says of tested pairs, with earlier screens of the pair, and answers that cover."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Float64, Int64

from slviz.features.pair_knowledge import PairKnowledge
from slviz.scorers.conformal import Conformal
from slviz.scorers.pair_scorer import ExplainedScorer, PairScorer
from slviz.scorers.stored_arrays import stored
from slviz.scorers.tested_before import (
    EARLIER,
    EARLIER_HITS,
    EARLIER_NON_HITS,
    TestedBefore,
    arrays_of_tests,
    calibrated_on,
    fit_beside_earlier,
    logistic,
    of_earlier,
    tests_from_arrays,
)
from slviz.scorers.tested_pairs import Tests
from slviz.splits import PairSplit

LEVEL = 0.8
"""Of the answers, as `bench` has it."""
PREFIX = "experiment."
CONSTANT, SLOPE = "constant", "slope"
MODEL = "model"
"""What the score of a model that cannot be taken apart is called beside earlier screens."""
SMALLEST_SLOPE = 1e-3
"""A model whose score says nothing of the validating tests keeps the order of its pairs."""
ROWS = 256
"""Genes whose scores with every gene are made new at once."""
NEAREST = 1e-6
"""How near a score may be to 0 or 1."""


@dataclass(frozen=True, eq=False)
class ExperimentScorer(TestedBefore):
    """Scores of a model as those of experiments.

        raw(a, b) = c + s log-odds(score of the model) + h log(1 + H(a, b)) + n log(1 + N(a, b))

    H and N are the numbers of screens that were learnt from in which the very pair was a hit, or was tested and none.

    Attributes:
        base: the model's own scores, from 0 to 1.
        knowledge: the data set, which says which pairs are paralogs and of which nothing is known.
        constant, slope, of_hits, of_non_hits: the numbers c, s, h and n.
        tests: what screens that were learnt from said.
        conformal: what raw numbers the answers are compared with.
    """

    base: PairScorer
    knowledge: PairKnowledge
    constant: float
    slope: float
    of_hits: float
    of_non_hits: float
    tests: Tests
    conformal: Conformal | None = None

    def as_new(self, pairs: Int64[np.ndarray, "pairs 2"]) -> Float64[np.ndarray, " pairs"]:
        """Raw number of each pair as if nobody had tested it."""
        return self.constant + self.slope * log_odds(self.base.score(pairs))

    def all_pairs(self) -> Float32[np.ndarray, "genes genes"]:
        scores = self.base.all_pairs()
        for low in range(0, len(scores), ROWS):
            rows = scores[low : low + ROWS]
            rows[:] = logistic(self.constant + self.slope * log_odds(rows))
        tested = np.unique(self.tests.pairs, axis=0)
        a, b = tested.T
        scores[a, b] = scores[b, a] = self.score(tested)
        return scores

    def by_view(self, pairs: Int64[np.ndarray, "pairs 2"]) -> dict[str, Float64[np.ndarray, " pairs"]]:
        """What each side of the model, or the whole of it, adds to `raw`; and what earlier screens add."""
        if isinstance(self.base, ExplainedScorer):
            adds = {name: self.slope * number for name, number in self.base.by_view(pairs).items()}
        else:
            adds = {MODEL: self.as_new(pairs) - self.constant}
        return adds | {EARLIER: of_earlier(self, pairs)}

    def without(self, view: str, pairs: Int64[np.ndarray, "pairs 2"]) -> Float32[np.ndarray, " pairs"]:
        """The scores if that side, the model or the earlier screens said nothing."""
        earlier_screens = of_earlier(self, pairs)
        if view == EARLIER:
            return logistic(self.as_new(pairs))
        if isinstance(self.base, ExplainedScorer):
            return logistic(self.constant + self.slope * log_odds(self.base.without(view, pairs)) + earlier_screens)
        return logistic(np.full(len(pairs), self.constant) + earlier_screens)

    def coefficient_table(self) -> dict[str, float]:
        """What one unit of the model's log-odds, and one earlier screen, adds to `raw`; by key."""
        of_one = float(np.log1p(1))
        return {MODEL: self.slope, EARLIER_HITS: self.of_hits * of_one, EARLIER_NON_HITS: self.of_non_hits * of_one}

    def arrays(self) -> dict[str, np.ndarray]:
        """What `from_arrays` reads back, beside the arrays of the model itself."""
        numbers = {CONSTANT: self.constant, SLOPE: self.slope}
        numbers |= {EARLIER_HITS: self.of_hits, EARLIER_NON_HITS: self.of_non_hits}
        return {
            **{f"{PREFIX}{name}": np.array([value], dtype=np.float64) for name, value in numbers.items()},
            **arrays_of_tests(self.tests, prefix=PREFIX),
            **({} if self.conformal is None else self.conformal.arrays()),
        }

    @classmethod
    def from_arrays(
        cls, arrays: Mapping[str, np.ndarray], *, base: PairScorer, knowledge: PairKnowledge
    ) -> ExperimentScorer:
        """The scorer of a stored run; raises `DamagedRun` where an array is missing or does not fit the data set."""
        constant, slope, of_hits, of_non_hits = (
            float(stored(arrays, f"{PREFIX}{name}")[0]) for name in (CONSTANT, SLOPE, EARLIER_HITS, EARLIER_NON_HITS)
        )
        tests = tests_from_arrays(arrays, prefix=PREFIX, genes=len(knowledge.graph))
        conformal = Conformal.from_arrays(arrays)
        return cls(base, knowledge, constant, slope, of_hits, of_non_hits, tests, conformal)


def of_model(scorer: PairScorer) -> tuple[PairScorer, float]:
    """The model's own scorer, and what its log-odds count in the score; itself and 1 where no screens are read."""
    return (scorer.base, scorer.slope) if isinstance(scorer, ExperimentScorer) else (scorer, 1.0)


def is_stored(arrays: Mapping[str, np.ndarray]) -> bool:
    """Whether a run stores an `ExperimentScorer`; runs until November 2026 store the model's own scores alone."""
    return f"{PREFIX}{CONSTANT}" in arrays


def of_validation(base: PairScorer, split: PairSplit, knowledge: PairKnowledge) -> ExperimentScorer:
    """Fitted, and calibrated, on the tests that validate: pairs that the model did not learn from.

    Args:
        base: the fitted model.
        split: its split; tests of its training and validation parts are read.
        knowledge: of the data set.
    """
    learnt, validating = Tests.of(split, "train"), Tests.of(split, "validation")
    tests = learnt.beside(validating)
    chosen = np.arange(len(tests)) >= len(learnt)
    own = log_odds(base.score(tests.pairs))
    constant, slope, of_hits, of_non_hits = fit_beside_earlier(own[:, None], tests, chosen=chosen).tolist()
    slope = max(slope, SMALLEST_SLOPE)
    scorer = ExperimentScorer(base, knowledge, constant, slope, of_hits, of_non_hits, tests)
    conformal = calibrated_on(scorer, constant + slope * own, chosen=chosen, level=LEVEL)
    return dataclasses.replace(scorer, conformal=conformal)


def log_odds(score: Float32[np.ndarray, " ..."]) -> Float64[np.ndarray, " ..."]:
    """Log-odds of scores from 0 to 1."""
    inside = np.clip(np.asarray(score, dtype=np.float64), NEAREST, 1 - NEAREST)
    return np.log(inside) - np.log1p(-inside)
