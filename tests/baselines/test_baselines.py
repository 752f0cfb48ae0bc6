"""Baselines: against counting by hand, from training pairs alone, never from the pair in question."""

from __future__ import annotations

import dataclasses

import networkx as nx
import numpy as np
import pytest
from builders import tiny_further_parts, tiny_graph

from slviz.baselines import (
    confidence_baselines,
    every_test,
    knowledge_baselines,
    link_baselines,
    link_rows,
    reconstruction_baselines,
)
from slviz.scorers import TrainingGraph
from slviz.splits import Pairs

STRUCTURAL = ("max degree", "degree product", "common neighbours", "Adamic–Adar", "L3", "SVD")
GRAPH = tiny_graph(25, 90)


@pytest.fixture(scope="module")
def split():
    return Pairs().divide(GRAPH)


def without_itself(split, row):
    """The training graph of a row as NetworkX sees it, without the pair of the row."""
    training = nx.Graph()
    training.add_nodes_from(range(len(split.gene_part)))
    training.add_edges_from(split.training_pairs.tolist())
    pair = tuple(split.pairs[row].tolist())
    if training.has_edge(*pair):
        training.remove_edge(*pair)
    return training, pair


def slow_l3(training, x, y):
    return sum(
        1 / np.sqrt(training.degree(u) * training.degree(v))
        for u in training.neighbors(x)
        for v in training.neighbors(y)
        if training.has_edge(u, v)
    )


def test_every_row_is_scored_as_by_hand_on_the_training_graph_without_the_pair(split):
    found = link_baselines(split)
    whole = nx.Graph(split.training_pairs.tolist())
    whole.add_nodes_from(range(25))
    for row in range(len(split.pairs)):
        training, (x, y) = without_itself(split, row)
        assert found["max degree"][row] == max(training.degree(x), training.degree(y))
        assert found["degree product"][row] == training.degree(x) * training.degree(y)
        assert found["L3"][row] == pytest.approx(slow_l3(training, x, y), abs=1e-5)
        assert found["mean"][row] == 0.5
        shared = list(nx.common_neighbors(training, x, y))
        assert found["common neighbours"][row] == len(shared)
        (_, _, expected), *_ = nx.adamic_adar_index(whole, [(x, y)])
        assert found["Adamic–Adar"][row] == pytest.approx(expected, abs=1e-5)


def test_the_mean_of_both_genes_leaves_the_pair_itself_out(split):
    found = confidence_baselines(split)["gene mean"]
    rows = split.rows("train")
    mean = split.score[rows].mean()
    for row in range(len(split.pairs)):
        others = rows[rows != row]
        ends = [split.score[others][(split.pairs[others] == gene).any(axis=1)] for gene in split.pairs[row]]
        assert found[row] == pytest.approx(np.mean([end.mean() if len(end) else mean for end in ends]), abs=1e-5)


def test_structural_baselines_of_confidence_are_on_its_scale_and_never_worse_than_the_mean_in_training(split):
    found = confidence_baselines(split)
    rows = split.rows("train")
    squared = {name: np.mean((score[rows] - split.score[rows]) ** 2) for name, score in found.items()}
    for name in STRUCTURAL:
        assert squared[name] <= squared["mean"] + 1e-9
        assert abs(found[name].mean() - found["mean"].mean()) < 0.2


@pytest.mark.parametrize("baselines", [link_baselines, confidence_baselines])
def test_no_baseline_looks_at_a_held_out_pair(split, baselines):
    held = split.part != "train"
    score = split.score.copy()
    score[held] = 0.123
    moved = dataclasses.replace(split, score=score, actual=np.where(held, 1 - split.actual, split.actual))
    for name, found in baselines(split).items():
        assert np.array_equal(found, baselines(moved)[name]), name


