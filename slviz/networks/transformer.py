"""Transformer: a gene asks, its partners answer, and the best answers count most."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from slviz.choices import setting
from slviz.networks.network import LayeredNetwork, refuse_uneven

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True)
class Transformer(LayeredNetwork):
    """Transformer attention along the graph (Shi 2021): queries of a gene against keys of its partners."""

    name: ClassVar[str] = "transformer"
    heads: int = setting(4, "Independent views of the partners in each layer.", low=1, high=8)

    def __post_init__(self) -> None:
        super().__post_init__()
        refuse_uneven(self.width, self.heads)

    def layer(self, in_channels: int, out_channels: int) -> nn.Module:
        from torch_geometric.nn import TransformerConv

        from slviz.networks.attention_layers import LoopedAttentionLayer

        per_head = -(-out_channels // self.heads)  # features to give back may be any number of columns: rounded up
        convolution = TransformerConv(in_channels, per_head, heads=self.heads)
        return LoopedAttentionLayer(convolution, self.heads * per_head, out_channels)
