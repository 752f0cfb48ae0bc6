"""EmbeddingPlane: the way back from a place on a straight map to an embedding, and how much of it that holds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Float32, Float64

from slviz.errors import InvalidSetting
from slviz.projections.projection import Projection


@dataclass(frozen=True, eq=False)
class EmbeddingPlane:
    """The flat through the embedding that fits it best, given the places on a map.

    Attributes:
        origin: the embedding [D] that lies at the zero of all axes.
        along: how the embedding changes with each axis [axes, D].
        share: of the embedding's variance that the flat holds, from 0 to 1; 1 where nothing is lost.
    """

    origin: Float64[np.ndarray, " width"]
    along: Float64[np.ndarray, "axes width"]
    share: float

    def at(self, places: Float[np.ndarray, "places axes"]) -> Float32[np.ndarray, "places width"]:
        """The embedding at places of the map."""
        return (self.origin + np.asarray(places, dtype=np.float64) @ self.along).astype(np.float32)


def plane_of(projection: Projection, vectors: Float[np.ndarray, "genes width"]) -> EmbeddingPlane:
    """The least-squares fit of `vectors` on the places that a straight map gives them.

    Exact where the embedding has as many columns as the map has axes; otherwise what lies across the flat is taken to
    be zero. Raises `InvalidSetting` for a map that is not straight.
    """
    if not projection.method.straight:
        raise InvalidSetting(
            f"A {projection.method.title} map has no way back to the embedding. Take PCA, which is straight."
        )
    values = np.asarray(vectors, dtype=np.float64)
    places = np.column_stack([np.ones(len(values)), projection.coordinates])  # [G, 1 + axes]
    solution = np.linalg.lstsq(places, values, rcond=None)[0]
    lost = ((values - places @ solution) ** 2).sum()
    whole = ((values - values.mean(axis=0)) ** 2).sum()
    return EmbeddingPlane(solution[0], solution[1:], float(np.clip(1 - lost / whole, 0, 1)))
