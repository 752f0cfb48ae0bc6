"""Maps of a vector set: made by the same methods as those of a run, come with the file, or PCA of a million."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from jaxtyping import Float32

from slviz.choices import setting
from slviz.errors import UnknownChoice
from slviz.projections import Projection, ProjectionMethod
from slviz.projections.method import OnProgress
from slviz.projections.neighbours import neighbourhood_preservation
from slviz.projections.projection import PRESERVED_NEIGHBOURS
from slviz.vectors.vector_set import VectorSet

EXACT_UP_TO = 50_000
"""For more points, how well a map keeps neighbours is measured on a sample."""
SAMPLE = 500
MEASURED_BYTES = 1 << 28


@dataclass(frozen=True)
class Given(ProjectionMethod):
    """A map that came with the vectors."""

    name: ClassVar[str] = "given"
    title: ClassVar[str] = "Given"
    reading: ClassVar[str] = "slviz did not make this map and does not know its settings."
    random: ClassVar[bool] = False
    at_once: ClassVar[bool] = True
    map: str = setting("", "Name of the map in the file.")

    def lay_out(self, vectors: np.ndarray, seed: int, on_progress: OnProgress) -> tuple[np.ndarray, tuple[str, ...]]:
        raise UnknownChoice(f"The map '{self.map}' came with its vectors; it cannot be made of others.")

    def describe(self, genes: int) -> str:
        return f"{self.map}, as it came with the vectors"

    @property
    def map_name(self) -> str:
        return self.map


def given_map(points: VectorSet, name: str, *, measured: bool = True) -> Projection:
    """A map that came with the vectors, with how well it keeps neighbours where `measured`; raises `UnknownChoice`."""
    if name not in points.maps:
        raise UnknownChoice(f"No map called '{name}' came with {points.name}. There are: {', '.join(points.maps)}.")
    place = np.array(points.maps[name], dtype=np.float32)
    axes = tuple(f"{name} {axis + 1}" for axis in range(place.shape[1]))
    unknown = np.full(len(place), np.nan, dtype=np.float32)
    return Projection(Given(map=name), 0, place, axes, kept(points.vectors, place) if measured else unknown)


def make_map(
    points: VectorSet, method: ProjectionMethod, seed: int, *, on_progress: OnProgress | None = None
) -> Projection:
    """The map of the vectors by a method of `PROJECTIONS`, or one that came with them."""
    if isinstance(method, Given):
        return given_map(points, method.map)
    if method.at_once and len(points) > EXACT_UP_TO:
        return _sampled(points.vectors, method, seed)
    return method.fit(points.vectors, seed, on_progress=on_progress)


def map_at_once(points: VectorSet, method: ProjectionMethod, seed: int) -> Projection | None:
    """The map, where it takes but a moment: one that came with the vectors, or a quick one of not too many points.

    Of very many points a map that came with them is not measured: `kept` is NaN. None for other maps.
    """
    many = len(points) > EXACT_UP_TO
    if isinstance(method, Given):
        return given_map(points, method.map, measured=not many)
    return method.fit(points.vectors, seed) if method.at_once and not many else None


def _sampled(vectors: np.ndarray, method: ProjectionMethod, seed: int) -> Projection:
    """A quick map as `fit` makes it, but for how well neighbours are kept, which is measured on a sample."""
    coordinates, axes = method.lay_out(vectors, seed, lambda share, doing: None)
    place = method.placed(coordinates)
    return Projection(method, seed, place, axes, kept(vectors, place))


def kept(
    vectors: Float32[np.ndarray, "points width"], place: Float32[np.ndarray, "points dimensions"]
) -> Float32[np.ndarray, " points"]:
    """Share of each point's 15 nearest neighbours that are its nearest on the map, too.

    Above 50,000 points only for every so-many-th, among all others; NaN for the rest.
    """
    if len(vectors) <= EXACT_UP_TO:
        return neighbourhood_preservation(vectors, place, count=PRESERVED_NEIGHBOURS)
    points = np.arange(0, len(vectors), len(vectors) // SAMPLE)
    there, _ = nearest_to(vectors, points, count=PRESERVED_NEIGHBOURS)
    here, _ = nearest_to(place, points, count=PRESERVED_NEIGHBOURS)
    row = np.arange(len(points))[:, None] * len(vectors)
    share = np.full(len(vectors), np.nan, dtype=np.float32)
    share[points] = np.isin(there + row, here + row).mean(axis=1)
    return share


def nearest_to(
    vectors: Float32[np.ndarray, "points width"], rows: np.ndarray, *, count: int, cosine: bool = False
) -> tuple[np.ndarray, np.ndarray]:
    """Numbers and distances [asked, count] of the nearest others to some points, nearest first; exact.

    Args:
        vectors: of all points.
        asked: numbers of the points whose neighbours are wanted.
        count: how many; fewer where there are fewer points.
        cosine: distance is 1 − cosine instead of Euclid's; a vector of zeros has cosine 0 with every other.
    """
    count = min(count, len(vectors) - 1)
    if cosine:
        length = np.linalg.norm(vectors, axis=1, keepdims=True)
        vectors = np.divide(vectors, length, out=np.zeros_like(vectors), where=length > 0)
    else:
        vectors = vectors - vectors.mean(axis=0)  # around the origin less is lost to rounding
    half_square = np.einsum("nd,nd->n", vectors, vectors, dtype=np.float64).astype(np.float32) / 2
    number = np.empty((len(rows), count), dtype=np.int64)
    distance = np.empty((len(rows), count), dtype=np.float32)
    block = max(1, MEASURED_BYTES // (4 * len(vectors)))
    for start in range(0, len(rows), block):
        some = rows[start : start + block]
        closeness = vectors[some] @ vectors.T - half_square  # falls with the distance; [some, points]
        closeness[np.arange(len(some)), some] = -np.inf
        nearest = np.argpartition(closeness, -count, axis=1)[:, -count:]
        away = np.linalg.norm(vectors[nearest].astype(np.float64) - vectors[some][:, None, :], axis=2)
        order = np.lexsort((nearest, away), axis=1)
        number[start : start + block] = np.take_along_axis(nearest, order, axis=1)
        distance[start : start + block] = np.take_along_axis(away, order, axis=1)
    return number, distance**2 / 2 if cosine else distance
