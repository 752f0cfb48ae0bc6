"""GCN: every partner counts by its number of partners alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from slviz.networks.network import GraphNetwork

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True)
class GCN(GraphNetwork):
    """Graph convolution (Kipf & Welling 2017): a gene is the mean of its partners, busy ones counting less."""

    name: ClassVar[str] = "gcn"

    def layer(self, in_channels: int, out_channels: int) -> nn.Module:
        from torch_geometric.nn import GCNConv

        return GCNConv(in_channels, out_channels)
