"""The karate club: the same people, friendships and classes as NetworkX and PyG have, and said not to be genes."""

from __future__ import annotations

import numpy as np

from slviz.datasets.classes import class_sets, gene_classes
from slviz.datasets.sources import open_dataset


def test_friendships_and_factions_are_those_of_networkx():
    import networkx

    club, graph = networkx.karate_club_graph(), open_dataset("karate")
    assert sorted(map(tuple, graph.pairs.tolist())) == sorted(tuple(sorted(edge)) for edge in club.edges)
    weight = [club[a][b]["weight"] / 8 for a, b in graph.pairs.tolist()]
    assert np.allclose(graph.score, weight)
    faction = {"Mr. Hi": "instructor", "Officer": "officer"}
    assert gene_classes(graph).name_of_each.tolist() == [faction[club.nodes[each]["club"]] for each in range(34)]


def test_communities_are_those_of_pyg():
    from torch_geometric.datasets import KarateClub

    graph, theirs = open_dataset("karate"), KarateClub()[0]
    assert class_sets(graph) == ("faction", "community")
    assert gene_classes(graph, "community").label.tolist() == theirs.y.tolist()
    edges = {tuple(sorted(edge)) for edge in theirs.edge_index.T.tolist()}
    assert {tuple(pair) for pair in graph.pairs.tolist()} == edges


def test_it_says_that_it_holds_no_genes():
    graph = open_dataset("karate")
    assert not graph.synthetic
    assert "no genes" in graph.title
    assert "a pair is a friendship" in graph.remark
