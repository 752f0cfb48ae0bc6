"""Outlierness: each measure against an independent computation, noise against the columns, groups of a split."""

from __future__ import annotations

import numpy as np
import pytest
from builders import tiny_graph, tiny_spec
from sklearn.metrics import roc_auc_score
from sklearn.neighbors import LocalOutlierFactor

from slviz.errors import InvalidSetting
from slviz.outliers import MEASURES, Groups, groups_of, noise_like, outlierness, percentiles, scores_of, telling


@pytest.fixture(scope="module")
def cloud() -> np.ndarray:
    """200 vectors along two directions of four, and one far from all at the end."""
    random = np.random.default_rng(0)
    near = random.normal(size=(200, 2)) @ np.array([[3.0, 1, 0, 0], [0, 0, 1, 2]]) + 0.05 * random.normal(size=(200, 4))
    return np.concatenate([near, [[3.0, -3, 3, -3]]])


@pytest.mark.parametrize("name", ["nearest", "forest", "mahalanobis"])
def test_a_far_vector_is_the_most_unlike(name: str, cloud: np.ndarray) -> None:
    if name == "forest":  # which cuts along columns: what is within the range of each is no outlier to it
        cloud = np.concatenate([cloud[:200], 4 * cloud[200:]])
    scores = outlierness(name, cloud, cloud[:200], itself=np.r_[np.arange(200), -1])
    assert (scores > scores[200]).sum() <= (1 if name == "forest" else 0)
    assert np.array_equal(scores, outlierness(name, cloud, cloud[:200], itself=np.r_[np.arange(200), -1]))


def test_nearest_and_mahalanobis_are_what_their_formulas_say(cloud: np.ndarray) -> None:
    known = cloud[:200]
    told = outlierness("nearest", known, known, itself=np.arange(200), count=5)
    search = LocalOutlierFactor(n_neighbors=5).fit(known)
    np.testing.assert_allclose(told, search.kneighbors()[0].mean(axis=1), atol=1e-6)
    far = 100 * np.random.default_rng(1).normal(size=(4000, 3)) @ np.diag([1, 2, 5])  # so many that nothing is shrunk
    told = outlierness("mahalanobis", far, far)
    centred = far - far.mean(axis=0)
    exact = np.sqrt(np.einsum("ij,jk,ik->i", centred, np.linalg.inv(np.cov(far.T, bias=True)), centred))
    np.testing.assert_allclose(told, exact, rtol=0.02)


def test_vectors_that_are_all_the_same_end_in_a_sentence() -> None:
    with pytest.raises(InvalidSetting, match="All 30 vectors that were learnt from are the same"):
        outlierness("nearest", np.ones((40, 3)), np.ones((30, 3)))
    with pytest.raises(InvalidSetting, match="needs two vectors"):
        outlierness("nearest", np.ones((4, 3)), np.ones((1, 3)))
    with pytest.raises(InvalidSetting, match="'depth' is not one of"):
        outlierness("depth", np.ones((4, 3)), np.ones((4, 3)))


def test_noise_has_the_columns_of_the_things_and_nothing_else(cloud: np.ndarray) -> None:
    permuted, matched = (noise_like(cloud, 3000, kind=kind, seed=3) for kind in ("permuted", "matched"))
    for column in range(4):
        assert set(permuted[:, column]) <= set(cloud[:, column].astype(np.float32))
    for noise in (permuted, matched):
        np.testing.assert_allclose(noise.mean(axis=0), cloud.mean(axis=0), atol=0.2)
        np.testing.assert_allclose(noise.std(axis=0), cloud.std(axis=0), rtol=0.1)
        assert abs(np.corrcoef(noise.T)[0, 1]) < 0.1 < np.corrcoef(cloud.T)[0, 1]
        assert not np.array_equal(noise, noise_like(cloud, 3000, kind="permuted", seed=4))
    with pytest.raises(InvalidSetting, match="count=0"):
        noise_like(cloud, 0)


def test_auc_and_percentile_are_those_of_an_independent_count(cloud: np.ndarray) -> None:
    groups = Groups(np.arange(0, 150), np.arange(150, 200), True, 150, np.arange(201) < 150)
    scores = scores_of(cloud, groups, noise=noise_like(cloud[:200], 80), share=np.full(201, 0.7))
    assert list(scores) == list(MEASURES)
    one = scores["mahalanobis"]
    both = np.r_[one.noise, one.real[150:200]]
    told = one.telling()
    assert told.auc == pytest.approx(roc_auc_score(np.repeat([1, 0], [80, 50]), both))
    assert told.auc > 0.9  # permuted columns leave the plane
    assert one.telling(10).noise == 10
    assert one.percentile[200] == 1
    number = 160  # one of those that are compared, itself left out
    others = np.delete(one.real[150:200], 10)
    assert one.percentile[number] == pytest.approx((others < one.real[number]).mean())
    level = percentiles(np.zeros(5), np.array([1, 2, 3]))
    np.testing.assert_allclose(level, 0.5)
    assert scores["softmax"].real == pytest.approx(0.3)
    assert not len(scores["softmax"].noise)


def test_real_against_real_is_chance() -> None:
    same = np.random.default_rng(5).normal(size=600)
    assert telling(same[:300], same[300:]).auc == pytest.approx(0.5, abs=0.06)
    with pytest.raises(InvalidSetting, match="one noise thing"):
        telling(np.empty(0), same)


def test_groups_follow_the_split() -> None:
    graph = tiny_graph(genes=200, pairs=150)
    for task in ("link", "reconstruct"):
        spec = tiny_spec(graph, task=task)
        split = spec.split.divide(graph)
        labelled = None if task == "link" else spec.task.asked_genes(graph)
        groups = groups_of(split, genes=len(graph), labelled=labelled)
        learnt = np.unique(split.training_pairs) if task == "link" else np.flatnonzero(split.gene_part == "train")
        assert groups.held_out
        assert np.array_equal(groups.reference, learnt)
        assert not np.isin(groups.compared, learnt).any()
        assert "did not learn from" in groups.sentence
    dense = tiny_graph(genes=100, pairs=1500)
    split = tiny_spec(dense).split.divide(dense)
    groups = groups_of(split, genes=100)
    assert not groups.held_out  # every gene has training pairs
    assert len(groups.compared) == 20
    assert not np.isin(groups.compared, groups.reference).any()
    assert "stand for held-out ones" in groups.sentence
