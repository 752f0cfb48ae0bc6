"""What a step's message graph says about each gene: how many partners, and how confident they are."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float32, Int64

LEVELS = 8
WIDTH = 2 + LEVELS


def structure_of(
    pairs: Int64[np.ndarray, "pairs 2"],
    score: Float32[np.ndarray, " pairs"],
    *,
    genes: int,
    bounds: tuple[float, float],
) -> Float32[np.ndarray, "genes structure"]:
    """Float32 [G, WIDTH]: log partners, mean confidence, and the share of partners at each level of it.

    Args:
        pairs: the pairs of the message graph and no others, so that nothing is said of a pair in question.
        score: their confidence.
        genes: number of genes.
        bounds: lowest and highest confidence of the training pairs, cut into `LEVELS` equal levels.
    """
    low, high = bounds
    scaled = (score - low) / (high - low) if high > low else np.zeros(len(score))
    level = np.clip((scaled * LEVELS).astype(np.int64), 0, LEVELS - 1)
    ends = pairs.ravel()
    partners = np.bincount(ends, minlength=genes)
    count = np.maximum(partners, 1)
    total = np.bincount(ends, weights=np.repeat(scaled, 2), minlength=genes)
    histogram = np.bincount(ends * LEVELS + np.repeat(level, 2), minlength=genes * LEVELS).reshape(genes, LEVELS)
    columns = [np.log1p(partners) / 2, total / count, *(histogram / count[:, None]).T]
    return np.stack(columns, axis=1).astype(np.float32)
