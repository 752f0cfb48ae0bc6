"""Maps of several seeds are laid on top of each other, and only what moved shows."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial import procrustes

from slviz.errors import DataError
from slviz.projections.alignment import laid_on, spread_over


def turned(place: np.ndarray, angle: float) -> np.ndarray:
    return place @ np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


@pytest.fixture
def place() -> np.ndarray:
    return np.random.default_rng(0).normal(size=(80, 2))


def test_turned_mirrored_moved_and_enlarged_maps_are_the_same_map(place: np.ndarray) -> None:
    found = spread_over([place, turned(place, 1.1) * 3 + 5, place * [-1, 1] - 2])
    assert found.value.max() < 1e-5
    assert found.aligned.shape == (3, 80, 2)
    assert np.ptp(found.aligned, axis=0).max() < 1e-5


def test_a_gene_that_moves_is_told_from_those_that_stay(place: np.ndarray) -> None:
    other = turned(place, 0.4)
    other[7] += [4, -3]
    found = spread_over([place, other])
    assert found.value.argmax() == 7
    assert found.value[7] > 10 * np.median(found.value)


def test_unrelated_maps_spread_as_far_as_chance(place: np.ndarray) -> None:
    random = np.random.default_rng(5)
    found = spread_over([random.normal(size=(300, 2)) for _ in range(4)])
    assert found.value.mean() == pytest.approx(found.chance, rel=0.1)
    near = spread_over([place, place + 0.01 * random.normal(size=place.shape)])
    assert near.value.mean() < 0.05 * near.chance


def test_two_maps_agree_with_scipy(place: np.ndarray) -> None:
    other = turned(place, 2.0) + 0.3 * np.random.default_rng(1).normal(size=place.shape)
    first, second, _ = procrustes(place, other)  # both of norm 1, the second also scaled to fit
    strength = np.linalg.svd(first.T @ (second / np.linalg.norm(second)), compute_uv=False).sum()
    apart = 2 - 2 * strength  # of two maps of norm 1 that are turned, not scaled
    found = spread_over([place, other])
    norms = np.linalg.norm(found.aligned, axis=(1, 2), keepdims=True)
    assert ((found.aligned[0] / norms[0] - found.aligned[1] / norms[1]) ** 2).sum() == pytest.approx(apart, rel=1e-3)


def test_three_dimensions() -> None:
    solid = np.random.default_rng(2).normal(size=(50, 3))
    assert spread_over([solid, solid[:, [2, 0, 1]]]).value.max() < 1e-5


def test_one_map_or_maps_of_other_genes_get_a_sentence(place: np.ndarray) -> None:
    for maps in ([place], [place, place[:-1]]):
        with pytest.raises(DataError, match="two maps or more"):
            spread_over(maps)


def test_a_map_is_laid_on_another_without_being_shrunk(place: np.ndarray) -> None:
    np.testing.assert_allclose(laid_on(place, turned(place * [-1, 1], 0.7) * 5 - 3), place, atol=1e-9)
    strange = laid_on(place, np.random.default_rng(9).normal(size=place.shape) * 40)
    assert ((strange - strange.mean(axis=0)) ** 2).sum() == pytest.approx(((place - place.mean(axis=0)) ** 2).sum())
    away = np.linalg.norm(laid_on(place, place + np.eye(80, 1) * 6) - place, axis=1)
    assert away.argmax() == 0
