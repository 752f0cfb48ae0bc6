"""All pairs as one file are the graph itself when networkx reads them again."""

from __future__ import annotations

import io

import networkx as nx
import numpy as np
import pytest
from builders import tiny_graph

from slviz.export.whole_graph import graph_to_gexf, graph_to_graphml


@pytest.mark.parametrize(("write", "read"), [(graph_to_graphml, nx.read_graphml), (graph_to_gexf, nx.read_gexf)])
def test_every_gene_and_pair_comes_back(write, read) -> None:
    graph = tiny_graph()
    network = read(io.BytesIO(write(graph, provenance="from a test & <more>")))
    assert not network.is_directed()
    assert set(network) == set(graph.genes)
    assert {frozenset(edge) for edge in network.edges} == {
        frozenset((graph.genes[a], graph.genes[b])) for a, b in graph.pairs.tolist()
    }
    (a, b), score = graph.pairs[0], graph.score[0]
    assert network.edges[graph.genes[a], graph.genes[b]]["score"] == pytest.approx(float(score))
    assert [network.nodes[gene]["known_partners"] for gene in graph.genes] == np.asarray(graph.degree).tolist()
    assert b"from a test &amp; &lt;more&gt;" in write(graph, provenance="from a test & <more>")
