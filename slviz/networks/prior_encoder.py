"""PriorEncoder: an encoder whose embedding is drawn towards a normal distribution. Imports torch: import it late."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from slviz.networks.encoders import Encoder, Encoding
from slviz.networks.prior import Adversary, divergence

LIMIT = 10.0
"""Log-variances lie between plus and minus this, so that no spread overflows."""


class PriorEncoder(Encoder):
    """An encoder whose embedding is drawn towards a standard normal, by a divergence, an adversary or both.

    Args:
        kl_weight: of the divergence; a gene is then a normal distribution that steps of training draw
            from, and its embedding otherwise is the mean. None for an embedding without chance.
        adversarial_weight: weight of what the adversary says in the loss. None for no adversary.
        parts: as `Encoder` takes them.
    """

    def __init__(self, *, kl_weight: float | None, adversarial_weight: float | None, **parts: Any) -> None:
        super().__init__(**parts)
        width = self.out.out_features
        self.kl_weight, self.adversarial_weight = kl_weight or 0.0, adversarial_weight or 0.0
        self.log_variance = nn.Linear(self.out.in_features, width) if kl_weight is not None else None
        self.adversary = Adversary(width) if adversarial_weight is not None else None

    def _encoding(self, states: list[Tensor]) -> Encoding:
        side_by_side = torch.cat(states, dim=1)  # [G, width * (layers + 1)]
        mean = self.out(side_by_side)
        if not self.training:
            return Encoding(mean, states)
        embedding, penalty = mean, mean.new_zeros(())
        if self.log_variance is not None:
            log_variance = self.log_variance(side_by_side).clamp(-LIMIT, LIMIT)
            embedding = mean + torch.randn_like(mean) * (log_variance / 2).exp()
            penalty = penalty + self.kl_weight * divergence(mean, log_variance)
        if self.adversary is not None:
            penalty = penalty + self.adversarial_weight * self.adversary.misleading_loss(embedding)
        return Encoding(embedding, states, penalty=penalty)
