"""The task `confidence`: how sure is the data set of a pair?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from slviz.choices import setting
from slviz.tasks.task import PairTask

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class Confidence(PairTask):
    """How confident is the data set in a pair? Its score, which mostly tells the kind of evidence."""

    name: ClassVar[str] = "confidence"
    metric: ClassVar[str] = "rmse"
    higher_is_better: ClassVar[bool] = False
    readout: str = setting(
        "learnt",
        "How a pair's number comes from its two genes: by a decoder that is learnt with the network (learnt), or as "
        "the mean of the genes' own numbers (mean), as the coursework had it.",
        options=("learnt", "mean"),
        advanced=True,
        omit_default=True,
    )

    @property
    def reads_mean(self) -> bool:
        return self.readout == "mean"

    def loss(self, raw: Tensor, target: Tensor, weight: Tensor | None = None) -> Tensor:
        """Mean squared error."""
        from torch.nn.functional import mse_loss

        return mse_loss(raw, target) if weight is None else (weight * (raw - target) ** 2).mean()
