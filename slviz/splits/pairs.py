"""The protocol `pairs`: random pairs are held out, in folds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from slviz.choices import setting
from slviz.datasets import GeneGraph
from slviz.errors import DataError, InvalidSetting
from slviz.splits.held_out import HeldOut
from slviz.splits.pair_split import PairSplit
from slviz.splits.split import Split, with_negatives


@dataclass(frozen=True)
class Pairs(Split):
    """Random pairs are held out, in folds: it asks for gaps among genes that the model knows."""

    name: ClassVar[str] = "pairs"
    folds: int = setting(5, "Number of parts of equal size; one of them is held out.", low=2, high=20, advanced=True)
    fold: int = setting(0, "Which part is held out, counted from 0.", low=0, high=19)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.fold >= self.folds:
            raise InvalidSetting(f"fold={self.fold} is outside the range 0 to {self.folds - 1} of {self.folds} folds.")

    def divide(self, graph: GeneGraph, *, held_out: HeldOut | None = None) -> PairSplit:
        """Fold `fold` is tested, a share of the rest validates, what remains is learnt from."""
        if held_out is not None:
            raise InvalidSetting("The split 'pairs' holds out its own pairs; a file of test pairs needs 'file'.")
        if len(graph.pairs) < 2 * self.folds:
            raise DataError(
                f"{self.folds} folds need at least {2 * self.folds} known pairs; '{graph.name}' has {len(graph.pairs)}."
            )
        folds = np.array_split(self._generator(0).permutation(len(graph.pairs)), self.folds)
        training = np.concatenate([rows for number, rows in enumerate(folds) if number != self.fold])
        part = np.full(len(graph.pairs), "train", dtype=object)
        part[folds[self.fold]] = "test"
        part[self._validation_of(training)] = "validation"
        return with_negatives(
            graph.pairs,
            part=part,
            score=graph.score,
            gene_part=self._parts_of_genes(len(graph), fold=self.fold, folds=self.folds),
            random=self._generator(1),
        )
