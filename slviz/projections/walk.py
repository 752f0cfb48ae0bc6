"""Walks between things: points on the way from one to another, arithmetic A − B + C, and what they are worth.

No claim is made that an embedding is better than the features that it was learnt from: every number is for both.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from jaxtyping import Float, Float64, Int64

from slviz.errors import InvalidSetting
from slviz.projections.neighbours import nearest_neighbours

How = Literal["linear", "spherical"]
HOWS: tuple[str, ...] = get_args(How)
STEPS = 11
SAMPLE = 200


def interpolate(
    start: Float[np.ndarray, " width"],
    end: Float[np.ndarray, " width"],
    share: Float[np.ndarray, " steps"],
    *,
    how: How,
) -> Float64[np.ndarray, "steps width"]:
    """Points on the way from `start` (share 0) to `end` (share 1), float64 [T, D].

    "linear": straight. "spherical": along the great circle between the two directions (Shoemake 1985), the length
    going evenly from one to the other; where the directions are the same, straight.

    Raises `InvalidSetting` for another way, and for a spherical one where a vector is 0 or the two are opposite: then
    there is no such circle, or there are many.
    """
    if how not in HOWS:
        raise InvalidSetting(f"how='{how}' is not one of: {', '.join(HOWS)}.")
    one, other = np.asarray(start, dtype=np.float64), np.asarray(end, dtype=np.float64)
    part = np.asarray(share, dtype=np.float64)[:, None]
    straight = (1 - part) * one + part * other
    if how == "linear":
        return straight
    lengths = np.linalg.norm(one), np.linalg.norm(other)
    if min(lengths) == 0:
        raise InvalidSetting("A vector of zeros has no direction, so there is no spherical way to it. Walk linearly.")
    angle = np.arccos(np.clip(one @ other / (lengths[0] * lengths[1]), -1, 1))
    if angle < 1e-6:
        return straight
    if np.pi - angle < 1e-6:
        raise InvalidSetting("The two vectors are opposite, so there are many spherical ways. Walk linearly.")
    direction = np.sin((1 - part) * angle) * one / lengths[0] + np.sin(part * angle) * other / lengths[1]
    return direction / np.sin(angle) * ((1 - part) * lengths[0] + part * lengths[1])


@dataclass(frozen=True, eq=False)
class PlacesOnWay:
    """Places between real things, and the real things near to them. P places, K nearest.

    Attributes:
        points: float64 [P, D].
        nearest: int64 [P, K], the real things nearest to each place, nearest first; the ends are among them.
        distance: float64 [P, K].
        typical: the median distance of a real thing to its nearest other: what distances are told in.
    """

    points: Float64[np.ndarray, "places width"]
    nearest: Int64[np.ndarray, "places nearest"]
    distance: Float64[np.ndarray, "places nearest"]
    typical: float

    @property
    def ratio(self) -> Float64[np.ndarray, " places"]:
        """Distance of each place to the nearest real thing over the typical one."""
        return self.distance[:, 0] / self.typical


@dataclass(frozen=True, eq=False)
class Walk(PlacesOnWay):
    """A walk through a space in steps.

    Attributes:
        share: float64 [P], of the way, from 0 at the start to 1 at the end.
    """

    share: Float64[np.ndarray, " places"]


def walk(
    vectors: Float[np.ndarray, "things width"],
    start: int,
    end: int,
    *,
    how: How = "linear",
    steps: int = STEPS,
    count: int = 10,
    typical: float | None = None,
) -> Walk:
    """The walk between two things; `typical` is `typical_distance(vectors)`, computed when left out.

    Raises `InvalidSetting` for a walk from a thing to itself, and as `interpolate` does.
    """
    if start == end:
        raise InvalidSetting("A walk from a thing to itself stays where it is. Choose another end.")
    share = np.linspace(0, 1, steps)
    points = interpolate(vectors[start], vectors[end], share, how=how)
    nearest, distance = nearest_to_points(vectors, points, count)
    return Walk(points, nearest, distance, typical_distance(vectors) if typical is None else typical, share)


def typical_distance(vectors: Float[np.ndarray, "things width"]) -> float:
    """The median distance of a thing to its nearest other that lies elsewhere; raises `InvalidSetting` for none."""
    distance = nearest_neighbours(vectors, count=1)[1][:, 0]
    apart = distance[distance > 0]
    if not len(apart):
        raise InvalidSetting("Every thing lies on another one here, so no distance is typical.")
    return float(np.median(apart))


def arithmetic(
    vectors: Float[np.ndarray, "things width"], of: tuple[int, int, int], *, count: int = 10
) -> tuple[Int64[np.ndarray, " nearest"], Float64[np.ndarray, " nearest"]]:
    """The real things nearest to A − B + C, themselves left out: numbers and distances, nearest first.

    Raises `InvalidSetting` where two of the three are the same thing.
    """
    if len(set(of)) < 3:
        raise InvalidSetting("A − B + C takes three different things: with two alike it is one of them, or no sum.")
    a, b, c = (np.asarray(vectors[number], dtype=np.float64) for number in of)
    near, distance = nearest_to_points(vectors, (a - b + c)[None], count + 3)
    kept = ~np.isin(near[0], of)
    return near[0][kept][:count], distance[0][kept][:count]


def midpoint_ratio(
    vectors: Float[np.ndarray, "things width"], *, how: How = "linear", seed: int = 0, typical: float | None = None
) -> float:
    """Mean distance of the midpoints of 200 random pairs to the nearest real thing, over the typical distance.

    Pairs that have no spherical way are left out; NaN where that leaves none.
    """
    random = np.random.default_rng([seed, 19])
    pairs = random.integers(len(vectors), size=(SAMPLE, 2))
    middles = []
    for a, b in pairs[pairs[:, 0] != pairs[:, 1]].tolist():
        try:
            middles.append(interpolate(vectors[a], vectors[b], np.array([0.5]), how=how)[0])
        except InvalidSetting:
            continue
    if not middles:
        return float("nan")
    distance = nearest_to_points(vectors, np.array(middles), 1)[1][:, 0]
    return float(distance.mean() / (typical_distance(vectors) if typical is None else typical))


@dataclass(frozen=True)
class ArithmeticShare:
    """How often A − B + C lands in C's class when A and B are of one other class.

    Attributes:
        share: of the draws whose nearest thing (inputs left out) is of C's class.
        of_c_alone: the same of the thing nearest to C itself: what A − B has to beat, and cannot, where both of a
            class are alike.
        chance: of a thing drawn at random, inputs left out.
        draws: how many.
    """

    share: float
    of_c_alone: float
    chance: float
    draws: int


def arithmetic_share(
    vectors: Float[np.ndarray, "things width"], label: Int64[np.ndarray, " things"], *, seed: int = 0
) -> ArithmeticShare | None:
    """The share over 200 random draws among things with a label (−1: none); None for fewer than two classes of two."""
    rows = np.flatnonzero(label >= 0)
    known, of = np.asarray(vectors, dtype=np.float64)[rows], label[rows]
    size = np.bincount(of)
    classes = np.flatnonzero(size >= 2)
    if len(classes) < 2:
        return None
    random = np.random.default_rng([seed, 23])
    drawn = [_draw(random, of, classes) for _ in range(SAMPLE)]
    sums = np.array([known[a] - known[b] + known[c] for a, b, c in drawn])
    near, _ = nearest_to_points(known, sums, 4)
    near_c, _ = nearest_to_points(known, known[[c for *_, c in drawn]], 4)
    hits = [_first_other(near[place], of_draw) for place, of_draw in enumerate(drawn)]
    hits_of_c = [_first_other(near_c[place], of_draw) for place, of_draw in enumerate(drawn)]
    wanted = of[[c for *_, c in drawn]]
    chance = (size[wanted] - 1) / max(len(of) - 3, 1)
    return ArithmeticShare(
        float((of[hits] == wanted).mean()), float((of[hits_of_c] == wanted).mean()), float(chance.mean()), SAMPLE
    )


def _draw(random: np.random.Generator, label: np.ndarray, classes: np.ndarray) -> tuple[int, int, int]:
    one, other = random.choice(classes, size=2, replace=False)
    a, b = random.choice(np.flatnonzero(label == one), size=2, replace=False)
    return int(a), int(b), int(random.choice(np.flatnonzero(label == other)))


def _first_other(near: np.ndarray, left_out: tuple[int, int, int]) -> int:
    return int(near[~np.isin(near, left_out)][0])


def purity(
    vectors: Float[np.ndarray, "things width"], label: Int64[np.ndarray, " things"], *, count: int = 10
) -> tuple[float, float]:
    """The share of the nearest labelled things that have a thing's own label, and what chance gives; NaN for none."""
    rows = np.flatnonzero(label >= 0)
    if len(rows) < 3:
        return float("nan"), float("nan")
    of, size = label[rows], np.bincount(label[rows])
    nearest, _ = nearest_neighbours(vectors[rows], count=min(count, len(rows) - 1))
    same = (of[nearest] == of[:, None]).mean()
    return float(same), float(((size[of] - 1) / (len(of) - 1)).mean())


def nearest_to_points(vectors: np.ndarray, points: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Numbers and distances [P, count] of the real things nearest to each point."""
    from scipy.spatial.distance import cdist

    distance = cdist(points, np.asarray(vectors, dtype=np.float64))
    order = np.argsort(distance, axis=1, kind="stable")[:, :count]
    return order.astype(np.int64), np.take_along_axis(distance, order, axis=1)
