"""PCA: the directions along which the embedding varies most."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from jaxtyping import Float

from slviz.projections.method import OnProgress, ProjectionMethod, checked_vectors


@dataclass(frozen=True)
class PCA(ProjectionMethod):
    """Principal components: straight views of the embedding; distances mean what they seem."""

    name: ClassVar[str] = "pca"
    title: ClassVar[str] = "PCA"
    takes: ClassVar[str] = "A moment."
    at_once: ClassVar[bool] = True
    straight: ClassVar[bool] = True
    with_each_run: ClassVar[bool] = True
    offered: ClassVar[int] = 3
    reading: ClassVar[str] = (
        "A straight view: distances are true along these axes, and what varies along any others is not seen."
    )
    random: ClassVar[bool] = False

    def lay_out(self, vectors: np.ndarray, seed: int, on_progress: OnProgress) -> tuple[np.ndarray, tuple[str, ...]]:
        coordinates, share = principal_components(vectors, self.dimensions)
        axes = tuple(f"PCA {axis + 1} ({100 * share[axis]:.1f} % of variance)" for axis in range(self.dimensions))
        return coordinates, axes


def explained_variance(vectors: Float[np.ndarray, "genes width"]) -> Float[np.ndarray, " axes"]:
    """Share of the variance (0 to 1) along each principal axis, falling, all of them: [min(G − 1, D)].

    Raises `DataError` for vectors that have none.
    """
    vectors = checked_vectors(vectors)
    return principal_components(vectors, min(len(vectors) - 1, vectors.shape[1]))[1]


def principal_components(vectors: np.ndarray, dimensions: int) -> tuple[np.ndarray, np.ndarray]:
    """Coordinates [G, dimensions] along the leading principal axes, and each axis's share of the variance.

    Exact and without randomness: from the eigenvectors of the covariance, in double precision.
    """
    centred = vectors.astype(np.float64)
    centred = centred - centred.mean(axis=0)
    variance, axes = np.linalg.eigh(centred.T @ centred)  # ascending
    leading = axes[:, ::-1][:, :dimensions]
    share = np.clip(variance[::-1][:dimensions], 0, None) / variance.sum()
    return centred @ leading, share
