"""Names of clusters: for each its most enriched term, or the gene around which it lies."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from slviz.datasets import GeneGraph, Terms
from slviz.enrichment import SIGNIFICANT, benjamini_hochberg, chance_of_so_many, terms_asked
from slviz.projections.clusters import Clusters

FEWEST = 3
"""A term names a cluster when it holds at least so many of its genes."""


@dataclass(frozen=True)
class ClusterTerm:
    """The most enriched term of a cluster: its number, how many of the cluster's genes it holds, and its q."""

    term: int
    genes: int
    q: float


def named(clusters: Clusters, graph: GeneGraph) -> Clusters:
    """The same clusters, called "1 · DNA repair" for their number (the largest is 1) and their most enriched term.

    A cluster that has no significantly enriched term is called for its gene with most known partners: "7 · near KRAS".
    """
    best_terms = [None] * len(clusters.names) if graph.terms is None else most_enriched_terms(clusters, graph.terms)
    by_degree = np.argsort(-graph.degree, kind="stable")
    names = []
    for number, best in enumerate(best_terms):
        hub = graph.genes[by_degree[clusters.label[by_degree] == number][0]]
        called = f"near {hub}" if best is None or graph.terms is None else graph.terms.names[best.term]
        names.append(f"{number + 1} · {called}")
    return dataclasses.replace(clusters, names=tuple(names))


def most_enriched_terms(clusters: Clusters, terms: Terms) -> list[ClusterTerm | None]:
    """For each cluster its most significant term against all genes (of equals the more specific); None below q < 0.05.

    The test is that of `slviz.enrichment`, for all clusters at once.
    """
    count = len(clusters.names)
    inside = clusters.label >= 0
    belongs = sp.csr_array(
        (np.ones(inside.sum()), (np.flatnonzero(inside), clusters.label[inside])), shape=(len(clusters.label), count)
    )
    candidates = terms_asked(terms)
    membership = terms.membership[:, candidates].astype(np.int64)
    held = np.rint((membership.T @ belongs).toarray().T).astype(np.int64)  # [clusters, terms]
    on_map = np.asarray(membership.sum(axis=0)).ravel()
    size = np.bincount(clusters.label[inside], minlength=count)
    rich = (held >= FEWEST) & (held * len(clusters.label) > on_map * size[:, None])
    cluster, term = np.nonzero(rich)
    p = np.ones(held.shape)
    p[cluster, term] = chance_of_so_many(
        held[cluster, term], on_map[term], chosen=size[cluster], background=len(clusters.label)
    )
    best_terms: list[ClusterTerm | None] = []
    for number in range(count):
        best = int(np.lexsort((on_map, p[number]))[0]) if len(candidates) else -1
        q = float(benjamini_hochberg(p[number])[best]) if best >= 0 else 1.0
        known = ClusterTerm(int(candidates[best]), int(held[number, best]), q) if q < SIGNIFICANT else None
        best_terms.append(known)
    return best_terms
