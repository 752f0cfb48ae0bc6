"""Clusters find what was planted, and are named by size."""

from __future__ import annotations

import numpy as np
import pytest

from slviz.errors import DataError
from slviz.projections import CLUSTERINGS
from slviz.projections.clusters import by_size

SIZES = (90, 60, 30)
METHODS = [CLUSTERINGS.make("kmeans", clusters=3), CLUSTERINGS.make("hdbscan")]


@pytest.fixture(scope="module")
def planted() -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(0)
    truth = np.repeat([1, 0, 2], [60, 90, 30])
    middles = np.array([[0, 0, 0], [20, 0, 0], [0, 20, 0]])
    return middles[truth] + random.normal(size=(180, 3)), truth


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
def test_planted_clusters_are_found_by_size(method, planted) -> None:
    vectors, truth = planted
    found = method.find(vectors, 0)
    sure = found.label >= 0
    assert sure.mean() > 0.9
    assert np.array_equal(found.label[sure], truth[sure])
    assert found.names == ("cluster 1", "cluster 2", "cluster 3")
    assert set(found.name_of_each[sure]) == set(found.names)
    assert "in the embedding" in found.how


def test_leiden_never_mixes_what_lies_apart(planted) -> None:
    vectors, truth = planted
    found = CLUSTERINGS.make("leiden", resolution=0.2).find(vectors)
    assert (found.label >= 0).all()
    for label in np.unique(found.label):
        assert len(set(truth[found.label == label])) == 1
    more = CLUSTERINGS.make("leiden", resolution=2.0).find(vectors)
    assert len(more.names) > len(found.names) >= 3
    assert "15 nearest genes" in found.how


@pytest.mark.parametrize("method", [*METHODS, CLUSTERINGS.make("leiden")], ids=lambda method: method.name)
def test_same_seed_same_clusters(method, planted) -> None:
    assert np.array_equal(method.find(planted[0], 4).label, method.find(planted[0], 4).label)
    assert CLUSTERINGS.from_json(method.to_json()) == method


def test_gene_between_has_none(planted) -> None:
    vectors = np.r_[planted[0], [[300.0, 300.0, 300.0]]]
    found = CLUSTERINGS.make("hdbscan").find(vectors)
    assert found.label[-1] == -1
    assert found.name_of_each[-1] == "none"


def test_by_size_breaks_ties_by_the_first_gene() -> None:
    assert by_size(np.array([5, 5, -1, 2, 2, 9, 9, 9])).tolist() == [1, 1, -1, 2, 2, 0, 0, 0]


def test_nothing_dense_is_no_cluster() -> None:
    found = CLUSTERINGS.make("hdbscan", smallest=9).find(np.random.default_rng(0).uniform(size=(10, 5)))
    assert set(found.label) <= {-1, 0}


def test_more_clusters_than_places() -> None:
    duplicates = np.repeat(np.eye(3), 5, axis=0)
    assert len(CLUSTERINGS.make("kmeans", clusters=10).find(duplicates).names) == 3


def test_bad_vectors_get_a_sentence() -> None:
    with pytest.raises(DataError, match="not finite"):
        CLUSTERINGS.make("kmeans").find(np.full((9, 3), np.nan))


def test_the_seed_of_leiden_decides_where_nothing_else_does() -> None:
    noise = np.random.default_rng(0).uniform(size=(400, 6)).astype(np.float32)
    first, again, other = (CLUSTERINGS.make("leiden").find(noise, seed).label for seed in (0, 0, 1))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
