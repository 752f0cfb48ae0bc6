"""The task `link`: is a pair synthetic lethal?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from slviz.choices import setting
from slviz.tasks.task import PairTask

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class Link(PairTask):
    """Is a pair synthetic lethal? A score between 0 and 1, which is not a probability."""

    name: ClassVar[str] = "link"
    metric: ClassVar[str] = "ap"
    higher_is_better: ClassVar[bool] = True
    score_name: ClassVar[str] = "database score"
    negatives: str = setting(
        "mixed",
        "Which unlisted pairs training compares with: any (random), pairs of genes that have as many partners as "
        "the listed ones (degree-matched), or half of each (mixed). Only random: hub genes score high.",
        options=("random", "degree-matched", "mixed"),
    )

    @property
    def contrasts(self) -> tuple[str, ...]:
        return ("random", "degree-matched") if self.negatives == "mixed" else (self.negatives,)

    def loss(self, raw: Tensor, target: Tensor) -> Tensor:
        """Cross-entropy of the logistic of `raw` with 1 for listed and 0 for unlisted pairs."""
        from torch.nn.functional import binary_cross_entropy_with_logits

        return binary_cross_entropy_with_logits(raw, target)
