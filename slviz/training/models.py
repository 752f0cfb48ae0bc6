"""Encoder and decoder together, as they are trained. Imports torch: import it late."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor, nn

from slviz.networks.decoders import MeanDecoder, TorchPairDecoder
from slviz.networks.encoders import Encoding, GeneEncoder
from slviz.training.inputs import MessageGraph


@dataclass(frozen=True, eq=False)
class StepLoss:
    """What a step of training gave: the loss of the task, and the pass of the encoder."""

    task: Tensor
    encoding: Encoding

    @property
    def total(self) -> Tensor:
        """What the model is fitted to: the task's loss and the encoder's penalty."""
        return self.task if self.encoding.penalty is None else self.task + self.encoding.penalty


class PairModel(nn.Module):
    """Raw numbers for pairs of genes."""

    decoder: TorchPairDecoder | MeanDecoder

    def __init__(self, encoder: GeneEncoder, *, width: int, hidden: int, dropout: float, start: float) -> None:
        super().__init__()
        self.encoder = encoder
        self.decoder = TorchPairDecoder(width, hidden=hidden, dropout=dropout, start=start)

    def forward(self, features: Tensor, graph: MessageGraph, pairs: Tensor) -> tuple[Tensor, Encoding]:
        """Raw numbers [P] for `pairs` [P, 2], and the pass of the encoder that they come from."""
        encoding = self.encoder.encode(features, graph.structure, graph.edges)
        return self.decoder(encoding.embedding, pairs), encoding


class ClassModel(nn.Module):
    """A raw number for each class of each gene, from its embedding."""

    def __init__(self, encoder: GeneEncoder, head: nn.Module) -> None:
        super().__init__()
        self.encoder = encoder
        self.head = head

    def forward(self, features: Tensor, graph: MessageGraph) -> tuple[Tensor, Encoding]:
        """Raw numbers [G, K], and the pass of the encoder that they come from."""
        encoding = self.encoder.encode(features, graph.structure, graph.edges)
        return self.head(encoding.embedding, graph.edges), encoding


class FeatureModel(nn.Module):
    """Features given back from the embedding."""

    def __init__(self, encoder: GeneEncoder, decoder: nn.Module) -> None:
        super().__init__()
        self.encoder = encoder
        self.decoder = decoder

    def forward(self, features: Tensor, graph: MessageGraph) -> tuple[Tensor, Encoding]:
        """Features [G, F] given back, and the pass of the encoder that they come from."""
        encoding = self.encoder.encode(features, graph.structure, graph.edges)
        return self.decoder(encoding.embedding, graph.edges), encoding
