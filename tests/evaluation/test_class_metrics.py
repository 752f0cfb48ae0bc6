"""Metrics and baselines of classes, against scikit-learn and by hand."""

from __future__ import annotations

import numpy as np
import pytest
from builders import tiny_graph
from sklearn import metrics as reference

from slviz.baselines.classes import LOGISTIC, MOST_FREQUENT, NEIGHBOURS, class_baselines, majority
from slviz.evaluation.classes import (
    class_metrics,
    confusion_matrix,
    f1_of_each,
    precision_of_each,
    recall_of_each,
)
from slviz.splits import SPLITS


@pytest.mark.parametrize("seed", range(20))
def test_figures_are_those_of_scikit_learn(seed):
    random = np.random.default_rng(seed)
    classes = int(random.integers(2, 9))
    actual = random.integers(0, max(classes - seed % 3, 1), size=60)  # sometimes a class does not occur
    given = np.where(random.uniform(size=60) < 0.5, actual, random.integers(0, classes, size=60))
    confusion = confusion_matrix(actual, given, classes=classes)
    every = np.arange(classes)
    assert np.array_equal(confusion, reference.confusion_matrix(actual, given, labels=every))
    found = class_metrics(confusion)
    assert found["accuracy"] == pytest.approx(reference.accuracy_score(actual, given))
    assert found["macro_f1"] == pytest.approx(reference.f1_score(actual, given, average="macro"))
    occurring = np.unique(actual)
    recall = reference.recall_score(actual, given, labels=occurring, average=None)
    assert found["balanced_accuracy"] == pytest.approx(recall.mean())
    assert recall_of_each(confusion)[occurring] == pytest.approx(recall)
    predicted = np.unique(given)
    precision = reference.precision_score(actual, given, labels=predicted, average=None)
    assert precision_of_each(confusion)[predicted] == pytest.approx(precision)
    both = np.union1d(occurring, predicted)
    assert f1_of_each(confusion)[both] == pytest.approx(
        reference.f1_score(actual, given, labels=both, average=None, zero_division=0)
    )


def test_a_hand_made_case():
    """Four of class 0, of which three are right; one of class 1, wrong; class 2 is never met."""
    confusion = confusion_matrix(np.array([0, 0, 0, 0, 1]), np.array([0, 0, 0, 1, 0]), classes=3)
    assert confusion.tolist() == [[3, 1, 0], [1, 0, 0], [0, 0, 0]]
    assert class_metrics(confusion) == pytest.approx({"accuracy": 0.6, "macro_f1": 0.375, "balanced_accuracy": 0.375})
    assert recall_of_each(confusion)[:2].tolist() == [0.75, 0.0]
    assert np.isnan(recall_of_each(confusion)[2])
    assert all(np.isnan(value) for value in class_metrics(np.zeros((2, 2), dtype=np.int64)).values())


def test_the_majority_of_neighbours_by_hand():
    """A star around gene 0 with labels 1, 1, 0; gene 4 has no labelled neighbour; gene 5 is tied between 0 and 1."""
    pairs = np.array([[0, 1], [0, 2], [0, 3], [4, 6], [1, 5], [3, 5]])
    label = np.array([0, 1, 1, 0, -1, -1, -1])
    assert majority(pairs, label, classes=2)[[0, 1, 4]].tolist() == [
        1,
        0,
        0,
    ]  # never its own label; of equals the first
    label = np.array([1, 1, 1, 0, -1, -1, -1])
    assert majority(pairs, label, classes=2)[[4, 5]].tolist() == [1, 1]  # the larger class breaks ties


def test_baselines_learn_from_training_genes_alone():
    graph = tiny_graph(60, 150)
    split = SPLITS.make("pairs").divide(graph)
    label = np.arange(60) % 3
    features = np.eye(3, dtype=np.float32)[label] + 0.01 * graph.features["ppi"][:, :3]
    found = class_baselines(split, label, classes=3, features=features, interactions=graph.interactions)
    assert np.array_equal(found[LOGISTIC], label)  # the features say it
    assert len(set(found[MOST_FREQUENT])) == 1
    hidden = np.where(split.gene_part == "test", (label + 1) % 3, label)
    again = class_baselines(split, hidden, classes=3, features=features, interactions=graph.interactions)
    assert all(np.array_equal(found[name], again[name]) for name in found)
    assert NEIGHBOURS in found
