"""Density: how many genes lie around each gene in the embedding, or on a map of it."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
from jaxtyping import Float, Float32

from slviz.choices import Choice, Choices, setting
from slviz.errors import DataError
from slviz.projections.method import checked_vectors
from slviz.projections.neighbours import count_at, count_within, distance_to_nearest

Space = Literal["embedding", "map"]
SAMPLE = 1000


@dataclass(frozen=True, eq=False)
class Density:
    """How dense it is around each gene. G genes.

    Attributes:
        value: float32 [G], larger is denser.
        unit: what one number means, such as "genes within 0.42".
        how: a sentence that names the estimate, its settings and its space.
    """

    value: Float32[np.ndarray, " genes"]
    unit: str
    how: str


@dataclass(frozen=True)
class DensityEstimate(Choice):
    """An estimate of the density around a gene."""

    name: ClassVar[str]

    def estimate(self, vectors: Float[np.ndarray, "genes width"], *, space: Space = "embedding") -> Density:
        """The density of `vectors` [G, D] at each of them; `space` says what they are, for the text.

        Exact. Up to eight columns (any map) in O(G log G) time by a k-d tree; in wider embeddings,
        where such trees do not help, all genes are compared in blocks by matrix products, which is
        O(G²) with a small constant. Raises `DataError` for vectors that have no density.
        """
        return self.measure(checked_vectors(vectors), space)

    @abstractmethod
    def measure(self, vectors: Float32[np.ndarray, "genes width"], space: Space) -> Density:
        """The density of vectors that were checked; `estimate` calls it."""


@dataclass(frozen=True)
class NearestDensity(DensityEstimate):
    """Nearest genes: the closer the k-th nearest gene, the denser."""

    name: ClassVar[str] = "nearest"
    neighbours: int = setting(15, "Which nearest gene the distance is measured to.", low=1, high=500)

    def measure(self, vectors: Float32[np.ndarray, "genes width"], space: Space) -> Density:
        nearest = min(self.neighbours, len(vectors) - 1)
        distance = distance_to_nearest(vectors, nearest)
        apart = distance[distance > 0]
        if not len(apart):
            raise DataError(
                f"Every gene has {nearest} others at exactly its own place, so no distance tells how dense it is. "
                "Ask for more neighbours."
            )
        # Loftsgaarden & Quesenberry 1965. Genes on top of each other get the densest finite value.
        value = 1 / np.maximum(distance, apart.min())
        return Density(
            value=value.astype(np.float32),
            unit=f"1 / distance to the {ordinal(nearest)} nearest gene",
            how=f"k-nearest-neighbour estimate: one over the distance to the {ordinal(nearest)} nearest gene "
            f"{where(space)}.",
        )


@dataclass(frozen=True)
class RadiusDensity(DensityEstimate):
    """Genes within a radius: how many others lie within a fixed distance."""

    name: ClassVar[str] = "radius"
    radius: float = setting(
        0.0,
        "The distance within which genes are counted; 0 takes the median distance to the 15th nearest gene.",
        low=0.0,
        high=1e9,
    )

    def measure(self, vectors: Float32[np.ndarray, "genes width"], space: Space) -> Density:
        radius = self.radius or typical_radius(vectors)
        source = "" if self.radius else ", the median distance to the 15th nearest gene"
        return Density(
            value=count_within(vectors, radius).astype(np.float32),
            unit=f"genes within {radius:.3g}",
            how=f"Number of other genes within a distance of {radius:.3g} {where(space)}{source}.",
        )


@dataclass(frozen=True)
class SamePlaceDensity(DensityEstimate):
    """Genes on the same place: how many others lie so near that the network does not tell them apart."""

    name: ClassVar[str] = "same-place"
    within: float = setting(1e-7, "Up to this distance two genes are on the same place.", low=0.0, high=1.0)

    def estimate(self, vectors: Float[np.ndarray, "genes width"], *, space: Space = "embedding") -> Density:
        """As for every estimate, and also where all genes have the same vector: that is what it is there to say."""
        return self.measure(np.asarray(vectors, dtype=np.float32), space)

    def measure(self, vectors: Float32[np.ndarray, "genes width"], space: Space) -> Density:
        return Density(
            value=count_at(vectors, self.within).astype(np.float32),
            unit=f"genes within {self.within:g}",
            how=f"Number of other genes within a distance of {self.within:g} {where(space)}; grey where there is none.",
        )


DENSITIES: Choices[DensityEstimate] = Choices("density", NearestDensity, RadiusDensity, SamePlaceDensity)


@dataclass(frozen=True, eq=False)
class DensityDistortion:
    """Where a map looks denser or emptier than the embedding is. G genes.

    Attributes:
        value: float32 [G], a gene's rank by density on the map less its rank in the embedding, both from 0
            (emptiest) to 1 (densest): above 0 the map is too dense there, below 0 too sparse.
        agreement: Spearman's ρ of the two densities: 1 where what looks dense is dense, 0 where it says nothing.
    """

    value: Float32[np.ndarray, " genes"]
    agreement: float


def density_distortion(embedding: Density, on_map: Density) -> DensityDistortion:
    """What of the density of a map comes from the map, by ranks, so that units do not matter."""
    from scipy.stats import rankdata

    there, here = (rankdata(density.value) for density in (embedding, on_map))  # ties share their mean rank
    flat = there.std() == 0 or here.std() == 0
    value = (here - there) / max(len(here) - 1, 1)
    return DensityDistortion(value.astype(np.float32), 0.0 if flat else float(np.corrcoef(there, here)[0, 1]))


def typical_radius(vectors: Float32[np.ndarray, "genes width"]) -> float:
    """Median distance to the 15th nearest gene, over at most 1,000 genes evenly through the list."""
    every = -(-len(vectors) // SAMPLE)
    distance = distance_to_nearest(vectors, min(15, len(vectors) - 1), every=every)
    radius = float(np.median(distance))
    return radius if radius > 0 else float(distance.max())


def ordinal(number: int) -> str:
    """ "1st", "2nd", "3rd", "4th", … "11th", …"""
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def where(space: Space) -> str:
    """The words for a space in a sentence."""
    return "on the map" if space == "map" else "in the embedding"
