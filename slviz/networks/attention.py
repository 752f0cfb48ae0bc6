"""Attention: what each layer and head of a trained network weighs, edge by edge."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Int64

from slviz.errors import DamagedRun


@dataclass(frozen=True, eq=False)
class Attention:
    """Attention weights over the training graph. A edges, L layers, H heads.

    Attributes:
        edges: int64 [2, A]; a message runs from `edges[0]` (source) to `edges[1]` (target),
            self-loops included, exactly the edges that the layers returned.
        weight: float32 [L, H, A]; per layer and head the weights into a target sum to 1.
    """

    edges: Int64[np.ndarray, "2 edges"]
    weight: Float32[np.ndarray, "layers heads edges"]

    def __post_init__(self) -> None:
        if self.weight.ndim != 3 or self.edges.shape != (2, self.weight.shape[2]):
            raise DamagedRun(
                f"Attention of shape {self.weight.shape} does not fit its edges of shape {self.edges.shape}."
            )
        self.edges.setflags(write=False)
        self.weight.setflags(write=False)

    @property
    def layers(self) -> int:
        return self.weight.shape[0]

    @property
    def heads(self) -> int:
        return self.weight.shape[1]

    def averaged(self, layer: int | None = None, head: int | None = None) -> Float32[np.ndarray, " edges"]:
        """Weight per edge of one layer and head; the mean over all layers or heads where None."""
        of_layers = self.weight if layer is None else self.weight[[layer]]
        return (of_layers if head is None else of_layers[:, [head]]).mean(axis=(0, 1))
