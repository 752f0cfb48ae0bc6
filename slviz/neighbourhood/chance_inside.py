"""How many known pairs as many genes have among themselves by chance, each drawn from those like it in partners."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from jaxtyping import Int64

from slviz.datasets import GeneGraph

DRAWS = 200
FEWEST_ALIKE, ALIKE = 10, 0.8
"""A gene is exchanged with those that have down to this share of the partners of the first of them, and with ten or
more."""
TAIL = 2.5
FEW = 10


@dataclass(frozen=True)
class ChanceInside:
    """Known pairs inside as many genes that were drawn at random with like numbers of known partners.

    Attributes:
        mean: over the draws.
        low, high: 2.5 % of the draws have fewer than `low`, and 2.5 % more than `high`.
        draws: how many there were.
    """

    mean: float
    low: float
    high: float
    draws: int

    @property
    def sentence(self) -> str:
        """What a page says after the number that was counted."""
        return (
            f"{about(self.mean)} by chance, as {self.draws:,} draws of as many genes with like numbers of known "
            f"partners have (95 % of them {self.low:,.0f} to {self.high:,.0f})"
        )


def about(number: float) -> str:
    """A mean of counts, such as "0.4", "3.1" or "1,204"."""
    return f"{number:.1f}" if number < FEW else f"{number:,.0f}"


def known_by_chance(
    graph: GeneGraph, chosen: Int64[np.ndarray, " selected"], *, draws: int = DRAWS, seed: int = 0
) -> ChanceInside:
    """What chance gives for the known pairs inside a selection, by permutations that keep degrees.

    Hubs have known pairs with everybody, so a selection of them holds many whatever joins it. Genes are therefore put
    into strata of like numbers of known partners, and each draw takes from every stratum as many genes, without
    replacement, as the selection has there (permutation within strata; Good 2005, Permutation, Parametric, and
    Bootstrap Tests of Hypotheses, chapter 3).

    Args:
        graph: the data set.
        chosen: gene numbers, each once.
        draws: how many random selections are counted.
        seed: of the draws.
    """
    random = np.random.default_rng(seed)
    is_chosen = np.zeros(len(graph), dtype=bool)
    is_chosen[chosen] = True
    members = []  # for each stratum the genes of each draw [draws, count]
    for alike in strata(graph.degree):
        count = int(is_chosen[alike].sum())
        if count:
            members.append(np.stack([random.permutation(alike)[:count] for _ in range(draws)]))
    drawn = np.concatenate(members, axis=1) if members else np.zeros((draws, 0), dtype=np.int64)
    inside = _pairs_inside(graph, drawn)
    low, high = np.percentile(inside, [TAIL, 100 - TAIL], method="nearest")
    return ChanceInside(float(inside.mean()), float(low), float(high), draws)


def strata(degree: Int64[np.ndarray, " genes"]) -> list[Int64[np.ndarray, " alike"]]:
    """The genes with like numbers of partners, those with most first; every gene is in one stratum."""
    order = np.argsort(-degree, kind="stable")
    falling = -degree[order]
    groups, start = [], 0
    while start < len(order):
        end = int(np.searchsorted(falling, ALIKE * falling[start], side="right"))
        end = max(end, start + FEWEST_ALIKE)
        end = len(order) if len(order) - end < FEWEST_ALIKE else end
        groups.append(order[start:end])
        start = end
    return groups


def _pairs_inside(graph: GeneGraph, drawn: Int64[np.ndarray, "draws genes"]) -> Int64[np.ndarray, " draws"]:
    """Known pairs of two genes of the same draw, for each draw."""
    draws, genes = drawn.shape
    rows, place = drawn.ravel(), np.repeat(np.arange(draws), genes)
    picked = sp.csr_matrix((np.ones(len(rows), dtype=np.int32), (rows, place)), shape=(len(graph), draws))
    joined = sp.csr_matrix(graph.adjacency != 0).astype(np.int32)
    return np.asarray(picked.multiply(joined @ picked).sum(axis=0)).ravel().astype(np.int64) // 2
