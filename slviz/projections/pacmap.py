"""PaCMAP: a map in about two seconds, for playing with settings."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import ClassVar

import numpy as np
from jaxtyping import Float32, Int32

from slviz.choices import setting
from slviz.projections.method import OnProgress, ProjectionMethod
from slviz.projections.neighbours import FINDING, nearest_neighbours
from slviz.projections.pca import principal_components
from slviz.projections.steps import Steps

FEWEST = 8
"""With fewer genes there are not enough mid-near and far ones to draw."""
PHASES = (100, 100)
SPARE = 50
"""So many more neighbours are looked at, of which the nearest by scaled distance are kept."""
SEARCH_SHARE = 0.4


@dataclass(frozen=True)
class PaCMAP(ProjectionMethod):
    """PaCMAP (Wang et al. 2021): the fastest; keeps neighbours, and where groups lie to each other."""

    name: ClassVar[str] = "pacmap"
    title: ClassVar[str] = "PaCMAP"
    takes: ClassVar[str] = "Usually 3 to 6 seconds; half a minute the very first time."
    offered: ClassVar[int] = 4
    reading: ClassVar[str] = "Where groups lie to each other says something; how far apart, little."
    neighbours: int = setting(10, "How many neighbours each gene is kept close to.", low=2, high=100)
    steps: int = setting(
        250, "Steps after the first 200, in which the large shape forms.", low=50, high=5_000, advanced=True
    )

    def describe(self, genes: int) -> str:
        if genes < FEWEST:
            return f"{genes} genes are too few for PaCMAP; drawn as PCA"
        used = self.used_neighbours(genes)
        lowered = f" (lowered from {self.neighbours}: there are {genes} genes)" if used < self.neighbours else ""
        return f"PaCMAP, {used} neighbours{lowered}, {sum(PHASES) + self.steps} steps"

    def used_neighbours(self, genes: int) -> int:
        """The neighbours on so many genes: half as many mid-near and twice as many far ones must exist besides."""
        return min(self.neighbours, int((genes - 1) / 3.5))

    def lay_out(self, vectors: np.ndarray, seed: int, on_progress: OnProgress) -> tuple[np.ndarray, tuple[str, ...]]:
        axes = tuple(f"PaCMAP {axis + 1}" for axis in range(self.dimensions))
        start, _ = principal_components(vectors, self.dimensions)
        if len(vectors) < FEWEST:
            return start, axes
        on_progress(0.0, FINDING)
        used = self.used_neighbours(len(vectors))
        near = scaled_neighbours(vectors, count=used)
        on_progress(0.2, "loading PaCMAP")
        pacmap = _pacmap()
        start = start / start.std(axis=0).clip(1e-12)
        start += np.random.default_rng(seed).normal(scale=1e-3, size=start.shape)  # parts equal vectors
        iterations = (*PHASES, self.steps)
        fitter = pacmap.PaCMAP(
            n_components=self.dimensions,
            n_neighbors=used,
            pair_neighbors=near,
            num_iters=iterations,
            random_state=seed,
            verbose=True,  # the only way to learn how far it is
        )
        heard = Steps(on_progress, start=SEARCH_SHARE, pattern=r"Iteration: +(\d+)", steps=sum(iterations))
        with _one_thread(), contextlib.redirect_stdout(heard):
            return np.asarray(fitter.fit_transform(vectors, init=start.astype(np.float32))), axes


def scaled_neighbours(vectors: Float32[np.ndarray, "genes width"], *, count: int) -> Int32[np.ndarray, "links 2"]:
    """Gene and neighbour, `count` rows a gene: the nearest by distance² / (scale of one × scale of the other).

    The scale of a gene is its mean distance to its 4th to 6th nearest (Wang et al. 2021), so that a gene in
    an empty region still has neighbours that count it as theirs. Neighbours are exact.
    """
    genes = len(vectors)
    number, distance = nearest_neighbours(vectors, count=min(count + SPARE, genes - 1))
    scale = distance[:, 3:6].mean(axis=1).clip(1e-10)
    scaled = distance**2 / scale[:, None] / scale[number]
    kept = np.argsort(scaled, axis=1, kind="stable")[:, :count]
    near = np.take_along_axis(number, kept, axis=1)
    return np.column_stack([np.repeat(np.arange(genes), count), near.ravel()]).astype(np.int32)


@contextlib.contextmanager
def _one_thread() -> Iterator[None]:
    """One thread adds up in one order, so the map is the same bit by bit; more are hardly faster."""
    import numba

    before = numba.get_num_threads()
    numba.set_num_threads(1)
    try:
        yield
    finally:
        numba.set_num_threads(before)


def _pacmap() -> ModuleType:
    """pacmap, without its remarks that a seed is set and that three dimensions are not tested."""
    logging.getLogger("pacmap").setLevel(logging.ERROR)
    import pacmap

    return pacmap
