"""The matrix of the pairs counts every pair twice, once on each side of its diagonal, in any order."""

from __future__ import annotations

import numpy as np
import pytest

from slviz.datasets import GeneGraph
from slviz.datasets.sources import open_dataset
from slviz.figures import pair_matrix as module
from slviz.figures.pair_matrix import pair_matrix
from slviz.ui.data.data_portrait import connected
from slviz.ui.data.pair_matrix_view import TITLES, order_of


@pytest.mark.parametrize("cells", [5, 250])
def test_cells_count_pairs(cells: int, graph: GeneGraph, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_CELLS", cells)
    order = np.random.default_rng(0).permutation(len(graph))
    counts = np.asarray(pair_matrix(graph.pairs, order, by="chance").data[0].customdata)
    assert counts.sum() == 2 * len(graph.pairs)
    assert np.array_equal(counts, counts.T)
    assert counts.shape == (min(cells, len(graph)),) * 2
    if cells > len(graph):
        dense = np.zeros((len(graph), len(graph)), dtype=int)
        for a, b in graph.pairs.tolist():
            dense[a, b] = dense[b, a] = 1
        assert np.array_equal(counts, dense[np.ix_(order, order)])


def test_orders_hold_every_gene_and_groups_lie_along_the_diagonal() -> None:
    demo = open_dataset("demo")
    near = {}
    for by in TITLES:
        order = order_of(demo, by)
        assert sorted(order.tolist()) == list(range(len(demo)))
        place = np.argsort(order)
        near[by] = np.abs(place[demo.pairs[:, 0]] - place[demo.pairs[:, 1]]).mean()
    chance = np.abs(np.subtract(*np.random.default_rng(0).permutation(len(demo))[demo.pairs.T])).mean()
    assert near["groups"] < 0.8 * chance


def test_connected_parts_are_counted_without_genes_that_have_no_partner(graph: GeneGraph) -> None:
    import networkx as nx

    network = nx.Graph(graph.pairs.tolist())
    parts = list(nx.connected_components(network))
    assert connected(graph) == (len(parts), max(map(len, parts)) / len(network))
