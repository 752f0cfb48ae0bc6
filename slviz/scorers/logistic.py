"""Logistic regression with a ridge penalty, by Newton's method (Hosmer & Lemeshow 2000); NumPy alone."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float64

STEPS = 50
CLOSE = 1e-9
OF_CONSTANT = 1e-6
"""The penalty of the constant: only to keep the equations solvable where all labels are the same."""


def fit_logistic(
    columns: Float64[np.ndarray, "rows columns"],
    target: Float64[np.ndarray, " rows"],
    weight: Float64[np.ndarray, " rows"],
    *,
    penalty: float,
) -> Float64[np.ndarray, " coefficients"]:
    """The constant and the coefficients b that minimise Σ w · log-loss / Σ w + penalty / 2 · |b|².

    The constant is hardly penalised. The same rows give the same bits.
    """
    design = np.column_stack([np.ones(len(columns)), columns])
    share = weight / weight.sum()
    ridge = np.full(design.shape[1], penalty)
    ridge[0] = OF_CONSTANT
    coefficients = np.zeros(design.shape[1])
    for _ in range(STEPS):
        expected = 0.5 * (1 + np.tanh(design @ coefficients / 2))
        slope = design.T @ (share * (target - expected)) - ridge * coefficients
        curvature = (design * (share * expected * (1 - expected))[:, None]).T @ design + np.diag(ridge)
        step = np.linalg.solve(curvature, slope)
        coefficients = coefficients + step
        if np.abs(step).max() < CLOSE:
            break
    return coefficients
