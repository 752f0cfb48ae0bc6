"""The leading directions of a sparse matrix, by every way to them, held against NumPy's whole decomposition."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp

from slviz.truncated_svd import leading_directions

ROWS, RANK = 120, 5


def falling_values(columns: int, *, symmetric: bool) -> np.ndarray:
    """A matrix whose singular values fall by half from one to the next, so that its leading ones are known well."""
    random = np.random.default_rng(3)
    left, _ = np.linalg.qr(random.normal(size=(ROWS, columns)))
    right = left if symmetric else np.linalg.qr(random.normal(size=(columns, columns)))[0]
    values = 0.5 ** np.arange(columns) * (np.where(np.arange(columns) % 2, -1, 1) if symmetric else 1)
    return (left * values) @ right.T


@pytest.mark.parametrize(
    "ways",
    [
        pytest.param({"dense_up_to": ROWS}, id="whole"),
        pytest.param({}, id="iterations"),
        pytest.param({"quick": True}, id="random columns"),
    ],
)
def test_eigenvalues_are_those_of_the_whole_decomposition(ways: dict) -> None:
    matrix = falling_values(ROWS, symmetric=True)
    values, vectors = leading_directions(sp.csr_array(matrix), RANK, of="eigen", **ways)
    whole = np.linalg.eigvalsh(matrix)
    np.testing.assert_allclose(np.sort(values), np.sort(whole[np.argsort(-np.abs(whole))[:RANK]]), atol=1e-5)
    np.testing.assert_allclose(matrix @ vectors, vectors * values, atol=1e-4)


@pytest.mark.parametrize("dense_up_to", [0, ROWS])
def test_left_singular_vectors_span_the_nearest_matrix_of_that_rank(dense_up_to: int) -> None:
    matrix = falling_values(40, symmetric=False)
    values, left = leading_directions(sp.csr_array(matrix), RANK, of="singular", dense_up_to=dense_up_to)
    np.testing.assert_allclose(np.sort(values)[::-1], 0.5 ** np.arange(RANK), atol=1e-9)
    rest = matrix - left @ (left.T @ matrix)
    np.testing.assert_allclose(np.linalg.norm(rest, 2), 0.5**RANK, atol=1e-9)  # Eckart & Young 1936


def test_a_matrix_of_zeros_has_zeros_to_give() -> None:
    values, vectors = leading_directions(sp.csr_array((ROWS, ROWS)), RANK, of="eigen")
    assert not values.any()
    assert vectors.shape == (ROWS, RANK)
