"""Runs of one spec that differ by the seed alone: mean and spread, and whether two specs differ by more than a seed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

LEVEL = 0.95


@dataclass(frozen=True)
class SeedGroup:
    """One metric of the runs of one spec.

    Attributes:
        name: what the spec is called.
        seeds: of its runs.
        values: of the metric, in the order of the seeds.
    """

    name: str
    seeds: tuple[int, ...]
    values: tuple[float, ...]

    @property
    def measured(self) -> np.ndarray:
        """The values that are numbers."""
        values = np.asarray(self.values, dtype=np.float64)
        return values[np.isfinite(values)]

    @property
    def mean(self) -> float:
        """Over the seeds; NaN where none was measured."""
        return float(self.measured.mean()) if len(self.measured) else float("nan")

    @property
    def spread(self) -> float:
        """Standard deviation over the seeds (n − 1); NaN for fewer than two."""
        return float(self.measured.std(ddof=1)) if len(self.measured) > 1 else float("nan")


@dataclass(frozen=True)
class SeedNull:
    """How far runs of the same spec lie apart.

    Attributes:
        spread: standard deviation of one run around its spec's mean, pooled over the specs; NaN where no spec has two.
        freedom: degrees of freedom that it rests on: over the specs, seeds less one.
    """

    spread: float
    freedom: int

    def reach(self, one: int, other: int) -> float:
        """How far the means of so many runs of one and of another spec lie apart by the seed alone, in 95 of 100 cases.

        By Student's t with the pooled spread; NaN where no spec has two seeds.
        """
        from scipy import stats

        if not self.freedom or not one or not other:
            return float("nan")
        return float(stats.t.ppf((1 + LEVEL) / 2, self.freedom) * self.spread * np.sqrt(1 / one + 1 / other))


def seed_null(groups: Sequence[SeedGroup]) -> SeedNull:
    """The null of these specs, whose seeds are taken to scatter alike."""
    freedom = sum(max(len(group.measured) - 1, 0) for group in groups)
    squares = sum(float(((group.measured - group.mean) ** 2).sum()) for group in groups if len(group.measured) > 1)
    return SeedNull(float(np.sqrt(squares / freedom)) if freedom else float("nan"), freedom)


@dataclass(frozen=True)
class SeedDifference:
    """The means of two specs, and how far the seed alone puts them apart.

    Attributes:
        value: mean of the other less mean of the first.
        reach: `SeedNull.reach` of both; NaN where it is not known.
    """

    value: float
    reach: float

    @property
    def counts(self) -> bool:
        """Whether the difference is beyond what the seed alone gives."""
        return bool(abs(self.value) > self.reach)


def seed_difference(one: SeedGroup, other: SeedGroup, null: SeedNull) -> SeedDifference:
    """How the other spec differs from the first."""
    return SeedDifference(other.mean - one.mean, null.reach(len(one.measured), len(other.measured)))
