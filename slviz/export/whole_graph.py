"""All known pairs of a data set as one network file, for Gephi, Cytoscape or networkx."""

from __future__ import annotations

import networkx as nx

from slviz.datasets import GeneGraph
from slviz.datasets.evidence_kinds import evidence_words
from slviz.export.network import gexf_of, graphml_of, present

MOST_PAIRS = 200_000
"""Of more pairs a table is the better file."""


def graph_to_graphml(graph: GeneGraph, *, provenance: str) -> bytes:
    """All genes and known pairs as GraphML without directions; see `to_graphml` for names and attributes.

    A gene has `full_name` and `known_partners`, a pair the data set's `score` and its `evidence`, where they are known.
    """
    return graphml_of(_network(graph, provenance))


def graph_to_gexf(graph: GeneGraph, *, provenance: str) -> bytes:
    """The same as GEXF 1.2 (Gephi); the line stands in the description of the file."""
    return gexf_of(_network(graph, provenance), provenance=provenance)


def _network(graph: GeneGraph, provenance: str) -> nx.Graph:
    network = nx.Graph(provenance=provenance)
    names = [""] * len(graph) if graph.gene_info is None else graph.gene_info["name"].tolist()
    for symbol, name, degree in zip(graph.genes, names, graph.degree.tolist(), strict=True):
        network.add_node(symbol, name=symbol, **present({"full_name": name, "known_partners": degree}))
    for (a, b), score, kinds in zip(graph.pairs.tolist(), graph.score.tolist(), graph.pair_evidence, strict=True):
        network.add_edge(graph.genes[a], graph.genes[b], **present({"score": score, "evidence": evidence_words(kinds)}))
    return network
