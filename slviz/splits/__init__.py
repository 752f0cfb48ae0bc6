"""The held-out protocols and their negatives, frozen into the run."""

from __future__ import annotations

from slviz.choices import Choices
from slviz.splits.genes import Genes
from slviz.splits.held_out import FileSplit, HeldOut
from slviz.splits.naming import in_words
from slviz.splits.near_duplicate_free import NearDuplicateFree
from slviz.splits.negatives import degree_matched_negatives, random_negatives
from slviz.splits.new_genes import BothNew, OneNew
from slviz.splits.pair_split import PairSplit
from slviz.splits.pairs import Pairs
from slviz.splits.public import Public
from slviz.splits.publication import Publication, publications
from slviz.splits.screen import Screen
from slviz.splits.split import Split
from slviz.splits.time import Time

SPLITS: Choices[Split] = Choices(
    "split", Pairs, OneNew, BothNew, NearDuplicateFree, Publication, Time, Screen, FileSplit, Public, Genes
)

__all__ = [
    "SPLITS",
    "BothNew",
    "FileSplit",
    "Genes",
    "HeldOut",
    "NearDuplicateFree",
    "OneNew",
    "PairSplit",
    "Pairs",
    "Public",
    "Publication",
    "Screen",
    "Split",
    "Time",
    "degree_matched_negatives",
    "in_words",
    "publications",
    "random_negatives",
]
