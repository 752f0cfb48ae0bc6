"""Task: what every entry of the table of tasks has in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from slviz.choices import Choice
from slviz.datasets import GeneGraph

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class Task(Choice):
    """What is predicted.

    Class attributes:
        figure: the metric (see `slviz.evaluation`) that picks the best epoch on validation.
        higher_is_better: its direction.
    """

    name: ClassVar[str]
    figure: ClassVar[str]
    higher_is_better: ClassVar[bool]

    def refuse(self, graph: GeneGraph) -> None:
        """Raises `DataError` or `InvalidSetting` when the data set lacks what the task needs; before any work."""


@dataclass(frozen=True)
class PairTask(Task):
    """A task about pairs of genes: one number from the decoder for each pair."""

    @property
    def contrasts(self) -> tuple[str, ...]:
        """Kinds of non-pairs that known pairs are told from; none for a task about known pairs alone."""
        return ()

    @property
    def reads_mean(self) -> bool:
        """Whether a pair's number is the plain mean of its genes' numbers, with no decoder learnt."""
        return False

    def loss(self, raw: Tensor, target: Tensor) -> Tensor:
        """Mean loss of the decoder's raw numbers [P] against what is true [P]."""
        raise NotImplementedError
