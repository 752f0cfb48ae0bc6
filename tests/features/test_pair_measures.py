"""What a data set says of a pair, against NetworkX and counts by hand."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
import scipy.sparse as sp
from builders import tiny_graph

from slviz.datasets import GeneColumns, Relation, Terms
from slviz.features import pair_measures
from slviz.features.pair_knowledge import PairKnowledge
from slviz.features.pair_measures import MEASURES, baseline_measures, measured

PAIRS = np.array([[0, 1], [2, 3], [5, 30], [7, 39], [11, 12]])


@pytest.fixture(scope="module")
def network(graph):
    found = nx.Graph()
    found.add_nodes_from(range(len(graph)))
    found.add_edges_from(graph.interactions.T.tolist())
    return found


def test_scores_of_interactions_are_those_of_networkx(graph, network):
    found = measured(
        PairKnowledge(graph), PAIRS, "interaction_jaccard", "interaction_adamic_adar", "interaction_product"
    )
    asked = PAIRS.tolist()
    for key, theirs in (
        ("interaction_jaccard", nx.jaccard_coefficient),
        ("interaction_adamic_adar", nx.adamic_adar_index),
        ("interaction_product", nx.preferential_attachment),
    ):
        np.testing.assert_allclose(found[key], [value for _, _, value in theirs(network, asked)], atol=1e-9)


def test_blocks_of_pairs_give_the_bits_of_all_at_once(graph, monkeypatch: pytest.MonkeyPatch):
    pairs = np.stack(np.triu_indices(len(graph), k=1), axis=1)
    monkeypatch.setattr("slviz.features.pair_measures.WHOLE_ROWS", 0)
    whole = measured(PairKnowledge(graph), pairs, *MEASURES)
    monkeypatch.setattr("slviz.features.pair_measures.COPIED_ENTRIES", 7)
    in_blocks = measured(PairKnowledge(graph), pairs, *MEASURES)
    assert whole.keys() == in_blocks.keys()
    for key, numbers in whole.items():
        np.testing.assert_array_equal(in_blocks[key], numbers)
    assert all(len(numbers) == 0 for numbers in measured(PairKnowledge(graph), pairs[:0], *MEASURES).values())


def test_a_few_genes_with_many_others_give_the_bits_of_each_pair_by_itself(graph, monkeypatch: pytest.MonkeyPatch):
    pairs = np.array([(gene, other) for gene in (3, 0, 17) for other in range(len(graph)) if other % 3])
    of_rows: list[int] = []

    def noted(left: sp.csr_matrix, right: sp.csr_matrix, rows: np.ndarray) -> np.ndarray:
        of_rows.append(len(rows))
        return products_of_rows(left, right, rows)

    products_of_rows = pair_measures._products_of_rows
    monkeypatch.setattr(pair_measures, "_products_of_rows", noted)
    whole = measured(PairKnowledge(graph), pairs, *MEASURES)
    assert set(of_rows) == {3}
    monkeypatch.setattr(pair_measures, "WHOLE_ROWS", 0)
    by_itself = measured(PairKnowledge(graph), pairs, *MEASURES)
    for key, numbers in whole.items():
        np.testing.assert_array_equal(by_itself[key], numbers)


def test_a_relation_of_that_name_is_read_and_without_it_all_interactions_stand_for_it(graph):
    one = Relation(np.array([[0, 2], [1, 2]]), {})
    with_relation = PairKnowledge(tiny_graph(relations={"literature": one}))
    np.testing.assert_allclose(measured(with_relation, PAIRS, "literature_shared")["literature_shared"][0], np.log(2))
    without = measured(PairKnowledge(graph), PAIRS, "literature_jaccard", "interaction_jaccard")
    np.testing.assert_array_equal(without["literature_jaccard"], without["interaction_jaccard"])
    assert "literature Jaccard" not in baseline_measures(PairKnowledge(graph), PAIRS)
    assert "literature Jaccard" in baseline_measures(with_relation, PAIRS)


def test_a_measure_that_the_data_cannot_give_is_not_there():
    bare = PairKnowledge(tiny_graph(interactions=None, terms=None))
    assert measured(bare, PAIRS, *MEASURES) == {}
    assert not bare.in_range(PAIRS).any()


def test_paralogs_families_orthologs_and_columns_are_read():
    columns = GeneColumns(
        {
            "yeast_orf": np.array(["Y1", "Y1", "Y2", "", ""] + [""] * 35, dtype=object),
            "yeast_essential_ortholog": np.array([1.0, 1, 0, np.nan] + [0.0] * 36),
            "mean_expression_3_lines": np.array([5.0, 2, np.nan, 4] + [np.nan] * 36),
            "core_essential": np.array([1.0, 0, 0, 1] + [0.0] * 36),
        }
    )
    graph = tiny_graph(
        interactions=None,
        gene_columns=columns,
        relations={"paralogs": Relation(np.array([[0, 1]]), {"identity_percent": np.array([50.0])})},
        gene_sets={
            "coessential": Terms(
                ids=("M1", "M2"),
                names=("M1", "M2"),
                groups=("", ""),
                membership=sp.csr_array(np.array([[1, 1], [1, 0]] + [[0, 0]] * 38, dtype=bool)),
            ),
            "complexes": Terms(
                ids=("C1", "C2"),
                names=("C1", "C2"),
                groups=("", ""),
                membership=sp.csr_array(np.array([[1, 0], [1, 0], [0, 1], [0, 1]] + [[0, 0]] * 36, dtype=bool)),
            ),
        },
    )
    found = measured(PairKnowledge(graph), PAIRS[:3], *MEASURES)
    assert found["paralog_identity_squared"].tolist() == [0.25, 0, 0]
    assert found["same_yeast_ortholog"].tolist() == [1, 0, 0]
    assert found["yeast_essential"].tolist() == [2, 0, 0]
    assert found["coessential_jaccard"].tolist() == [0.5, 0, 0]
    assert found["both_yeast_orthologs"].tolist() == [1, 0, 0]
    assert found["complex_essentiality"].tolist() == [
        0.5,
        0.5,
        0,
    ]  # one of the two genes of either complex is essential
    np.testing.assert_array_equal(found["lower_expression"], [2, 4, np.nan])  # the one that is known, where one is not
    assert PairKnowledge(graph).in_range(PAIRS[:3]).tolist() == [True, False, False]
    assert PairKnowledge(graph).are_paralogs(PAIRS[:3]).tolist() == [True, False, False]


def test_shared_partners_beyond_chance_and_essential_ones_are_those_counted_by_hand(graph, network):
    essential = np.zeros(len(graph))
    essential[::3] = 1
    knowledge = PairKnowledge(tiny_graph(gene_columns=GeneColumns({"common_essential": essential})))
    found = measured(knowledge, PAIRS, "literature_beyond_chance", "shared_essential")
    for row, (a, b) in enumerate(PAIRS.tolist()):
        shared = list(nx.common_neighbors(network, a, b))
        assert found["shared_essential"][row] == pytest.approx(np.log1p(essential[shared].sum()))
        expected = network.degree(a) * network.degree(b) / len(graph)
        bound = len(shared) * np.log(len(shared) / expected) - len(shared) + expected if len(shared) > expected else 0
        assert found["literature_beyond_chance"][row] == pytest.approx(np.log1p(bound))
    assert (found["literature_beyond_chance"] > 0).any()
