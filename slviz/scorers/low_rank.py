"""The leading eigenvectors of a symmetric matrix: exactly, or nearly by a few products with random columns."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from jaxtyping import Float32, Float64

MORE = 10
POWERS = 3


def leading_pairs(
    matrix: sp.csr_array, rank: int, *, seed: int = 0
) -> tuple[Float32[np.ndarray, " rank"], Float32[np.ndarray, "genes rank"]]:
    """Eigenvalues of largest size and their vectors of a symmetric matrix, by a randomised range finder.

    Halko, Martinsson & Tropp 2011. Exact iterations take minutes where many eigenvalues are equal, as those
    of a degree-normalised graph with many small parts are.
    """
    genes = matrix.shape[0]
    columns = min(rank + MORE, genes)
    basis = np.random.default_rng(seed).normal(size=(genes, columns)).astype(np.float32)
    for _ in range(1 + POWERS):
        basis, _ = np.linalg.qr(matrix @ basis)
    values, turned = np.linalg.eigh(basis.T @ (matrix @ basis))
    largest = np.argsort(-np.abs(values), kind="stable")[:rank]
    return values[largest].astype(np.float32), (basis @ turned[:, largest]).astype(np.float32)


def exact_leading_pairs(
    matrix: sp.csr_array, rank: int
) -> tuple[Float64[np.ndarray, " rank"], Float64[np.ndarray, "genes rank"]]:
    """Eigenvalues of largest size and their vectors: the truncated SVD of a symmetric matrix, signs kept."""
    genes = matrix.shape[0]
    if genes <= 4 * rank or not matrix.nnz:  # ARPACK wants a rank well below the number of genes
        values, vectors = np.linalg.eigh(matrix.toarray())
        largest = np.argsort(-np.abs(values), kind="stable")[:rank]
        return values[largest], vectors[:, largest]
    from scipy.sparse.linalg import eigsh

    start = np.random.default_rng(0).normal(size=genes)
    values, vectors = eigsh(matrix, k=rank, which="LM", v0=start)
    return np.asarray(values), np.asarray(vectors)
