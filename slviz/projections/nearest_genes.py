"""The genes nearest to one gene in the embedding: exact, by angle or by straight distance."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
from jaxtyping import Float, Float32, Int64

from slviz.errors import InvalidSetting

Measure = Literal["cosine", "euclidean"]
MEASURES: tuple[str, ...] = get_args(Measure)


def nearest_genes(
    vectors: Float[np.ndarray, "genes width"], gene: int, *, count: int, measure: Measure = "cosine"
) -> tuple[Int64[np.ndarray, " nearest"], Float32[np.ndarray, " nearest"]]:
    """Numbers and distances of the `count` genes nearest to `gene`, nearest first; itself left out.

    Args:
        vectors: of all genes, [G, D].
        gene: the number of the gene.
        count: how many; all others where there are fewer.
        measure: "euclidean", the straight distance; or "cosine", 1 − the cosine of the angle between two vectors, from
            0 (same direction) to 2 (opposite). A vector of zeros has no direction: its cosine distance is 1 to all.

    Every gene is compared, so the result is exact; equal distances keep the order of the genes. Raises
    `InvalidSetting` for another measure, a gene that is not there, or a count below 1.
    """
    if measure not in MEASURES:
        raise InvalidSetting(f"measure='{measure}' is not one of: {', '.join(MEASURES)}.")
    if not 0 <= gene < len(vectors):
        raise InvalidSetting(f"gene={gene} is not a gene number from 0 to {len(vectors) - 1}.")
    if count < 1:
        raise InvalidSetting(f"count={count} is below 1.")
    wide = np.asarray(vectors, dtype=np.float64)
    distance = _cosine(wide, gene) if measure == "cosine" else np.linalg.norm(wide - wide[gene], axis=1)
    order = np.argsort(distance, kind="stable")
    order = order[order != gene][:count]
    return order.astype(np.int64), distance[order].astype(np.float32)


def _cosine(vectors: np.ndarray, gene: int) -> np.ndarray:
    length = np.linalg.norm(vectors, axis=1)
    both = length * length[gene]
    cosine = np.divide(vectors @ vectors[gene], both, out=np.zeros(len(vectors)), where=both > 0)
    return 1 - np.clip(cosine, -1, 1)
