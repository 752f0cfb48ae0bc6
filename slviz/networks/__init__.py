"""Networks: each turns the genes' features and the graph into an embedding."""

from __future__ import annotations

from slviz.choices import Choices
from slviz.networks.gat import GAT
from slviz.networks.gcn import GCN
from slviz.networks.mlp import MLP
from slviz.networks.network import Network

NETWORKS: Choices[Network] = Choices("network", MLP, GCN, GAT)

__all__ = ["GAT", "GCN", "MLP", "NETWORKS", "Network"]
