"""The protocol `genes`: random genes are held out, in folds, for tasks about genes; every known pair stays known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from slviz.datasets import GeneGraph
from slviz.errors import DataError
from slviz.splits.folds import Folded
from slviz.splits.held_out import HeldOut
from slviz.splits.pair_split import PairSplit

FEWEST = 10
"""Genes below which folds would say nothing."""


@dataclass(frozen=True)
class Genes(Folded):
    """Random genes are held out, in folds, and no pair is: for tasks about genes, and for data without pairs.

    A part of the genes is learnt from, a part validates and a part is tested.
    """

    name: ClassVar[str] = "genes"
    title: ClassVar[str] = "random parts"
    asks: ClassVar[str] = (
        "Does it hold for genes that were not learnt from? For tasks about genes, such as their classes; no pair is "
        "held out."
    )
    short: ClassVar[str | None] = "random parts"
    holds_out_pairs: ClassVar[bool] = False
    unasked: ClassVar[tuple[str, ...]] = ("ratio",)

    def divide(self, graph: GeneGraph, *, held_out: HeldOut | None = None) -> PairSplit:
        """Fold `fold` of the genes is tested, a share of the rest validates, what remains is learnt from.

        Raises `DataError` where there are too few genes, `InvalidSetting` for settings that mean nothing here.
        """
        self._refuse_file(held_out)
        self._refuse_unasked("holds out genes and no pairs")
        if len(graph) < max(FEWEST, 2 * self.folds):
            raise DataError(
                f"{self.folds} folds need at least {max(FEWEST, 2 * self.folds)} genes; '{graph.name}' has "
                f"{len(graph)}. Take fewer folds, or a larger data set."
            )
        known = len(graph.pairs)
        return PairSplit(
            pairs=graph.pairs,
            part=np.full(known, "train", dtype=object),
            negative_kind=np.full(known, "known", dtype=object),
            actual=np.ones(known, dtype=np.float32),
            score=graph.score,
            gene_part=self._parts_of_genes(len(graph), fold=self.fold, folds=self.folds),
        )
