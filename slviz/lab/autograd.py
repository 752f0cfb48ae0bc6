"""The same network by PyTorch's autograd, beside the lab's own gradients; for a process of its own."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from slviz.lab.steps import MOMENTUM
from slviz.lab.training import LabTraining, Moment

if TYPE_CHECKING:
    import torch

BLOCKS = ("weights", "biases")


@dataclass(frozen=True)
class LayerDifference:
    """A layer's weights or biases by both ways.

    Attributes:
        layer: from 1.
        block: one of `BLOCKS`.
        by_hand, by_autograd: norm of the gradient by each.
        largest: the largest difference of a single derivative.
    """

    layer: int
    block: str
    by_hand: float
    by_autograd: float
    largest: float


@dataclass(frozen=True)
class Beside:
    """What both ways give for one setup, in double precision.

    Attributes:
        epoch: where gradients were compared.
        gradients: of every layer there.
        largest: the largest difference of a derivative in any layer.
        epochs: how long both trained, from the same first weights.
        loss_by_hand, loss_by_autograd: the training loss after that.
        largest_parameter: the largest difference of a weight or bias after that.
    """

    epoch: int
    gradients: tuple[LayerDifference, ...]
    largest: float
    epochs: int
    loss_by_hand: float
    loss_by_autograd: float
    largest_parameter: float

    def to_json(self) -> dict[str, Any]:
        """As JSON holds it."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Beside:
        """The inverse of `to_json`."""
        return cls(**{**stored, "gradients": tuple(LayerDifference(**layer) for layer in stored["gradients"])})


def beside_autograd(training: LabTraining, *, epoch: int = 0) -> Beside:
    """Gradients at an epoch by both ways, and a whole training by both ways from the same first weights.

    `training` is trained to its end first, as far as it goes.
    """
    training.advance()
    moment = training.at(epoch)
    ours, theirs = moment.gradients.arrays, _gradients(training, moment)
    layers = len(training.widths) - 1
    differences = tuple(
        LayerDifference(
            layer + 1,
            block,
            float(np.linalg.norm(hand)),
            float(np.linalg.norm(auto)),
            float(np.abs(hand - auto).max()),
        )
        for layer in range(layers)
        for block, offset in zip(BLOCKS, (0, layers), strict=True)
        for hand, auto in [(ours[offset + layer], theirs[offset + layer])]
    )
    last = training.at(training.reached)
    parameters, loss = _trained(training, training.reached)
    return Beside(
        epoch=moment.epoch,
        gradients=differences,
        largest=max(difference.largest for difference in differences),
        epochs=training.reached,
        loss_by_hand=float(training.history["train_loss"].iloc[-1]),
        loss_by_autograd=loss,
        largest_parameter=max(
            float(np.abs(hand - auto).max()) for hand, auto in zip(last.parameters.arrays, parameters, strict=True)
        ),
    )


def _tensors(arrays: tuple[np.ndarray, ...]) -> list[torch.Tensor]:
    import torch

    return [torch.tensor(array, dtype=torch.float64, requires_grad=True) for array in arrays]


def _loss(training: LabTraining, tensors: list[torch.Tensor]) -> torch.Tensor:
    """The training loss, written with torch's own functions alone."""
    import torch
    from torch.nn import functional

    slope = training.setup.slope
    functions = {
        "logistic": torch.sigmoid,
        "tanh": torch.tanh,
        "relu": torch.relu,
        "leaky_relu": lambda z: functional.leaky_relu(z, slope),
        "elu": functional.elu,
    }
    values, labels = training.points.of_part("train")
    layers = len(tensors) // 2
    passed, wanted = torch.tensor(values, dtype=torch.float64), torch.tensor(labels)
    for layer in range(layers):
        passed = passed @ tensors[layer] + tensors[layers + layer]
        if layer < layers - 1:
            passed = functions[training.activations[layer].name](passed)
    if passed.shape[1] == 1:
        return functional.binary_cross_entropy_with_logits(passed[:, 0], wanted.double())
    return functional.cross_entropy(passed, wanted)


def _gradients(training: LabTraining, moment: Moment) -> list[np.ndarray]:
    tensors = _tensors(moment.parameters.arrays)
    _loss(training, tensors).backward()
    return [np.zeros(tuple(tensor.shape)) if tensor.grad is None else tensor.grad.numpy() for tensor in tensors]


def _trained(training: LabTraining, epochs: int) -> tuple[list[np.ndarray], float]:
    """Parameters and training loss after some epochs of torch's own optimiser."""
    import torch

    torch.set_num_threads(1)
    setup = training.setup
    tensors = _tensors(training.first_parameters().arrays)
    optimiser: torch.optim.Optimizer = {
        "descent": lambda: torch.optim.SGD(tensors, lr=setup.rate),
        "momentum": lambda: torch.optim.SGD(tensors, lr=setup.rate, momentum=MOMENTUM),
        "rmsprop": lambda: torch.optim.RMSprop(tensors, lr=setup.rate),
        "adam": lambda: torch.optim.Adam(tensors, lr=setup.rate),
    }[setup.optimiser]()
    for _ in range(epochs):
        optimiser.zero_grad()
        _loss(training, tensors).backward()
        optimiser.step()
    return [tensor.detach().numpy() for tensor in tensors], float(_loss(training, tensors).detach())
