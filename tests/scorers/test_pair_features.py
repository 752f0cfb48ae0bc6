"""Features of pairs: symmetric, the same by pair and by block, and told by other pairs alone."""

import dataclasses

import numpy as np
import pytest
from builders import tiny_graph

from slviz.datasets.sources import open_dataset
from slviz.scorers import COMMON, PairFeatures, SeenPairs
from slviz.scorers.similarity import Similarity
from slviz.scorers.views import VIEWS


@pytest.fixture(scope="module")
def demo():
    return open_dataset("demo")


def features_of(graph, pairs=None, **settings):
    pairs = graph.pairs if pairs is None else pairs
    return PairFeatures(SeenPairs.of(graph, pairs, np.ones(len(pairs), np.float32)), Similarity.of(graph), **settings)


def some_pairs(graph, count=200, seed=0):
    return np.random.default_rng(seed).integers(0, len(graph), size=(count, 2))


def test_a_pair_has_the_same_features_whichever_gene_stands_first(demo):
    found, pairs = features_of(demo), some_pairs(demo)
    assert np.allclose(found.at(pairs), found.at(pairs[:, ::-1]), atol=1e-4)
    assert np.isfinite(found.at(pairs)).all()


def test_features_in_columns_are_those_of_the_single_pairs(demo):
    found = features_of(demo)
    columns = found.columns(64, 70)  # [F, 6, G - 64]
    pairs = np.stack([np.repeat(np.arange(64, 70), len(demo) - 64), np.tile(np.arange(64, len(demo)), 6)], axis=1)
    assert np.allclose(columns.reshape(len(columns), -1).T, found.at(pairs), atol=1e-4)


def test_paths_and_shared_partners_are_those_of_a_hand_made_graph():
    graph = tiny_graph(12, 20)
    pairs = np.array([[0, 1], [1, 2], [2, 3], [0, 4], [4, 3]])  # 0-1-2-3 and 0-4-3
    found = features_of(graph, pairs, views=("partners",))
    row = dict(zip(found.names, found.at(np.array([[0, 3], [0, 2]]))[0], strict=True))
    degree = np.bincount(pairs.ravel(), minlength=len(graph))
    assert np.expm1(row["common partners"]) == pytest.approx(1)  # gene 4
    l3 = 1 / np.sqrt(degree[0] * degree[1] * degree[1] * degree[2] * degree[2] * degree[3])
    assert np.expm1(row["paths of length three by degree"]) / 100 == pytest.approx(l3, rel=1e-4)
    by_middle = 1 / np.sqrt(degree[1] * degree[2])  # 4 is next to both, so 0-4-3 is no path of length three
    assert np.expm1(row["paths of length three"]) == pytest.approx(by_middle, rel=1e-4)
    assert np.expm1(row["busier gene: partners"]) == pytest.approx(2)


def test_every_feature_belongs_to_a_view_that_was_asked_for(demo):
    for view in VIEWS:
        found = features_of(demo, views=(view,))
        assert set(found.view) <= {COMMON, view}
        assert len(found.names) == len(found.view) == found.at(some_pairs(demo, 3)).shape[1]


def test_a_data_set_without_likeness_has_partners_and_publications_alone():
    bare = tiny_graph(30, 60, interactions=None)
    bare = dataclasses.replace(bare, features={}, gene_info=None, fingerprint="")
    found = features_of(bare)
    assert set(found.view) == {COMMON, "partners", "co_publication"}


def test_nothing_that_is_said_of_an_unseen_pair_comes_from_itself(demo):
    """Confidence, evidence and presence of held-out pairs may change as they like: features stay."""
    held_out, seen = demo.pairs[::5], np.delete(demo.pairs, np.s_[::5], axis=0)
    before = features_of(demo, seen).at(held_out)
    rows = np.flatnonzero(np.isin(np.arange(len(demo.pairs)) % 5, [0]))
    evidence = demo.evidence.copy()
    of_held_out = evidence["pair"].isin(rows)
    evidence.loc[of_held_out, "pubmed"] = "99999999"
    score = demo.score.copy()
    score[rows] = 0.123
    other = dataclasses.replace(demo, evidence=evidence, score=score, fingerprint="")
    assert np.array_equal(before, features_of(other, seen).at(held_out))


def test_counts_are_brought_to_the_whole_training_graph(demo):
    """A hub of which four fifths are seen looks as busy as in the whole graph."""
    kept = np.random.default_rng(0).random(len(demo.pairs)) < 0.8
    whole = features_of(demo)
    part = features_of(demo, demo.pairs[kept], share=0.8)
    hub = int(np.argmax(demo.degree))
    pairs = np.stack([np.full(50, hub), np.delete(np.arange(51), min(hub, 50))], axis=1)
    column = whole.names.index("busier gene: partners")
    assert part.at(pairs)[:, column] == pytest.approx(whole.at(pairs)[:, column], abs=0.1)
    apart = features_of(demo, demo.pairs[kept]).at(pairs)[:, column]
    assert not np.allclose(apart, whole.at(pairs)[:, column], atol=0.1)
