"""What draws an embedding towards a standard normal: a divergence, an adversary. Imports torch: import it late."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits

HIDDEN = 64
STEEPNESS = 0.1
"""Weight of the gradient penalty."""
STEPS = 5
"""Of the adversary after each step of the model."""


class Adversary(nn.Module):
    """Tells embeddings of genes from draws of a standard normal (Pan 2018, arXiv 1802.04407)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.steps = STEPS
        self.discriminator = nn.Sequential(
            nn.Linear(width, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, 1)
        )

    def loss(self, embedding: Tensor) -> Tensor:
        """Its own loss: how badly it tells as many draws from these embeddings; no gradient to the embeddings.

        A steep discriminator costs it (the penalty R1 of Mescheder 2018): without that, embedding and adversary
        circle round each other for ever.
        """
        normal = torch.randn_like(embedding, requires_grad=True)
        drawn, given = self.discriminator(normal), self.discriminator(embedding.detach())
        (slope,) = torch.autograd.grad(drawn.sum(), normal, create_graph=True)
        misclassified = (_taken_for(drawn, drawn=True) + _taken_for(given, drawn=False)) / 2
        return misclassified + STEEPNESS / 2 * slope.square().sum(dim=1).mean()

    def misleading_loss(self, embedding: Tensor) -> Tensor:
        """The embeddings' loss: how little they are taken for draws."""
        return _taken_for(self.discriminator(embedding), drawn=True)


def divergence(mean: Tensor, log_variance: Tensor) -> Tensor:
    """Kullback–Leibler divergence of normal distributions [G, D] from the standard normal: per gene, averaged.

    ½ Σ (mean² + variance − log variance − 1), Kingma & Welling 2014, appendix B.
    """
    return 0.5 * (mean.square() + log_variance.exp() - log_variance - 1).sum(dim=1).mean()


def _taken_for(logits: Tensor, *, drawn: bool) -> Tensor:
    return binary_cross_entropy_with_logits(logits, torch.full_like(logits, float(drawn)))
