"""Things that are none: random rows that resemble a matrix column by column, and in nothing else."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
from jaxtyping import Float, Float32

from slviz.errors import InvalidSetting

NoiseKind = Literal["matched", "permuted"]
NOISE_KINDS: tuple[str, ...] = get_args(NoiseKind)


def noise_like(
    matrix: Float[np.ndarray, "things width"], count: int, *, kind: NoiseKind = "permuted", seed: int = 0
) -> Float32[np.ndarray, "noise width"]:
    """`count` rows of noise, float32 [N, D].

    Args:
        matrix: real things, [G, D].
        count: how many.
        kind: "matched": every column drawn from a normal distribution with the column's mean and standard deviation;
            "permuted": every number taken from the same column of a thing drawn anew for each number, so that a column
            looks as the real one does and no two of its numbers belong together.
        seed: of the draw.

    Raises `InvalidSetting` for another kind or a count below 1.
    """
    if kind not in NOISE_KINDS:
        raise InvalidSetting(f"noise='{kind}' is not one of: {', '.join(NOISE_KINDS)}.")
    if count < 1:
        raise InvalidSetting(f"count={count} is below 1.")
    random = np.random.default_rng([seed, 13])
    if kind == "permuted":
        rows = random.integers(len(matrix), size=(count, matrix.shape[1]))
        return matrix[rows, np.arange(matrix.shape[1])].astype(np.float32)
    wide = np.asarray(matrix, dtype=np.float64)
    return random.normal(wide.mean(axis=0), wide.std(axis=0), size=(count, matrix.shape[1])).astype(np.float32)
