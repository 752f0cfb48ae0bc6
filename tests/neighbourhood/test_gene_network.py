"""The network around a gene: unreported partners first, what joins the genes, and places that stay."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest

from slviz.datasets import GeneGraph
from slviz.neighbourhood.gene_network import (
    ADDED,
    CENTRE,
    HELD_OUT,
    KNOWN,
    MOST_GENES,
    PARTNER,
    PHYSICAL,
    PREDICTED,
    UNREPORTED,
    gene_network,
    shortest_path,
)


@pytest.fixture(scope="module")
def graph() -> GeneGraph:
    """Gene 0 with the partners 1, 2, 3 (3 – 4 – 5 goes on), 6 joined by an interaction alone, 7 by nothing."""
    pairs = np.array([[0, 1], [0, 2], [0, 3], [1, 2], [3, 4], [4, 5]])
    return GeneGraph(
        name="small",
        genes=tuple("ABCDEFGH"),
        pairs=pairs,
        score=np.array([0.2, 0.9, 0.5, 0.1, 0.3, 0.4], dtype=np.float32),
        interactions=np.array([[0, 0, 5], [1, 7, 6]]),
    )


def test_unreported_partners_come_first_then_the_known_by_confidence(graph: GeneGraph) -> None:
    network = gene_network(graph, 0, ranked=np.array([7, 5, 6]), unreported=2, known=2)
    assert network.genes.tolist() == [0, 7, 5, 2, 3]
    assert network.relation.tolist() == [CENTRE, UNREPORTED, UNREPORTED, PARTNER, PARTNER]
    assert (network.unreported_left_out, network.known_left_out) == (1, 1)
    ends = {
        tuple(sorted(network.genes[edge].tolist())): kind
        for edge, kind in zip(network.edges, network.kind, strict=True)
    }
    assert ends[(0, 2)] == KNOWN
    assert ends[(0, 5)] == PREDICTED
    assert network.edge_table(graph)["kind"].tolist().count(PHYSICAL) == 1  # A – H, whose dashed edge stays beside it


def test_the_weight_is_attention_where_it_is_given_and_else_the_score(graph: GeneGraph) -> None:
    score = np.arange(8, dtype=np.float32) / 10
    attention = np.full(8, np.nan, dtype=np.float32)
    attention[[1, 2]] = 0.7, 0.1
    by_score = gene_network(graph, 0, ranked=np.array([7]), score=score)
    assert by_score.genes.tolist() == [0, 7, 2, 3, 1]
    drawn = zip(by_score.edges.tolist(), by_score.weight.tolist(), by_score.kind, strict=True)
    spokes = {int(by_score.genes[max(ends)]): weight for ends, weight, kind in drawn if 0 in ends and kind != PHYSICAL}
    assert spokes == {number: pytest.approx(number / 10) for number in (7, 2, 3, 1)}
    by_attention = gene_network(graph, 0, ranked=np.array([7]), score=score, attention=attention)
    assert by_attention.genes.tolist() == [0, 7, 1, 2, 3]
    assert np.isnan(by_attention.weight[by_attention.kind == PREDICTED]).all()
    assert np.nanmax(by_attention.weight) == pytest.approx(0.7)


def test_held_out_pairs_are_told_from_those_learnt_from(graph: GeneGraph) -> None:
    network = gene_network(graph, 0, training=np.array([True, False, True, True, True, True]))
    assert network.relation.tolist() == [CENTRE, HELD_OUT, PARTNER, PARTNER]


def test_pairs_among_the_partners_are_drawn_for_few_genes_or_on_request(graph: GeneGraph) -> None:
    def among(**asked: bool) -> bool:
        network = gene_network(graph, 0, **asked)
        return [1, 2] in np.sort(network.genes[network.edges], axis=1).tolist()

    assert among()
    assert among(among=True)
    assert not among(among=False)


def test_expanding_adds_partners_and_collapsing_takes_the_same_away(graph: GeneGraph) -> None:
    plain = gene_network(graph, 0)
    opened = gene_network(graph, 0, expanded=[3])
    assert opened.genes.tolist() == [*plain.genes.tolist(), 4]
    assert opened.relation[-1] == ADDED
    np.testing.assert_array_equal(opened.place[:-1], plain.place)  # what was there stays where it was
    assert gene_network(graph, 0, expanded=[99, 0][1:]).genes.tolist() == plain.genes.tolist()


def test_the_path_is_a_shortest_one(graph: GeneGraph) -> None:
    whole = nx.Graph([*graph.pairs.tolist(), *graph.interactions.T.tolist()])  # type: ignore[union-attr]
    for end in range(1, 8):
        assert len(shortest_path(graph, 0, end)) == nx.shortest_path_length(whole, 0, end) + 1
    network = gene_network(graph, 0, path_to=6)
    assert network.path.tolist() == [0, 3, 4, 5, 6]
    assert network.on_path.sum() == 4
    alone = GeneGraph(name="two", genes=("A", "B", "C"), pairs=np.array([[0, 1]]), score=np.ones(1, dtype=np.float32))
    assert len(shortest_path(alone, 0, 2)) == len(shortest_path(alone, 0, 0)) == 0


def test_a_network_of_one_gene_and_a_hub_are_drawn() -> None:
    alone = GeneGraph(
        name="one", genes=("A",), pairs=np.empty((0, 2), dtype=np.int64), score=np.empty(0, dtype=np.float32)
    )
    network = gene_network(alone, 0)
    assert (network.genes.tolist(), len(network.edges), network.place.tolist()) == ([0], 0, [[0.0, 0.0]])
    count = 1475
    pairs = np.column_stack([np.zeros(count, dtype=np.int64), np.arange(1, count + 1)])
    score = np.linspace(0, 1, count, dtype=np.float32)
    hub = GeneGraph(name="hub", genes=tuple(map(str, range(count + 1))), pairs=pairs, score=score)
    network = gene_network(hub, 0, known=count)
    assert len(network.genes) == MOST_GENES
    assert len({tuple(place) for place in network.place.round(3).tolist()}) == len(network.place) == MOST_GENES
    assert network.known_left_out == count + 1 - MOST_GENES


def test_the_path_is_drawn_whole_however_full_the_network_is() -> None:
    hub = 500
    chain = np.column_stack([np.arange(hub, hub + 5), np.arange(hub + 1, hub + 6)])
    pairs = np.concatenate([[[0, partner] for partner in range(1, hub + 1)], chain])
    star = GeneGraph(
        name="star",
        genes=tuple(map(str, range(hub + 6))),
        pairs=pairs,
        score=np.linspace(1, 0, len(pairs), dtype=np.float32),
    )
    network = gene_network(star, 0, known=400, expanded=range(1, 300), path_to=hub + 5)
    assert len(network.genes) == len(network.place) == MOST_GENES
    assert set(network.path.tolist()) <= set(network.genes.tolist())
    assert network.on_path.sum() == len(network.path) - 1 == 6
    opened = gene_network(star, hub, known=100, expanded=[0] * 90)
    assert (opened.relation == ADDED).sum() == 8  # once, however often a gene is named
