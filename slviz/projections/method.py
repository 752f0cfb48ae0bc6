"""ProjectionMethod: what every method of drawing a map has in common."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from jaxtyping import Float, Float32, Int64

from slviz.choices import Choice, setting
from slviz.errors import DataError
from slviz.projections.neighbours import neighbourhood_preservation
from slviz.projections.projection import PRESERVED_NEIGHBOURS, Projection

FEWEST_GENES = 3
OnProgress = Callable[[float, str], None]
"""Told from time to time how much of the work is done (0 to 1) and what is being done; may raise to stop it."""


@dataclass(frozen=True)
class ProjectionMethod(Choice):
    """A way to lay genes out on a map so that alike vectors come to lie near each other."""

    name: ClassVar[str]
    title: ClassVar[str]
    """What a person calls the method, such as "t-SNE"."""
    reading: ClassVar[str]
    """How to read its map, in one sentence."""
    takes: ClassVar[str] = "From seconds to minutes."
    """About how long the map of some thousand genes takes, as a sentence."""
    random: ClassVar[bool] = True
    """Whether another seed gives another map."""
    at_once: ClassVar[bool] = False
    """Whether it takes but a moment, so that a page makes the map itself instead of asking a worker."""
    straight: ClassVar[bool] = False
    """Whether a place on the map is a sum of the embedding's columns, so that there is a way back (`plane_of`)."""
    as_it_is: ClassVar[bool] = False
    """Whether its coordinates stay where they are; others are centred and turned to where the longer tail lies."""
    needs_labels: ClassVar[bool] = False
    """Whether its map is made with the classes of genes: `fit` then needs `labels`, of which others see nothing."""
    with_each_run: ClassVar[bool] = False
    """Whether its map is made after each training; others are made when somebody asks for them."""
    offered: ClassVar[int] = 100
    """Its place among the methods that a page offers; lower comes first."""
    dimensions: int = setting(
        2,
        "2 for a flat map; 3 for one that can be turned, which keeps more and is harder to read.",
        options=(2, 3),
        omit_default=True,
    )

    def fit(
        self,
        vectors: Float[np.ndarray, "genes width"],
        seed: int,
        *,
        labels: Int64[np.ndarray, " genes"] | None = None,
        on_progress: OnProgress | None = None,
    ) -> Projection:
        """The map of `vectors` [G, D]; the same vectors, settings and seed give the same map.

        The map is centred, but for a method that is drawn `as_it_is`. Each axis points to where its longer tail lies,
        so that a mirror image never makes two fits look different. What `on_progress` raises ends the work. `labels`
        are numbers of classes, -1 for a gene whose class is not to be seen; only a method that `needs_labels` reads
        them. Raises `DataError` for vectors that no map can be made of, `InvalidSetting` for missing or too few
        classes, or a column that is not there.
        """
        vectors = checked_vectors(vectors, dimensions=self.dimensions, may_be_alike=self.as_it_is)
        if self.needs_labels and labels is not None:
            coordinates, axes = self.lay_out_labelled(vectors, labels, seed, on_progress or _unheard)
        else:
            coordinates, axes = self.lay_out(vectors, seed, on_progress or _unheard)
        coordinates = self.placed(coordinates)
        return Projection(
            method=self,
            seed=seed,
            coordinates=coordinates,
            axes=axes,
            kept=neighbourhood_preservation(vectors, coordinates, count=PRESERVED_NEIGHBOURS),
        )

    def placed(self, coordinates: Float[np.ndarray, "genes dimensions"]) -> Float32[np.ndarray, "genes dimensions"]:
        """Coordinates as a map has them: `oriented`, or as they are."""
        return (coordinates if self.as_it_is else oriented(coordinates)).astype(np.float32)

    @abstractmethod
    def lay_out(
        self, vectors: Float32[np.ndarray, "genes width"], seed: int, on_progress: OnProgress
    ) -> tuple[Float[np.ndarray, "genes dimensions"], tuple[str, ...]]:
        """Coordinates and axis titles of vectors that were checked; `fit` calls it."""

    def lay_out_labelled(
        self,
        vectors: Float32[np.ndarray, "genes width"],
        labels: Int64[np.ndarray, " genes"],
        seed: int,
        on_progress: OnProgress,
    ) -> tuple[Float[np.ndarray, "genes dimensions"], tuple[str, ...]]:
        """As `lay_out`, of a method that needs labels."""
        return self.lay_out(vectors, seed, on_progress)

    def labels_seen(self, labels: Int64[np.ndarray, " genes"], seed: int) -> Int64[np.ndarray, " genes"]:
        """The labels that a map is made of, where `fit` is given these: a control may permute them."""
        return labels

    def refuse_labels(self, labels: Int64[np.ndarray, " genes"]) -> None:
        """Raises `InvalidSetting` or `DataError` for labels of which no map can be made."""

    def describe(self, genes: int) -> str:
        """Method and settings as they are used on so many genes, for a caption."""
        return self.title

    @property
    def map_name(self) -> str:
        """What its map is called in a file, such as "tsne"."""
        return self.name


def _unheard(share: float, doing: str) -> None:
    """Progress that nobody follows."""


def checked_vectors(
    vectors: Float[np.ndarray, "genes width"], *, dimensions: int = 2, may_be_alike: bool = False
) -> Float32[np.ndarray, "genes width"]:
    """`vectors` as float32 [G, D], C order; raises a sentence when no map can be made of them.

    Vectors that are all the same are refused, too, unless they `may_be_alike`.
    """
    vectors = np.asarray(vectors)
    if vectors.ndim != 2:
        raise DataError(f"A map needs one row of numbers a gene; these have shape {vectors.shape}.")
    genes, width = vectors.shape
    if genes < FEWEST_GENES:
        raise DataError(f"A map needs at least {FEWEST_GENES} genes; this embedding has {genes}.")
    if width < dimensions:
        raise DataError(
            f"A map in {dimensions} dimensions needs an embedding of at least {dimensions} columns; "
            f"this one has {width}. Train a run with a wider embedding."
        )
    lost = np.flatnonzero(~np.isfinite(vectors).all(axis=1))
    if len(lost):
        raise DataError(
            f"{len(lost)} of {genes} genes have a vector that is not finite (first in row {lost[0]}). "
            "Train the run again with a smaller learning_rate."
        )
    if not may_be_alike and (vectors == vectors[0]).all():
        raise DataError(
            "All genes have the same vector, so there is nothing to map. That happens to a network "
            "without a graph on the feature set 'none', and where a ReLU has set all to 0: choose other features or "
            "another network. The map Columns shows the one point."
        )
    return np.ascontiguousarray(vectors, dtype=np.float32)


def oriented(coordinates: Float[np.ndarray, "genes dimensions"]) -> Float[np.ndarray, "genes dimensions"]:
    """`coordinates` centred on their mean, each axis turned so that its longer tail is positive."""
    centred = np.asarray(coordinates, dtype=np.float64)
    centred = centred - centred.mean(axis=0)
    return np.where((centred**3).sum(axis=0) < 0, -centred, centred)
