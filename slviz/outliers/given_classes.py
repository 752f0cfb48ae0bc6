"""Which class the last layer of a network gives to vectors, without torch."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from jaxtyping import Float, Int64

WEIGHT, BIAS = "head.weight", "head.bias"


def given_classes(
    vectors: Float[np.ndarray, "things width"], weights: Mapping[str, np.ndarray]
) -> Int64[np.ndarray, " things"] | None:
    """The number of the most likely class of each vector; None where the last layer is no plain linear one.

    Args:
        vectors: as the network embeds things, [N, D].
        weights: of the trained network, by name.
    """
    weight, bias = weights.get(WEIGHT), weights.get(BIAS)
    if weight is None or bias is None or weight.ndim != 2 or weight.shape != (len(bias), vectors.shape[1]):
        return None
    return (vectors.astype(np.float64) @ weight.astype(np.float64).T + bias).argmax(axis=1)
