"""Boosted trees: symmetric features of the training graph alone, and better than guessing where there is structure."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from builders import tiny_graph

from slviz.baselines import BoostedTrees, TrainingGraph, trees
from slviz.datasets.sources import open_dataset
from slviz.evaluation import roc_auc
from slviz.splits import BothNew, OneNew, Pairs


@pytest.fixture(scope="module", autouse=True)
def _few_rounds():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trees, "ROUNDS", 60)
        yield


def auc_of(graph, choice, new_genes):
    split = choice.divide(graph)
    fitted = BoostedTrees(split, interactions=graph.interactions, new_genes=new_genes)
    rows = np.concatenate([split.rows("test"), split.rows("test", "random")])
    return roc_auc(split.actual[rows], fitted.score(split.pairs[rows]))


@pytest.mark.slow
def test_it_finds_the_planted_partners_of_the_demo_and_those_of_unseen_genes_above_guessing():
    demo = open_dataset("demo")
    assert auc_of(demo, Pairs(), 0) > 0.93
    assert auc_of(demo, OneNew(), 1) > 0.55


@pytest.mark.parametrize(("choice", "new_genes"), [(Pairs(), 0), (OneNew(folds=3), 1), (BothNew(folds=2), 2)])
def test_the_same_whichever_gene_stands_first_and_whatever_is_held_out(graph, choice, new_genes):
    split = choice.divide(graph)
    one = BoostedTrees(split, interactions=graph.interactions, new_genes=new_genes)
    pairs = split.pairs[split.part == "test"]
    assert np.array_equal(one.score(pairs), one.score(pairs[:, ::-1]))
    held = split.part != "train"
    moved = dataclasses.replace(split, actual=np.where(held, 1 - split.actual, split.actual))
    again = BoostedTrees(moved, interactions=graph.interactions, new_genes=new_genes)
    assert np.array_equal(one.score(pairs), again.score(pairs))


def test_a_fold_asks_about_pairs_that_are_not_its_graph_and_hides_new_genes_from_it(graph):
    training = Pairs().divide(graph).training_pairs
    for new_genes in (0, 1, 2):
        for fold in trees._folds(training, len(graph), new_genes=new_genes, seed=0):
            asked, seen = ({tuple(pair) for pair in pairs.tolist()} for pairs in (fold.asked, fold.seen))
            assert asked
            assert seen
            assert not asked & seen
            partners = np.bincount(fold.seen.ravel(), minlength=len(graph))
            if new_genes:
                assert ((partners[fold.asked] == 0).sum(axis=1) >= new_genes).all()


def test_features_by_hand():
    """0 interacts with 1 and 2; 1 is a known partner of 3: half of the interactors of 0 support 0–3."""
    graph = tiny_graph(80, 90)
    split = Pairs().divide(graph)
    fitted = BoostedTrees(split, interactions=np.array([[0, 0, 5], [1, 2, 6]]))
    rows = fitted._rows(TrainingGraph(np.array([[1, 3], [1, 7]]), 80))
    at = {name: each(0, 80)[0, 3] for name, each in rows.items()}
    assert at["support"] == pytest.approx(0.5)
    assert at["max interactions"] == pytest.approx(np.log1p(2))
    assert at["max around"] == pytest.approx(np.log1p(2) / 2)
    assert at["min degree"] == 0
    assert at["interact"] == 0
    assert rows["interact"](0, 10)[0, 1] == 1
    assert rows["common interactors"](0, 10)[1, 2] == 1
