"""How far two explanations order the same edges alike."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int64

FEWEST = 3
"""Edges into a gene below which their order says nothing."""


@dataclass(frozen=True)
class RankAgreement:
    """Spearman's ρ and Kendall's τ (tau-b), each from −1 to 1; NaN where no gene has enough edges of different values.

    Both are taken among the edges into one gene, and averaged over genes by their numbers of edges: values of different
    genes cannot be compared, since attention into each sums to 1.
    """

    spearman: float
    kendall: float


def rank_agreement(
    one: Float[np.ndarray, " edges"], other: Float[np.ndarray, " edges"], *, target: Int64[np.ndarray, " edges"]
) -> RankAgreement:
    """Agreement of two orders of the same edges; `target` is the gene that each leads into."""
    from scipy.stats import kendalltau, spearmanr

    measured = []
    for gene in np.unique(target):
        into = target == gene
        left, right = np.asarray(one)[into], np.asarray(other)[into]
        if into.sum() >= FEWEST and np.ptp(left) > 0 and np.ptp(right) > 0:
            measured.append((into.sum(), spearmanr(left, right)[0], kendalltau(left, right)[0]))
    if not measured:
        return RankAgreement(float("nan"), float("nan"))
    count, spearman, kendall = np.array(measured, dtype=np.float64).T
    return RankAgreement(float(np.average(spearman, weights=count)), float(np.average(kendall, weights=count)))
