"""TrainingRecord: how the parts of a network fared while it learnt, kept beside the history of a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
from jaxtyping import Float32, Int64, UInt8

BINS = 40
NAMES = ("parts", "epochs", "gradient_norm", "dead", "moments", "low", "high", "counts", "memory_bytes")
"""What a record consists of, as arrays."""
REDRAWN = ("redrawn_epochs", "redrawn_genes", "redrawn_pixels")
"""What it has beside them, of an autoencoder of pictures."""


@dataclass(frozen=True, eq=False)
class Redrawn:
    """Some pictures as a decoder drew them while it learnt. M moments, N pictures.

    Attributes:
        epochs: int64 [M], after which they were drawn, rising; 0 stands before the first.
        genes: int64 [N], numbers of the pictures: some that are learnt from, then as many that validate.
        pixels: uint8 [M, N, size], 0 black and 255 white, in the order of `slviz.datasets.picture_shape`.
    """

    epochs: Int64[np.ndarray, " moments"]
    genes: Int64[np.ndarray, " pictures"]
    pixels: UInt8[np.ndarray, "moments pictures size"]


@dataclass(frozen=True, eq=False)
class TrainingRecord:
    """What was measured of a network's parts. E epochs, P parts, L layers, M moments.

    Attributes:
        parts: names as of `slviz.networks.network_parts`, in the order of a pass.
        epochs: int64 [E], those of which something was measured, rising.
        gradient_norm: float32 [E, P], length of the loss's gradient of each part, before it is clipped.
        dead: float32 [E, L], share of the units of each layer that gave every gene the same number in that step.
        moments: int64 [M], epochs after which the weights were counted; 0 stands before the first.
        low, high: float32 [M, P], least and largest weight of each part.
        counts: int64 [M, P, BINS], how many weights lie in equal bins from `low` to `high`. Matrices are counted
            alone, without biases and norms, where a part has any.
        memory_bytes: the largest memory of the process while a step held its activations, or, on a GPU, what torch had
            taken there; 0 where it was not measured.
        redrawn: pictures as they became, of an autoencoder of pictures; None for all others.
    """

    parts: tuple[str, ...]
    epochs: Int64[np.ndarray, " epochs"]
    gradient_norm: Float32[np.ndarray, "epochs parts"]
    dead: Float32[np.ndarray, "epochs layers"]
    moments: Int64[np.ndarray, " moments"]
    low: Float32[np.ndarray, "moments parts"]
    high: Float32[np.ndarray, "moments parts"]
    counts: Int64[np.ndarray, "moments parts bins"]
    memory_bytes: int = 0
    redrawn: Redrawn | None = None

    def arrays(self) -> dict[str, np.ndarray]:
        """The record as arrays by the names of `NAMES` and `REDRAWN`, for a file."""
        redrawn = self.redrawn
        parts = () if redrawn is None else (redrawn.epochs, redrawn.genes, redrawn.pixels)
        return dict(zip(REDRAWN, parts, strict=False)) | {
            "parts": np.frombuffer("\n".join(self.parts).encode(), dtype=np.uint8),
            "epochs": self.epochs,
            "gradient_norm": self.gradient_norm,
            "dead": self.dead,
            "moments": self.moments,
            "low": self.low,
            "high": self.high,
            "counts": self.counts,
            "memory_bytes": np.array([self.memory_bytes], dtype=np.int64),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> Self:
        """The record that `arrays` gave, whose shapes are as they should be."""
        text = arrays["parts"].tobytes().decode()
        rest = {name: arrays[name] for name in NAMES[1:-1]}
        redrawn = Redrawn(*(arrays[name] for name in REDRAWN)) if REDRAWN[0] in arrays else None
        memory_bytes = int(arrays["memory_bytes"][0])
        return cls(tuple(text.split("\n")), **rest, memory_bytes=memory_bytes, redrawn=redrawn)

    def norms_by_part(self) -> dict[str, Float32[np.ndarray, " epochs"]]:
        """The norms of each part, over `epochs`."""
        return dict(zip(self.parts, self.gradient_norm.T, strict=True))

    def edges(self, moment: int, part: int) -> np.ndarray:
        """The edges of the bins [BINS + 1] of a part at a moment, both by their place."""
        return np.linspace(self.low[moment, part], self.high[moment, part], self.counts.shape[2] + 1)
