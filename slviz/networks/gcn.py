"""GCN: every partner counts by its number of partners alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar

from slviz.networks.model import DEGREES
from slviz.networks.network import LayeredNetwork

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True)
class GCN(LayeredNetwork):
    """Graph convolution (Kipf & Welling 2017): a gene is the mean of its partners, busy ones counting less."""

    name: ClassVar[str] = "gcn"
    published: ClassVar[Mapping[str, Mapping[str, Any]]] = MappingProxyType(
        {
            "network": {"bare": True, "layers": 1, "width": 16, "dropout": 0.5, "activation": "relu"},
            "optimiser": {"learning_rate": 0.01, "schedule": "constant", "keep": "loss", "patience": 10},
        }
    )

    @property
    def layer_formula(self) -> str:
        return DEGREES

    def layer(self, in_channels: int, out_channels: int) -> nn.Module:
        return graph_convolution(in_channels, out_channels)


def graph_convolution(in_channels: int, out_channels: int) -> nn.Module:
    """The layer of `gcn`, and of the networks that are made of the same."""
    from torch_geometric.nn import GCNConv

    return GCNConv(in_channels, out_channels)
