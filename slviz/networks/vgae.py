"""VGAE: a gene is a small cloud in the embedding, not a point."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from slviz.choices import setting
from slviz.networks.gcn import graph_convolution
from slviz.networks.network import GraphNetwork

if TYPE_CHECKING:
    from torch import nn

    from slviz.networks.encoders import Encoder


@dataclass(frozen=True)
class VGAE(GraphNetwork):
    """Variational graph autoencoder (Kipf & Welling 2016): a gene is a normal distribution, learnt as mean and spread.

    Mean and log-variance are two linear maps of the same graph convolutions.
    """

    name: ClassVar[str] = "vgae"
    kl_weight: float = setting(
        0.001,
        "How hard the genes' distributions are drawn towards one standard normal; 0 leaves them alone.",
        label="Pull towards the prior",
        low=0.0,
        high=10.0,
    )

    def layer(self, in_channels: int, out_channels: int) -> nn.Module:
        return graph_convolution(in_channels, out_channels)

    def _encoder(self, **parts: Any) -> Encoder:
        from slviz.networks.prior_encoder import PriorEncoder

        return PriorEncoder(**self._stacking, kl_weight=self.kl_weight, adversarial_weight=None, **parts)
