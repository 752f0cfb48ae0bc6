"""Leiden against NetworkX, a graph whose best partition is known, and what the paper promises."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
import scipy.sparse as sp
from sklearn.metrics import adjusted_rand_score

from slviz.projections.leiden import leiden


def as_sets(label: np.ndarray) -> list[set[int]]:
    return [set(np.flatnonzero(label == each).tolist()) for each in np.unique(label)]


def sparse(network: nx.Graph) -> sp.csr_array:
    return sp.csr_array(nx.to_scipy_sparse_array(network, nodelist=range(len(network)), dtype=float))


def modularity(network: nx.Graph, label: np.ndarray, resolution: float = 1.0) -> float:
    return nx.community.modularity(network, as_sets(label), resolution=resolution)


@pytest.fixture(scope="module")
def weighted() -> nx.Graph:
    random = np.random.default_rng(1)
    network = nx.planted_partition_graph(8, 25, 0.4, 0.04, seed=3)
    for *_, edge in network.edges(data=True):
        edge["weight"] = float(random.integers(1, 4))
    return network


def test_the_karate_club_reaches_its_known_best_modularity() -> None:
    club = nx.karate_club_graph()
    for *_, edge in club.edges(data=True):
        edge["weight"] = 1.0
    reached = [modularity(club, leiden(sparse(club), seed=seed)) for seed in range(8)]
    assert max(reached) == pytest.approx(0.41979, abs=1e-5)  # proven best, Brandes et al. 2008
    assert min(reached) > 0.41


@pytest.mark.parametrize("resolution", [0.5, 1.0, 3.0])
def test_it_is_as_good_as_networkxs_louvain(weighted: nx.Graph, resolution: float) -> None:
    theirs = nx.community.louvain_communities(weighted, resolution=resolution, seed=0)
    ours = modularity(weighted, leiden(sparse(weighted), resolution=resolution), resolution)
    assert ours > nx.community.modularity(weighted, theirs, resolution=resolution) - 0.005


def test_planted_groups_are_found_or_better_ones(weighted: nx.Graph) -> None:
    planted, found = np.repeat(np.arange(8), 25), leiden(sparse(weighted))
    assert adjusted_rand_score(planted, found) > 0.97
    assert modularity(weighted, found) >= modularity(weighted, planted)


@pytest.mark.parametrize("seed", range(5))
def test_every_community_hangs_together(seed: int) -> None:
    network = nx.gnm_random_graph(300, 700, seed=seed)
    for members in as_sets(leiden(sparse(network), resolution=0.3, seed=seed)):
        assert nx.is_connected(network.subgraph(members))


def test_no_single_move_gains(weighted: nx.Graph) -> None:
    label = leiden(sparse(weighted), seed=2)
    best = modularity(weighted, label)
    for node in range(0, len(label), 7):
        for other in np.unique(label):
            moved = label.copy()
            moved[node] = other
            assert modularity(weighted, moved) <= best + 1e-9


def test_higher_resolution_gives_more_communities(weighted: nx.Graph) -> None:
    counts = [leiden(sparse(weighted), resolution=each).max() for each in (0.1, 1.0, 10.0)]
    assert counts[0] < counts[1] < counts[2]


def test_the_same_seed_gives_the_same(weighted: nx.Graph) -> None:
    assert np.array_equal(leiden(sparse(weighted), seed=5), leiden(sparse(weighted), seed=5))


def test_parts_without_a_path_stay_apart() -> None:
    label = leiden(sparse(nx.disjoint_union(nx.complete_graph(6), nx.complete_graph(5))))
    assert as_sets(label) == [set(range(6)), set(range(6, 11))]


def test_a_graph_without_edges_is_all_alone() -> None:
    assert leiden(sp.csr_array((4, 4))).tolist() == [0, 1, 2, 3]
