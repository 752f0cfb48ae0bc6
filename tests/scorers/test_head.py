"""The structural head: what it may read, and that it finds planted partners."""

import dataclasses

import numpy as np
import pytest
from builders import tiny_graph, tiny_spec

from slviz.datasets.sources import open_dataset
from slviz.errors import DataError
from slviz.evaluation import roc_auc
from slviz.networks import NETWORKS
from slviz.scorers import StructuralHead, fit_head
from slviz.scorers.blend import fit_blend_scorer
from slviz.scorers.inner_folds import inner_folds
from slviz.scorers.seen_pairs import publication_of
from slviz.scorers.views import VIEWS
from slviz.splits import SPLITS

CONTRASTS = ("random", "degree-matched")


@pytest.fixture(scope="module")
def demo():
    return open_dataset("demo")


@pytest.fixture(scope="module")
def split(demo):
    return SPLITS.make("pairs").divide(demo)


@pytest.fixture(scope="module")
def head(demo, split):
    return fit_head(demo, split, negative_kinds=CONTRASTS)


@pytest.mark.parametrize("unseen_genes_per_pair", [0, 1, 2])
def test_no_pair_is_asked_about_and_seen_and_hidden_genes_have_no_seen_pair(demo, unseen_genes_per_pair):
    folds = list(inner_folds(demo.pairs, genes=len(demo), unseen_genes_per_pair=unseen_genes_per_pair, ratio=2, seed=0))
    assert len(folds) == 5
    known = {tuple(pair) for pair in demo.pairs.tolist()}
    for fold in folds:
        assert not set(fold.predicted) & set(fold.seen)
        seen_genes = set(demo.pairs[fold.seen].ravel())
        without = [sum(gene not in seen_genes for gene in pair) for pair in demo.pairs[fold.predicted].tolist()]
        assert min(without) >= unseen_genes_per_pair
        for pairs in fold.others.values():
            assert not known & {tuple(sorted(pair)) for pair in pairs.tolist()}
    if not unseen_genes_per_pair:
        assert sorted(np.concatenate([fold.predicted for fold in folds])) == list(range(len(demo.pairs)))


def test_whole_publications_are_asked_about_where_a_new_one_is_held_out(demo):
    publication = publication_of(demo, demo.pairs)
    assert len(np.unique(publication)) > 3
    folds = list(
        inner_folds(demo.pairs, genes=len(demo), unseen_genes_per_pair=0, ratio=2, seed=0, publication=publication)
    )
    assert sorted(np.concatenate([fold.predicted for fold in folds])) == list(range(len(demo.pairs)))
    for fold in folds:
        assert not set(publication[fold.predicted]) & set(publication[fold.seen])
        assert fold.share == 1


def test_a_single_publication_is_divided_at_random(demo):
    one = np.zeros(len(demo.pairs), dtype=np.int64)
    plain, given = (
        list(inner_folds(demo.pairs, genes=len(demo), unseen_genes_per_pair=0, ratio=2, seed=0, publication=each))
        for each in (None, one)
    )
    assert all(np.array_equal(a.predicted, b.predicted) for a, b in zip(plain, given, strict=True))


def test_held_out_pairs_are_not_read(demo, split, head):
    """Evidence, score and even the genes of test and validation pairs may change: the head stays."""
    held_out = np.flatnonzero((split.part != "train") & (split.negative_kind == "known"))
    pairs = split.pairs.copy()
    pairs[held_out] = np.sort(np.random.default_rng(0).permuted(pairs[held_out], axis=0), axis=1)
    score = split.score.copy()
    score[held_out] = 0.1
    other = dataclasses.replace(split, pairs=pairs, score=score)
    changed = fit_head(demo, other, negative_kinds=CONTRASTS)
    assert np.array_equal(changed.parts(split.pairs[:200]), head.parts(split.pairs[:200]))


def test_the_planted_partners_are_found_far_above_the_degree_baseline(demo, split, head):
    rows = np.concatenate([split.rows("test"), split.rows("test", "degree-matched")])
    degree = np.bincount(split.training_pairs.ravel(), minlength=len(demo))[split.pairs[rows]].max(axis=1)
    found = roc_auc(split.actual[rows], head.parts(split.pairs[rows])[:, 0].astype(np.float32))
    assert found > roc_auc(split.actual[rows], degree.astype(np.float32)) + 0.3


def test_all_pairs_are_those_of_single_pairs(demo, split, head):
    counts = np.array([1.0, 0.5, 2.0])
    every = head.all_pairs(counts)
    some = split.pairs[::37]
    assert every[some[:, 0], some[:, 1]] == pytest.approx(head.parts(some) @ counts, abs=0.05)
    assert np.array_equal(every, every.T)


def test_a_stored_head_scores_as_before(demo, split, head):
    from slviz.scorers import SeenPairs
    from slviz.scorers.similarity import Similarity

    again = StructuralHead.from_arrays(
        head.arrays(), seen=SeenPairs.of_training(demo, split), similarity=Similarity.of(demo), views=tuple(VIEWS)
    )
    assert np.array_equal(again.parts(split.pairs[:50]), head.parts(split.pairs[:50]))


def test_too_few_pairs_are_refused_in_a_sentence():
    graph = tiny_graph(12, 10)
    split = SPLITS.make("pairs").divide(graph)
    few = dataclasses.replace(split, part=np.where(split.part == "train", "validation", split.part))
    with pytest.raises(DataError, match="Too few training pairs"):
        fit_head(graph, few, negative_kinds=CONTRASTS)


@pytest.mark.parametrize(("protocol", "whole"), [("publication", True), ("pairs", False)])
def test_a_run_asks_by_publications_where_its_protocol_does(demo, monkeypatch, protocol, whole):
    asked = []

    class Enough(Exception):
        """What is asked about has been seen; trees need not be fitted to it."""

    def watched(*given, **named):
        asked.append(named["publication"])
        raise Enough

    monkeypatch.setattr("slviz.scorers.head.inner_folds", watched)
    spec = dataclasses.replace(tiny_spec(demo), network=NETWORKS.make("view_trees"), split=SPLITS.make(protocol))
    embedding = np.zeros((len(demo), 2), dtype=np.float32)
    asked_for = {
        "negative_kinds": spec.task.negative_kinds,
        "protocol": spec.split,
        "seed": 0,
        "embedding": embedding,
        "views": tuple(VIEWS),
    }
    with pytest.raises(Enough):
        fit_blend_scorer(demo, spec.split.divide(demo), **asked_for)
    assert [each is not None for each in asked] == [whole]
