"""The task `screen`: is a pair that is tested in cells a hit?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from slviz.datasets import GeneGraph
from slviz.errors import DataError, InvalidSetting
from slviz.splits import PairSplit
from slviz.splits.pair_split import HIT, NO_HIT
from slviz.tasks.task import PairTask

if TYPE_CHECKING:
    from torch import Tensor

RELATIONS = ("paralogs", "families", "literature", "systematic")


@dataclass(frozen=True)
class ScreenHit(PairTask):
    """Is a tested pair a hit? Learnt from hits and non-hits of screens, balanced per screen: an experiment score."""

    name: ClassVar[str] = "screen"
    metric: ClassVar[str] = "ap"
    higher_is_better: ClassVar[bool] = True
    positives: ClassVar[str] = HIT
    score_name: ClassVar[str] = "experiment score"
    default_split: ClassVar[str] = "screen"

    @property
    def negative_kinds(self) -> tuple[str, ...]:
        return (NO_HIT,)

    def reads(self, graph: GeneGraph) -> tuple[str, ...]:
        """The screens, and what says which pairs are paralogs, and of which nothing is known."""
        return tuple(name for name in ("screens", *(f"relation {name}" for name in RELATIONS)) if name in graph.digests)

    def refuse(self, graph: GeneGraph) -> None:
        if graph.screens is None or not len(graph.screens):
            raise DataError(
                f"The task '{self.name}' learns from tested pairs, and the data set '{graph.name}' has no screens: "
                "name a table of them as `screens` in its dataset.toml, or take the task 'link'."
            )
        hits = int(graph.screens.hit.sum())
        if not hits or hits == len(graph.screens):
            lacking = "no hit" if not hits else "no tested pair that is none"
            raise DataError(f"The screens of '{graph.name}' hold {lacking}, so there is nothing to tell apart.")

    def refuse_split(self, graph: GeneGraph, split: PairSplit) -> None:
        if not split.tests_screens:
            raise InvalidSetting(
                f"The task '{self.name}' asks about tested pairs, which the split 'screen' alone holds out: "
                "take --split screen."
            )

    def loss(self, raw: Tensor, target: Tensor, weight: Tensor | None = None) -> Tensor:
        """Cross-entropy of the logistic of `raw` with 1 for hits and 0 for pairs that were tested and are none."""
        from torch.nn.functional import binary_cross_entropy_with_logits

        return binary_cross_entropy_with_logits(raw, target, weight=weight)
