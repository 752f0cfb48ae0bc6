"""Adversarial: a second network learns to tell embeddings from noise, and the first to mislead it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from slviz.choices import setting
from slviz.networks.gcn import graph_convolution
from slviz.networks.model import DEGREES
from slviz.networks.network import GraphNetwork

if TYPE_CHECKING:
    from torch import nn

    from slviz.networks.encoders import Encoder


@dataclass(frozen=True)
class Adversarial(GraphNetwork):
    """Adversarially regularised graph autoencoder (Pan 2018): an adversary draws the embedding towards a normal.

    The adversary has an optimiser of its own, of the same kind and learning rate, and takes five steps after each of
    the network.
    """

    name: ClassVar[str] = "adversarial"
    adversarial_weight: float = setting(
        0.1,
        "Weight of misleading the adversary in the loss, beside the task; 0 leaves the embedding alone.",
        label="Adversarial weight",
        low=0.0,
        high=10.0,
    )
    variational: bool = setting(False, "A gene is a distribution with mean and spread, as in vgae (ARVGA).")
    kl_weight: float = setting(
        0.001,
        "Weight in the loss of how far the genes' distributions are from a standard normal; only when variational.",
        label="Weight of the prior (KL)",
        low=0.0,
        high=10.0,
        advanced=True,
    )

    @property
    def layer_formula(self) -> str:
        return DEGREES

    def layer(self, in_channels: int, out_channels: int) -> nn.Module:
        return graph_convolution(in_channels, out_channels)

    def _encoder(self, **parts: Any) -> Encoder:
        from slviz.networks.prior_encoder import PriorEncoder

        kl_weight = self.kl_weight if self.variational else None
        return PriorEncoder(**self._stacking, kl_weight=kl_weight, adversarial_weight=self.adversarial_weight, **parts)
