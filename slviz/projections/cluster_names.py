"""Names of clusters: what explains best who is in each, a publication or an enriched term; else that none is."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from slviz.datasets import GeneGraph, Terms
from slviz.enrichment import SIGNIFICANT, SMALLEST_TERM, benjamini_hochberg, chance_of_so_many, terms_of_group
from slviz.projections.cluster_publications import CommonestPublication, Publications, commonest_publications
from slviz.projections.clusters import Clusters
from slviz.splits.publication import publication_words

FEWEST = 3
"""A term or a publication names a cluster when it holds at least so many of its genes."""
TERM, PUBLICATION, NOTHING = "term", "publication", ""


@dataclass(frozen=True)
class ClusterTerm:
    """The most enriched set of a cluster: its number, how many of the cluster's genes it holds, and its q.

    Attributes:
        term: its number among the sets that were asked about.
        genes: how many of the cluster's genes it holds.
        q: of the hypergeometric test, by Benjamini and Hochberg.
        information: bits that membership in the set tells about membership in the cluster, per gene of the map.
    """

    term: int
    genes: int
    q: float
    information: float = 0.0


@dataclass(frozen=True)
class ClusterDescription:
    """What a cluster is.

    Attributes:
        name: as on the map.
        genes: how many.
        term, term_q: its most enriched term and its q; "" and NaN where none is enriched.
        commonest: the publication behind most of its genes' pairs; None where none is named.
        named_for: `TERM`, `PUBLICATION` or `NOTHING`.
    """

    name: str
    genes: int
    term: str
    term_q: float
    commonest: CommonestPublication | None
    named_for: str


def named(clusters: Clusters, graph: GeneGraph) -> Clusters:
    """The same clusters, called for their number (the largest is 1) and for what explains them: see `described`."""
    return dataclasses.replace(clusters, names=tuple(description.name for description in described(clusters, graph)))


def described(clusters: Clusters, graph: GeneGraph) -> tuple[ClusterDescription, ...]:
    """What each cluster is, and its name: a publication, "1 · PubMed 19490893", or a term, "2 · DNA repair".

    Terms and publications are sets of genes, asked about by the same one-sided test against all genes of the map. Of
    the best significant one of either kind that names the cluster which tells more about who is in it (mutual
    information). A cluster in which neither is enriched is "7 · no term enriched (42)", with its number of genes.
    """
    count = len(clusters.names)
    size = np.bincount(clusters.label[clusters.label >= 0], minlength=count)
    publications = Publications.of(graph)
    terms = [None] * count if graph.terms is None else most_enriched_terms(clusters, graph.terms)
    papers: list[ClusterTerm | None] = [None] * count
    commonest: list[CommonestPublication | None] = [None] * count
    if publications is not None:
        in_enough = np.asarray(publications.membership.sum(axis=0)).ravel() >= SMALLEST_TERM
        papers = most_enriched(clusters, publications.membership, np.flatnonzero(in_enough))
        commonest = commonest_publications(clusters, graph, publications)
    descriptions = []
    for number in range(count):
        term, paper = terms[number], papers[number]
        called, named_for = f"no term enriched ({size[number]:,})", NOTHING
        if paper is not None and (term is None or paper.information > term.information):
            assert publications is not None
            called, named_for = publication_words(publications.names[paper.term]), PUBLICATION
        elif term is not None:
            assert graph.terms is not None
            called, named_for = graph.terms.names[term.term], TERM
        descriptions.append(
            ClusterDescription(
                name=f"{number + 1} · {called}",
                genes=int(size[number]),
                term="" if term is None or graph.terms is None else graph.terms.names[term.term],
                term_q=float("nan") if term is None else term.q,
                commonest=commonest[number],
                named_for=named_for,
            )
        )
    return tuple(descriptions)


def most_enriched_terms(clusters: Clusters, terms: Terms) -> list[ClusterTerm | None]:
    """For each cluster its most significant term against all genes (of equals the more specific); None below q < 0.05.

    The test is that of `slviz.enrichment`, for all clusters at once.
    """
    return most_enriched(clusters, terms.membership, terms_of_group(terms))


def most_enriched(clusters: Clusters, sets: sp.csr_array, candidates: np.ndarray) -> list[ClusterTerm | None]:
    """The same for any sets of genes.

    Args:
        clusters: groups of genes.
        sets: bool [G, S], which gene is in which set.
        asked: numbers of the sets that are asked about.
    """
    count = len(clusters.names)
    inside = clusters.label >= 0
    belongs = sp.csr_array(
        (np.ones(inside.sum()), (np.flatnonzero(inside), clusters.label[inside])), shape=(len(clusters.label), count)
    )
    membership = sets[:, candidates].astype(np.int64)
    held = np.rint((membership.T @ belongs).toarray().T).astype(np.int64)  # [clusters, sets]
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
        if q >= SIGNIFICANT:
            best_terms.append(None)
            continue
        held_there = int(held[number, best])
        bits = mutual_information(held_there, int(on_map[best]), int(size[number]), len(clusters.label))
        best_terms.append(ClusterTerm(int(candidates[best]), held_there, q, bits))
    return best_terms


def mutual_information(both: int, in_set: int, in_cluster: int, genes: int) -> float:
    """Bits that being in a set tells about being in a cluster: Σ p(x, y) log₂ (p(x, y) / p(x) p(y)) over four cells."""
    cells = np.array([[both, in_set - both], [in_cluster - both, genes - in_set - in_cluster + both]]) / genes
    independent = cells.sum(axis=1, keepdims=True) * cells.sum(axis=0, keepdims=True)
    there = cells > 0
    return float((cells[there] * np.log2(cells[there] / independent[there])).sum())
