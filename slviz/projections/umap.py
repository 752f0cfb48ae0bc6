"""UMAP by umap-learn, from exact neighbours, repeatable bit by bit."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import ClassVar

import numpy as np

from slviz.choices import setting
from slviz.projections.method import OnProgress, ProjectionMethod
from slviz.projections.neighbours import FINDING, nearest_neighbours
from slviz.projections.pca import principal_components
from slviz.projections.steps import Steps

SEARCH_SHARE = 0.3
"""So much of the work is loading UMAP and finding the nearest genes; the rest are the steps."""


@dataclass(frozen=True)
class UMAP(ProjectionMethod):
    """UMAP (McInnes et al. 2018): keeps neighbourhoods, and more of the large shape than t-SNE."""

    name: ClassVar[str] = "umap"
    title: ClassVar[str] = "UMAP"
    takes: ClassVar[str] = "Usually 10 to 20 seconds."
    with_each_run: ClassVar[bool] = True
    offered: ClassVar[int] = 2
    reading: ClassVar[str] = "Distances between clusters, and their sizes, mean little."
    neighbours: int = setting(
        15, "How many neighbours each gene is kept close to; more shows larger shapes.", low=2, high=200
    )
    min_dist: float = setting(
        0.1, "How close similar genes may lie on the map: 0 is closest.", label="Min. distance", low=0.0, high=0.99
    )

    def used_neighbours(self, genes: int) -> int:
        """The neighbours on so many genes: umap-learn wants one gene that is none of them."""
        return min(self.neighbours, genes - 2)

    def describe(self, genes: int) -> str:
        used = self.used_neighbours(genes)
        lowered = f" (lowered from {self.neighbours}: there are {genes} genes)" if used < self.neighbours else ""
        return f"UMAP, {used} neighbours{lowered}, min. distance {self.min_dist:g}"

    def lay_out(self, vectors: np.ndarray, seed: int, on_progress: OnProgress) -> tuple[np.ndarray, tuple[str, ...]]:
        on_progress(0.0, "loading UMAP")
        umap = _umap()
        on_progress(0.1, FINDING)
        dimensions = self.dimensions
        others = self.used_neighbours(len(vectors))
        number, distance = nearest_neighbours(vectors, count=others)
        itself = np.arange(len(vectors))[:, None]
        knn = (
            np.concatenate([itself, number], axis=1),  # umap-learn counts a gene as its own first neighbour
            np.concatenate([np.zeros_like(distance[:, :1]), distance], axis=1),
        )
        start, _ = principal_components(vectors, dimensions)
        start = 10 * start / np.abs(start).max()
        start += np.random.default_rng(seed).normal(scale=1e-3, size=start.shape)  # parts equal vectors
        fitter = umap.UMAP(
            n_components=dimensions,
            n_neighbors=others + 1,
            min_dist=self.min_dist,
            init=start.astype(np.float32),
            precomputed_knn=knn,
            force_approximation_algorithm=True,  # below 4,096 genes umap-learn would ignore the neighbours given
            random_state=seed,
            n_jobs=1,
            tqdm_kwds={
                "disable": False,
                "bar_format": "{n_fmt}/{total_fmt}",
                "file": Steps(on_progress, start=SEARCH_SHARE, pattern=r"(\d+)/(\d+)"),
            },
        )
        with warnings.catch_warnings(), _tqdm_let_go():
            # No search index is given, so new genes could not be placed on the map later: none are.
            warnings.filterwarnings("ignore", message=r"precomputed_knn\[2\] \(knn_search_index\) is not an NNDescent")
            coordinates = fitter.fit_transform(vectors)
        return np.asarray(coordinates), tuple(f"UMAP {axis + 1}" for axis in range(dimensions))


@contextlib.contextmanager
def _tqdm_let_go() -> Iterator[None]:
    """Work that is stopped while tqdm prints leaves tqdm's lock taken, and any other thread would wait for it for ever
    (`tqdm.std.tqdm.refresh` gives it back only where printing succeeds): give it back."""
    try:
        yield
    except BaseException:
        from tqdm.auto import tqdm

        with contextlib.suppress(RuntimeError, AssertionError):  # what the lock says once this thread has it no more
            while True:
                tqdm.get_lock().release()
        raise


def _umap() -> ModuleType:
    """umap-learn, without its remark that the neural variant, which is not used here, lacks Tensorflow."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Tensorflow not installed", category=ImportWarning)
        import umap
    return umap
