"""Encoder and decoder together, as they are trained. Imports torch: import it late."""

from __future__ import annotations

from torch import Tensor, nn

from slviz.networks.encoders import Encoder
from slviz.tasks.torch_decoder import FeatureDecoder, TorchPairDecoder
from slviz.training.inputs import MessageGraph


class PairModel(nn.Module):
    """Raw numbers for pairs of genes."""

    def __init__(self, encoder: Encoder, *, width: int, hidden: int, dropout: float, start: float) -> None:
        super().__init__()
        self.encoder = encoder
        self.decoder = TorchPairDecoder(width, hidden=hidden, dropout=dropout, start=start)

    def forward(self, features: Tensor, graph: MessageGraph, pairs: Tensor) -> Tensor:
        return self.decoder(self.encoder(features, graph.structure, graph.edges), pairs)


class FeatureModel(nn.Module):
    """Features given back from the embedding."""

    def __init__(self, encoder: Encoder, decoder: FeatureDecoder) -> None:
        super().__init__()
        self.encoder = encoder
        self.decoder = decoder

    def forward(self, features: Tensor, graph: MessageGraph) -> Tensor:
        return self.decoder(self.encoder(features, graph.structure, graph.edges), graph.edges)
