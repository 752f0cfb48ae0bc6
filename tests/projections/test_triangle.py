"""A triangle's corners are its things, its sides are walks, and a spherical one keeps to the sphere."""

from __future__ import annotations

import numpy as np
import pytest

from slviz.errors import InvalidSetting
from slviz.projections.triangle import barycentric, mix, walk_triangle
from slviz.projections.walk import interpolate, typical_distance


def test_shares_sum_to_one_and_run_from_a_to_the_side_of_b_and_c() -> None:
    shares = barycentric()
    assert shares.shape == (15, 3)
    assert np.allclose(shares.sum(axis=1), 1)
    assert len(np.unique(shares, axis=0)) == 15
    assert shares[[0, 10, 14]].tolist() == [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    assert shares[7].tolist() == [0.25, 0.5, 0.25]


@pytest.mark.parametrize("how", ["linear", "spherical"])
def test_each_side_is_the_walk_between_its_ends(how) -> None:
    corners = np.random.default_rng(0).normal(size=(3, 6)) + 1.5
    shares = barycentric()
    mixtures = mix(corners, shares, how=how)
    for missing, (start, end) in ((2, (0, 1)), (1, (0, 2)), (0, (1, 2))):
        side = shares[:, missing] == 0
        expected = interpolate(corners[start], corners[end], shares[side, end], how=how)
        assert np.allclose(mixtures[side], expected, atol=1e-7)


def test_the_spherical_mean_is_nearest_to_its_corners_and_keeps_the_length() -> None:
    """It minimises the weighted sum of squared angles: nothing near it on the sphere is better."""
    random = np.random.default_rng(1)
    corners = random.normal(size=(3, 5)) + 1
    shares = np.array([[0.2, 0.5, 0.3], [1 / 3, 1 / 3, 1 / 3]])
    mixtures = mix(corners, shares, how="spherical")
    assert np.allclose(np.linalg.norm(mixtures, axis=1), shares @ np.linalg.norm(corners, axis=1))
    units = corners / np.linalg.norm(corners, axis=1, keepdims=True)

    def spread(point: np.ndarray, of: np.ndarray) -> float:
        return float(of @ np.arccos(units @ (point / np.linalg.norm(point))) ** 2)

    for mixture, share in zip(mixtures, shares, strict=True):
        near = mixture / np.linalg.norm(mixture) + 1e-3 * random.normal(size=(50, 5))
        assert all(spread(point, share) >= spread(mixture, share) for point in near)
    assert not np.allclose(mixtures[1], corners.mean(axis=0), atol=1e-3)


def test_nearest_and_distances_are_those_of_a_loop() -> None:
    vectors = np.random.default_rng(2).normal(size=(60, 4)).astype(np.float32)
    on_way = walk_triangle(vectors, (3, 7, 11), count=4)
    for mixture, point in enumerate(on_way.points):
        away = np.linalg.norm(vectors.astype(float) - point, axis=1)
        assert on_way.nearest[mixture].tolist() == np.argsort(away)[:4].tolist()
        assert on_way.ratio[mixture] == pytest.approx(away.min() / typical_distance(vectors))
    assert on_way.nearest[[0, 10, 14], 0].tolist() == [3, 7, 11]
    inner = [number for number, share in enumerate(on_way.shares) if share.min() > 0]
    assert len(inner) == 3
    assert on_way.inner_ratio == pytest.approx(on_way.ratio[inner].mean())


def test_impossible_triangles_get_a_sentence() -> None:
    vectors = np.random.default_rng(3).normal(size=(9, 3))
    with pytest.raises(InvalidSetting, match="three different things"):
        walk_triangle(vectors, (1, 2, 1))
    with pytest.raises(InvalidSetting, match="not one of: linear, spherical"):
        mix(vectors[:3], barycentric(), how="round")  # pyright: ignore[reportArgumentType]
    with pytest.raises(InvalidSetting, match="zeros has no direction"):
        mix(np.array([[0, 0], [1, 0], [0, 1.0]]), barycentric(), how="spherical")
    with pytest.raises(InvalidSetting, match="are opposite"):
        mix(np.array([[1, 0], [-2, 0], [0, 1.0]]), barycentric(), how="spherical")
    third = 2 * np.pi / 3 * np.arange(3)
    with pytest.raises(InvalidSetting, match="cancel each other out"):
        mix(np.column_stack([np.cos(third), np.sin(third)]), np.full((1, 3), 1 / 3), how="spherical")
