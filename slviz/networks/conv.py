"""Networks for pictures: an autoencoder and a classifier of convolutions, which see each picture by itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar

from slviz.choices import setting
from slviz.datasets import GeneGraph
from slviz.errors import InvalidSetting
from slviz.features import FeatureSet
from slviz.networks.network import Network

if TYPE_CHECKING:
    from torch import nn

    from slviz.networks.encoders import GeneEncoder
    from slviz.tasks.task import Task

STEP_HELP = "Training pictures that one step looks at; an epoch has as many steps as it takes to see all of them."
ABOUT = {"features": "reconstruct", "classes": "classify"}
"""The task by what it is about."""


@dataclass(frozen=True)
class PictureNetwork(Network):
    """What networks of convolutions over pictures share."""

    uses_graph: ClassVar[bool] = False
    raw_features: ClassVar[bool] = True
    reads_pictures: ClassVar[bool] = True
    about: ClassVar[str]
    """What the tasks that it does are about."""
    usual: ClassVar[Mapping[str, Mapping[str, Any]]] = MappingProxyType(
        {"optimiser": {"epochs": 40, "learning_rate": 0.003, "weight_decay": 0.0}}
    )
    layers: int = setting(2, "How many convolutions follow each other; each halves height and width.", low=1, high=4)
    filters: int = setting(
        16, "Patterns that the first convolution looks for; each further one looks for twice as many.", low=1, high=128
    )
    batch_size: int = setting(
        64,
        STEP_HELP,
        low=1,
        high=10_000,
        advanced=True,
    )

    @property
    def genes_per_step(self) -> int:
        return self.batch_size

    def reads(self, graph: GeneGraph) -> tuple[str, ...]:
        return () if graph.pictures is None else ("pictures",)

    def refuse(self, task: Task, graph: GeneGraph) -> None:
        if task.about != self.about:
            raise InvalidSetting(
                f"The network '{self.name}' does the task '{ABOUT[self.about]}', and not '{task.name}'. Take --task "
                f"{ABOUT[self.about]}, or another network."
            )
        if graph.pictures is None:
            raise InvalidSetting(
                f"The network '{self.name}' reads pictures, and the data set '{graph.name}' is one of "
                f"{graph.nouns.things}. Take another network, such as mlp, or a data set of pictures, such as digits."
            )

    def refuse_features(self, features: FeatureSet, graph: GeneGraph) -> None:
        if graph.pictures is not None and features.sources != (graph.pictures.feature,):
            raise InvalidSetting(
                f"The network '{self.name}' reads pictures as they are: take the features '{graph.pictures.feature}' "
                f"alone, not '{features.name}'."
            )

    def encoder_of(self, graph: GeneGraph, in_channels: int, **parts: Any) -> GeneEncoder:
        from slviz.networks.picture_layers import PictureEncoder

        assert graph.pictures is not None, "see refuse"
        return PictureEncoder(
            graph.pictures,
            layers=self.layers,
            filters=self.filters,
            width=self.width,
            dropout=self.dropout,
            classifies=self.about == "classes",
        )


@dataclass(frozen=True)
class ConvAutoencoder(PictureNetwork):
    """A convolutional autoencoder of pictures: few numbers in the middle, from which the picture is drawn again."""

    name: ClassVar[str] = "conv_autoencoder"
    about: ClassVar[str] = "features"
    usual: ClassVar[Mapping[str, Mapping[str, Any]]] = MappingProxyType(
        {"optimiser": {"epochs": 30, "learning_rate": 0.005, "weight_decay": 0.0}}
    )
    batch_size: int = setting(32, STEP_HELP, low=1, high=10_000, advanced=True)
    width: int = setting(
        8,
        "Numbers of the bottleneck, from which a picture has to be drawn again; the fewer, the more is lost.",
        label="Width of the bottleneck",
        low=1,
        high=512,
    )
    dropout: float = setting(
        0.0,
        "Share of the numbers before the bottleneck blanked out at random while learning.",
        low=0.0,
        high=0.9,
        advanced=True,
    )

    def refuse(self, task: Task, graph: GeneGraph) -> None:
        """Also raises `InvalidSetting` for a bottleneck that is wider than the pictures."""
        super().refuse(task, graph)
        assert graph.pictures is not None
        if self.width > graph.pictures.size:
            raise InvalidSetting(
                f"width={self.width} is no bottleneck: a picture of '{graph.name}' has {graph.pictures.size:,} numbers "
                f"({graph.pictures}). Take far fewer, such as {max(1, graph.pictures.size // 8)}."
            )

    def feature_decoder(self, graph: GeneGraph, columns: int) -> nn.Module:
        from slviz.networks.picture_layers import TorchPictureDecoder

        assert graph.pictures is not None, "see refuse"
        return TorchPictureDecoder(graph.pictures, layers=self.layers, filters=self.filters, width=self.width)


@dataclass(frozen=True)
class ConvClassifier(PictureNetwork):
    """A convolutional classifier of pictures; its embedding is the layer before the classes."""

    name: ClassVar[str] = "conv_classifier"
    about: ClassVar[str] = "classes"
    width: int = setting(
        32, "Numbers of the layer before the classes, which is the embedding.", label="Width", low=2, high=512
    )
    dropout: float = setting(
        0.2,
        "Share of the numbers before the embedding blanked out at random while learning, against memorising.",
        low=0.0,
        high=0.9,
        advanced=True,
    )