def test_pca_equals_scikit_learn_fitted_on_training_genes():
    from sklearn.decomposition import PCA

    features = np.random.default_rng(0).normal(size=(30, 12)).astype(np.float32)
    training = np.arange(20)
    theirs = PCA(4).fit(features[training])
    given = theirs.inverse_transform(theirs.transform(features))
    found = reconstruction_baselines(features, training=training, width=4)
    assert found["PCA"] == pytest.approx(np.sqrt(np.mean((features - given) ** 2, axis=1)), abs=1e-5)
    assert found["mean"] == pytest.approx(np.sqrt(np.mean((features - features[:20].mean(axis=0)) ** 2, axis=1)))


def test_svd_is_the_nearest_matrix_of_rank_sixteen_and_leaves_a_training_pair_out():
    big = tiny_graph(90, 400)
    split = Pairs().divide(big)
    training = TrainingGraph(split.training_pairs, 90)
    values, vectors = training.low_rank
    left, size, right = np.linalg.svd(training.adjacency.toarray())
    nearest = (left[:, :16] * size[:16]) @ right[:16]
    assert (vectors * values) @ vectors.T == pytest.approx(nearest, abs=1e-8)
    found = link_baselines(split)["SVD"]
    rows, held = split.rows("train"), split.rows("test", "random")
    at = nearest[split.pairs[:, 0], split.pairs[:, 1]]
    assert found[held] == pytest.approx(at[held], abs=1e-5)
    assert found[rows].mean() < 0.5 * at[rows].mean()


def test_the_interactions_of_both_genes_where_there_are_any(split):
    found = link_baselines(split, interactions=GRAPH.interactions)
    count = np.bincount(GRAPH.interactions.ravel(), minlength=25)
    assert np.array_equal(found["PPI degree product"], count[split.pairs].prod(axis=1))
    assert "PPI degree product" not in link_baselines(split)


@pytest.mark.parametrize("size", [25, 90])
def test_rows_of_scores_say_the_same_as_scores_of_pairs(size):
    graph = tiny_graph(size, 90)
    split = Pairs().divide(graph)
    at_pairs = link_baselines(split, interactions=graph.interactions)
    by_rows = link_rows(split, interactions=graph.interactions)
    assert list(by_rows) == list(at_pairs)
    others = split.part != "train"
    a, b = split.pairs[others].T
    for name, rows in by_rows.items():
        whole = np.concatenate([rows(0, 10), rows(10, size)])
        assert whole.dtype == np.float32
        assert whole == pytest.approx(whole.T, abs=1e-5), name
        assert whole[a, b] == pytest.approx(at_pairs[name][others], abs=1e-5), name


def test_what_is_known_of_a_pair_is_the_same_for_every_split_and_counted_by_hand():
    graph = dataclasses.replace(GRAPH, **tiny_further_parts(len(GRAPH)))
    pairs = np.stack(np.triu_indices(len(graph), k=1), axis=1)
    found = knowledge_baselines(graph, pairs)
    wanted = {"interaction Jaccard", "interaction Adamic–Adar", "paralog identity", "GO similarity", "popularity"}
    assert wanted | {"earlier screens"} <= set(found)
    assert "product of interaction counts" not in found, "the formula PPI degree product is the same"
    partners = [set() for _ in range(len(graph))]
    for a, b in graph.interactions.T.tolist():
        partners[a].add(b)
        partners[b].add(a)
    jaccard = [len(partners[a] & partners[b]) / max(len(partners[a] | partners[b]), 1) for a, b in pairs.tolist()]
    assert found["interaction Jaccard"] == pytest.approx(jaccard, abs=1e-6)
    tests = every_test(graph)
    prior = tests.hit.mean()
    said = {}
    for (a, b), hit in zip(tests.pairs.tolist(), tests.hit.tolist(), strict=True):
        said.setdefault((a, b), []).append(hit)
    expected = [(sum(hits := said.get((a, b), [])) + prior) / (len(hits) + 1) for a, b in pairs.tolist()]
    assert found["earlier screens"] == pytest.approx(expected, abs=1e-6)
    bare = dataclasses.replace(GRAPH, interactions=None, terms=None)
    assert knowledge_baselines(bare, pairs) == {}
