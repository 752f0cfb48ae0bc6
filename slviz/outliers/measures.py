"""How unlike a vector is to those that were learnt from, by four measures; higher is more unlike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from jaxtyping import Float, Float64, Int64

from slviz.errors import InvalidSetting

NEIGHBOURS = 10
TREES = 200
BLOCK = 512


@dataclass(frozen=True)
class Measure:
    """A measure of outlierness.

    Attributes:
        title: on the page.
        unit: of its numbers.
        help: a sentence on what it is.
        source: the paper.
    """

    title: str
    unit: str
    help: str
    source: str


MEASURES: Mapping[str, Measure] = MappingProxyType(
    {
        "nearest": Measure(
            "Distance to nearest",
            "mean distance to the nearest that were learnt from",
            "the mean distance to the k nearest genes that the run learnt from",
            "Angiulli & Pizzuti 2002",
        ),
        "forest": Measure(
            "Isolation forest",
            "0 to 1, 0.5 is usual",
            "how few random cuts set a gene apart from the others",
            "Liu, Ting & Zhou 2008",
        ),
        "mahalanobis": Measure(
            "Mahalanobis distance",
            "standard deviations from the centre",
            "the distance from the centre of what was learnt from, in standard deviations of each direction; the "
            "covariance is shrunk (Ledoit & Wolf 2004), so that it can be inverted however few genes there are",
            "Mahalanobis 1936",
        ),
        "softmax": Measure(
            "1 − softmax",
            "1 less the share of the most likely class",
            "one less the share that the network gives the most likely class",
            "Hendrycks & Gimpel 2017",
        ),
    }
)
"""Every measure by its id, in the order of the tables. `softmax` is for runs about classes alone."""


def outlierness(
    name: str,
    vectors: Float[np.ndarray, "things width"],
    reference: Float[np.ndarray, "reference width"],
    *,
    itself: Int64[np.ndarray, " things"] | None = None,
    count: int = NEIGHBOURS,
    seed: int = 0,
) -> Float64[np.ndarray, " things"]:
    """How unlike each of `vectors` is to `reference`; higher is more unlike.

    Args:
        name: "nearest", "forest" or "mahalanobis".
        vectors: of the things, [N, D].
        reference: of what was learnt from, [R, D].
        itself: the row of `reference` that each thing itself is, −1 where it is none; a thing is never its own
            nearest. The other two measures are fitted on the whole of `reference`, where one thing counts little.
        count: nearest ones that "nearest" looks at; all where there are fewer.
        seed: of the forest.

    Raises `InvalidSetting` for another name, for fewer than two in `reference`, and for vectors that are all the same.
    """
    if name not in ("nearest", "forest", "mahalanobis"):
        raise InvalidSetting(f"measure='{name}' is not one of: nearest, forest, mahalanobis.")
    if len(reference) < 2:
        raise InvalidSetting(f"Outlierness needs two vectors or more that were learnt from; here is {len(reference)}.")
    wide, known = np.asarray(vectors, dtype=np.float64), np.asarray(reference, dtype=np.float64)
    if not np.ptp(known, axis=0).any():
        raise InvalidSetting(
            f"All {len(known):,} vectors that were learnt from are the same, so nothing is more unlike them than "
            "something else. Take a run whose embedding tells its genes apart."
        )
    if name == "nearest":
        return _nearest(wide, known, np.full(len(wide), -1) if itself is None else itself, count)
    return _forest(wide, known, seed) if name == "forest" else _mahalanobis(wide, known)


def _nearest(vectors: np.ndarray, reference: np.ndarray, itself: np.ndarray, count: int) -> np.ndarray:
    """The mean distance to the `count` nearest of the reference, the thing itself left out."""
    from scipy.spatial.distance import cdist

    count = min(count, len(reference) - 1)
    means = np.empty(len(vectors))
    for start in range(0, len(vectors), BLOCK):
        rows = slice(start, start + BLOCK)
        distance = cdist(vectors[rows], reference)  # differences, not a product: exact for near vectors far from 0
        own = itself[rows]
        distance[np.flatnonzero(own >= 0), own[own >= 0]] = np.inf
        means[rows] = np.partition(distance, count - 1, axis=1)[:, :count].mean(axis=1)
    return means


def _forest(vectors: np.ndarray, reference: np.ndarray, seed: int) -> np.ndarray:
    from sklearn.ensemble import IsolationForest

    forest = IsolationForest(n_estimators=TREES, random_state=seed, n_jobs=1).fit(reference)
    return -forest.score_samples(vectors)


def _mahalanobis(vectors: np.ndarray, reference: np.ndarray) -> np.ndarray:
    from sklearn.covariance import LedoitWolf

    fitted = LedoitWolf().fit(reference)
    return np.sqrt(np.maximum(fitted.mahalanobis(vectors), 0))
