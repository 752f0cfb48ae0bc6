"""BenchScorer: whether a tested pair is a hit, from a few measures of the pair and what earlier screens said of it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float32, Float64, Int64

from slviz.errors import DamagedRun
from slviz.features.pair_measures import MEASURES, PairKnowledge, measured
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
"""The penalty of the second step, which has three numbers for all tests."""
BLOCK = 200_000
PREFIX = "bench."


@dataclass(frozen=True, eq=False)
class BenchScorer:
    """Scores of pairs, in two steps that anyone can redo by hand. K measures.

        z(a, b)   = Σ_k w_k (m_k(a, b) − mean_k) / scale_k
        raw(a, b) = c + s z(a, b) + h log(1 + H(a, b)) + n log(1 + N(a, b))

    H and N are the numbers of screens that the model learnt from in which the very pair was a hit, or was tested and
    none: 0 for a pair that was never screened. A measure that is not known adds nothing. The score is the logistic of
    `raw`; hits and non-hits weighed the same while it was fitted, so it is the share of hits among as many non-hits,
    not the share of hits in a screen.

    Attributes:
        knowledge: the data set that the measures are looked up in.
        keys: of the measures, as in `slviz.features.pair_measures.MEASURES`.
        coefficients, means, scales: the numbers w, mean and scale, float64 [K].
        constant, slope: the numbers c and s.
        of_hits, of_non_hits: the numbers h and n.
        tests: what earlier screens said of pairs.
        conformal: what scores the answers are compared with; None while it is being calibrated.
    """

    knowledge: PairKnowledge
    keys: tuple[str, ...]
    coefficients: Float64[np.ndarray, " measures"]
    means: Float64[np.ndarray, " measures"]
    scales: Float64[np.ndarray, " measures"]
    constant: float
    slope: float
    of_hits: float
    of_non_hits: float
    tests: Tests
    conformal: Conformal | None = None

    def parts(self, pairs: Int64[np.ndarray, "pairs 2"]) -> Float64[np.ndarray, "pairs measures"]:
        """What each measure adds to `raw`."""
        return self.parts_of(columns_of(self.knowledge, self.keys, pairs))

    def parts_of(self, columns: Float64[np.ndarray, "pairs measures"]) -> Float64[np.ndarray, "pairs measures"]:
        """The same from measures that were looked up already."""
        standard = (columns - self.means) / self.scales
        return self.slope * self.coefficients * np.nan_to_num(standard, nan=0.0)

    def raw(
        self, pairs: Int64[np.ndarray, "pairs 2"], *, earlier: bool = True, without: np.ndarray | None = None
    ) -> Float64[np.ndarray, " pairs"]:
        """Raw number of each pair; with `earlier` what screens said of it, but for the one of `without` [N]."""
        told = self.of_earlier(pairs, without=without) if earlier else 0.0
        return self.constant + self.parts(pairs).sum(axis=1) + told

    def of_earlier(
        self, pairs: Int64[np.ndarray, "pairs 2"], *, without: np.ndarray | None = None
    ) -> Float64[np.ndarray, " pairs"]:
        """What earlier screens of the very pair add to `raw`; 0 where there are none."""
        hits, others = self.tests.counts(pairs, without=without)
        return self.of_hits * np.log1p(hits) + self.of_non_hits * np.log1p(others)

    def score(self, pairs: Int64[np.ndarray, "pairs 2"]) -> Float32[np.ndarray, " pairs"]:
        blocks = [pairs[start : start + BLOCK] for start in range(0, len(pairs), BLOCK)]
        raw = np.concatenate([self.raw(block) for block in blocks]) if blocks else np.empty(0)
        return (0.5 * (1 + np.tanh(raw / 2))).astype(np.float32)

    def score_against(self, gene: int) -> Float32[np.ndarray, " genes"]:
        return self.score(with_every_gene(gene, self.tests.genes))

    def all_pairs(self) -> Float32[np.ndarray, "genes genes"]:
        genes = self.tests.genes
        found = np.zeros((genes, genes), dtype=np.float32)
        upper = np.stack(np.triu_indices(genes, k=1), axis=1)
        found[upper[:, 0], upper[:, 1]] = self.score(upper)
        return found + found.T

    def by_view(self, pairs: Int64[np.ndarray, "pairs 2"]) -> dict[str, Float64[np.ndarray, " pairs"]]:
        """What each measure adds to `raw`, by its label, and what earlier screens add."""
        parts = self.parts(pairs)
        found = {MEASURES[key].label: parts[:, at] for at, key in enumerate(self.keys)}
        return found | {EARLIER: self.of_earlier(pairs)}

    def without(self, view: str, pairs: Int64[np.ndarray, "pairs 2"]) -> Float32[np.ndarray, " pairs"]:
        """The scores if that measure, or the earlier screens, said nothing."""
        raw = self.raw(pairs) - self.by_view(pairs)[view]
        return (0.5 * (1 + np.tanh(raw / 2))).astype(np.float32)

    def earlier(
        self, pairs: Int64[np.ndarray, "pairs 2"]
    ) -> tuple[Int64[np.ndarray, " pairs"], Int64[np.ndarray, " pairs"]]:
        """In how many screens that were learnt from each pair was a hit, and tested and none."""
        return self.tests.counts(pairs)

    def in_range(self, pairs: Int64[np.ndarray, "pairs 2"]) -> Bool[np.ndarray, " pairs"]:
        """Which pairs there is anything to go by: an earlier screen, a relation, or interactions of both genes."""
        hits, others = self.tests.counts(pairs)
        return self.knowledge.in_range(pairs) | (hits + others > 0)

    def score_after(
        self, tests: Tests, pairs: Int64[np.ndarray, "pairs 2"], *, without: np.ndarray
    ) -> Float32[np.ndarray, " pairs"]:
        """The scores if these tests had been there before, too; of each pair without those of one screen [N]."""
        raw = dataclasses.replace(self, tests=tests).raw(pairs, without=without)
        return (0.5 * (1 + np.tanh(raw / 2))).astype(np.float32)

    def possible(self, pairs: Int64[np.ndarray, "pairs 2"]) -> Bool[np.ndarray, "pairs 2"]:
        """Whether "hit" (first column) and "no hit" (second) are possible for each pair, at the level of answers."""
        assert self.conformal is not None, "a stored scorer is calibrated"
        hits, others = self.tests.counts(pairs)
        group = kind_of(self.knowledge, pairs, screened=hits + others > 0)
        return self.conformal.possible(self.raw(pairs), group)

    def answers(self, pairs: Int64[np.ndarray, "pairs 2"]) -> np.ndarray:
        """One of `slviz.scorers.conformal.ANSWERS` for each pair, text [N]."""
        return in_words(self.possible(pairs), self.in_range(pairs))

    def coefficient_table(self) -> dict[str, float]:
        """What one standard deviation of each measure, and one earlier screen, adds to `raw`; by key."""
        found = {key: float(self.slope * value) for key, value in zip(self.keys, self.coefficients, strict=True)}
        of_one = float(np.log1p(1))
        return found | {EARLIER_HITS: self.of_hits * of_one, EARLIER_NON_HITS: self.of_non_hits * of_one}

    def arrays(self) -> dict[str, np.ndarray]:
        """What `from_arrays` reads back beside the data set; every coefficient under the name of its measure."""
        found = {
            f"{PREFIX}coefficient.{key}": np.array([self.coefficients[at], self.means[at], self.scales[at]])
            for at, key in enumerate(self.keys)
        }
        numbers = {"constant": self.constant, "slope": self.slope}
        numbers |= {EARLIER_HITS: self.of_hits, EARLIER_NON_HITS: self.of_non_hits}
        found |= {f"{PREFIX}{name}": np.array([value], dtype=np.float64) for name, value in numbers.items()}
        names = self.tests.names
        return {
            **found,
            f"{PREFIX}measures": pack_names(self.keys),
            f"{PREFIX}screens": pack_names(names),
            f"{PREFIX}tests.pairs": self.tests.pairs.astype(np.int32),
            f"{PREFIX}tests.hit": self.tests.hit.astype(np.uint8),
            f"{PREFIX}tests.screen": np.searchsorted(names, self.tests.screen.astype(str)).astype(np.int32),
            **({} if self.conformal is None else self.conformal.arrays()),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray], *, knowledge: PairKnowledge) -> BenchScorer:
        """The scorer of a stored run; raises `DamagedRun` where an array is missing or does not fit the data set."""
        keys = unpack_names(stored(arrays, f"{PREFIX}measures"))
        if unknown := [key for key in keys if key not in MEASURES]:
            raise DamagedRun(f"This run reads '{unknown[0]}', which this version does not measure. Train it again.")
        of_key = np.array([stored(arrays, f"{PREFIX}coefficient.{key}") for key in keys]).reshape(len(keys), 3)
        names = np.array(unpack_names(stored(arrays, f"{PREFIX}screens")), dtype=object)
        pairs, screen = (stored(arrays, f"{PREFIX}tests.{name}").astype(np.int64) for name in ("pairs", "screen"))
        hit = stored(arrays, f"{PREFIX}tests.hit").astype(bool)
        genes = len(knowledge.graph)
        _refuse_odd_tests(pairs, hit, screen, genes=genes, screens=len(names))
        constant, slope, of_hits, of_non_hits = (
            float(stored(arrays, f"{PREFIX}{name}")[0])
            for name in ("constant", "slope", EARLIER_HITS, EARLIER_NON_HITS)
        )
        coefficients, means, scales = of_key.T
        return cls(
            knowledge, keys, coefficients, means, scales, constant, slope, of_hits, of_non_hits,
            tests=Tests(pairs, hit, names[screen], genes),
            conformal=Conformal.from_arrays(arrays),
        )  # fmt: skip


def fit_bench(
    knowledge: PairKnowledge,
    tests: Tests,
    columns: Float64[np.ndarray, "rows measures"],
    *,
    keys: tuple[str, ...],
    penalty: float,
) -> BenchScorer:
    """The two steps fitted on tests, not calibrated yet.

    Args:
        knowledge: of the data set.
        tests: hits and non-hits; each screen is balanced (`Tests.balanced`).
        columns: their measures, `columns_of(knowledge, keys, tests.pairs)`.
        keys: of the measures, each of which the data set gives.
        penalty: of the coefficients of standardised measures; a large one makes them shares of what each tells alone.
    """
    weight = tests.balanced()
    target = tests.hit.astype(np.float64)
    means, scales = _moments(columns, weight)
    standard = np.nan_to_num((columns - means) / scales, nan=0.0)
    coefficients = fit_logistic(standard, target, weight, penalty=penalty)[1:]
    hits, others = tests.counts(tests.pairs, without=tests.screen)
    second = np.stack([standard @ coefficients, np.log1p(hits), -np.log1p(others)], axis=1)
    constant, slope, of_hits, less_of_non_hits = _none_below_zero(second, target, weight).tolist()
    of_non_hits = -less_of_non_hits
    return BenchScorer(knowledge, keys, coefficients, means, scales, constant, slope, of_hits, of_non_hits, tests=tests)


def calibration(
    scorer: BenchScorer, columns: Float64[np.ndarray, "rows measures"], *, penalty: float, level: float
) -> Conformal:
    """Scores of the tests of `scorer`, each screen's from a fit without it and its pairs; what answers go by.

    A pair that other screens tested stands there twice: as if it were new, and with what they said of it.

    Args:
        scorer: the fit on all tests.
        columns: measures of its tests, as `fit_bench` read them.
        penalty: as `fit_bench` had it.
        level: of the answers.
    """
    tests = scorer.tests
    raw, hit = [np.empty(0)], [np.empty(0, dtype=bool)]
    group, screen = [np.empty(0, dtype=np.int64)], [np.empty(0, dtype=np.int64)]
    for number, name in enumerate(tests.names):
        rest = tests.are_without(name)
        if not tests.keep(rest).balanced().any():
            continue
        of_screen = tests.screen == name
        fitted = fit_bench(scorer.knowledge, tests.keep(rest), columns[rest], keys=scorer.keys, penalty=penalty)
        pairs = tests.pairs[of_screen]
        as_new = fitted.constant + fitted.parts_of(columns[of_screen]).sum(axis=1)
        hits, others = tests.counts(pairs, without=tests.screen[of_screen])
        before = hits + others > 0
        told = fitted.of_hits * np.log1p(hits) + fitted.of_non_hits * np.log1p(others)
        raw += [as_new, (as_new + told)[before]]
        hit += [tests.hit[of_screen], tests.hit[of_screen][before]]
        group += [
            kind_of(scorer.knowledge, pairs, screened=np.zeros_like(before)),
            np.full(before.sum(), SCREENED_BEFORE),
        ]
        screen += [np.full(len(pairs) + before.sum(), number)]
    return Conformal(
        raw=np.concatenate(raw),
        hit=np.concatenate(hit),
        group=np.concatenate(group),
        weight=np.ones(sum(map(len, raw))),
        level=level,
        screen=np.concatenate(screen),
    )


def _none_below_zero(columns: np.ndarray, target: np.ndarray, weight: np.ndarray) -> Float64[np.ndarray, " numbers"]:
    """The constant and the coefficients; what would be below 0 is left out: an earlier hit never lowers a score."""
    kept = np.arange(columns.shape[1])
    while True:
        constant, *found = fit_logistic(columns[:, kept], target, weight, penalty=OF_EARLIER)
        if min(found, default=0.0) >= 0:
            numbers = np.zeros(columns.shape[1])
            numbers[kept] = found
            return np.append(constant, numbers)
        kept = np.delete(kept, int(np.argmin(found)))


def kind_of(
    knowledge: PairKnowledge, pairs: Int64[np.ndarray, "pairs 2"], *, screened: Bool[np.ndarray, " pairs"]
) -> Int64[np.ndarray, " pairs"]:
    """`OTHERS`, `PARALOGS` or, whatever they are, `SCREENED_BEFORE`."""
    return np.where(screened, SCREENED_BEFORE, np.where(knowledge.are_paralogs(pairs), PARALOGS, OTHERS))


def columns_of(
    knowledge: PairKnowledge, keys: tuple[str, ...], pairs: Int64[np.ndarray, "pairs 2"]
) -> Float64[np.ndarray, "pairs measures"]:
    """The measures of pairs, one column a key; raises `DamagedRun` where the data set does not tell one any more."""
    found = measured(knowledge, pairs, *keys)
    if missing := [MEASURES[key].label for key in keys if key not in found]:
        raise DamagedRun(
            f"This run reads '{missing[0]}', which the data set does not tell any more. "
            "Put its files back, or train a new run."
        )
    return np.stack([found[key] for key in keys], axis=1)


def _moments(columns: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Weighted mean and deviation of each column over what is known; 0 and 1 where nothing is, or all is the same."""
    known = ~np.isnan(columns)
    share = weight[:, None] * known
    total = np.maximum(share.sum(axis=0), 1e-12)
    filled = np.nan_to_num(columns, nan=0.0)
    means = (share * filled).sum(axis=0) / total
    scales = np.sqrt((share * (filled - means) ** 2).sum(axis=0) / total)
    return means, np.where(scales > 1e-9, scales, 1.0)


def _refuse_odd_tests(pairs: np.ndarray, hit: np.ndarray, screen: np.ndarray, *, genes: int, screens: int) -> None:
    fits = pairs.shape == (len(pairs), 2) and hit.shape == screen.shape == (len(pairs),)
    if not fits or (len(pairs) and not (pairs.min() >= 0 and pairs.max() < genes)):
        raise DamagedRun("The tests of this run name genes that there are not. Train the run again.")
    if len(screen) and not (screen.min() >= 0 and screen.max() < screens):
        raise DamagedRun("The tests of this run name screens that there are not. Train the run again.")
