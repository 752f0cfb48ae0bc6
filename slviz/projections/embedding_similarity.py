"""How alike two embeddings of the same genes are, as a whole and gene by gene."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Float32, Float64, Int64

from slviz.errors import DataError
from slviz.projections.agreement import Agreement, Null, neighbour_agreement, permuted_names

BLOCK = 256
MOST_DISTANCES = 5_000_000
"""Genes whose distances to all genes are held at a time; fewer where these are more numbers."""


def linear_cka(one: Float[np.ndarray, "genes width"], other: Float[np.ndarray, "genes other_width"]) -> float:
    """Linear centred kernel alignment of two embeddings (Kornblith et al. 2019, arXiv:1905.00414, section 3).

    ‖YᵀX‖² / (‖XᵀX‖ ‖YᵀY‖) over centred columns, Frobenius norms: 1 for embeddings that are the same but for a turn, a
    mirror, a shift and one scale, near 0 for unrelated ones of many more genes than columns. NaN where one embedding
    gives every gene the same vector. Raises `DataError` for other numbers of genes.
    """
    if len(one) != len(other):
        raise DataError(f"Two embeddings are compared over the same genes: these have {len(one):,} and {len(other):,}.")
    x, y = _centred(one), _centred(other)
    norm = float(np.linalg.norm(x.T @ x) * np.linalg.norm(y.T @ y))
    return float(np.linalg.norm(y.T @ x) ** 2 / norm) if norm > 0 else float("nan")


def cka_null(
    one: Float[np.ndarray, "genes width"],
    other: Float[np.ndarray, "genes other_width"],
    *,
    permutations: int = 20,
    seed: int = 0,
) -> Null:
    """`linear_cka` where which gene is which is permuted in the other embedding."""
    orders = permuted_names(len(one), permutations, seed=seed)
    return Null.of(np.array([linear_cka(one, other[order]) for order in orders]))


def _centred(vectors: np.ndarray) -> Float64[np.ndarray, "genes width"]:
    wide = np.asarray(vectors, dtype=np.float64)
    return wide - wide.mean(axis=0)


@dataclass(frozen=True, eq=False)
class NeighbourChange:
    """How the nearest neighbours of some genes differ between two embeddings. G genes, C compared, k neighbours.

    Attributes:
        genes: int64 [C], numbers of the genes that are compared, ascending: all G, or a sample.
        nearest_one, nearest_other: int64 [C, k], their nearest of all G by Euclidean distance, nearest first.
        place_in_other: float32 [C], the mean place (1 to G − 1) that a gene's nearest of the first take in the other.
        place_in_one: float32 [C], the same the other way.
        agreement: the share of nearest that are the same, with its permutation null.
    """

    genes: Int64[np.ndarray, " compared"]
    nearest_one: Int64[np.ndarray, "compared k"]
    nearest_other: Int64[np.ndarray, "compared k"]
    place_in_other: Float32[np.ndarray, " compared"]
    place_in_one: Float32[np.ndarray, " compared"]
    agreement: Agreement

    @property
    def shared(self) -> Float32[np.ndarray, " compared"]:
        """Share (0 to 1) of each gene's nearest that are its nearest in both."""
        return self.agreement.shared

    @property
    def mean_place(self) -> Float64[np.ndarray, " compared"]:
        """The geometric mean of both places: how far away in one embedding a gene's nearest of the other are."""
        return np.sqrt(self.place_in_other.astype(np.float64) * self.place_in_one)

    @property
    def order(self) -> Int64[np.ndarray, " compared"]:
        """Rows from the most to the least changed: fewest shared neighbours, then the farthest places."""
        return np.lexsort((-self.mean_place, self.shared)).astype(np.int64)


