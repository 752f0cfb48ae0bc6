"""Edge homophily and group purity, against a hand-made case, NetworkX and the figures of the known graphs."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from builders import tiny_graph

from slviz.datasets.classes import gene_classes
from slviz.datasets.folder import read_folder
from slviz.projections.class_portrait import class_portrait


def test_shares_are_those_counted_pair_by_pair() -> None:
    graph = tiny_graph()
    classes = gene_classes(graph)
    portrait = class_portrait(graph, classes)
    known = nx.Graph(graph.pairs[(classes.label[graph.pairs] >= 0).all(axis=1)].tolist())
    nx.set_node_attributes(known, {node: int(classes.label[node]) for node in known}, "side")
    mixing = nx.attribute_mixing_matrix(known, "side", mapping={0: 0, 1: 1})
    assert portrait.edge_homophily == pytest.approx(np.trace(mixing))
    assert portrait.edge_chance == pytest.approx((mixing.sum(axis=1) ** 2).sum())
    assert portrait.homophily.tolist() == pytest.approx((np.diag(mixing) / mixing.sum(axis=1)).tolist())
    assert portrait.size.tolist() == [16, 16]


def test_two_cliques_of_a_class_each_are_pure_and_without_pairs_nothing_is_said() -> None:
    graph = tiny_graph(20, 40)
    upper = np.stack(np.triu_indices(10, k=1), axis=1)
    pairs = np.concatenate([upper, upper + 10]).astype(np.int64)
    sides = np.array(["left"] * 10 + ["right"] * 10, dtype=object)
    parts = {"classes": {"side": sides}, "evidence": None, "fingerprint": ""}
    cliques = dataclasses.replace(graph, pairs=pairs, score=np.ones(len(pairs), dtype=np.float32), **parts)
    portrait = class_portrait(cliques, gene_classes(cliques))
    assert (portrait.edge_homophily, portrait.groups, portrait.purity) == (1.0, 2, 1.0)
    assert portrait.purity_chance < 0.8
    alone = dataclasses.replace(graph, pairs=pairs[:0], score=np.ones(0, dtype=np.float32), **parts)
    nothing = class_portrait(alone, gene_classes(alone))
    assert np.isnan([nothing.edge_homophily, nothing.purity]).all()


@pytest.mark.real
def test_known_graphs_have_the_edge_homophily_that_is_published() -> None:
    folder = Path(os.environ.get("SLVIZ_TEST_DATA", "")) / "graphs"
    if not (folder / "cora" / "genes.txt").is_file():
        pytest.skip("needs SLVIZ_TEST_DATA with the known graphs")
    told = {"cora": 0.81, "citeseer": 0.74, "cornell": 0.30, "texas": 0.06, "wisconsin": 0.18, "actor": 0.22}
    for name, homophily in told.items():
        graph, _ = read_folder(folder / name)
        assert class_portrait(graph, gene_classes(graph)).edge_homophily == pytest.approx(homophily, abs=0.006), name
