"""The protocol `pairs`: random pairs are held out, in folds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from slviz.datasets import GeneGraph
from slviz.errors import DataError
from slviz.splits.folds import Folded
from slviz.splits.held_out import HeldOut
from slviz.splits.pair_split import PairSplit
from slviz.splits.popularity import Popularity
from slviz.splits.split import with_negatives


@dataclass(frozen=True)
class Pairs(Folded):
    """Random pairs are held out, in folds: it asks for gaps among genes that the model knows."""

    name: ClassVar[str] = "pairs"
    title: ClassVar[str] = "random pairs"
    asks: ClassVar[str] = (
        "Can it fill gaps among genes that were screened already? The usual test of the literature, and the easiest."
    )
    short: ClassVar[str | None] = ""

    def divide(self, graph: GeneGraph, *, held_out: HeldOut | None = None) -> PairSplit:
        """Fold `fold` is tested, a share of the rest validates, what remains is learnt from."""
        self._refuse_file(held_out)
        part = self._part_of_pairs(graph)
        return with_negatives(
            graph.pairs,
            part=part,
            score=graph.score,
            gene_part=self._parts_of_genes(len(graph), fold=self.fold, folds=self.folds),
            random=self._generator(1),
            ratio=self.ratio,
            popularity=Popularity.of(graph),
        )

    def _part_of_pairs(self, graph: GeneGraph) -> np.ndarray:
        """Text [P]: the part of each known pair."""
        if len(graph.pairs) < 2 * self.folds:
            raise DataError(
                f"{self.folds} folds need at least {2 * self.folds} known pairs; '{graph.name}' has {len(graph.pairs)}."
            )
        folds = np.array_split(self._generator(0).permutation(len(graph.pairs)), self.folds)
        training = np.concatenate([rows for number, rows in enumerate(folds) if number != self.fold])
        part = np.full(len(graph.pairs), "train", dtype=object)
        part[folds[self.fold]] = "test"
        part[self._validation_of(training)] = "validation"
        return part
