"""Network: what every model that learns in epochs has in common."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from slviz.choices import setting
from slviz.datasets import GeneGraph
from slviz.errors import InvalidSetting
from slviz.networks.activations import ACTIVATIONS, BATCH, LAYER
from slviz.networks.model import Fitted, Model, Training
from slviz.scorers.pair_decoder import PairDecoder
from slviz.scorers.pair_scorer import DecoderScorer, PairScorer
from slviz.splits import PairSplit

if TYPE_CHECKING:
    from torch import nn

    from slviz.networks.encoders import Encoder, GeneEncoder
    from slviz.scorers.similarity import Similarity
    from slviz.tasks.task import Task


@dataclass(frozen=True)
class Network(Model):
    """Settings of an encoder that gives every gene an embedding.

    A network says which layers it is made of; `slviz.networks.encoders` stacks them.
    """

    name: ClassVar[str]
    uses_graph: ClassVar[bool] = True
    uses_similarity: ClassVar[bool] = False
    learns_in_epochs: ClassVar[bool] = True
    raw_features: ClassVar[bool] = False
    """Reads and gives back features as they are, neither centred nor scaled, by its layers and nothing beside."""
    layers: int = setting(2, "How many hops along the graph a gene sees: 1 is its partners only.", low=1, high=3)
    width: int = setting(64, "How many numbers describe a gene in the embedding.", low=2, high=512)
    dropout: float = setting(
        0.3,
        "Share of the numbers blanked out at random while learning, against memorising.",
        low=0.0,
        high=0.9,
        advanced=True,
    )

    @property
    def embedding_width(self) -> int:
        return self.width

    @property
    def genes_per_step(self) -> int:
        """Training genes that one step of a task about genes looks at; 0: all at once, as messages need it."""
        return 0

    def learns_from_tests(self) -> bool:
        """Whether, for the task about screens, it learns hits and non-hits in epochs, and not known pairs alone."""
        return True

    def learning_split(self, split: PairSplit, graph: GeneGraph, *, seed: int) -> PairSplit:
        """The split that its epochs learn from and are validated on; the test part is the same."""
        return split

    def fit(self, training: Training) -> Fitted:
        return training.in_epochs(self)

    def scorer(self, arrays: Mapping[str, np.ndarray], *, embedding: np.ndarray, graph: GeneGraph | None) -> PairScorer:
        return DecoderScorer(PairDecoder(arrays), embedding)

    def layer(self, in_channels: int, out_channels: int) -> nn.Module:
        """One layer, called with the genes' numbers [G, in] and the edges [2, E]."""
        raise NotImplementedError

    def build(
        self, in_channels: int, *, genes: int = 0, structure: int = 0, similarity: Similarity | None = None
    ) -> GeneEncoder:
        """The encoder, with fresh weights from torch's current seed.

        Args:
            in_channels: columns of the feature matrix.
            genes: number of genes; 0 for an encoder that learns nothing about single genes.
            structure: columns that describe each gene's place in the graph of the step; 0 for none.
            similarity: which genes are alike, for networks that listen to more than known pairs.
        """
        return self._encoder(
            layers=[self.layer(self.width, self.width) for _ in range(self.layers)],
            in_channels=in_channels,
            width=self.width,
            dropout=self.dropout,
            genes=genes if self._gene_vectors else 0,
            structure=structure if self.uses_graph else 0,
        )

    def encoder_of(self, graph: GeneGraph, in_channels: int, **parts: Any) -> GeneEncoder:
        """As `build`, for a network that also has to know what the data set is like."""
        return self.build(in_channels, **parts)

    def feature_decoder(self, graph: GeneGraph, columns: int) -> nn.Module:
        """What gives the features [G, columns] back; called with the embedding and the edges [2, E]."""
        from slviz.networks.decoders import FeatureDecoder

        layer = self.layer(self.width, columns)
        return layer if self.raw_features else FeatureDecoder(layer, self.width, columns)

    def class_head(self, classes: int) -> nn.Module:
        """What makes a number for each class of the embedding; called with it and the edges [2, E]."""
        from slviz.networks.encoders import GraphFreeLinear

        return GraphFreeLinear(self.width, classes)

    def _encoder(self, **parts: Any) -> Encoder:
        from slviz.networks.encoders import Encoder

        return Encoder(**self._stacking, **parts)

    @property
    def _stacking(self) -> dict[str, Any]:
        """How the layers follow each other, as `Encoder` takes it."""
        return {}

    @property
    def _gene_vectors(self) -> bool:
        return False


