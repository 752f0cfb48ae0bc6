"""LDA: directions of the embedding along which given classes lie furthest apart."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from jaxtyping import Int64

from slviz.choices import setting
from slviz.errors import DataError, InvalidSetting
from slviz.projections.method import OnProgress, ProjectionMethod

OWN, PERMUTED = "own", "permuted"


@dataclass(frozen=True)
class LDA(ProjectionMethod):
    """Linear discriminant analysis: the straight view in which given classes lie furthest apart.

    It is fitted on the genes of the training part whose class is known, and draws all (Fisher 1936; scikit-learn's
    `LinearDiscriminantAnalysis`). Each axis is scaled to the spread within classes.
    """

    name: ClassVar[str] = "lda"
    title: ClassVar[str] = "LDA"
    takes: ClassVar[str] = "Seconds."
    offered: ClassVar[int] = 5
    straight: ClassVar[bool] = True
    needs_labels: ClassVar[bool] = True
    random: ClassVar[bool] = False
    reading: ClassVar[str] = (
        "LDA has seen the classes and turns the embedding so that they come apart: that they do so here is no evidence "
        "that the embedding knows them."
    )
    classes: str = setting(
        OWN,
        "The classes as they are (own), or as a control dealt out anew among the same genes (permuted): how far apart "
        "LDA draws classes that mean nothing.",
        options=(OWN, PERMUTED),
        omit_default=True,
    )

    def lay_out(self, vectors: np.ndarray, seed: int, on_progress: OnProgress) -> tuple[np.ndarray, tuple[str, ...]]:
        raise InvalidSetting("LDA draws classes apart, and these vectors have none. Take PCA, which needs no classes.")

    def lay_out_labelled(
        self, vectors: np.ndarray, labels: np.ndarray, seed: int, on_progress: OnProgress
    ) -> tuple[np.ndarray, tuple[str, ...]]:
        from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

        on_progress(0.0, "reading classes")
        self.refuse_labels(labels)
        learnt = np.flatnonzero(labels >= 0)
        classes = self.labels_seen(labels, seed)[learnt]
        on_progress(0.1, "step 1 of 2: finding directions")
        model = LinearDiscriminantAnalysis(n_components=self.dimensions)
        values = vectors.astype(np.float64)
        if not _varies_within(values[learnt], classes):
            raise DataError(
                "All genes of a class have the same vector, so LDA has no spread within classes to scale by. Take PCA."
            )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # columns that are sums of others do no harm
            model.fit(values[learnt], classes)
        on_progress(0.8, "step 2 of 2: drawing all genes")
        coordinates = np.asarray(model.transform(values))
        if coordinates.shape[1] < self.dimensions:
            raise DataError(
                f"The classes differ along {coordinates.shape[1]} direction alone, and the map has {self.dimensions} "
                "axes. Take PCA."
            )
        share = model.explained_variance_ratio_
        on_progress(1.0, "drawn")
        return coordinates, tuple(
            f"LDA {axis + 1} ({100 * share[axis]:.1f} % of what tells classes apart)" for axis in range(self.dimensions)
        )

    def labels_seen(self, labels: Int64[np.ndarray, " genes"], seed: int) -> Int64[np.ndarray, " genes"]:
        if self.classes == OWN:
            return labels
        learnt = np.flatnonzero(labels >= 0)
        seen = labels.copy()
        seen[learnt] = np.random.default_rng([seed, len(learnt)]).permutation(labels[learnt])
        return seen

    def refuse_labels(self, labels: Int64[np.ndarray, " genes"]) -> None:
        """Raises `InvalidSetting` or `DataError` where so few classes or genes can be learnt from that there is no map.

        `labels` as `fit` takes them.
        """
        learnt = labels[labels >= 0]
        count = len(np.unique(learnt))
        if count - 1 < self.dimensions:
            raise InvalidSetting(
                f"LDA tells {count} classes apart along {max(count - 1, 0)} axes at most, one fewer than there are "
                f"classes, and the map has {self.dimensions}. Take PCA, or the classes of a finer set."
            )
        if len(learnt) <= count:
            raise DataError(
                f"LDA needs several genes of a class to learn from; here {len(learnt)} genes have {count} classes. "
                "Take PCA."
            )

    def describe(self, genes: int) -> str:
        return "LDA" if self.classes == OWN else "LDA of permuted classes, a control"


def _varies_within(vectors: np.ndarray, classes: np.ndarray) -> bool:
    """Whether the genes of any class differ from each other."""
    _, first, number = np.unique(classes, return_index=True, return_inverse=True)
    return bool((vectors != vectors[first][number]).any())
