"""Hidden genes: among known pairs, ask about some with as many unseen genes as the held-out pairs have."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Int64

Shares = tuple[float, float, float]
"""Which shares of some pairs have none, one and two genes without a training pair; they sum to 1."""
ALL_SEEN: Shares = (1.0, 0.0, 0.0)
NEARLY_ALL = 0.95
MOST_OF_SEEN = 0.5
"""At most so many of the pairs without a hidden gene are asked about; the others are the graph."""


@dataclass(frozen=True, eq=False)
class HiddenGenes:
    """Genes that are hidden, the pairs that are asked about, and those that may be read meanwhile.

    Attributes:
        hidden: bool [G].
        predicted: rows of the pairs that are asked about, by how many hidden genes they have: none, one, two.
        seen: rows of the pairs that may be read: no hidden gene, and not asked about. A pair in neither is left out.
    """

    hidden: Bool[np.ndarray, " genes"]
    predicted: tuple[np.ndarray, np.ndarray, np.ndarray]
    seen: Int64[np.ndarray, " seen"]


def count_unseen(
    pairs: Int64[np.ndarray, "pairs 2"], training: Int64[np.ndarray, "training 2"], *, genes: int
) -> Int64[np.ndarray, " pairs"]:
    """How many genes of each pair have no training pair: 0, 1 or 2."""
    seen = np.zeros(genes, dtype=bool)
    seen[training] = True
    return (~seen[pairs]).sum(axis=1)


def shares_of(unseen: Int64[np.ndarray, " pairs"]) -> Shares:
    """The shares of pairs with none, one and two unseen genes; `ALL_SEEN` of no pairs."""
    if not len(unseen):
        return ALL_SEEN
    none, one, two = (np.bincount(unseen, minlength=3) / len(unseen)).tolist()
    return none, one, two


def nearly_all_with(shares: Shares) -> int:
    """One or two where nearly all pairs have so many unseen genes, as in `one-new` and `both-new`; else 0."""
    return next((kind for kind in (1, 2) if shares[kind] >= NEARLY_ALL), 0)


def hide_genes(
    random: np.random.Generator,
    pairs: Int64[np.ndarray, "pairs 2"],
    *,
    genes: int,
    shares: Shares,
    wanted: int,
    most_touched: float,
) -> HiddenGenes | None:
    """Hide so few genes, drawn by chance, that `wanted` pairs can be asked about in these shares.

    Args:
        random: where chance comes from.
        pairs: known pairs.
        genes: number of genes G.
        shares: of the pairs with none, one and two hidden genes among those that are asked about.
        wanted: how many pairs to ask about; where that takes too many genes, as many as there can be.
        most_touched: share of the pairs that may have a hidden gene, asked about or not.

    Returns None where no pair can be asked about in these shares.
    """
    order = random.permutation(np.unique(pairs))
    place = np.full(genes, len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    first, last = place[pairs].min(axis=1), place[pairs].max(axis=1)
    # By how many genes are hidden: the pairs that have one of them, and those that have two.
    touched = np.r_[0, np.cumsum(np.bincount(first, minlength=len(order)))]
    with_two = np.r_[0, np.cumsum(np.bincount(last, minlength=len(order)))]
    there = np.stack([MOST_OF_SEEN * (len(pairs) - touched), touched - with_two, with_two])  # [kinds, hidden genes]
    share = np.asarray(shares)[:, None]
    possible = np.where(share > 0, there / np.where(share > 0, share, 1), np.inf).min(axis=0)
    possible[touched > most_touched * len(pairs)] = 0
    many = int(np.argmax(possible >= min(wanted, possible.max())))
    if possible[many] < 1:
        return None
    hidden = place < many
    unseen = hidden[pairs].sum(axis=1)
    counts = np.rint(np.asarray(shares) * min(wanted, possible[many])).astype(np.int64)
    none, one, two = (
        np.sort(random.permutation(np.flatnonzero(unseen == kind))[:count]) for kind, count in enumerate(counts)
    )
    return HiddenGenes(hidden, (none, one, two), np.setdiff1d(np.flatnonzero(unseen == 0), none))
