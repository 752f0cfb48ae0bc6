"""Metrics of a screen: how far hits stand above tested non-hits, with intervals by a bootstrap over genes."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from jaxtyping import Bool, Float64, Int64

from slviz.evaluation.comparison import INTERVAL, weighted_ap, weighted_auc
from slviz.evaluation.pairwise import average_precision, roc_auc

CUTS = (10, 20, 50, 100)
"""How many pairs somebody might test next."""
DRAWS = 300
ENOUGH = 5
"""Hits, and non-hits, from which a screen counts in a mean over screens."""
OF_PARALOGS = 0.25
"""Share of paralogs among its tested pairs from which a screen is one of paralogs."""
FEWEST = 3
"""Hits, and non-hits, below which a part of a screen is not measured by itself."""


def screen_metrics(hit: Bool[np.ndarray, " pairs"], score: Float64[np.ndarray, " pairs"]) -> dict[str, float]:
    """Metrics of one screen by key: AUC, average precision and its base rate, hits among the first pairs, enrichment.

    Of pairs with the same score that a cut divides, the share that is inside counts, so that a score which is the same
    for all pairs finds what chance finds.
    """
    actual = hit.astype(np.float64)
    metrics = {"auc": roc_auc(actual, score), "ap": average_precision(actual, score), "base_rate": float(hit.mean())}
    for cut in CUTS:
        if cut <= len(hit):
            hits = hits_among_first(hit, score, cut)
            metrics |= {f"hits@{cut}": hits, f"enrichment@{cut}": hits / max(cut * float(hit.mean()), 1e-12)}
    return metrics


def hits_among_first(hit: np.ndarray, score: np.ndarray, cut: int) -> float:
    """How many of the `cut` pairs with the highest scores are hits, on average over the orders of equal scores."""
    bound = np.sort(score)[::-1][cut - 1]
    above, level = score > bound, score == bound
    return float(hit[above].sum() + (cut - above.sum()) * hit[level].mean())


def gene_draws(genes: int, *, draws: int = DRAWS, seed: int = 0) -> Int64[np.ndarray, "draws genes"]:
    """How often each gene is drawn when genes are drawn with replacement, as many as there are."""
    return np.random.default_rng(seed).multinomial(genes, np.full(genes, 1 / genes), size=draws)


def of_pairs(
    drawn: Int64[np.ndarray, "draws genes"], pairs: Int64[np.ndarray, "pairs 2"]
) -> Float64[np.ndarray, "draws pairs"]:
    """How often each pair is there when its genes are: the product of both (Snijders & Borgatti 1999)."""
    return (drawn[:, pairs[:, 0]] * drawn[:, pairs[:, 1]]).astype(np.float64)


def drawn_metrics(
    hit: Bool[np.ndarray, " pairs"], score: Float64[np.ndarray, " pairs"], weight: Float64[np.ndarray, "draws pairs"]
) -> dict[str, Float64[np.ndarray, " draws"]]:
    """AUC and average precision of each draw; NaN where a draw has no hit, or no other pair."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return {"auc": weighted_auc(hit, score)(weight), "ap": weighted_ap(hit, score)(weight)}


def interval(draws: Float64[np.ndarray, " draws"]) -> tuple[float, float]:
    """95 % interval over the draws that could be measured; NaN where none could."""
    measured = draws[np.isfinite(draws)]
    if not len(measured):
        return float("nan"), float("nan")
    low, high = np.quantile(measured, INTERVAL)
    return float(low), float(high)


def mean_of_screens(of_screens: list[Mapping[str, float]]) -> dict[str, float]:
    """The mean over screens of each metric that all of them have."""
    if not of_screens:
        return {}
    shared = [key for key in of_screens[0] if all(key in metrics for metrics in of_screens)]
    return {key: float(np.mean([metrics[key] for metrics in of_screens])) for key in shared}


def counts(hit: Bool[np.ndarray, " pairs"]) -> bool:
    """Whether a screen has hits and non-hits enough for a mean over screens."""
    return bool(min(hit.sum(), (~hit).sum()) >= ENOUGH)


def coverage(hit: Bool[np.ndarray, " pairs"], possible: Bool[np.ndarray, "pairs 2"]) -> dict[str, float]:
    """Of conformal answers: which share of hits, and of non-hits, keeps its class, and of how many nothing is said."""
    said = possible.sum(axis=1) == 1
    return {
        "coverage_hit": float(possible[hit, 0].mean()) if hit.any() else float("nan"),
        "coverage_no_hit": float(possible[~hit, 1].mean()) if (~hit).any() else float("nan"),
        "cannot_say": float((~said).mean()),
    }
