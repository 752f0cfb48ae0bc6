"""A walk over a triangle: mixtures of three things in a space, and the real things nearest to each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Float64

from slviz.errors import InvalidSetting
from slviz.projections.walk import HOWS, How, PlacesOnWay, nearest_to_points, typical_distance

SIDE = 5
"""Mixtures along each side of the triangle."""
MOST_TURNS = 200
SETTLED = 1e-10
NO_WAY = "so there is no one place between them on a sphere. Walk linearly."


def barycentric(side: int = SIDE) -> Float64[np.ndarray, "mixtures 3"]:
    """Shares of A, B and C of each mixture, row by row from A alone to the side from B to C; they sum to 1."""
    rows = [(side - 1 - row, row - column, column) for row in range(side) for column in range(row + 1)]
    return np.array(rows, dtype=np.float64) / (side - 1)


def mix(
    corners: Float[np.ndarray, "3 width"], shares: Float[np.ndarray, "mixtures 3"], *, how: How = "linear"
) -> Float64[np.ndarray, "mixtures width"]:
    """Mixtures of three points.

    "linear": the weighted mean. "spherical": the weighted mean of the three directions on the sphere (Buss & Fillmore
    2001, doi:10.1145/502122.502124), with the weighted mean of the lengths; along a side it is the spherical way of
    `interpolate`.

    Raises `InvalidSetting` for another way, and for a spherical one where a corner is 0 or directions are so far apart
    that no mean is nearest to them.
    """
    if how not in HOWS:
        raise InvalidSetting(f"how='{how}' is not one of: {', '.join(HOWS)}.")
    points = np.asarray(corners, dtype=np.float64)
    if how == "linear":
        return shares @ points
    lengths = np.linalg.norm(points, axis=1)
    if lengths.min() == 0:
        raise InvalidSetting("A vector of zeros has no direction, so there is no spherical way to it. Walk linearly.")
    return _mean_directions(points / lengths[:, None], shares) * (shares @ lengths)[:, None]


def _mean_directions(units: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """The point of the sphere [M, D] whose steps along great circles to the three, weighted by the shares, sum to 0."""
    between = (units @ units.T)[np.triu_indices(3, k=1)]
    if between.min() < -1 + 1e-6:
        raise InvalidSetting(f"Two of the three vectors are opposite, {NO_WAY}")
    mean = shares @ units
    lengths = np.linalg.norm(mean, axis=1, keepdims=True)
    if lengths.min() < 1e-6:
        raise InvalidSetting(f"The three vectors cancel each other out, {NO_WAY}")
    mean = mean / lengths
    for _ in range(MOST_TURNS):
        cosine = np.clip(mean @ units.T, -1, 1)  # [M, 3]
        angle = np.arccos(cosine)
        sine = np.sin(angle)
        factor = shares * np.divide(angle, sine, out=np.ones_like(angle), where=sine > 1e-9)
        step = factor @ units - (factor * cosine).sum(axis=1, keepdims=True) * mean
        size = np.linalg.norm(step, axis=1, keepdims=True)
        mean = np.cos(size) * mean + np.sinc(size / np.pi) * step
        mean = mean / np.linalg.norm(mean, axis=1, keepdims=True)
        if size.max() < SETTLED:
            return mean
    raise InvalidSetting(f"The three vectors point too far apart, {NO_WAY}")


@dataclass(frozen=True, eq=False)
class TriangleWalk(PlacesOnWay):
    """A walk over a triangle, whose places are mixtures of its corners.

    Attributes:
        shares: float64 [P, 3], of A, B and C, as `barycentric` orders them.
    """

    shares: Float64[np.ndarray, "places 3"]

    @property
    def inner_ratio(self) -> float:
        """The mean of `ratio` over the mixtures of all three."""
        return float(self.ratio[(self.shares > 0).all(axis=1)].mean())


def walk_triangle(
    vectors: Float[np.ndarray, "things width"],
    corners: tuple[int, int, int],
    *,
    how: How = "linear",
    side: int = SIDE,
    count: int = 10,
    typical: float | None = None,
) -> TriangleWalk:
    """The walk over the triangle of three things; `typical` as in `walk`.

    Raises `InvalidSetting` where two of the three are the same thing, and as `mix` does.
    """
    if len(set(corners)) < 3:
        raise InvalidSetting("A triangle takes three different things: with two alike it is a walk between two.")
    shares = barycentric(side)
    points = mix(np.asarray(vectors)[list(corners)], shares, how=how)
    nearest, distance = nearest_to_points(vectors, points, count)
    return TriangleWalk(points, nearest, distance, typical_distance(vectors) if typical is None else typical, shares)
