"""The one truncated decomposition: the leading eigenvectors, or left singular vectors, of a sparse matrix."""

from __future__ import annotations

from typing import Literal

import numpy as np
import scipy.sparse as sp
from jaxtyping import Float

MORE = 10
"""Random columns beyond the rank that the quick way takes."""
POWERS = 3
"""How many times the quick way multiplies the matrix with its columns again."""


def leading_directions(
    matrix: sp.csr_array,
    rank: int,
    *,
    of: Literal["eigen", "singular"],
    quick: bool = False,
    dense_up_to: int = 0,
    start: np.ndarray | None = None,
    seed: int = 0,
) -> tuple[Float[np.ndarray, " rank"], Float[np.ndarray, "rows rank"]]:
    """The `rank` values of largest size, and the vectors that belong to them.

    Each caller says how it is solved, since the last bits of stored embeddings and features depend on it. Exact
    iterations (ARPACK's) end in the order in which ARPACK gives them, the other ways from the largest on. A value's
    vector has no preferred sign.

    Args:
        matrix: [rows, columns]; symmetric where eigenvectors are wanted.
        rank: how many; at most as many as the matrix has rows and columns.
        of: "eigen", values with their signs, or "singular", values from 0 on and the left vectors.
        quick: nearly, by a randomised range finder (Halko, Martinsson & Tropp 2011), in float32, for eigenvectors:
            exact iterations take minutes where many eigenvalues are equal, as those of a degree-normalised graph
            with many small parts are.
        dense_up_to: a matrix whose shorter side is at most this long is decomposed whole, as is one of zeros.
        start: what exact iterations start from, as long as the shorter side; by default normal numbers from `seed`.
        seed: of all that is random here.
    """
    if quick:
        return _by_random_columns(matrix, rank, seed=seed)
    shorter = min(matrix.shape)  # pyright: ignore[reportArgumentType]
    if shorter <= dense_up_to or not matrix.nnz:
        values, vectors = _whole(matrix, of=of)
        largest = np.argsort(-np.abs(values), kind="stable")[:rank]
        return values[largest], vectors[:, largest]
    first = np.random.default_rng(seed).normal(size=shorter) if start is None else start
    return _by_iterations(matrix, rank, of=of, start=first)


def _whole(matrix: sp.csr_array, *, of: str) -> tuple[np.ndarray, np.ndarray]:
    if of == "eigen":
        values, vectors = np.linalg.eigh(matrix.toarray())
        return values, vectors
    left, values, _ = np.linalg.svd(matrix.toarray(), full_matrices=False)
    return values, left


def _by_iterations(matrix: sp.csr_array, rank: int, *, of: str, start: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    from scipy.sparse.linalg import eigsh, svds

    if of == "eigen":
        values, vectors = eigsh(matrix, k=rank, which="LM", v0=start)
        return np.asarray(values), np.asarray(vectors)
    left, values, _ = svds(matrix, k=rank, v0=start)
    return np.asarray(values), np.asarray(left)


def _by_random_columns(matrix: sp.csr_array, rank: int, *, seed: int) -> tuple[np.ndarray, np.ndarray]:
    rows = matrix.shape[0]  # pyright: ignore[reportOptionalSubscript]
    columns = min(rank + MORE, rows)
    basis = np.random.default_rng(seed).normal(size=(rows, columns)).astype(np.float32)
    for _ in range(1 + POWERS):
        basis, _ = np.linalg.qr(matrix @ basis)
    values, turned = np.linalg.eigh(basis.T @ (matrix @ basis))
    largest = np.argsort(-np.abs(values), kind="stable")[:rank]
    return values[largest].astype(np.float32), (basis @ turned[:, largest]).astype(np.float32)
