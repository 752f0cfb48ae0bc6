"""Publications behind the genes and pairs of clusters: an embedding of listed pairs groups what one paper listed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy.sparse as sp

from slviz.datasets import GeneGraph
from slviz.projections.clusters import Clusters
from slviz.splits.publication import cited_publications


@dataclass(frozen=True, eq=False)
class Publications:
    """Which genes and pairs each publication lists. P publications, G genes.

    Attributes:
        names: as the data set calls them, PubMed ids mostly; those that list most pairs first.
        membership: bool [G, P], genes in at least one pair of the publication.
        pair, publication: int64 [N], the rows of the known pairs and the publications that list them, each once.
    """

    names: tuple[str, ...]
    membership: sp.csr_array
    pair: np.ndarray
    publication: np.ndarray

    @classmethod
    def of(cls, graph: GeneGraph) -> Publications | None:
        """Those of a data set; None where it names none."""
        if graph.evidence is None or not (graph.evidence["pubmed"].to_numpy() != "").any():
            return None
        cited = cited_publications(graph)
        cited = cited.loc[cited["pubmed"] != ""].drop_duplicates()
        names = cited["pubmed"].value_counts(sort=True).index
        number = pd.Index(names).get_indexer(cited["pubmed"].to_numpy())
        pair = cited["pair"].to_numpy(dtype=np.int64)
        genes = graph.pairs[pair].ravel()
        marks = sp.csr_array(
            (np.ones(len(genes), dtype=bool), (genes, np.repeat(number, 2))), shape=(len(graph), len(names))
        )
        marks.sum_duplicates()
        marks.data[:] = True
        return cls(tuple(map(str, names)), marks, pair, number.astype(np.int64))


@dataclass(frozen=True)
class CommonestPublication:
    """The publication that lists most pairs of a cluster's genes.

    Attributes:
        name: as the data set calls it.
        pairs: share (0 to 1) of the cluster's pairs that it lists, of those that a publication lists; a pair is the
            cluster's where one of its genes is in it, since partners often lie elsewhere.
        genes: share of the cluster's genes that are in one of its pairs.
    """

    name: str
    pairs: float
    genes: float


def commonest_publications(
    clusters: Clusters, graph: GeneGraph, publications: Publications
) -> list[CommonestPublication | None]:
    """For each cluster its commonest publication; None for one none of whose pairs a publication lists."""
    commonest: list[CommonestPublication | None] = []
    one, other = clusters.label[graph.pairs[publications.pair]].T
    for number in range(len(clusters.names)):
        touching = (one == number) | (other == number)
        if not touching.any():
            commonest.append(None)
            continue
        listed = np.bincount(publications.publication[touching], minlength=len(publications.names))
        most = int(listed.argmax())
        members = clusters.label == number
        inside = int(publications.membership[members][:, [most]].sum())
        pairs = len(np.unique(publications.pair[touching]))
        commonest.append(
            CommonestPublication(publications.names[most], float(listed[most] / pairs), float(inside / members.sum()))
        )
    return commonest
