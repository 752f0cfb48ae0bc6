"""t-SNE by openTSNE: near neighbours stay near, the rest is stretched to fit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from slviz.choices import setting
from slviz.cores import usable_cores
from slviz.projections.method import OnProgress, ProjectionMethod
from slviz.projections.neighbours import FINDING, nearest_neighbours
from slviz.projections.pca import principal_components

BARNES_HUT_UP_TO = 20_000
"""So many genes are laid out by Barnes–Hut; more by the faster, interpolated FFT gradient (FIt-SNE)."""

ONE_THREAD_UP_TO = 200
"""A step of so few genes is over before a second thread has begun: on two busy cores 200 steps of 40 genes took 25 s by
two threads, which wait for each other after every step, and 0.4 s by one."""

EARLY_STEPS = 150
"""With momentum 0.8 from the first step on, so many steps of exaggeration reach the same map (trustworthiness and
Kullback–Leibler divergence) as 250 with the original's 0.5, in less time."""
MOMENTUM = 0.8
TELL_EVERY = 10
SEARCH_SHARE = 0.1
"""So much of the work is finding the nearest genes; the rest are the steps."""


def threads() -> int:
    """Half of the cores, two where there are two: Barnes–Hut gives the same map bit by bit on any number."""
    cores = usable_cores()
    return max(cores // 2, min(cores, 2))


@dataclass(frozen=True)
class TSNE(ProjectionMethod):
    """t-SNE (van der Maaten & Hinton 2008): keeps each gene's nearest neighbours near."""

    name: ClassVar[str] = "tsne"
    title: ClassVar[str] = "t-SNE"
    takes: ClassVar[str] = "Usually 10 to 40 seconds."
    with_each_run: ClassVar[bool] = True
    offered: ClassVar[int] = 1
    reading: ClassVar[str] = "Distances between clusters, their sizes and how dense they look mean little."
    perplexity: float = setting(
        30.0,
        "About how many neighbours each gene is kept close to; lowered where there are too few genes.",
        low=2.0,
        high=500.0,
    )
    iterations: int = setting(
        500, "Iterations after the first 150, in which clusters form.", low=50, high=10_000, advanced=True
    )

    def used_perplexity(self, genes: int) -> float:
        """The perplexity on so many genes: at most a third of a gene's possible neighbours."""
        return min(self.perplexity, max((genes - 1) / 3, 1.0))

    def describe(self, genes: int) -> str:
        used = self.used_perplexity(genes)
        lowered = f" (lowered from {self.perplexity:g}: {genes} genes allow no more)" if used < self.perplexity else ""
        return f"t-SNE, perplexity {used:.3g}{lowered}, {EARLY_STEPS} + {self.iterations} iterations"

    def lay_out(self, vectors: np.ndarray, seed: int, on_progress: OnProgress) -> tuple[np.ndarray, tuple[str, ...]]:
        from openTSNE import TSNEEmbedding
        from openTSNE.affinity import PerplexityBasedNN
        from openTSNE.nearest_neighbors import PrecomputedNeighbors

        on_progress(0.0, FINDING)
        dimensions = self.dimensions
        perplexity = self.used_perplexity(len(vectors))
        count = min(len(vectors) - 1, int(3 * perplexity))
        number, distance = nearest_neighbours(vectors, count=count)
        affinity = PerplexityBasedNN(
            perplexity=perplexity,  # pyright: ignore[reportArgumentType]
            knn_index=PrecomputedNeighbors(number, distance),
            n_jobs=1,
            random_state=seed,
        )
        start, _ = principal_components(vectors, dimensions)
        start = start / start[:, 0].std() * 1e-4  # openTSNE's scale: small, so that nothing is decided yet
        start += np.random.default_rng(seed).normal(scale=1e-6, size=start.shape)  # parts equal vectors
        fast = len(vectors) > BARNES_HUT_UP_TO and dimensions == 2
        embedding = TSNEEmbedding(
            start,
            affinity,
            negative_gradient_method="fft" if fast else "bh",
            random_state=seed,
            n_jobs=1 if fast or len(vectors) <= ONE_THREAD_UP_TO else threads(),
        )
        steps = EARLY_STEPS + self.iterations
        embedding.optimize(
            n_iter=EARLY_STEPS,
            exaggeration=12,
            momentum=MOMENTUM,
            inplace=True,
            callbacks=_telling(on_progress, done=0, steps=steps),
            callbacks_every_iters=TELL_EVERY,
        )
        embedding.optimize(
            n_iter=self.iterations,
            momentum=MOMENTUM,
            inplace=True,
            callbacks=_telling(on_progress, done=EARLY_STEPS, steps=steps),
            callbacks_every_iters=TELL_EVERY,
        )
        return np.asarray(embedding), tuple(f"t-SNE {axis + 1}" for axis in range(dimensions))


def _telling(on_progress: OnProgress, *, done: int, steps: int) -> Callable[[int, float, np.ndarray], bool]:
    """openTSNE's callback: tells the progress and never asks to stop, since who wants that raises."""

    def tell(iteration: int, error: float, embedding: np.ndarray) -> bool:
        share = (done + iteration) / steps
        on_progress(SEARCH_SHARE + (1 - SEARCH_SHARE) * share, f"step {done + iteration:,} of {steps:,}")
        return False

    return tell
