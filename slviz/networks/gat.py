"""GAT: a gene learns which of its partners to attend to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from slviz.choices import setting
from slviz.networks.network import GraphNetwork, refuse_uneven

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True)
class GAT(GraphNetwork):
    """Graph attention (Veličković 2018): a gene learns which of its partners to attend to."""

    name: ClassVar[str] = "gat"
    heads: int = setting(4, "Independent views of the partners in each layer.", low=1, high=8)
    v2: bool = setting(
        False,
        "GATv2 (Brody 2022): whom a gene attends to may depend on both genes; slower.",
        label="GATv2",
        advanced=True,
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        refuse_uneven(self.width, self.heads)

    def layer(self, in_channels: int, out_channels: int) -> nn.Module:
        from torch_geometric.nn import GATConv, GATv2Conv

        from slviz.networks.attention_layers import AttentionLayer

        per_head = -(-out_channels // self.heads)  # features to give back may be any number of columns: rounded up
        convolution = (GATv2Conv if self.v2 else GATConv)(in_channels, per_head, heads=self.heads)
        return AttentionLayer(convolution, self.heads * per_head, out_channels)
