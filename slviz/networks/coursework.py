"""The networks of the coursework that slviz began from, as they were: for comparison, not for use."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from slviz.choices import setting
from slviz.networks.network import Network

if TYPE_CHECKING:
    from torch import nn

    from slviz.networks.encoders import GeneEncoder
    from slviz.scorers.similarity import Similarity


@dataclass(frozen=True)
class CourseworkGAT(Network):
    """The coursework's network: one graph attention layer on the features as they are, and nothing beside it."""

    name: ClassVar[str] = "coursework_gat"
    raw_features: ClassVar[bool] = True
    layers: int = setting(1, "Attention layers, one after the other; the coursework had one.", low=1, high=3)
    width: int = setting(2, "How many numbers describe a gene; the coursework took 1, 2 and 32.", low=1, high=512)
    dropout: float = setting(
        0.0,
        "Share of the numbers blanked out at random while learning; the coursework blanked none.",
        low=0.0,
        high=0.9,
        advanced=True,
    )
    heads: int = setting(1, "Independent views of the partners, whose mean is taken.", low=1, high=8)

    def layer(self, in_channels: int, out_channels: int) -> nn.Module:
        from torch import nn
        from torch_geometric.nn import GATConv

        from slviz.networks.attention_layers import AttentionLayer

        convolution = GATConv(in_channels, out_channels, heads=self.heads, concat=False)
        return AttentionLayer(convolution, out_channels, out_channels, mix=nn.Identity())

    def build(
        self, in_channels: int, *, genes: int = 0, structure: int = 0, similarity: Similarity | None = None
    ) -> GeneEncoder:
        """The layers alone: nothing is learnt about single genes, and the graph is known by its edges only."""
        from slviz.networks.encoders import RawFeatureEncoder

        widths = [in_channels, *[self.width] * self.layers]
        layers = [self.layer(*widths_of_layer) for widths_of_layer in itertools.pairwise(widths)]
        return RawFeatureEncoder(layers, dropout=self.dropout)


@dataclass(frozen=True)
class CourseworkMultiHead(CourseworkGAT):
    """The coursework's MultiHeadGATConv: one-head attentions side by side, a linear layer over them, and ReLU."""

    name: ClassVar[str] = "coursework_multihead"
    heads: int = setting(2, "Separate one-head attentions in a layer, each of the full width.", low=1, high=8)

    def layer(self, in_channels: int, out_channels: int) -> nn.Module:
        from torch import nn
        from torch_geometric.nn import GATConv

        from slviz.networks.attention_layers import AttentionLayer, SideBySide

        heads = SideBySide([GATConv(in_channels, out_channels) for _ in range(self.heads)])
        wide = self.heads * out_channels
        return AttentionLayer(heads, wide, out_channels, mix=nn.Sequential(nn.Linear(wide, out_channels), nn.ReLU()))
