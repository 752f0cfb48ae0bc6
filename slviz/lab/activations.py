"""The activation functions: value and derivative at a net input, and the one table of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64

from slviz.errors import UnknownChoice, nearest

Values = Float64[np.ndarray, "..."]


@dataclass(frozen=True)
class Activation:
    """An activation function a(z), applied to each net input by itself.

    Attributes:
        name: its key in `ACTIVATIONS`.
        title: what pages call it.
        value: z and slope → a(z); the slope is that of the leaky ReLU left of 0, and others ignore it.
        derivative: z, a(z) and slope → a'(z); at a bend of the function, the value from the left.
        formula: as it is written.
        gain: standard deviation that Kaiming initialisation multiplies weights by.
    """

    name: str
    title: str
    value: Callable[[Values, float], Values]
    derivative: Callable[[Values, Values, float], Values]
    formula: str
    gain: Callable[[float], float]


def logistic(z: Values) -> Values:
    """1 / (1 + exp(−z)), without overflow on either side."""
    decay = np.exp(-np.abs(z))
    return np.where(z >= 0, 1.0, decay) / (1.0 + decay)


def _elu(z: Values, slope: float) -> Values:
    return np.where(z > 0, z, np.expm1(np.minimum(z, 0.0)))


ACTIVATIONS: Mapping[str, Activation] = {
    "logistic": Activation(
        "logistic", "logistic", lambda z, slope: logistic(z), lambda z, a, slope: a * (1.0 - a),
        "1 / (1 + exp(−z))", lambda slope: 1.0,
    ),
    "tanh": Activation(
        "tanh", "tanh", lambda z, slope: np.tanh(z), lambda z, a, slope: 1.0 - a * a,
        "(exp(z) − exp(−z)) / (exp(z) + exp(−z))", lambda slope: 5.0 / 3.0,
    ),
    "relu": Activation(
        "relu", "ReLU", lambda z, slope: np.maximum(z, 0.0), lambda z, a, slope: (z > 0).astype(np.float64),
        "z right of 0, else 0", lambda slope: 2.0**0.5,
    ),
    "leaky_relu": Activation(
        "leaky_relu", "leaky ReLU", lambda z, slope: np.where(z > 0, z, slope * z),
        lambda z, a, slope: np.where(z > 0, 1.0, slope),
        "z right of 0, else slope · z", lambda slope: (2.0 / (1.0 + slope**2)) ** 0.5,
    ),
    "elu": Activation(
        "elu", "ELU", _elu, lambda z, a, slope: np.where(z > 0, 1.0, a + 1.0),
        "z right of 0, else exp(z) − 1", lambda slope: 2.0**0.5,
    ),
}  # fmt: skip
"""Gains of Kaiming initialisation as in He et al. 2015 for the ReLUs; those of the others as PyTorch documents them."""


def activation(name: str) -> Activation:
    """The activation of that name; raises `UnknownChoice`."""
    if name not in ACTIVATIONS:
        raise UnknownChoice(
            f"No activation is called '{name}'.{nearest(name, ACTIVATIONS)} There are: {', '.join(ACTIVATIONS)}."
        )
    return ACTIVATIONS[name]
