"""MLP: no graph at all, the control that every graph network has to beat."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from slviz.choices import setting
from slviz.networks.network import StackedNetwork

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True)
class MLP(StackedNetwork):
    """Plain layers over each gene's features; knows no partners, so it shows what the graph adds."""

    name: ClassVar[str] = "mlp"
    uses_graph: ClassVar[bool] = False
    layers: int = setting(2, "How many layers follow each other.", low=1, high=3)

    def layer(self, in_channels: int, out_channels: int) -> nn.Module:
        from slviz.networks.encoders import GraphFreeLinear

        return GraphFreeLinear(in_channels, out_channels)
