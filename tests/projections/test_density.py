"""Density against a loop over all distances, in narrow (tree) and wide (blocks) spaces."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from slviz.errors import DataError
from slviz.projections import DENSITIES
from slviz.projections import neighbours as searching


@pytest.mark.parametrize("width", [2, 3, 8, 9, 64])
@pytest.mark.parametrize("genes", [50, 700])
def test_genes_within_a_radius(width: int, genes: int) -> None:
    vectors = np.random.default_rng(width).normal(loc=5, size=(genes, width)).astype(np.float32)
    distance = cdist(vectors.astype(float), vectors.astype(float))
    radius = float(np.quantile(distance, 0.2))
    found = DENSITIES.make("radius", radius=radius).estimate(vectors)
    expected = (distance <= radius).sum(axis=1) - 1
    assert np.array_equal(found.value, expected)
    assert found.unit == f"genes within {radius:.3g}"
    assert found.value.dtype == np.float32


@pytest.mark.parametrize("width", [2, 9])
def test_nearest_is_one_over_the_distance(width: int) -> None:
    vectors = np.random.default_rng(3).normal(size=(300, width)).astype(np.float32)
    distance = np.sort(cdist(vectors, vectors), axis=1)[:, 7]  # the first is the gene itself
    found = DENSITIES.make("nearest", neighbours=7).estimate(vectors, space="map")
    assert np.allclose(found.value, 1 / distance, rtol=1e-3)
    assert found.unit == "1 / distance to the 7th nearest gene"
    assert "on the map" in found.how


@pytest.mark.parametrize("width", [2, 32])
def test_automatic_radius_is_the_median_distance_to_the_15th(width: int) -> None:
    vectors = np.random.default_rng(4).normal(size=(400, width)).astype(np.float32)
    radius = np.median(np.sort(cdist(vectors, vectors), axis=1)[:, 15])
    found = DENSITIES.make("radius").estimate(vectors)
    assert found.unit == f"genes within {radius:.3g}"
    assert np.median(found.value) == pytest.approx(15, abs=2)
    assert "median distance to the 15th nearest gene" in found.how


@pytest.mark.parametrize("kind", ["nearest", "radius"])
@pytest.mark.parametrize("width", [2, 20])
def test_denser_cloud_is_denser(kind: str, width: int) -> None:
    random = np.random.default_rng(6)
    tight, loose = random.normal(scale=0.3, size=(200, width)), random.normal(loc=30, scale=3, size=(200, width))
    value = DENSITIES.make(kind).estimate(np.r_[tight, loose]).value
    assert np.median(value[:200]) > 2 * max(np.median(value[200:]), 0.01)


@pytest.mark.parametrize("kind", list(DENSITIES))
def test_genes_on_top_of_each_other_stay_finite(kind: str) -> None:
    random = np.random.default_rng(7)
    vectors = np.r_[np.zeros((40, 3)), random.normal(size=(40, 3))]
    value = DENSITIES.make(kind).estimate(vectors).value
    assert np.isfinite(value).all()
    assert value[:40].min() >= value[40:].max()


def test_no_distance_at_all_gets_a_sentence() -> None:
    duplicates = np.repeat(np.eye(3, 4), 30, axis=0)
    with pytest.raises(DataError, match="Ask for more neighbours"):
        DENSITIES.make("nearest", neighbours=15).estimate(duplicates)


@pytest.mark.parametrize("kind", ["nearest", "radius"])
def test_all_equal_vectors_get_a_sentence(kind: str) -> None:
    with pytest.raises(DataError, match="same vector"):
        DENSITIES.make(kind).estimate(np.ones((10, 3)))


def test_blocks_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    vectors = np.random.default_rng(8).normal(size=(101, 12)).astype(np.float32)
    whole = searching.count_within(vectors, 4.0)
    monkeypatch.setattr(searching, "BLOCK", 7)
    assert np.array_equal(searching.count_within(vectors, 4.0), whole)
