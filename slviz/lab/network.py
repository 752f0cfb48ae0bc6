"""A feed-forward network with its forward and its backward pass written by hand.

Every layer takes the affine map z = x W + b of its inputs; hidden layers apply their activation to it, the last layer
the logistic function (two classes) or softmax (more). The loss is the mean cross-entropy. The backward pass is the
chain rule, layer by layer, from the loss to the first weights (Rumelhart, Hinton & Williams 1986).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64, Int64

from slviz.lab.activations import Activation, logistic

MOST_TERMS_IN_ORDER = 60_000
"""Products of up to so many terms are summed in one order for every column, larger ones by BLAS."""


@dataclass(frozen=True, eq=False)
class Parameters:
    """Weights and biases of L layers, or anything of the same shapes: gradients, an optimiser's memory.

    Attributes:
        weights: of each layer, float64 [inputs, units]; column j belongs to unit j.
        biases: of each layer, float64 [units].
    """

    weights: tuple[Float64[np.ndarray, "inputs units"], ...]
    biases: tuple[Float64[np.ndarray, " units"], ...]

    def __len__(self) -> int:
        return len(self.weights)

    @property
    def arrays(self) -> tuple[np.ndarray, ...]:
        """All arrays, weights first."""
        return (*self.weights, *self.biases)

    @classmethod
    def of(cls, arrays: Sequence[np.ndarray]) -> Parameters:
        """The inverse of `arrays`."""
        layers = len(arrays) // 2
        return cls(tuple(arrays[:layers]), tuple(arrays[layers:]))

    @property
    def count(self) -> int:
        """How many numbers are learnt."""
        return sum(array.size for array in self.arrays)

    def is_finite(self) -> bool:
        """Whether every number is finite."""
        return all(bool(np.isfinite(array).all()) for array in self.arrays)


@dataclass(frozen=True, eq=False)
class Passed:
    """What a forward pass leaves for the backward pass. N points, L layers.

    Attributes:
        inputs: what each layer reads, [N, inputs]: the points, then the outputs of each hidden layer.
        net_inputs: z of each layer, [N, units]; that of the last layer are the logits.
    """

    inputs: tuple[Float64[np.ndarray, "points inputs"], ...]
    net_inputs: tuple[Float64[np.ndarray, "points units"], ...]

    @property
    def logits(self) -> Float64[np.ndarray, "points outputs"]:
        """Net inputs of the last layer."""
        return self.net_inputs[-1]


def weighted_sums(
    inputs: Float64[np.ndarray, "points inputs"], weights: Float64[np.ndarray, "inputs units"]
) -> Float64[np.ndarray, "points units"]:
    """x W. A small product is summed term by term in the same order for every unit, so that equal columns of weights
    give equal columns to the bit on any machine; BLAS may round the last columns of a matrix unlike the first.

    The result lies unit by unit in memory, so that NumPy's inner loops run over the points.
    """
    if inputs.shape[0] * weights.size > MOST_TERMS_IN_ORDER:
        return (weights.T @ inputs.T).T
    # [units, inputs, 1] * [inputs, points] -> [units, inputs, points] -> [units, points]
    return np.add.reduce(weights.T[:, :, None] * inputs.T, axis=1).T


def summed_products(
    inputs: Float64[np.ndarray, "points inputs"], error: Float64[np.ndarray, "points units"]
) -> Float64[np.ndarray, "inputs units"]:
    """xᵀ error, in the same way."""
    if inputs.size * error.shape[1] > MOST_TERMS_IN_ORDER:
        return inputs.T @ error
    # [inputs, 1, points] * [units, points] -> [inputs, units, points] -> [inputs, units]
    return np.add.reduce(inputs.T[:, None, :] * error.T, axis=2)


def affine(inputs: np.ndarray, weights: np.ndarray, bias: np.ndarray) -> Float64[np.ndarray, "points units"]:
    """z = x W + b: in every column the weighted sum of one unit."""
    return weighted_sums(inputs, weights) + bias


def affine_backward(inputs: np.ndarray, error: Float64[np.ndarray, "points units"]) -> tuple[np.ndarray, np.ndarray]:
    """From ∂loss/∂z [points, units]: ∂loss/∂W = xᵀ error, [inputs, units], and ∂loss/∂b = the sum over points."""
    return summed_products(inputs, error), error.sum(axis=0)


def error_before(
    error: Float64[np.ndarray, "points units"], weights: np.ndarray, derivative: Float64[np.ndarray, "points inputs"]
) -> Float64[np.ndarray, "points inputs"]:
    """∂loss/∂z of the layer before: ∂loss/∂x = error Wᵀ, times the derivative of its activation."""
    return weighted_sums(error, weights.T) * derivative


def forward(parameters: Parameters, activations: Sequence[Activation], points: np.ndarray, *, slope: float) -> Passed:
    """All layers, from the points to the logits.

    Args:
        parameters: of L layers.
        activations: of the L − 1 hidden layers.
        points: float64 [points, features].
        slope: of leaky ReLU left of 0.
    """
    inputs, net_inputs = [points], []
    for layer, (weights, bias) in enumerate(zip(parameters.weights, parameters.biases, strict=True)):
        net_inputs.append(affine(inputs[-1], weights, bias))
        if layer < len(activations):
            inputs.append(activations[layer].value(net_inputs[-1], slope))
    return Passed(tuple(inputs), tuple(net_inputs))


def backward(
    parameters: Parameters, activations: Sequence[Activation], passed: Passed, error: np.ndarray, *, slope: float
) -> Parameters:
    """The gradients of the loss, shaped as the parameters.

    Args:
        parameters, activations, slope: as in `forward`.
        passed: the forward pass that they gave.
        error: ∂loss/∂z of the last layer, as `loss_error` gives it.
    """
    gradients: list[tuple[np.ndarray, np.ndarray]] = []
    for layer in reversed(range(len(parameters))):
        inputs = passed.inputs[layer]
        gradients.append(affine_backward(inputs, error))
        if layer:
            derivative = activations[layer - 1].derivative(passed.net_inputs[layer - 1], inputs, slope)
            error = error_before(error, parameters.weights[layer], derivative)
    gradients.reverse()
    return Parameters(tuple(weights for weights, _ in gradients), tuple(bias for _, bias in gradients))


# --- the last layer and its loss ------------------------------------------------------------------------------


def probabilities(logits: Float64[np.ndarray, "points outputs"]) -> Float64[np.ndarray, "points classes"]:
    """A share for every class, [points, classes]: from one logit by the logistic function, from several by softmax."""
    if logits.shape[1] == 1:
        second = logistic(logits)
        return np.concatenate([1.0 - second, second], axis=1)
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def mean_loss(logits: np.ndarray, labels: Int64[np.ndarray, " points"]) -> float:
    """Mean cross-entropy in nats, from logits: no probability of 0 is ever taken the logarithm of."""
    if logits.shape[1] == 1:
        z = logits[:, 0]
        return float(np.mean(np.maximum(z, 0.0) - z * labels + np.log1p(np.exp(-np.abs(z)))))
    shifted = logits - logits.max(axis=1, keepdims=True)
    return float(np.mean(np.log(np.exp(shifted).sum(axis=1)) - shifted[np.arange(len(labels)), labels]))


def loss_error(logits: np.ndarray, labels: Int64[np.ndarray, " points"]) -> Float64[np.ndarray, "points outputs"]:
    """∂loss/∂z of the last layer: (p − y) / N, for the logistic function and for softmax alike."""
    share = probabilities(logits)
    if logits.shape[1] == 1:
        return (share[:, 1:] - labels[:, None]) / len(labels)
    share[np.arange(len(labels)), labels] -= 1.0
    return share / len(labels)


def predicted(logits: np.ndarray) -> Int64[np.ndarray, " points"]:
    """The likeliest class of each point; of two equally likely ones the second."""
    if logits.shape[1] == 1:
        return (logits[:, 0] >= 0).astype(np.int64)
    return logits.shape[1] - 1 - np.argmax(logits[:, ::-1], axis=1)


def accuracy(logits: np.ndarray, labels: Int64[np.ndarray, " points"]) -> float:
    """Share of points whose predicted class *equals* their own."""
    return float(np.mean(predicted(logits) == labels))
