"""The optimisers: from gradients to the next parameters, written out; each as torch.optim defines it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

Arrays = Sequence[np.ndarray]
MOMENTUM = 0.9
SQUARES_KEPT = 0.99
BETAS = (0.9, 0.999)
EPSILON = 1e-8


@dataclass(frozen=True)
class Optimiser:
    """A rule for one step.

    Attributes:
        name: its key in `LAB_OPTIMISERS`.
        title: what pages call it.
        memories: how many arrays of the parameters' shapes it keeps between steps.
        step: parameters, gradients, memories, learning rate and number of the step (from 1); changes parameters and
            memories in place.
    """

    name: str
    title: str
    memories: int
    step: Callable[[Arrays, Arrays, Sequence[Arrays], float, int], None]


def _descend(values: Arrays, gradients: Arrays, memories: Sequence[Arrays], rate: float, number: int) -> None:
    for value, gradient in zip(values, gradients, strict=True):
        value -= rate * gradient


def _momentum(values: Arrays, gradients: Arrays, memories: Sequence[Arrays], rate: float, number: int) -> None:
    for value, gradient, velocity in zip(values, gradients, memories[0], strict=True):
        velocity *= MOMENTUM
        velocity += gradient
        value -= rate * velocity


def _rmsprop(values: Arrays, gradients: Arrays, memories: Sequence[Arrays], rate: float, number: int) -> None:
    for value, gradient, square in zip(values, gradients, memories[0], strict=True):
        square *= SQUARES_KEPT
        square += (1.0 - SQUARES_KEPT) * gradient * gradient
        value -= rate * gradient / (np.sqrt(square) + EPSILON)


def _adam(values: Arrays, gradients: Arrays, memories: Sequence[Arrays], rate: float, number: int) -> None:
    first, second = BETAS
    for value, gradient, mean, square in zip(values, gradients, *memories, strict=True):
        mean *= first
        mean += (1.0 - first) * gradient
        square *= second
        square += (1.0 - second) * gradient * gradient
        spread = np.sqrt(square / (1.0 - second**number)) + EPSILON
        value -= rate * (mean / (1.0 - first**number)) / spread


LAB_OPTIMISERS: Mapping[str, Optimiser] = {
    "descent": Optimiser("descent", "gradient descent", 0, _descend),
    "momentum": Optimiser("momentum", "momentum", 1, _momentum),
    "rmsprop": Optimiser("rmsprop", "RMSprop", 1, _rmsprop),
    "adam": Optimiser("adam", "Adam", 2, _adam),
}
