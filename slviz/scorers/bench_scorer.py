"""BenchScorer: whether a tested pair is a hit, from a few measures of the pair and what earlier screens said of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Float64, Int64

from slviz.cores import side_by_side
from slviz.errors import DamagedRun
from slviz.features.pair_knowledge import PairKnowledge
from slviz.features.pair_measures import MEASURES, measured
from slviz.scorers.conformal import Conformal
from slviz.scorers.logistic import fit_logistic
from slviz.scorers.stored_arrays import pack_names, stored, unpack_names
from slviz.scorers.tested_before import (
    EARLIER,
    EARLIER_HITS,
    EARLIER_NON_HITS,
    SCREENED_BEFORE,
    TestedBefore,
    arrays_of_tests,
    fit_beside_earlier,
    kind_of,
    logistic,
    of_earlier,
    tests_from_arrays,
)
from slviz.scorers.tested_pairs import Tests

PREFIX = "bench."
PAIRS_AT_ONCE = 200_000


@dataclass(frozen=True, eq=False)
class BenchScorer(TestedBefore):
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

    def as_new(self, pairs: Int64[np.ndarray, "pairs 2"]) -> Float64[np.ndarray, " pairs"]:
        """Raw number of each pair as if nobody had tested it."""
        return self.constant + self.parts(pairs).sum(axis=1)

    def all_pairs(self) -> Float32[np.ndarray, "genes genes"]:
        return self.all_pairs_told(lambda share: None)

    def all_pairs_told(self, on_share: Callable[[float], None]) -> Float32[np.ndarray, "genes genes"]:
        """`all_pairs`, some genes at a time; `on_share` is called with each further share of the pairs."""
        genes = self.tests.genes
        scores = np.zeros((genes, genes), dtype=np.float32)
        step = max(1, PAIRS_AT_ONCE // max(genes, 1))

        def fill(low: int) -> None:
            first, second = np.triu_indices(min(step, genes - low), k=1, m=genes - low)
            scores[first + low, second + low] = self.score(np.stack([first, second], axis=1) + low)
            done = min(low + step, genes)
            on_share(len(first) / max(genes * (genes - 1) / 2, 1))
            scores[low:done, low:done] += scores[low:done, low:done].T.copy()
            scores[done:, low:done] = scores[low:done, done:].T

        side_by_side(fill, range(0, genes, step))
        return scores

    def by_view(self, pairs: Int64[np.ndarray, "pairs 2"]) -> dict[str, Float64[np.ndarray, " pairs"]]:
        """What each measure adds to `raw`, by its label, and what earlier screens add."""
        parts = self.parts(pairs)
        views = {MEASURES[key].label: parts[:, at] for at, key in enumerate(self.keys)}
        return views | {EARLIER: of_earlier(self, pairs)}

    def without(self, view: str, pairs: Int64[np.ndarray, "pairs 2"]) -> Float32[np.ndarray, " pairs"]:
        """The scores if that measure, or the earlier screens, said nothing."""
        return logistic(self.raw(pairs) - self.by_view(pairs)[view])

    def coefficient_table(self) -> dict[str, float]:
        """What one standard deviation of each measure, and one earlier screen, adds to `raw`; by key."""
        coefficients = {key: float(self.slope * value) for key, value in zip(self.keys, self.coefficients, strict=True)}
        of_one = float(np.log1p(1))
        return coefficients | {EARLIER_HITS: self.of_hits * of_one, EARLIER_NON_HITS: self.of_non_hits * of_one}

    def arrays(self) -> dict[str, np.ndarray]:
        """What `from_arrays` reads back beside the data set; every coefficient under the name of its measure."""
        arrays = {
            f"{PREFIX}coefficient.{key}": np.array([self.coefficients[at], self.means[at], self.scales[at]])
            for at, key in enumerate(self.keys)
        }
        numbers = {"constant": self.constant, "slope": self.slope}
        numbers |= {EARLIER_HITS: self.of_hits, EARLIER_NON_HITS: self.of_non_hits}
        arrays |= {f"{PREFIX}{name}": np.array([value], dtype=np.float64) for name, value in numbers.items()}
        return {
            **arrays,
            f"{PREFIX}measures": pack_names(self.keys),
            **arrays_of_tests(self.tests, prefix=PREFIX),
            **({} if self.conformal is None else self.conformal.arrays()),
        }

    @classmethod
    def from_arrays(
        cls, arrays: Mapping[str, np.ndarray], *, knowledge: PairKnowledge, calibrated: bool = True
    ) -> BenchScorer:
        """The scorer of a stored run; raises `DamagedRun` where an array is missing or does not fit the data set.

        One that is a part of another scorer is not `calibrated` by itself.
        """
        keys = unpack_names(stored(arrays, f"{PREFIX}measures"))
        if unknown := [key for key in keys if key not in MEASURES]:
            raise DamagedRun(f"This run reads '{unknown[0]}', which this version does not measure. Train it again.")
        of_key = np.array([stored(arrays, f"{PREFIX}coefficient.{key}") for key in keys]).reshape(len(keys), 3)
        tests = tests_from_arrays(arrays, prefix=PREFIX, genes=len(knowledge.graph))
        constant, slope, of_hits, of_non_hits = (
            float(stored(arrays, f"{PREFIX}{name}")[0])
            for name in ("constant", "slope", EARLIER_HITS, EARLIER_NON_HITS)
        )
        coefficients, means, scales = of_key.T
        return cls(
            knowledge, keys, coefficients, means, scales, constant, slope, of_hits, of_non_hits,
            tests=tests,
            conformal=Conformal.from_arrays(arrays) if calibrated else None,
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
    constant, slope, of_hits, of_non_hits = fit_beside_earlier((standard @ coefficients)[:, None], tests).tolist()
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
        earlier_screens = fitted.of_hits * np.log1p(hits) + fitted.of_non_hits * np.log1p(others)
        raw += [as_new, (as_new + earlier_screens)[before]]
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


def columns_of(
    knowledge: PairKnowledge, keys: tuple[str, ...], pairs: Int64[np.ndarray, "pairs 2"]
) -> Float64[np.ndarray, "pairs measures"]:
    """The measures of pairs, one column a key; raises `DamagedRun` where the data set does not tell one any more."""
    values = measured(knowledge, pairs, *keys)
    if missing := [MEASURES[key].label for key in keys if key not in values]:
        raise DamagedRun(
            f"This run reads '{missing[0]}', which the data set does not tell any more. "
            "Put its files back, or train a new run."
        )
    return np.column_stack([np.empty((len(pairs), 0)), *(values[key] for key in keys)])


def _moments(columns: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Weighted mean and deviation of each column over what is known; 0 and 1 where nothing is, or all is the same."""
    known = ~np.isnan(columns)
    share = weight[:, None] * known
    total = np.maximum(share.sum(axis=0), 1e-12)
    filled = np.nan_to_num(columns, nan=0.0)
    means = (share * filled).sum(axis=0) / total
    scales = np.sqrt((share * (filled - means) ** 2).sum(axis=0) / total)
    return means, np.where(scales > 1e-9, scales, 1.0)