def neighbour_change(
    one: Float[np.ndarray, "genes width"],
    other: Float[np.ndarray, "genes other_width"],
    *,
    count: int,
    genes: Int64[np.ndarray, " compared"] | None = None,
    on_progress: Callable[[float], None] | None = None,
) -> NeighbourChange:
    """The `count` nearest of genes in both embeddings, and where those of one stand in the other.

    Exact, in blocks of genes. Equal distances count as nearer only where they are smaller, so that a place is never
    overstated.

    Args:
        one, other: the embeddings.
        count: how many nearest.
        genes: ascending numbers of the genes whose nearest, among all, are compared; all genes when left out.
        on_progress: called after each block with the share that is done.

    Raises `DataError` for other numbers of genes or fewer than three.
    """
    if len(one) != len(other) or len(one) < 3:
        raise DataError(
            f"Neighbours are compared over three genes or more that both embeddings have: these have {len(one):,} and "
            f"{len(other):,}."
        )
    count = min(count, len(one) - 1)
    compared = np.arange(len(one)) if genes is None else np.asarray(genes, dtype=np.int64)
    sides = [_Side(vectors) for vectors in (one, other)]
    blocks = []
    block = max(1, min(BLOCK, MOST_DISTANCES // len(one)))
    for start in range(0, len(compared), block):
        stop = min(start + block, len(compared))
        distances = [side.distances(compared[start:stop]) for side in sides]
        nearest = [_nearest(distance, count) for distance in distances]
        places = [_mean_place(distances[1], nearest[0]), _mean_place(distances[0], nearest[1])]
        blocks.append((*nearest, *places))
        if on_progress is not None:
            on_progress(stop / len(compared))
    mine, theirs, in_other, in_one = (np.concatenate(parts) for parts in zip(*blocks, strict=True))
    agreement = neighbour_agreement(mine, theirs, genes=compared, of=len(one))
    return NeighbourChange(compared, mine, theirs, in_other, in_one, agreement)


@dataclass(frozen=True, eq=False)
class EmbeddingSimilarity:
    """How alike two embeddings of the same genes are: CKA and shared neighbours, each with what permuted names give.

    Attributes:
        cka: `linear_cka`.
        cka_null: the same with genes permuted.
        change: of the nearest neighbours, of all genes or of a sample.
    """

    cka: float
    cka_null: Null
    change: NeighbourChange


def embedding_similarity(
    one: Float[np.ndarray, "genes width"],
    other: Float[np.ndarray, "genes other_width"],
    *,
    count: int,
    genes: Int64[np.ndarray, " compared"] | None = None,
    on_progress: Callable[[float], None] | None = None,
) -> EmbeddingSimilarity:
    """Both measures; arguments and errors as those of `neighbour_change`."""
    change = neighbour_change(one, other, count=count, genes=genes, on_progress=on_progress)
    return EmbeddingSimilarity(linear_cka(one, other), cka_null(one, other), change)


class _Side:
    """One embedding, ready to give squared distances of a block of genes to all."""

    def __init__(self, vectors: np.ndarray) -> None:
        wide = np.asarray(vectors, dtype=np.float64)
        self.vectors = (wide - wide.mean(axis=0)).astype(np.float32)  # around the origin less is lost to rounding
        self.square = (self.vectors**2).sum(axis=1)

    def distances(self, genes: Int64[np.ndarray, " block"]) -> Float32[np.ndarray, "block genes"]:
        """Squared distances up to a constant a row; infinite to the gene itself."""
        distance = self.square - 2 * (self.vectors[genes] @ self.vectors.T)
        distance[np.arange(len(genes)), genes] = np.inf
        return distance


def _nearest(distance: np.ndarray, count: int) -> Int64[np.ndarray, "block k"]:
    near = np.argpartition(distance, count - 1, axis=1)[:, :count]
    order = np.argsort(np.take_along_axis(distance, near, axis=1), axis=1, kind="stable")
    return np.take_along_axis(near, order, axis=1).astype(np.int64)


def _mean_place(distance: np.ndarray, genes: np.ndarray) -> Float32[np.ndarray, " block"]:
    """The mean place of `genes` [block, k] by `distance` [block, genes]: 1 for the nearest."""
    bound = np.take_along_axis(distance, genes, axis=1)
    nearer = [np.count_nonzero(distance < bound[:, [k]], axis=1) for k in range(genes.shape[1])]
    return (1 + np.mean(nearer, axis=0)).astype(np.float32)
