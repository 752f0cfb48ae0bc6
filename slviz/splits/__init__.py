"""The held-out protocols and their negatives, frozen into the run."""

from __future__ import annotations

from slviz.choices import Choices
from slviz.splits.held_out import FileSplit, HeldOut
from slviz.splits.negatives import degree_matched_negatives, random_negatives
from slviz.splits.pair_split import PairSplit
from slviz.splits.pairs import Pairs
from slviz.splits.split import Split

SPLITS: Choices[Split] = Choices("split", Pairs, FileSplit)

__all__ = [
    "SPLITS",
    "FileSplit",
    "HeldOut",
    "PairSplit",
    "Pairs",
    "Split",
    "degree_matched_negatives",
    "random_negatives",
]
