"""Scaling: features as every network reads them, and as the map of the raw features shows them."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float32


def scaled_columns(features: Float32[np.ndarray, "genes width"]) -> Float32[np.ndarray, "genes width"]:
    """The features with mean 0 and spread 1 in each column; a constant column becomes ones."""
    matrix = features.astype(np.float64)  # squares of large float32 numbers overflow
    spread = matrix.std(axis=0)
    constant = spread < 1e-6
    scaled = (matrix - matrix.mean(axis=0)) / np.where(constant, 1.0, spread)
    return np.where(constant, 1.0, scaled).astype(np.float32)


def mapped_columns(
    features: Float32[np.ndarray, "genes width"], *, are_pixels: bool
) -> Float32[np.ndarray, "genes width"]:
    """The features as a map of them reads them: pixels as they are, since all have one scale; others scaled."""
    return features if are_pixels else scaled_columns(features)
