"""ICA: directions of the embedding along which genes are spread least like chance."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from slviz.choices import setting
from slviz.projections.method import OnProgress, ProjectionMethod
from slviz.projections.pca import principal_components

LEAST_SHARE = 1e-9
"""Of the variance that a principal axis needs to be read: rounding has no direction."""


@dataclass(frozen=True)
class ICA(ProjectionMethod):
    """Independent components: straight views along which few genes stand apart, instead of those of largest variance.

    FastICA (Hyvärinen 1999) separates the leading principal components; of the independent components those with the
    heaviest tails (largest kurtosis, without sign) are drawn.
    """

    name: ClassVar[str] = "ica"
    title: ClassVar[str] = "ICA"
    takes: ClassVar[str] = "Seconds."
    offered: ClassVar[int] = 4
    straight: ClassVar[bool] = True
    reading: ClassVar[str] = (
        "A straight view, each axis brought to one scale: along an axis, distances compare; between axes they do not."
    )
    components: int = setting(
        10,
        "How many independent components are separated; the ones with the heaviest tails are drawn.",
        low=2,
        high=50,
    )

    def lay_out(self, vectors: np.ndarray, seed: int, on_progress: OnProgress) -> tuple[np.ndarray, tuple[str, ...]]:
        from sklearn.decomposition import FastICA
        from sklearn.exceptions import ConvergenceWarning

        on_progress(0.0, "finding principal components")
        most = max(self.dimensions, min(self.components, vectors.shape[1], len(vectors) - 1))
        leading, share = principal_components(vectors, most)
        read = max(self.dimensions, int((share > LEAST_SHARE).sum()))
        leading = leading[:, :read]
        on_progress(0.1, "step 1 of 2: separating components")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # what is drawn are its tails, which settle early
            sources = np.asarray(
                FastICA(whiten="unit-variance", random_state=seed, max_iter=500).fit_transform(leading)
            )
        on_progress(0.9, "step 2 of 2: choosing the heaviest tails")
        tails = np.abs(np.mean(sources**4, axis=0) - 3)
        drawn = np.argsort(-tails, kind="stable")[: self.dimensions]
        axes = tuple(
            f"ICA {axis + 1} (kurtosis {np.mean(sources[:, at] ** 4) - 3:.1f})" for axis, at in enumerate(drawn)
        )
        on_progress(1.0, "drawing")
        return sources[:, drawn], axes

    def describe(self, genes: int) -> str:
        return f"ICA of {self.components} components"
