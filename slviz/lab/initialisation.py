"""First weights: zeros, a constant, normal, uniform, Xavier and Kaiming; the same bias for every unit."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from slviz.lab.activations import Activation
from slviz.lab.network import Parameters

Draw = Callable[[np.random.Generator, tuple[int, int], float, float], np.ndarray]


@dataclass(frozen=True)
class Initialisation:
    """How the weights of a layer begin.

    Attributes:
        name: its key in `INITIALISATIONS`.
        title: what pages call it.
        scale_means: what the setting `scale` is here; "" where it is not used.
        draw: generator, (inputs, units), scale and the gain of the layer's activation → weights [inputs, units].
    """

    name: str
    title: str
    scale_means: str
    draw: Draw


def _xavier(random: np.random.Generator, shape: tuple[int, int], scale: float, gain: float) -> np.ndarray:
    """Uniform within ±√(6 / (inputs + units)) (Glorot & Bengio 2010)."""
    bound = (6.0 / sum(shape)) ** 0.5
    return random.uniform(-bound, bound, shape)


def _kaiming(random: np.random.Generator, shape: tuple[int, int], scale: float, gain: float) -> np.ndarray:
    """Normal with standard deviation gain / √inputs (He et al. 2015)."""
    return random.normal(0.0, gain / shape[0] ** 0.5, shape)


INITIALISATIONS: Mapping[str, Initialisation] = {
    "normal": Initialisation(
        "normal", "normal", "Standard deviation", lambda random, shape, scale, gain: random.normal(0.0, scale, shape)
    ),
    "uniform": Initialisation(
        "uniform", "uniform", "Half width", lambda random, shape, scale, gain: random.uniform(-scale, scale, shape)
    ),
    "xavier": Initialisation("xavier", "Xavier", "", _xavier),
    "kaiming": Initialisation("kaiming", "Kaiming", "", _kaiming),
    "constant": Initialisation(
        "constant", "constant", "Value", lambda random, shape, scale, gain: np.full(shape, scale)
    ),
    "zeros": Initialisation("zeros", "zeros", "", lambda random, shape, scale, gain: np.zeros(shape)),
}


def first_parameters(
    widths: Sequence[int],
    activations: Sequence[Activation],
    *,
    start: str,
    scale: float,
    bias: float,
    slope: float,
    seed: int,
) -> Parameters:
    """Weights and biases before the first step.

    Args:
        widths: features, units of each hidden layer, outputs.
        activations: of the hidden layers.
        start: a key of `INITIALISATIONS`.
        scale: what that initialisation makes of it.
        bias: of every unit of every layer.
        slope: of leaky ReLU, for Kaiming.
        seed: of the draw; all layers are drawn one after the other.
    """
    random = np.random.default_rng(seed)
    draw = INITIALISATIONS[start].draw
    gains = [*(activation.gain(slope) for activation in activations), 1.0]
    shapes = list(itertools.pairwise(widths))
    weights = tuple(draw(random, shape, scale, gain) for shape, gain in zip(shapes, gains, strict=True))
    return Parameters(weights, tuple(np.full(units, bias) for units in widths[1:]))


def draws(start: str, *, scale: float, seed: int, count: int = 10_000, inputs: int = 2, units: int = 5) -> np.ndarray:
    """So many single weights from an initialisation, [count], as for a layer of that many inputs and units."""
    random = np.random.default_rng(seed)
    layers = -(-count // (inputs * units))
    drawn = [INITIALISATIONS[start].draw(random, (inputs, units), scale, 1.0) for _ in range(layers)]
    return np.concatenate([layer.ravel() for layer in drawn])[:count]
