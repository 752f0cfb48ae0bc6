"""Networks: each turns the genes' features and the graph into an embedding."""

from __future__ import annotations

from slviz.choices import Choices
from slviz.networks.adversarial import Adversarial
from slviz.networks.baselines import (
    AdamicAdar,
    Baseline,
    BoostedTrees,
    CommonNeighbours,
    DegreeProduct,
    InteractionProduct,
    MaxDegree,
    PathsOfThree,
    TruncatedSVD,
    ViewTrees,
)
from slviz.networks.coursework import CourseworkGAT, CourseworkMultiHead
from slviz.networks.gat import GAT
from slviz.networks.gatv2 import GATv2
from slviz.networks.gcn import GCN
from slviz.networks.mlp import MLP
from slviz.networks.multihead_gat import MultiHeadGAT
from slviz.networks.multiview import MultiView
from slviz.networks.network import GraphNetwork, Network
from slviz.networks.sage import SAGE
from slviz.networks.transformer import Transformer
from slviz.networks.vgae import VGAE

NETWORKS: Choices[Network] = Choices(
    "network",
    MLP,
    GCN,
    SAGE,
    GAT,
    GATv2,
    MultiHeadGAT,
    Transformer,
    VGAE,
    Adversarial,
    MultiView,
    MaxDegree,
    DegreeProduct,
    CommonNeighbours,
    AdamicAdar,
    PathsOfThree,
    TruncatedSVD,
    InteractionProduct,
    BoostedTrees,
    ViewTrees,
    CourseworkGAT,
    CourseworkMultiHead,
)

__all__ = [
    "GAT",
    "GCN",
    "MLP",
    "NETWORKS",
    "SAGE",
    "VGAE",
    "Adversarial",
    "Baseline",
    "CourseworkGAT",
    "CourseworkMultiHead",
    "GATv2",
    "GraphNetwork",
    "MultiHeadGAT",
    "MultiView",
    "Network",
    "Transformer",
]
