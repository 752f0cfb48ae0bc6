"""Two scorers on the same rows: the difference of their figures, with a paired bootstrap interval.

ROC AUC and average precision are computed here for a block of resamples at once: 1,000 resamples of 2,000 rows take
0.37 s of processor time, where scikit-learn's functions, called for each of them, take 7.4 s.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64

RESAMPLES = 1000
INTERVAL = (0.025, 0.975)
MOST_NUMBERS = 4_000_000
"""Resampled weights that are held at a time: 32 MB."""

Weighted = Callable[[Float64[np.ndarray, "draws rows"]], Float64[np.ndarray, " draws"]]
"""A metric of one scorer, given how often each row was drawn."""


@dataclass(frozen=True)
class Difference:
    """One metric of two scorers on the same rows.

    Attributes:
        metric: key of the metric in `METRICS`.
        one, other: its value for each.
        low, high: 95 % interval of `other - one` when rows are drawn anew, the same rows for both.
    """

    metric: str
    one: float
    other: float
    low: float
    high: float

    @property
    def value(self) -> float:
        return self.other - self.one

    @property
    def is_clear(self) -> bool:
        """Whether the interval leaves out 0."""
        return self.low > 0 or self.high < 0


def compare_links(
    actual: np.ndarray, one: np.ndarray, other: np.ndarray, *, resamples: int = RESAMPLES, seed: int = 0
) -> list[Difference]:
    """ROC AUC and average precision of two scorers; pairs and negatives are drawn anew separately.

    Args:
        actual: 1 or 0 for each row; both have to be there.
        one, other: scores of the same rows.
        resamples: how many times rows are drawn.
        seed: of the draws.
    """
    real = actual > 0.5
    strata = [np.flatnonzero(real), np.flatnonzero(~real)]
    metrics = [{"auc": weighted_auc(real, score), "ap": weighted_ap(real, score)} for score in (one, other)]
    return _compared(metrics[0], metrics[1], strata, resamples=resamples, seed=seed)


def compare_values(
    actual: np.ndarray, one: np.ndarray, other: np.ndarray, *, resamples: int = RESAMPLES, seed: int = 0
) -> list[Difference]:
    """RMSE, MAE and R² of two predictions of the same values."""
    metrics = [_value_metrics(np.asarray(actual, dtype=np.float64), score) for score in (one, other)]
    return _compared(metrics[0], metrics[1], [np.arange(len(actual))], resamples=resamples, seed=seed)


def _compared(
    one: Mapping[str, Weighted], other: Mapping[str, Weighted], strata: list[np.ndarray], *, resamples: int, seed: int
) -> list[Difference]:
    rows = sum(map(len, strata))
    once = np.ones((1, rows))
    draws: dict[str, list[np.ndarray]] = {name: [] for name in one}
    random = np.random.default_rng(seed)
    block = max(1, MOST_NUMBERS // max(rows, 1))
    for start in range(0, resamples, block):
        weight = _drawn(random, strata, count=min(block, resamples - start), rows=rows)
        for name in one:
            draws[name].append(other[name](weight) - one[name](weight))
    differences = []
    for name in one:
        low, high = np.quantile(np.concatenate(draws[name]), INTERVAL)
        differences.append(
            Difference(name, float(one[name](once)[0]), float(other[name](once)[0]), float(low), float(high))
        )
    return differences


def _drawn(random: np.random.Generator, strata: list[np.ndarray], *, count: int, rows: int) -> np.ndarray:
    """How often each row is drawn, float64 [count, rows]; each stratum keeps its size."""
    weight = np.zeros((count, rows))
    for stratum in strata:
        picked = stratum[random.integers(0, len(stratum), size=(count, len(stratum)))]
        flat = picked + rows * np.arange(count)[:, None]
        weight += np.bincount(flat.ravel(), minlength=count * rows).reshape(count, rows)
    return weight


def _levels(score: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rows by falling score, and where each level of equal scores begins among them."""
    order = np.argsort(-score, kind="stable")
    sorted_score = score[order]
    return order, np.flatnonzero(np.r_[True, sorted_score[1:] != sorted_score[:-1]])


def weighted_auc(real: np.ndarray, score: np.ndarray) -> Weighted:
    """ROC AUC of rows that are drawn several times or not at all; `real` is true for a real pair or a hit."""
    order, begin = _levels(score)
    is_real = real[order].astype(np.float64)

    def auc(weight: np.ndarray) -> np.ndarray:
        drawn = weight[:, order]
        pairs = np.add.reduceat(drawn * is_real, begin, axis=1)  # [draws, levels]
        others = np.add.reduceat(drawn, begin, axis=1) - pairs
        above = np.cumsum(pairs, axis=1) - pairs / 2  # real pairs higher, equal ones by half
        return (others * above).sum(axis=1) / (pairs.sum(axis=1) * others.sum(axis=1))

    return auc


def weighted_ap(real: np.ndarray, score: np.ndarray) -> Weighted:
    """Average precision of rows that are drawn several times or not at all."""
    order, begin = _levels(score)
    is_real = real[order].astype(np.float64)

    def ap(weight: np.ndarray) -> np.ndarray:
        drawn = weight[:, order]
        pairs = np.add.reduceat(drawn * is_real, begin, axis=1)
        through = np.cumsum(np.add.reduceat(drawn, begin, axis=1), axis=1)
        precision = np.cumsum(pairs, axis=1) / np.maximum(through, 1)
        return (pairs * precision).sum(axis=1) / pairs.sum(axis=1)

    return ap


def _value_metrics(actual: np.ndarray, prediction: np.ndarray) -> dict[str, Weighted]:
    error = np.asarray(prediction, dtype=np.float64) - actual

    def mean(weight: np.ndarray, values: np.ndarray) -> np.ndarray:
        return weight @ values / weight.sum(axis=1)

    def r2(weight: np.ndarray) -> np.ndarray:
        spread = mean(weight, actual**2) - mean(weight, actual) ** 2
        return 1 - mean(weight, error**2) / np.maximum(spread, 1e-12)

    return {
        "rmse": lambda weight: np.sqrt(mean(weight, error**2)),
        "mae": lambda weight: mean(weight, np.abs(error)),
        "r2": r2,
    }
