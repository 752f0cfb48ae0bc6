"""GATv2: whom a gene attends to depends on both genes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from slviz.choices import setting
from slviz.networks.network import LayeredNetwork, refuse_uneven

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True)
class GATv2(LayeredNetwork):
    """Graph attention, second form (Brody 2022): each gene ranks its partners anew, where GAT ranks them once."""

    name: ClassVar[str] = "gatv2"
    heads: int = setting(4, "Independent views of the partners in each layer.", low=1, high=8)

    def __post_init__(self) -> None:
        super().__post_init__()
        refuse_uneven(self.width, self.heads)

    def layer(self, in_channels: int, out_channels: int) -> nn.Module:
        from torch_geometric.nn import GATv2Conv

        from slviz.networks.attention_layers import AttentionLayer

        per_head = -(-out_channels // self.heads)  # features to give back may be any number of columns: rounded up
        return AttentionLayer(GATv2Conv(in_channels, per_head, heads=self.heads), self.heads * per_head, out_channels)
