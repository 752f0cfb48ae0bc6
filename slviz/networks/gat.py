"""GAT: a gene learns which of its partners to attend to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar

from slviz.choices import setting
from slviz.networks.model import ATTENTION
from slviz.networks.network import LayeredNetwork, refuse_uneven

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True)
class GAT(LayeredNetwork):
    """Graph attention (Veličković 2018): a gene learns which of its partners to attend to."""

    name: ClassVar[str] = "gat"
    published: ClassVar[Mapping[str, Mapping[str, Any]]] = MappingProxyType(
        {
            "network": {"bare": True, "layers": 1, "width": 64, "heads": 8, "dropout": 0.6, "attention_dropout": 0.6},
            "optimiser": {
                "epochs": 400,
                "learning_rate": 0.005,
                "schedule": "constant",
                "keep": "loss",
                "patience": 100,
            },
        }
    )
    heads: int = setting(4, "Independent views of the partners in each layer.", low=1, high=8)
    v2: bool = setting(
        False,
        "GATv2 (Brody 2022): whom a gene attends to may depend on both genes; slower.",
        label="GATv2",
        advanced=True,
    )
    attention_dropout: float = setting(
        0.0,
        "Share of the attention weights blanked out at random while learning, so that no gene leans on one partner.",
        low=0.0,
        high=0.9,
        advanced=True,
        omit_default=True,
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        refuse_uneven(self.width, self.heads)

    @property
    def layer_formula(self) -> str:
        return "" if self.v2 else ATTENTION

    def layer(self, in_channels: int, out_channels: int) -> nn.Module:
        from torch import nn
        from torch_geometric.nn import GATConv, GATv2Conv

        from slviz.networks.attention_layers import AttentionLayer

        per_head = -(-out_channels // self.heads)  # features to give back may be any number of columns: rounded up
        convolution = (GATv2Conv if self.v2 else GATConv)(
            in_channels, per_head, heads=self.heads, dropout=self.attention_dropout
        )
        unmixed = nn.Identity() if self.bare and self.heads * per_head == out_channels else None
        return AttentionLayer(convolution, self.heads * per_head, out_channels, mix=unmixed)

    def last_layer(self, in_channels: int, out_channels: int) -> nn.Module:
        """One head that gives all of the answer, as in the paper."""
        from torch import nn
        from torch_geometric.nn import GATConv, GATv2Conv

        from slviz.networks.attention_layers import AttentionLayer

        convolution = (GATv2Conv if self.v2 else GATConv)(in_channels, out_channels, dropout=self.attention_dropout)
        return AttentionLayer(convolution, out_channels, out_channels, mix=nn.Identity())
