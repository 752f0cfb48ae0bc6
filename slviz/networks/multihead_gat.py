"""Multi-head GAT: whole one-head attention layers side by side, and a linear layer over them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from slviz.choices import setting
from slviz.networks.network import LayeredNetwork

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True)
class MultiHeadGAT(LayeredNetwork):
    """Separate one-head graph attentions of full width side by side, joined by a linear layer."""

    name: ClassVar[str] = "multihead_gat"
    heads: int = setting(2, "Separate attentions in each layer, each of the full width.", low=1, high=8)

    def layer(self, in_channels: int, out_channels: int) -> nn.Module:
        from torch_geometric.nn import GATConv

        from slviz.networks.attention_layers import AttentionLayer, SideBySide

        heads = SideBySide([GATConv(in_channels, out_channels) for _ in range(self.heads)])
        return AttentionLayer(heads, self.heads * out_channels, out_channels)
