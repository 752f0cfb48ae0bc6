"""The outlierness of all things of a run, and of noise beside them, by every measure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Float64

from slviz.outliers.groups import Groups
from slviz.outliers.measures import NEIGHBOURS, outlierness
from slviz.outliers.telling import Telling, percentiles, telling

OF_VECTORS: tuple[str, ...] = ("nearest", "forest", "mahalanobis")


@dataclass(frozen=True, eq=False)
class Scores:
    """Outlierness by one measure. G things, N noise things; higher is more unlike.

    Attributes:
        real: float64 [G].
        noise: float64 [N]; empty where there is none.
        groups: what the things were measured to and are compared with.
    """

    real: Float64[np.ndarray, " things"]
    noise: Float64[np.ndarray, " noise"]
    groups: Groups

    @property
    def percentile(self) -> Float64[np.ndarray, " things"]:
        """The share (0 to 1) of compared things that are less unlike than each thing: see `percentiles`."""
        return percentiles(self.real, self.groups.compared)

    def telling(self, noise: int | None = None) -> Telling:
        """How well the measure tells the first so many noise things (all where None) from the compared things."""
        return telling(self.noise[:noise], self.real[self.groups.compared])


def scores_of(
    vectors: Float[np.ndarray, "things width"],
    groups: Groups,
    *,
    noise: Float[np.ndarray, "noise width"] | None = None,
    share: Float[np.ndarray, " things"] | None = None,
    noise_share: Float[np.ndarray, " noise"] | None = None,
    measures: Sequence[str] = (*OF_VECTORS, "softmax"),
    count: int = NEIGHBOURS,
    seed: int = 0,
) -> dict[str, Scores]:
    """The outlierness of all things by each measure that can be had.

    Args:
        vectors: of all things, [G, D].
        groups: of the run.
        noise: vectors of noise, [N, D].
        share: the share of the most likely class of each thing; None for a run that gives no classes.
        noise_share: the same of the noise; None where the network did not see it. Then `softmax` has no noise.
        measures: which; `softmax` is left out without `share`.
        count: nearest ones that are looked at.
        seed: of the forest.

    Raises `InvalidSetting` as `outlierness` does.
    """
    nothing = np.empty(0)
    together = vectors if noise is None else np.concatenate([vectors, noise])
    itself = np.full(len(together), -1)
    itself[groups.reference] = np.arange(len(groups.reference))
    known = vectors[groups.reference]
    scores: dict[str, Scores] = {}
    for name in measures:
        if name != "softmax":
            of_all = outlierness(name, together, known, itself=itself, count=count, seed=seed)
            scores[name] = Scores(of_all[: len(vectors)], of_all[len(vectors) :], groups)
        elif share is not None:
            of_noise = nothing if noise_share is None else 1 - np.asarray(noise_share, dtype=np.float64)
            scores[name] = Scores(1 - np.asarray(share, dtype=np.float64), of_noise, groups)
    return scores
