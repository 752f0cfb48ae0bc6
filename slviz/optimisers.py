"""How a network's parameters are fitted: the optimiser and when it stops."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from slviz.choices import Choice, Choices, setting


@dataclass(frozen=True)
class Adam(Choice):
    """Adam (Kingma & Ba 2015), full batch, the best epoch by validation restored unless told otherwise."""

    name: ClassVar[str] = "adam"
    epochs: int = setting(200, "Steps of learning; each looks at the whole graph once.", low=1, high=10_000)
    learning_rate: float = setting(
        0.005,
        "Size of the first steps; it falls to nothing by the last. Too large diverges.",
        low=1e-6,
        high=1.0,
        advanced=True,
    )
    weight_decay: float = setting(
        0.0005, "How strongly every weight is drawn towards zero, against memorising.", low=0.0, high=1.0, advanced=True
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


OPTIMISERS: Choices[Adam] = Choices("optimiser", Adam)
