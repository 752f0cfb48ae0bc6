"""Scores of all pairs of genes by a pair decoder, in blocks that stay in the processor's cache."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float, Float32

from slviz.cores import side_by_side
from slviz.scorers.pair_decoder import PairDecoder

CACHED = 128 * 1024  # numbers of a block's left side: half a megabyte, which fits the cache of one core
TILE = 1024


def all_pair_scores(
    decoder: PairDecoder, embedding: Float32[np.ndarray, "genes width"]
) -> Float32[np.ndarray, "genes genes"]:
    """The decoder's score of each gene with each, float32 [G, G] and symmetric; the diagonal has no meaning.

    Each pair is computed once. Memory: 4 bytes a pair of genes, twice.
    """
    arrays = {name: np.asarray(array, dtype=np.float32) for name, array in decoder.arrays.items()}
    vectors = np.asarray(embedding, dtype=np.float32)
    genes, width = vectors.shape
    scores = np.empty((genes, genes), dtype=np.float32)
    block = max(32, CACHED // (2 * width))
    starts = list(range(0, genes, block))[::-1]  # the longest first, so that no core is left with it at the end

    def fill(start: int) -> None:
        _fill(scores, arrays, vectors, start, min(start + block, genes))

    side_by_side(fill, starts)
    _mirror(scores)
    return scores


def _fill(scores: np.ndarray, arrays: dict[str, np.ndarray], vectors: np.ndarray, start: int, stop: int) -> None:
    """Scores of the genes up to `stop` with those from `start` to `stop`: the formula of `PairDecoder`.

    Of the hidden units S (a + b) + P (a * b) + Q |a - b| + c, everything that is linear in b is one
    product [b, |a - b|] [S + P a, Q]', and the rest, S a + c, is added inside the ReLU:
    relu(h + s) = max(h, -s) + s.
    """
    some, width = vectors[start:stop].T, vectors.shape[1]
    both = np.empty((2 * width, stop - start), dtype=np.float32)  # [2D, B]: long rows, short columns
    both[:width] = some
    apart = both[width:]
    hidden = np.empty((len(arrays["readout"]), stop - start), dtype=np.float32)  # [K, B]
    weights = np.concatenate([arrays["sum"], arrays["difference"]], axis=1)  # [K, 2D]
    readout = arrays["readout"]
    own = vectors[:stop] @ arrays["sum"].T + arrays["hidden_bias"]  # [stop, K]
    linear = vectors[:stop] @ arrays["linear"]
    raw = vectors[:stop] @ arrays["bilinear"] @ some  # [stop, B]
    raw += (linear + own @ readout)[:, None]
    raw += linear[start:stop] + arrays["bias"]
    for gene in range(stop):
        np.subtract(both[:width], vectors[gene][:, None], out=apart)
        np.abs(apart, out=apart)
        np.multiply(arrays["product"], vectors[gene], out=weights[:, :width])
        weights[:, :width] += arrays["sum"]
        np.matmul(weights, both, out=hidden)
        np.maximum(hidden, -own[gene][:, None], out=hidden)
        raw[gene] += readout @ hidden
    scores[:stop, start:stop] = decoder_end(raw, arrays["bounds"])


def decoder_end(raw: Float[np.ndarray, "*pairs"], bounds: Float[np.ndarray, " ends"]) -> Float[np.ndarray, "*pairs"]:
    """`raw` clipped to the two bounds, or its logistic where there are none."""
    if len(bounds):
        return np.clip(raw, *bounds)
    small = np.exp(-np.abs(raw))  # never overflows
    return np.where(raw >= 0, 1, small) / (1 + small)


def _mirror(scores: Float32[np.ndarray, "genes genes"]) -> None:
    """Copy what lies above the diagonal below it, a tile at a time."""
    genes = len(scores)
    for top in range(0, genes, TILE):
        rows = slice(top, top + TILE)
        for left in range(0, top, TILE):
            columns = slice(left, left + TILE)
            scores[rows, columns] = scores[columns, rows].T
        square = scores[rows, rows]
        below = np.tril_indices(len(square), k=-1)
        square[below] = square.T[below]
