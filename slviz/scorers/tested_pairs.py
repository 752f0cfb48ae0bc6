"""Tests that a model may learn from: pairs with the screen that tested them, and what other screens said of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float64, Int64

from slviz.datasets import GeneGraph
from slviz.datasets.pair_keys import pair_keys
from slviz.errors import DataError
from slviz.splits import PairSplit
from slviz.splits.pair_split import HIT, NO_HIT


@dataclass(frozen=True, eq=False)
class Tests:
    """Pairs as screens tested them, one row a pair and screen. R rows.

    Attributes:
        pairs: int64 [R, 2], smaller gene number first.
        hit: bool [R], whether any line of the screen had it as a hit.
        screen: text [R].
        genes: number of genes of the data set.
    """

    __test__ = False  # for pytest: the name begins with "Test"

    pairs: Int64[np.ndarray, "rows 2"]
    hit: Bool[np.ndarray, " rows"]
    screen: np.ndarray
    genes: int

    @classmethod
    def of(cls, split: PairSplit, *parts: str) -> Tests:
        """The tests in these parts of a split."""
        rows = np.flatnonzero(np.isin(split.part, parts) & np.isin(split.negative_kind, (HIT, NO_HIT)))
        return cls(split.pairs[rows], split.actual[rows] > 0.5, split.screen[rows], len(split.gene_part))

    @classmethod
    def outside(cls, graph: GeneGraph, split: PairSplit) -> Tests:
        """The tests of every screen of a data set whose pairs are neither training pairs nor evaluated ones.

        Raises `DataError` where they tell no hits from non-hits.
        """
        assert graph.screens is not None, "who asks has made sure that there are screens"
        genes = len(graph)
        used = split.pairs[(split.part == "test") | ((split.part == "train") & (split.negative_kind == "known"))]
        parts = []
        for name in graph.screens.names:
            tested = graph.screens.tested(name)
            free = ~np.isin(pair_keys(tested.pairs, genes), pair_keys(used, genes))
            parts.append((tested.pairs[free], tested.hit[free], np.full(free.sum(), name, dtype=object)))
        pairs, hit, screen = map(np.concatenate, zip(*parts, strict=True))
        tests = cls(pairs, hit, screen, genes)
        if not tests.balanced().any():
            raise DataError(
                f"Outside the training and the held-out pairs the screens of '{graph.name}' hold no hits beside "
                "other tested pairs. Leave out fitted_for=screen."
            )
        return tests

    def __len__(self) -> int:
        return len(self.pairs)

    @property
    def names(self) -> tuple[str, ...]:
        """The screens, ascending."""
        return tuple(sorted(set(self.screen.tolist())))

    def keep(self, rows: Bool[np.ndarray, " rows"]) -> Tests:
        """Some of the tests."""
        return Tests(self.pairs[rows], self.hit[rows], self.screen[rows], self.genes)

    def beside(self, others: Tests) -> Tests:
        """These tests and then others of the same data set."""
        return Tests(
            np.concatenate([self.pairs, others.pairs]),
            np.concatenate([self.hit, others.hit]),
            np.concatenate([self.screen, others.screen]),
            self.genes,
        )

    def are_without(self, screen: str) -> Bool[np.ndarray, " rows"]:
        """Which tests are of other screens and of no pair that this one tested."""
        keys = pair_keys(self.pairs, self.genes)
        return (self.screen != screen) & ~np.isin(keys, keys[self.screen == screen])

    def balanced(self) -> Float64[np.ndarray, " rows"]:
        """Weight of each test, summing to 1; hits and non-hits of a screen weigh alike, a screen the root of its pairs.

        A screen without hits, or without non-hits, weighs nothing: it cannot tell them apart. Where that is true of
        all, hits and non-hits of all screens together weigh alike; nothing weighs where there are only hits, or none.
        """
        weight = np.zeros(len(self))
        for name in self.names:
            of_screen = self.screen == name
            hits, others = of_screen & self.hit, of_screen & ~self.hit
            if hits.any() and others.any():
                total = np.sqrt(of_screen.sum())
                weight[hits], weight[others] = total / (2 * hits.sum()), total / (2 * others.sum())
        if not weight.any() and self.hit.any() and not self.hit.all():
            weight = np.where(self.hit, 1 / self.hit.sum(), 1 / (~self.hit).sum())
        return weight / max(weight.sum(), 1e-12)

    def counts(
        self, pairs: Int64[np.ndarray, "pairs 2"], *, without: np.ndarray | None = None
    ) -> tuple[Int64[np.ndarray, " pairs"], Int64[np.ndarray, " pairs"]]:
        """In how many screens each pair was a hit, and in how many it was tested and none.

        Args:
            pairs: smaller gene number first or not.
            without: text, for each pair a screen that does not count.
        """
        keys, place = np.unique(pair_keys(self.pairs, self.genes), return_inverse=True)
        hits = np.bincount(place, weights=self.hit, minlength=len(keys)).astype(np.int64)
        others = np.bincount(place, weights=~self.hit, minlength=len(keys)).astype(np.int64)
        wanted = pair_keys(pairs, self.genes)
        at = np.minimum(np.searchsorted(keys, wanted), max(len(keys) - 1, 0))
        known = keys[at] == wanted if len(keys) else np.zeros(len(wanted), dtype=bool)
        of_pairs = np.where(known, hits[at], 0), np.where(known, others[at], 0)
        if without is None:
            return of_pairs
        own = self._of_screens(wanted, without)
        return of_pairs[0] - (own == 1), of_pairs[1] - (own == 0)

    def _of_screens(self, keys: np.ndarray, screens: np.ndarray) -> Int64[np.ndarray, " pairs"]:
        """What one screen of each says of a pair: 1, 0, or -1 where it did not test it."""
        result = {
            (key, screen): int(hit)
            for key, screen, hit in zip(
                pair_keys(self.pairs, self.genes).tolist(), self.screen.tolist(), self.hit.tolist(), strict=True
            )
        }
        wanted = zip(keys.tolist(), np.asarray(screens).tolist(), strict=True)
        return np.array([result.get(key, -1) for key in wanted], dtype=np.int64)
