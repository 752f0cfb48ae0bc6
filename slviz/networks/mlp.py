"""MLP."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from slviz.choices import setting
from slviz.networks.network import Network


@dataclass(frozen=True)
class MLP(Network):
    """MLP encoder."""

    name: ClassVar[str] = "mlp"
    layers: int = setting(2, "Number of layers.", low=1, high=3)
    width: int = setting(64, "Numbers that describe a gene in the embedding.", low=2, high=512)