def refuse_uneven(width: int, heads: int) -> None:
    """Raises `InvalidSetting` where so many heads do not divide the width."""
    if width % heads:
        lower = width - width % heads
        fitting = [str(multiple) for multiple in (lower, lower + heads) if multiple]
        raise InvalidSetting(
            f"heads={heads} does not divide width={width}: every head gives an equal part of the width. "
            f"Take width={' or '.join(fitting)}, or heads that divide {width}."
        )


@dataclass(frozen=True)
class StackedNetwork(Network):
    """What networks of layers with an activation between them share."""

    activation: str = setting(
        "elu",
        "The function that each layer's numbers pass through; without one, several layers could say no more than one.",
        options=tuple(ACTIVATIONS),
        advanced=True,
        omit_default=True,
    )
    normalisation: str = setting(
        LAYER,
        "Over what numbers are brought to one scale before every layer: those of each gene (layer, Ba 2016), or those "
        "of all genes, column by column (batch, Ioffe & Szegedy 2015).",
        options=(LAYER, BATCH),
        advanced=True,
        omit_default=True,
    )

    @property
    def _stacking(self) -> dict[str, Any]:
        return {"activation": self.activation, "normalisation": self.normalisation}


@dataclass(frozen=True)
class GraphNetwork(StackedNetwork):
    """What networks that pass messages along the graph share."""

    gene_vectors: bool = setting(
        True,
        "Learn some numbers for each gene beside its features, so that partners of the same gene resemble each other.",
        advanced=True,
    )
    residual: bool = setting(
        True,
        "A layer adds to what a gene was before it; otherwise it replaces that.",
        advanced=True,
        omit_default=True,
    )
    normalise: bool = setting(
        True,
        "Bring each gene's numbers to one scale before every layer, so that many layers can learn.",
        advanced=True,
        omit_default=True,
    )

    @property
    def _stacking(self) -> dict[str, Any]:
        return {**super()._stacking, "residual": self.residual, "normalise": self.normalise}

    @property
    def _gene_vectors(self) -> bool:
        return self.gene_vectors


UNREAD_BY_BARE = frozenset({"gene_vectors", "residual", "normalise", "normalisation"})
"""Settings of what bare layers do without."""


@dataclass(frozen=True)
class LayeredNetwork(GraphNetwork):
    """What networks of one kind of layer share, which may also stand bare, as in the papers that they come from."""

    bare: bool = setting(
        False,
        "Only the layers, as in the papers: the first reads the features, each the one before, and classes come from "
        "one more layer along the graph. No first map, no place in the graph, no sum over layers, no gene vectors.",
        label="Bare layers",
        advanced=True,
        omit_default=True,
    )

    def refuse(self, task: Task, graph: GeneGraph) -> None:
        """Also raises `InvalidSetting` for settings that bare layers do not read: two runs would have the same bits."""
        super().refuse(task, graph)
        if not self.bare:
            return
        for unread in self.settings():
            value = getattr(self, unread.key)
            if unread.key in UNREAD_BY_BARE and value != unread.default:
                raise InvalidSetting(
                    f"{unread.key}={value} changes nothing of bare layers, which have no such part. "
                    f"Leave {unread.key} out, or take bare=false."
                )

    def last_layer(self, in_channels: int, out_channels: int) -> nn.Module:
        """The layer that gives the answer where the layers are bare."""
        return self.layer(in_channels, out_channels)

    def build(
        self, in_channels: int, *, genes: int = 0, structure: int = 0, similarity: Similarity | None = None
    ) -> GeneEncoder:
        if not self.bare:
            return super().build(in_channels, genes=genes, structure=structure, similarity=similarity)
        from slviz.networks.encoders import RawFeatureEncoder

        widths = itertools.pairwise([in_channels, *[self.width] * self.layers])
        layers = [self.layer(*of_layer) for of_layer in widths]
        return RawFeatureEncoder(layers, dropout=self.dropout, activation=self.activation)

    def class_head(self, classes: int) -> nn.Module:
        if not self.bare:
            return super().class_head(classes)
        from slviz.networks.encoders import LastLayer

        return LastLayer(self.last_layer(self.width, classes), dropout=self.dropout)
