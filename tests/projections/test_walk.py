"""Walks and arithmetic against hand-made cases: ends, circles, inputs left out, chance where there is nothing."""

from __future__ import annotations

import numpy as np
import pytest

from slviz.errors import InvalidSetting
from slviz.projections.walk import (
    arithmetic,
    arithmetic_share,
    interpolate,
    midpoint_ratio,
    purity,
    typical_distance,
    walk,
)

GRID = np.array([[x, y] for x in range(5) for y in range(5)], dtype=np.float32)  # number 5 x + y


def test_a_walk_begins_and_ends_at_its_ends_and_passes_what_lies_between() -> None:
    on_way = walk(GRID, 0, 20, steps=5)
    assert on_way.nearest[:, 0].tolist() == [0, 5, 10, 15, 20]
    np.testing.assert_allclose(on_way.ratio, 0)
    assert on_way.typical == typical_distance(GRID) == 1
    half = walk(GRID, 0, 6, steps=3)
    assert half.ratio[1] == pytest.approx(np.sqrt(0.5))
    with pytest.raises(InvalidSetting, match="from a thing to itself stays"):
        walk(GRID, 3, 3)


def test_the_spherical_way_keeps_to_the_circle() -> None:
    points = interpolate(np.array([2.0, 0]), np.array([0, 2.0]), np.linspace(0, 1, 7), how="spherical")
    np.testing.assert_allclose(np.linalg.norm(points, axis=1), 2)
    np.testing.assert_allclose(points[3], np.sqrt([2, 2]))
    longer = interpolate(np.array([1.0, 0]), np.array([0, 3.0]), np.array([0.5]), how="spherical")
    assert np.linalg.norm(longer) == pytest.approx(2)
    same = interpolate(np.array([1.0, 1]), np.array([2.0, 2]), np.array([0.5]), how="spherical")
    np.testing.assert_allclose(same, [[1.5, 1.5]])
    for other, words in (([0.0, 0], "zeros has no direction"), ([-2.0, 0], "are opposite")):
        with pytest.raises(InvalidSetting, match=words):
            interpolate(np.array([2.0, 0]), np.array(other), np.array([0.5]), how="spherical")
    with pytest.raises(InvalidSetting, match="'bent' is not one of"):
        interpolate(GRID[0], GRID[1], np.array([0.5]), how="bent")  # type: ignore[arg-type]


def test_arithmetic_leaves_its_inputs_out() -> None:
    near, distance = arithmetic(GRID, (12, 11, 7), count=3)  # (2, 2) − (2, 1) + (1, 2) = (1, 3)
    assert near[0] == 8
    assert distance[0] == 0
    assert not set(near.tolist()) & {12, 11, 7}
    with pytest.raises(InvalidSetting, match="three different things"):
        arithmetic(GRID, (1, 1, 2))


def test_shares_are_high_where_classes_lie_apart_and_chance_where_they_do_not() -> None:
    random = np.random.default_rng(0)
    label = np.r_[np.repeat([0, 1, 2], 60), np.full(20, -1)]
    apart = random.normal(size=(200, 4)) * 0.2
    apart[:180] += 10 * np.eye(4)[np.repeat([0, 1, 2], 60)]
    mixed = random.normal(size=(200, 4))
    clear, nothing = arithmetic_share(apart, label), arithmetic_share(mixed, label)
    assert clear is not None
    assert nothing is not None
    assert clear.share == clear.of_c_alone == 1
    assert nothing.share == pytest.approx(1 / 3, abs=0.12)
    assert clear.chance == nothing.chance == pytest.approx(59 / 177)
    same, chance = purity(apart, label)
    assert (same, chance) == (1.0, pytest.approx(59 / 179))
    assert purity(mixed, label)[0] == pytest.approx(chance, abs=0.06)
    assert arithmetic_share(apart, np.zeros(200, dtype=np.int64)) is None


def test_midpoints_of_far_groups_lie_far_from_everything() -> None:
    random = np.random.default_rng(1)
    one = random.normal(size=(300, 3))
    two = np.concatenate([one[:150], one[150:] + 40])
    assert midpoint_ratio(two) > 4 * midpoint_ratio(one)
    assert np.isfinite(midpoint_ratio(one, how="spherical"))
    with pytest.raises(InvalidSetting, match="lies on another"):
        typical_distance(np.ones((5, 2)))
