"""ClassPlaces: how often a gene lies nearest to the middle of its own class on a map, of those seen and those not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int64


@dataclass(frozen=True)
class ClassPlaces:
    """Shares of genes, from 0 to 1, that lie nearest to the middle of their class among the genes that were seen.

    Attributes:
        seen: of the genes whose class the map has seen.
        unseen: of the others that have one of these classes; NaN where there are none.
        chance: of the others, were their classes dealt out anew among them (the mean over all ways); NaN likewise.
        count_seen, count_unseen: how many genes.
    """

    seen: float
    unseen: float
    chance: float
    count_seen: int
    count_unseen: int


def class_places(
    coordinates: Float[np.ndarray, "genes dimensions"],
    labels: Int64[np.ndarray, " genes"],
    seen: Bool[np.ndarray, " genes"],
) -> ClassPlaces:
    """How often the nearest middle of a class is that of a gene's own class.

    Args:
        coordinates: of the map.
        labels: number of each gene's class, -1 for none.
        seen: whose class the map was made with; at least one gene with a class.
    """
    learnt = np.flatnonzero(seen & (labels >= 0))
    classes = np.unique(labels[learnt])
    middles = np.stack([coordinates[learnt[labels[learnt] == number]].mean(axis=0) for number in classes])
    others = np.flatnonzero(~seen & np.isin(labels, classes))
    given = [_nearest(coordinates[genes], middles, classes) for genes in (learnt, others)]
    if not len(others):
        return ClassPlaces(float((given[0] == labels[learnt]).mean()), np.nan, np.nan, len(learnt), 0)
    share = [(values[:, None] == classes).mean(axis=0) for values in (given[1], labels[others])]
    return ClassPlaces(
        seen=float((given[0] == labels[learnt]).mean()),
        unseen=float((given[1] == labels[others]).mean()),
        chance=float(share[0] @ share[1]),
        count_seen=len(learnt),
        count_unseen=len(others),
    )


def _nearest(places: np.ndarray, middles: np.ndarray, classes: np.ndarray) -> np.ndarray:
    """The class whose middle is nearest to each place."""
    squares = (middles.astype(np.float64) ** 2).sum(axis=1) - 2 * places.astype(np.float64) @ middles.T  # [N, K]
    return classes[squares.argmin(axis=1)]
