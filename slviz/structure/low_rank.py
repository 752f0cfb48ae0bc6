"""The leading eigenvectors of a symmetric matrix, nearly: a few products with random columns."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from jaxtyping import Float32

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
