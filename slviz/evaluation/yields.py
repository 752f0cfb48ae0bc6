"""What testing pairs in the order of a score would bring: real pairs among the first tests, and precision where real
pairs are as rare as they are."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float64, Int64

from slviz.evaluation.pairwise import roc_curve

PRIORS = (0.1, 0.01, 0.001)
"""Shares of real pairs: of a focused list, of a screen, of all pairs of genes."""
RECALLS = (0.1, 0.25, 0.5)


def hits_by_tests(
    actual: Float64[np.ndarray, " pairs"], score: Float64[np.ndarray, " pairs"]
) -> Float64[np.ndarray, " pairs1"]:
    """Expected real pairs among the first 0, 1, …, N tests, the highest scores first.

    Level scores are tested in random order, so within a run of them the expectation grows evenly.
    """
    order = np.argsort(-score, kind="stable")
    level = np.r_[np.flatnonzero(np.diff(score[order])) + 1, len(score)]  # where each run of level scores ends
    hits = np.r_[0.0, np.cumsum(actual[order])]
    return np.interp(np.arange(len(score) + 1), np.r_[0, level], hits[np.r_[0, level]])


def precision_at_priors(
    actual: Float64[np.ndarray, " pairs"],
    score: Float64[np.ndarray, " pairs"],
    *,
    priors: Sequence[float] = PRIORS,
    recalls: Sequence[float] = RECALLS,
) -> Float64[np.ndarray, "priors recalls"]:
    """Precision at a recall, as it would be were real pairs as frequent as a prior: π·TPR / (π·TPR + (1 − π)·FPR).

    The false positive rate is the smallest at which the ROC curve reaches the recall. Where no negative pair scores
    as high, the rate is not known to be 0: it is taken as that of half a negative pair.
    """
    false_rate, true_rate, _ = roc_curve(actual, score)
    negatives = max(int((actual < 0.5).sum()), 1)
    reached = np.array([false_rate[np.argmax(true_rate >= recall)] for recall in recalls])
    rate = np.maximum(reached, 0.5 / negatives)
    share = np.asarray(priors, dtype=np.float64)[:, None]
    wanted = np.asarray(recalls, dtype=np.float64)[None, :]
    return share * wanted / (share * wanted + (1 - share) * rate[None, :])


def first_tests(count: int, *, most: int = 400) -> Int64[np.ndarray, " shown"]:
    """At most so many numbers of tests from 0 to `count`, denser at the beginning."""
    steps = np.unique(np.r_[0, np.geomspace(1, max(count, 1), most).round(), count]).astype(np.int64)
    return steps[steps <= count]
