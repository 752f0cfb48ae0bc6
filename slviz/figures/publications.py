"""Colours of what a publication listed."""

from __future__ import annotations

import numpy as np

from slviz.datasets import GeneGraph
from slviz.figures.colouring import NO_EVIDENCE, Colouring, fewer
from slviz.projections.cluster_publications import Publications


def by_publication(graph: GeneGraph, publications: Publications) -> Colouring:
    """The publication that lists most of a gene's known pairs; of two that list as many the larger one."""
    count = np.zeros((len(graph), len(publications.names)), dtype=np.int32)
    ends = graph.pairs[publications.pair]  # [rows, 2]
    for end in (0, 1):
        np.add.at(count, (ends[:, end], publications.publication), 1)
    names = np.array(publications.names, dtype=object)[count.argmax(axis=1)]  # the first is the one with most pairs
    values = np.where(count.max(axis=1) > 0, names, NO_EVIDENCE)
    return Colouring("Publication of most pairs", "categorical", fewer(values))
