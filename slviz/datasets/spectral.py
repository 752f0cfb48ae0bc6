"""Leading directions of interactions and of terms: the mathematics behind the features `ppi` and `go`."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from jaxtyping import Float32, Float64, Int64

from slviz.truncated_svd import leading_directions

WIDTH = 128
SMALLEST_GROUP = 10
DENSE_LIMIT = 200  # a full decomposition of a smaller matrix is exact and takes no time


def ppi_features(
    interactions: np.ndarray, genes: int, *, width: int = WIDTH, seed: int = 0
) -> Float32[np.ndarray, "genes width"]:
    """Leading singular vectors of D^-1/2 (A + I) D^-1/2, rows to unit length. `interactions` is int64 [2, E].

    A gene without interactions, or in a group of fewer than `SMALLEST_GROUP` genes that interact with each other
    alone, gets a row of zeros. Each such group has a singular value of 1 of its own: some hundred of them would take
    all leading vectors for themselves, and the order of equal values is arbitrary.
    """
    connected = _in_large_groups(interactions, genes)
    if not len(connected):
        return np.empty((genes, 0), dtype=np.float32)
    interactions = interactions[:, np.isin(interactions[0], connected)]
    a, b = np.searchsorted(connected, interactions)
    size = len(connected)
    loops = np.arange(size)
    rows, columns = np.r_[a, b, loops], np.r_[b, a, loops]
    adjacency = sp.csr_array((np.ones(len(rows)), (rows, columns)), shape=(size, size))
    scale = sp.diags_array(1 / np.sqrt(adjacency.sum(axis=1)))
    matrix = np.zeros((genes, min(width, size)), dtype=np.float32)
    matrix[connected] = _unit_rows(_leading_left(scale @ adjacency @ scale, width, seed=seed, weighted=False))
    return matrix


def _in_large_groups(interactions: np.ndarray, genes: int) -> Int64[np.ndarray, " connected"]:
    """Numbers of the genes that are connected, through any path, to at least `SMALLEST_GROUP` genes, themselves in."""
    a, b = interactions
    links = sp.csr_array((np.ones(len(a), dtype=bool), (a, b)), shape=(genes, genes))
    _, group = sp.csgraph.connected_components(links, directed=False)
    return np.flatnonzero(np.bincount(group)[group] >= SMALLEST_GROUP)


def go_features(membership: sp.csr_array, *, width: int = WIDTH, seed: int = 0) -> Float32[np.ndarray, "genes width"]:
    """Truncated SVD (U·S) of the TF-IDF-weighted gene × term table, rows to unit length.

    The weight of a term is ln((1 + G) / (1 + genes in it)) + 1, and a gene's weights have unit length before the
    decomposition. A gene without terms gets a row of zeros.
    """
    table = sp.csr_array(membership, dtype=np.float64)
    table = table[:, np.flatnonzero(table.sum(axis=0))]
    rarity = np.log((1 + table.shape[0]) / (1 + table.sum(axis=0))) + 1
    weighted = table @ sp.diags_array(rarity)
    length = np.sqrt(weighted.power(2).sum(axis=1))
    known = np.flatnonzero(length)
    weighted = (sp.diags_array(1 / length[known]) @ weighted[known]).tocsr()
    leading = _unit_rows(_leading_left(weighted, width, seed=seed, weighted=True))
    matrix = np.zeros((len(length), leading.shape[1]), dtype=np.float32)
    matrix[known] = leading
    return matrix


def _leading_left(matrix: sp.csr_array, width: int, *, seed: int, weighted: bool) -> Float64[np.ndarray, "rows width"]:
    """The `width` leading left singular vectors, each times its singular value where `weighted`."""
    rows, columns = matrix.shape  # pyright: ignore[reportGeneralTypeIssues]
    width = min(width, rows, columns)
    values, left = leading_directions(
        matrix,
        width,
        of="singular",
        dense_up_to=max(DENSE_LIMIT, width),
        start=np.random.default_rng(seed).uniform(-1, 1, size=min(rows, columns)),
    )
    order = np.argsort(-values, kind="stable")[:width]
    left = _fixed_signs(left[:, order])
    return left * values[order] if weighted else left


def _fixed_signs(vectors: np.ndarray) -> np.ndarray:
    """Each column times ±1, so that its entry of largest size is positive."""
    largest = np.abs(vectors).argmax(axis=0)
    return vectors * np.where(vectors[largest, np.arange(vectors.shape[1])] < 0, -1.0, 1.0)


def _unit_rows(matrix: np.ndarray) -> np.ndarray:
    length = np.linalg.norm(matrix, axis=1, keepdims=True)
    return np.divide(matrix, length, out=np.zeros_like(matrix), where=length > 1e-12)


def feature_text(matrix: np.ndarray, *, decimals: int = 6) -> str:
    """One line a gene, numbers with fixed decimals, separated by one space; never "-0.000"."""
    rounded = np.round(matrix.astype(np.float64), decimals) + 0.0
    return "".join(" ".join(f"{value:.{decimals}f}" for value in row) + "\n" for row in rounded.tolist())
