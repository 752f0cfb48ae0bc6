"""Projection: where each gene lies on a map, by which method, and how well it preserves neighbourhoods."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float32

from slviz.errors import DamagedRun

if TYPE_CHECKING:
    from slviz.projections.method import ProjectionMethod

PRESERVED_NEIGHBOURS = 15


@dataclass(frozen=True, eq=False)
class Projection:
    """A map of an embedding. G genes.

    Attributes:
        method: the method and its settings, a choice of `PROJECTIONS`.
        seed: of its random start.
        coordinates: float32 [G, 2 or 3], all finite, in the order of the embedding's rows.
        axes: a title per axis, such as "t-SNE 1" or "PCA 1 (23.1 % of variance)".
        kept: float32 [G], share (0 to 1) of each gene's 15 nearest neighbours in the embedding
            that are also among its 15 nearest on the map.
    """

    method: ProjectionMethod
    seed: int
    coordinates: Float32[np.ndarray, "genes dimensions"]
    axes: tuple[str, ...]
    kept: Float32[np.ndarray, " genes"]

    def __post_init__(self) -> None:
        if self.coordinates.ndim != 2 or self.coordinates.shape[1] != len(self.axes):
            raise DamagedRun(f"A map of shape {self.coordinates.shape} does not fit its axes {list(self.axes)}.")
        if len(self.kept) != len(self.coordinates) or not np.isfinite(self.coordinates).all():
            raise DamagedRun(f"The {self.method.name} map holds coordinates that are not finite, or is cut.")
        self.coordinates.setflags(write=False)
        self.kept.setflags(write=False)

    @property
    def caption(self) -> str:
        """Method, settings as they were used, seed, how many neighbours are kept, and how to read the map."""
        used = self.method.describe(len(self.coordinates))
        flat = "" if self.method.dimensions == 2 else f", {self.method.dimensions} dimensions"
        seed = f", seed {self.seed}" if self.method.random else ""
        return (
            f"{used}{flat}{seed}. On average {100 * float(self.kept.mean()):.0f} % of a gene's "
            f"{min(PRESERVED_NEIGHBOURS, len(self.kept) - 1)} nearest neighbours in the embedding are also "
            f"its nearest on the map. {self.method.reading}"
        )
