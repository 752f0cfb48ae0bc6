"""t-SNE's p and q of a few points: how near they are in the embedding, and how near the map puts them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Float64, Int64

BLOCK = 1024
ROUNDS = 200


@dataclass(frozen=True, eq=False)
class Similarities:
    """Of N points.

    Attributes:
        points: int64 [N], their numbers.
        sigma: float64 [N], the width of the normal around each that gives it the perplexity.
        conditional: float64 [N, N], p of the column's point given the row's; 0 where it is not among its nearest.
        joint: float64 [N, N], p of both: (p(j|i) + p(i|j)) / 2 n.
        on_map: float64 [N, N], q of both: 1 / (1 + d²) over its sum over all pairs of the map.
    """

    points: Int64[np.ndarray, " points"]
    sigma: Float64[np.ndarray, " points"]
    conditional: Float64[np.ndarray, "points points"]
    joint: Float64[np.ndarray, "points points"]
    on_map: Float64[np.ndarray, "points points"]


def similarities(
    vectors: Float[np.ndarray, "things width"],
    coordinates: Float[np.ndarray, "things dimensions"],
    points: Int64[np.ndarray, " points"],
    *,
    perplexity: float,
) -> Similarities:
    """p and q of some points as t-SNE has them (van der Maaten & Hinton 2008), among ⌊3 perplexity⌋ nearest.

    Args:
        vectors: of all things, [G, D].
        coordinates: of all on the map, [G, 2 or 3].
        points: numbers of the points.
        perplexity: as it was used (`TSNE.used_perplexity`).
    """
    things, count = len(vectors), min(len(vectors) - 1, int(3 * perplexity))
    wide = np.asarray(vectors, dtype=np.float64)
    rows, sigma = np.zeros((len(points), things)), np.empty(len(points))
    for place, point in enumerate(points.tolist()):
        square = ((wide - wide[point]) ** 2).sum(axis=1)
        square[point] = np.inf
        near = np.argsort(square, kind="stable")[:count]
        rows[place, near], sigma[place] = _normal(square[near], perplexity)
    conditional = rows[:, points]
    place = np.asarray(coordinates, dtype=np.float64)
    apart = ((place[points][:, None] - place[points][None]) ** 2).sum(axis=2)
    on_map = 1 / (1 + apart) / total_on_map(place)
    np.fill_diagonal(on_map, 0)
    return Similarities(points, sigma, conditional, (conditional + conditional.T) / (2 * things), on_map)


def _normal(square: np.ndarray, perplexity: float) -> tuple[np.ndarray, float]:
    """The shares of a normal over these squared distances, and its width, found by halving."""
    low, high, wanted = 0.0, np.inf, np.log(perplexity)
    beta = 1 / max(float(square.mean()), 1e-300)
    share = np.empty(len(square))
    for _ in range(ROUNDS):
        power = np.exp(-beta * (square - square.min()))
        share = power / power.sum()
        entropy = -(share * np.log(np.maximum(share, 1e-300))).sum()
        if abs(entropy - wanted) < 1e-10:
            break
        low, high = (beta, high) if entropy > wanted else (low, beta)
        beta = 2 * beta if high == np.inf else (low + high) / 2
    return share, float(np.sqrt(1 / (2 * beta)))


def total_on_map(coordinates: Float64[np.ndarray, "things dimensions"]) -> float:
    """The sum over all ordered pairs of different things of 1 / (1 + d²), a block at a time."""
    from scipy.spatial.distance import cdist

    total = 0.0
    for start in range(0, len(coordinates), BLOCK):
        total += float((1 / (1 + cdist(coordinates[start : start + BLOCK], coordinates, "sqeuclidean"))).sum())
    return total - len(coordinates)
