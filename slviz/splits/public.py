"""The protocol `public`: the split of the literature, which the data set brings; every known pair stays known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from slviz.datasets import GeneGraph
from slviz.errors import DataError
from slviz.splits.held_out import HeldOut
from slviz.splits.pair_split import UNUSED, PairSplit
from slviz.splits.split import Split


@dataclass(frozen=True)
class Public(Split):
    """The split that papers on a data set share: which genes are learnt from, which validate, which are tested.

    It is for tasks about genes; no pair is held out. Few genes are learnt from, as a rule, so that a network takes the
    settings of its paper where nothing else is said (`Model.published`).
    """

    name: ClassVar[str] = "public"
    title: ClassVar[str] = "the public split"
    asks: ClassVar[str] = (
        "How do the classes compare with published results? The data set says which genes are learnt from, validate "
        "and are tested; all known pairs stay known, and networks begin with the settings of their papers."
    )
    short: ClassVar[str | None] = "public split"
    holds_out_pairs: ClassVar[bool] = False
    takes_published: ClassVar[bool] = True
    unasked: ClassVar[tuple[str, ...]] = ("split_seed", "validation_share", "ratio")

    def reads(self, graph: GeneGraph) -> tuple[str, ...]:
        return () if graph.public_split is None else ("public split",)

    def divide(self, graph: GeneGraph, *, held_out: HeldOut | None = None) -> PairSplit:
        """All known pairs are there to pass messages along; genes have the parts that the data set gives them.

        Raises `DataError` for a data set without such a split, `InvalidSetting` for settings that mean nothing here.
        """
        self._refuse_file(held_out)
        self._refuse_unasked("is as the data set's file says")
        if graph.public_split is None:
            raise DataError(
                f"The data set '{graph.name}' brings no public split: a table public_split.tsv with the columns gene "
                "and part (train, validation, test or unlabelled). Add it to the folder, or take the split 'pairs'."
            )
        known = len(graph.pairs)
        return PairSplit(
            pairs=graph.pairs,
            part=np.full(known, "train", dtype=object),
            negative_kind=np.full(known, "known", dtype=object),
            actual=np.ones(known, dtype=np.float32),
            score=graph.score,
            gene_part=np.where(graph.public_split == "", UNUSED, graph.public_split).astype(object),
        )
