"""Nearest neighbours of every gene, exact, and how many of them a map keeps."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float, Float32, Int64

BLOCK = 512
FINDING = "finding nearest genes"
"""What a method says that it is doing while it searches them."""
FEW_COLUMNS = 8
"""Up to so many columns a k-d tree is fast; above, comparing all genes in blocks is faster."""


def nearest_neighbours(
    vectors: Float[np.ndarray, "genes width"], *, count: int
) -> tuple[Int64[np.ndarray, "genes count"], Float32[np.ndarray, "genes count"]]:
    """Numbers [G, count] and Euclidean distances [G, count] of each gene's nearest others, nearest first.

    Exact. `count` must be below the number of genes. A gene is never its own neighbour.
    """
    from sklearn.neighbors import NearestNeighbors

    algorithm = "kd_tree" if vectors.shape[1] <= FEW_COLUMNS else "brute"
    search = NearestNeighbors(n_neighbors=count, algorithm=algorithm).fit(vectors)
    distance, number = search.kneighbors()
    return number.astype(np.int64), distance.astype(np.float32)


def neighbourhood_preservation(
    vectors: Float[np.ndarray, "genes width"],
    coordinates: Float[np.ndarray, "genes dimensions"],
    *,
    count: int,
) -> Float32[np.ndarray, " genes"]:
    """Share (0 to 1) of each gene's `count` nearest in `vectors` that are among its nearest in `coordinates`."""
    count = min(count, len(vectors) - 1)
    there, _ = nearest_neighbours(vectors, count=count)
    here, _ = nearest_neighbours(coordinates, count=count)
    row = np.arange(len(vectors))[:, None] * len(vectors)
    shared = np.isin(there + row, here + row)  # a gene's numbers never meet another gene's
    return shared.mean(axis=1).astype(np.float32)


def distance_to_nearest(
    vectors: Float[np.ndarray, "genes width"], nearest: int, *, every: int = 1
) -> Float32[np.ndarray, " sample"]:
    """Euclidean distance from each gene to its `nearest`-th nearest other (1 is the closest).

    `every` asks for every so-many-th gene only, among all genes: [⌈G / every⌉].
    """
    sample = vectors[::every]
    if vectors.shape[1] <= FEW_COLUMNS:
        from scipy.spatial import KDTree

        distance, _ = KDTree(vectors).query(sample, k=[nearest + 1], workers=-1)  # pyright: ignore[reportArgumentType]
    else:
        from sklearn.neighbors import NearestNeighbors

        search = NearestNeighbors(n_neighbors=nearest + 1, algorithm="brute").fit(vectors)
        distance = search.kneighbors(sample)[0][:, -1:]
    return distance[:, 0].astype(np.float32)  # the first that was found is the gene itself


def count_within(vectors: Float[np.ndarray, "genes width"], radius: float) -> Int64[np.ndarray, " genes"]:
    """Number [G] of other genes within `radius` (Euclidean, inclusive) of each."""
    if vectors.shape[1] <= FEW_COLUMNS:
        from scipy.spatial import KDTree

        counts = KDTree(vectors).query_ball_point(vectors, radius, return_length=True, workers=-1)
        return counts.astype(np.int64) - 1
    return _count_in_blocks(vectors, radius)


def count_at(vectors: Float[np.ndarray, "genes width"], distance: float) -> Int64[np.ndarray, " genes"]:
    """As `count_within` for distances so small that a matrix product would lose them to rounding, in any width."""
    from scipy.spatial import KDTree

    exact = vectors.astype(np.float64)
    counts = KDTree(exact).query_ball_point(exact, distance, return_length=True, workers=-1)
    return counts.astype(np.int64) - 1


def _count_in_blocks(vectors: Float[np.ndarray, "genes width"], radius: float) -> Int64[np.ndarray, " genes"]:
    """`count_within` by matrix products, each pair of genes once, a block at a time so that memory stays small.

    |a − b|² ≤ r² is the same as ab − |b|²/2 + (r² − |a|²)/2 ≥ 0: two more columns carry the last two terms.
    """
    vectors = (vectors - vectors.mean(axis=0)).astype(np.float32)  # around the origin less is lost to rounding
    half_square = (vectors**2).sum(axis=1) / 2
    ones = np.ones_like(half_square)
    left = np.column_stack([vectors, ones, np.float32(radius**2 / 2) - half_square])
    right = np.column_stack([vectors, -half_square, ones])
    counts = np.zeros(len(vectors), dtype=np.int64)
    for start in range(0, len(vectors), BLOCK):
        stop = min(start + BLOCK, len(vectors))
        within = left[start:stop] @ right[start:].T >= 0
        counts[start:stop] += _trues(within, axis=1)
        counts[stop:] += _trues(within[:, stop - start :], axis=0)
    return counts - 1  # each gene counted itself


def _trues(table: np.ndarray, *, axis: int) -> Int64[np.ndarray, " kept"]:
    """`table.sum(axis)` of a table of truths, by bits: several times faster."""
    return np.bitwise_count(np.packbits(table, axis=axis)).sum(axis=axis, dtype=np.int64)
