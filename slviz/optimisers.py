"""How a network's parameters are fitted: the optimisers, what all of them share, and when they stop.

To add one, write a frozen dataclass below with its settings and `steps`, and put its name into `OPTIMISERS`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from slviz.choices import Choice, Choices, setting

if TYPE_CHECKING:
    from torch import nn
    from torch.optim import Optimizer

RATE_HELP = "Size of the first steps; it falls to nothing by the last. Too large diverges."
DECAY_HELP = "How strongly every weight is drawn towards zero, against memorising."


@dataclass(frozen=True)
class Optimiser(Choice):
    """What all optimisers share: full batch, the best epoch by validation restored unless told otherwise."""

    name: ClassVar[str]
    epochs: int = setting(200, "Steps of learning; each looks at the whole graph once.", low=1, high=10_000)
    learning_rate: float = setting(
        0.005,
        RATE_HELP,
        low=1e-6,
        high=1.0,
        advanced=True,
    )
    weight_decay: float = setting(0.0005, DECAY_HELP, low=0.0, high=1.0, advanced=True)
    l1: float = setting(
        0.0,
        "Penalty on the sum of the absolute values of all weights, as a lasso has: it draws those that help little to "
        "zero. 0 for none; try 0.0001.",
        label="L1 penalty",
        low=0.0,
        high=1.0,
        advanced=True,
        omit_default=True,
    )
    message_partitions: int = setting(
        5,
        "The training pairs are divided into this many partitions. Each step predicts the pairs of one partition and "
        "passes messages along the others, so that no pair is ever its own hint.",
        low=2,
        high=20,
        advanced=True,
    )
    patience: int = setting(
        0,
        "Stop after so many epochs without a better validation metric, or loss where keep=loss; 0 never stops early.",
        low=0,
        high=10_000,
        advanced=True,
    )
    clip: float = setting(
        5.0, "Largest norm of the gradient; longer ones are shortened to it.", low=0.01, high=1000.0, advanced=True
    )
    schedule: str = setting(
        "cosine",
        "Whether the learning rate falls to nothing by the last epoch (cosine) or stays as it is (constant).",
        options=("cosine", "constant"),
        advanced=True,
        omit_default=True,
    )
    keep: str = setting(
        "best",
        "Which epoch is kept: the best by the validation metric (best) or by the validation loss (loss), or the last, "
        "whatever validation says.",
        options=("best", "loss", "last"),
        advanced=True,
        omit_default=True,
    )

    def rate(self, epoch: int) -> float:
        """Learning rate of an epoch (from 1): `learning_rate`, or half a cosine from it down to zero."""
        if self.schedule == "constant":
            return self.learning_rate
        return self.learning_rate * 0.5 * (1 + math.cos(math.pi * (epoch - 1) / self.epochs))

    def steps(self, parameters: Sequence[nn.Parameter]) -> Optimizer:
        """The optimiser of torch that takes the steps; `rate` is set before each."""
        raise NotImplementedError


@dataclass(frozen=True)
class Adam(Optimiser):
    """Adam (Kingma & Ba 2015): steps by the mean gradient over its usual size; the one to begin with."""

    name: ClassVar[str] = "adam"

    def steps(self, parameters: Sequence[nn.Parameter]) -> Optimizer:
        from torch.optim import Adam

        return Adam(parameters, lr=self.learning_rate, weight_decay=self.weight_decay, foreach=False)


@dataclass(frozen=True)
class AdamW(Optimiser):
    """AdamW (Loshchilov & Hutter 2019): Adam whose weight decay is a step of its own, not part of the gradient."""

    name: ClassVar[str] = "adamw"
    weight_decay: float = setting(0.01, DECAY_HELP, low=0.0, high=1.0, advanced=True)

    def steps(self, parameters: Sequence[nn.Parameter]) -> Optimizer:
        from torch.optim import AdamW

        return AdamW(parameters, lr=self.learning_rate, weight_decay=self.weight_decay, foreach=False)


@dataclass(frozen=True)
class RMSprop(Optimiser):
    """RMSprop (Tieleman & Hinton 2012): steps by the gradient over its usual size of late."""

    name: ClassVar[str] = "rmsprop"
    smoothing: float = setting(
        0.99, "Share of the earlier squared gradients that is kept at each step.", low=0.0, high=0.9999, advanced=True
    )

    def steps(self, parameters: Sequence[nn.Parameter]) -> Optimizer:
        from torch.optim import RMSprop

        return RMSprop(
            parameters,
            lr=self.learning_rate,
            alpha=self.smoothing,
            weight_decay=self.weight_decay,
            foreach=False,
        )


@dataclass(frozen=True)
class SGD(Optimiser):
    """Gradient descent with momentum: steps by the gradient itself; full batch, so nothing about it is stochastic."""

    name: ClassVar[str] = "sgd"
    learning_rate: float = setting(0.05, RATE_HELP, low=1e-6, high=10.0, advanced=True)
    momentum: float = setting(
        0.9, "Share of the step before that is taken again; 0 for plain descent.", low=0.0, high=0.999, advanced=True
    )
    nesterov: bool = setting(
        False, "Look ahead along the momentum before the gradient is taken (Nesterov 1983).", advanced=True
    )

    def steps(self, parameters: Sequence[nn.Parameter]) -> Optimizer:
        from torch.optim import SGD

        return SGD(
            parameters,
            lr=self.learning_rate,
            momentum=self.momentum,
            nesterov=self.nesterov and self.momentum > 0,
            weight_decay=self.weight_decay,
            foreach=False,
        )


OPTIMISERS: Choices[Optimiser] = Choices("optimiser", Adam, AdamW, RMSprop, SGD)
