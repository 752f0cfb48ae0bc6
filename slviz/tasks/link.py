"""The task `link`: is a pair synthetic lethal?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

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

    training_ratio: int = setting(
        0,
        "How many unlisted pairs each listed pair is told from while a model learns, of all kinds together; together "
        "they count as much as the listed pairs, whatever their number. 0: one for networks, ten for trees.",
        label="Negatives per pair in training",
        low=0,
        high=50,
        advanced=True,
        omit_default=True,
    )

    rank_unknown: bool = setting(
        True,
        "Also rank every unknown pair, and the partners of each gene. Off saves minutes where there are many genes: "
        "ten thousand make 50 million pairs.",
        label="Rank all unknown pairs",
        advanced=True,
        omit_default=True,
    )

    @property
    def ranks_unknown(self) -> bool:
        return self.rank_unknown

    @property
    def of_evaluation(self) -> dict[str, Any]:
        return {"rank_unknown": self.rank_unknown}

    @property
    def negatives_in_training(self) -> int:
        return self.training_ratio

    @property
    def negative_kinds(self) -> tuple[str, ...]:
        return ("random", "degree-matched") if self.negatives == "mixed" else (self.negatives,)

    def loss(self, raw: Tensor, target: Tensor, weight: Tensor | None = None) -> Tensor:
        """Cross-entropy of the logistic of `raw` with 1 for listed and 0 for unlisted pairs."""
        from torch.nn.functional import binary_cross_entropy_with_logits

        return binary_cross_entropy_with_logits(raw, target, weight=weight)
