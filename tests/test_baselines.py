"""Baselines: against counting by hand, from training pairs alone, never from the pair in question."""

from __future__ import annotations

import dataclasses

import networkx as nx
import numpy as np
import pytest
from builders import tiny_graph

from slviz.baselines import confidence_baselines, link_baselines, reconstruction_baselines
from slviz.splits import Pairs

STRUCTURAL = ("max degree", "degree product", "L3")


@pytest.fixture(scope="module")
def split():
    return Pairs().divide(tiny_graph(25, 90))


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
    for row in range(len(split.pairs)):
        training, (x, y) = without_itself(split, row)
        assert found["max degree"][row] == max(training.degree(x), training.degree(y))
        assert found["degree product"][row] == training.degree(x) * training.degree(y)
        assert found["L3"][row] == pytest.approx(slow_l3(training, x, y), abs=1e-5)
        assert found["mean"][row] == 0.5


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
