"""SAGE: a gene keeps its own numbers apart from the mean of its partners'."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from slviz.networks.network import LayeredNetwork

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True)
class SAGE(LayeredNetwork):
    """GraphSAGE (Hamilton 2017): a gene beside the plain mean of its partners, each weighed on its own."""

    name: ClassVar[str] = "sage"

    def layer(self, in_channels: int, out_channels: int) -> nn.Module:
        from torch_geometric.nn import SAGEConv

        return SAGEConv(in_channels, out_channels)
