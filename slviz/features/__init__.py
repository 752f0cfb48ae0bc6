"""Feature sets: what a network is told about each gene before it sees the graph."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from jaxtyping import Float32

from slviz.choices import Choice, Choices
from slviz.datasets import GeneGraph
from slviz.errors import InvalidSetting


@dataclass(frozen=True)
class FeatureSet(Choice):
    """Columns of numbers for every gene, joined from named features of the data set."""

    name: ClassVar[str]
    sources: ClassVar[tuple[str, ...]]

    def matrix(self, graph: GeneGraph) -> Float32[np.ndarray, "genes width"]:
        """Float32 [G, F]: the named features side by side; a column of ones where there are none.

        Raises `InvalidSetting` when the data set lacks one of them.
        """
        for source in self.sources:
            if source not in graph.features:
                has = ", ".join(sorted(graph.features)) or "none"
                raise InvalidSetting(
                    f"Feature set '{self.name}' needs the feature '{source}', and the data set "
                    f"'{graph.name}' has: {has}. Choose 'none', or build the features with "
                    "`python -m slviz data features FOLDER`."
                )
        if not self.sources:
            return np.ones((len(graph), 1), dtype=np.float32)
        return np.concatenate([graph.features[source] for source in self.sources], axis=1)


@dataclass(frozen=True)
class NoFeatures(FeatureSet):
    """A constant column: the network knows the graph alone."""

    name: ClassVar[str] = "none"
    sources: ClassVar[tuple[str, ...]] = ()


@dataclass(frozen=True)
class Ppi(FeatureSet):
    """Protein-protein interactions: leading directions of the interaction graph."""

    name: ClassVar[str] = "ppi"
    sources: ClassVar[tuple[str, ...]] = ("ppi",)


@dataclass(frozen=True)
class Go(FeatureSet):
    """Gene Ontology: leading directions of the gene-by-term table."""

    name: ClassVar[str] = "go"
    sources: ClassVar[tuple[str, ...]] = ("go",)


@dataclass(frozen=True)
class Both(FeatureSet):
    """Interactions and Gene Ontology side by side."""

    name: ClassVar[str] = "both"
    sources: ClassVar[tuple[str, ...]] = ("ppi", "go")


@dataclass(frozen=True)
class Joint(FeatureSet):
    """A column of ones, interactions and Gene Ontology side by side, as the coursework joined them."""

    name: ClassVar[str] = "joint"
    sources: ClassVar[tuple[str, ...]] = ("ppi", "go")

    def matrix(self, graph: GeneGraph) -> Float32[np.ndarray, "genes width"]:
        features = super().matrix(graph)
        return np.concatenate([np.ones((len(graph), 1), dtype=np.float32), features], axis=1)


FEATURE_SETS: Choices[FeatureSet] = Choices("feature set", NoFeatures, Ppi, Go, Both, Joint)


def richest(graph: GeneGraph) -> FeatureSet:
    """The feature set that tells most of what a data set knows of its genes."""
    fitting = [each for each in FEATURE_SETS.values() if set(each.sources) <= set(graph.features)]
    return max(fitting, key=lambda each: len(each.sources))()
