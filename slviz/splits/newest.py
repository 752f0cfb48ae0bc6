"""A split whose newest pairs validate, so that what is chosen on validation is chosen for later years."""

from __future__ import annotations

import dataclasses

import numpy as np

from slviz.datasets import GeneGraph
from slviz.datasets.pair_keys import pair_keys
from slviz.errors import DataError
from slviz.splits.pair_split import PairSplit
from slviz.splits.popularity import Popularity
from slviz.splits.split import with_negatives
from slviz.splits.time import UNDATED, first_publication

PURPOSE = 5
"""What tells the chance of these negatives from other chance of the same seed."""


def validated_by_newest(split: PairSplit, graph: GeneGraph, *, seed: int) -> PairSplit:
    """The split with its training and validation pairs dealt anew: as many as validated before, the newest, validate.

    A pair is as new as its first publication; a pair that nothing dates is learnt from. Negatives of both parts are
    drawn anew and avoid every known pair, and the test part stays as it is.

    Raises `DataError` where no training pair is dated.
    """
    learnt = np.flatnonzero((split.negative_kind == "known") & (split.part != "test"))
    tested = np.flatnonzero(split.part == "test")
    pairs = split.pairs[learnt]
    first = _first_of(graph, pairs)
    newest = np.argsort(-first, kind="stable")[: len(split.rows("validation"))]
    newest = newest[first[newest] != UNDATED]
    if not len(newest):
        raise DataError(
            "No training pair has a publication with a PubMed number, so nothing says which are the newest. "
            "Leave out fitted_for=time."
        )
    part = np.full(len(learnt), "train", dtype=object)
    part[newest] = "validation"
    dealt = with_negatives(
        pairs,
        part=part,
        score=split.score[learnt],
        gene_part=split.gene_part,
        random=np.random.default_rng([seed, PURPOSE]),
        left_out=np.concatenate([graph.pairs, split.pairs[tested]]),
        popularity=Popularity.of(graph),
    )
    joined = {
        field.name: np.concatenate([getattr(dealt, field.name), getattr(split, field.name)[tested]])
        for field in dataclasses.fields(PairSplit)
        if field.name != "gene_part"
    }
    return PairSplit(**joined, gene_part=split.gene_part)


def _first_of(graph: GeneGraph, pairs: np.ndarray) -> np.ndarray:
    """The number of the first publication of each of these known pairs, `UNDATED` for one that has none."""
    keys = pair_keys(graph.pairs, len(graph))
    order = np.argsort(keys, kind="stable")
    return first_publication(graph)[order[np.searchsorted(keys[order], pair_keys(pairs, len(graph)))]]
