"""How classes of genes lie on the known pairs: their sizes, edge homophily, and how pure groups of the graph are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from jaxtyping import Float64, Int64

from slviz.datasets import GeneGraph
from slviz.datasets.classes import GeneClasses
from slviz.projections.leiden import leiden

FEWEST = 5
"""Genes with a class that a group needs: smaller ones are pure by chance."""
PERMUTATIONS = 20


@dataclass(frozen=True, eq=False)
class ClassPortrait:
    """Classes on the graph of known pairs. K classes.

    Attributes:
        names: of the classes.
        size: int64 [K], genes in each.
        homophily: float64 [K], of the pairs of a class's genes with genes that have one, the share within the class;
            NaN for a class without such a pair. A pair within the class counts for both its genes.
        edge_homophily: share of the pairs of two genes with a class that join genes of the same class; NaN without.
        edge_chance: the same where partners were drawn by their number of pairs alone.
        groups: how many groups of the graph (Leiden) have `FEWEST` genes with a class or more; 0 where there are none.
        purity: of the genes with a class in these groups, the share that is in its group's commonest class, or NaN.
        purity_chance: the same where classes are permuted among these genes.
    """

    names: tuple[str, ...]
    size: Int64[np.ndarray, " classes"]
    homophily: Float64[np.ndarray, " classes"]
    edge_homophily: float
    edge_chance: float
    groups: int
    purity: float
    purity_chance: float

    @property
    def largest_share(self) -> float:
        """Share of the largest class among the genes with one: the accuracy of always saying it."""
        return float(self.size.max() / self.size.sum()) if self.size.sum() else float("nan")


def class_portrait(graph: GeneGraph, classes: GeneClasses) -> ClassPortrait:
    """The portrait of these classes on `graph`; edge homophily as of Zhu et al. 2020 (arXiv 2006.11468)."""
    count = len(classes.names)
    ends = classes.label[graph.pairs]
    ends = ends[(ends >= 0).all(axis=1)]
    within = np.zeros((count, count), dtype=np.int64)
    np.add.at(within, (ends[:, 0], ends[:, 1]), 1)
    both_ways = within + within.T
    of_class = both_ways.sum(axis=1)
    share = of_class / max(1, of_class.sum())
    groups, purity, purity_chance = _purity(graph, classes)
    return ClassPortrait(
        names=classes.names,
        size=np.bincount(classes.label[classes.labelled], minlength=count),
        homophily=np.where(of_class > 0, np.diag(both_ways) / np.maximum(of_class, 1), np.nan),
        edge_homophily=float(np.mean(ends[:, 0] == ends[:, 1])) if len(ends) else float("nan"),
        edge_chance=float(np.sum(share**2)) if len(ends) else float("nan"),
        groups=groups,
        purity=purity,
        purity_chance=purity_chance,
    )


def _purity(graph: GeneGraph, classes: GeneClasses) -> tuple[int, float, float]:
    """Groups of the graph that are large enough, their purity, and the mean purity with classes permuted."""
    links = sp.csr_array(graph.adjacency > 0, dtype=np.float64)
    group = leiden(links, seed=0)
    has_class = classes.labelled
    large = np.bincount(group[has_class], minlength=int(group.max(initial=0)) + 1) >= FEWEST
    rows = np.flatnonzero(has_class & large[group])
    if not len(rows):
        return 0, float("nan"), float("nan")
    random = np.random.default_rng(0)
    label = classes.label[rows]
    permuted = [_share_of_commonest(group[rows], random.permutation(label)) for _ in range(PERMUTATIONS)]
    return int(large.sum()), _share_of_commonest(group[rows], label), float(np.mean(permuted))


def _share_of_commonest(group: Int64[np.ndarray, " rows"], label: Int64[np.ndarray, " rows"]) -> float:
    counts = np.zeros((int(group.max()) + 1, int(label.max()) + 1), dtype=np.int64)
    np.add.at(counts, (group, label), 1)
    return float(counts.max(axis=1).sum() / len(group))
