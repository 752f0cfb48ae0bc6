"""Models: all that can be trained, networks, formulas and trees, in one table."""

from __future__ import annotations

from slviz.choices import Choices
from slviz.networks.adversarial import Adversarial
from slviz.networks.attention import Attention
from slviz.networks.baseline import Baseline
from slviz.networks.bench import Bench
from slviz.networks.conv import ConvAutoencoder, ConvClassifier
from slviz.networks.coursework import CourseworkGAT, CourseworkMultiHead
from slviz.networks.formulas import (
    AdamicAdar,
    CommonNeighbours,
    DegreeProduct,
    InteractionProduct,
    MaxDegree,
    PathsOfThree,
    TruncatedSVD,
)
from slviz.networks.gat import GAT
from slviz.networks.gatv2 import GATv2
from slviz.networks.gcn import GCN
from slviz.networks.mlp import MLP
from slviz.networks.model import Fitted, Model, Training
from slviz.networks.multihead_gat import MultiHeadGAT
from slviz.networks.multiview import MultiView
from slviz.networks.network import GraphNetwork, Network
from slviz.networks.pair_trees import BoostedTrees, ViewTrees
from slviz.networks.sage import SAGE
from slviz.networks.transformer import Transformer
from slviz.networks.vgae import VGAE

NETWORKS: Choices[Model] = Choices(
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
    Bench,
    CourseworkGAT,
    CourseworkMultiHead,
    ConvAutoencoder,
    ConvClassifier,
)

__all__ = [
    "GAT",
    "GCN",
    "MLP",
    "NETWORKS",
    "SAGE",
    "VGAE",
    "Adversarial",
    "Attention",
    "Baseline",
    "Bench",
    "ConvAutoencoder",
    "ConvClassifier",
    "CourseworkGAT",
    "CourseworkMultiHead",
    "Fitted",
    "GATv2",
    "GraphNetwork",
    "Model",
    "MultiHeadGAT",
    "MultiView",
    "Network",
    "Training",
    "Transformer",
]
