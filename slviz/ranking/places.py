"""Places in a ranking: ranks, percentiles that are never 100, and how people read them."""

from __future__ import annotations

import math

import numpy as np
from jaxtyping import Float64, Int64

from slviz.text import percent

LEAST, MOST = 0.001, 0.999
"""Scores beyond these are written as "< 0.001" and "> 0.999": a model is never sure."""
DIGITS_OF_A_SCORE = 3


def ranks(scores: np.ndarray) -> Int64[np.ndarray, " scores"]:
    """1 for the highest score; equal scores share the smallest rank."""
    falling = np.sort(-np.asarray(scores, dtype=np.float64))
    return 1 + np.searchsorted(falling, -np.asarray(scores, dtype=np.float64), side="left").astype(np.int64)


def mean_ranks(scores: np.ndarray) -> Float64[np.ndarray, " scores"]:
    """1 for the highest score; equal scores share the mean of their ranks."""
    return mean_ranks_among(scores, scores)


def mean_ranks_among(scores: np.ndarray, others: np.ndarray) -> Float64[np.ndarray, " scores"]:
    """The place that each score takes among `others`; level with some of them, the mean of theirs.

    A score that is among the others has its own mean rank; one that is not stands half a place after those above it.
    """
    falling = np.sort(-np.asarray(others, dtype=np.float64))
    wanted = -np.asarray(scores, dtype=np.float64)
    above = np.searchsorted(falling, wanted, side="left")
    through = np.searchsorted(falling, wanted, side="right")
    return (above + through + 1) / 2


def percentiles(place: Float64[np.ndarray, " scores"], count: int) -> Float64[np.ndarray, " scores"]:
    """100 (N − rank + ½) / N for mean ranks among N: above 0 and below 100 for every rank (Hazen 1914)."""
    return 100 * (count - np.asarray(place, dtype=np.float64) + 0.5) / max(count, 1)


def percentile_text(percentile: float) -> str:
    """A percentile with as many digits as tell it from 0 and 100, such as "87.3" or "99.992"; "–" for NaN."""
    if math.isnan(percentile):
        return "–"
    distance = min(percentile, 100 - percentile)
    digits = 1 if distance >= 1 or distance <= 0 else min(1 - math.floor(math.log10(distance)), 8)
    return f"{percentile:.{digits}f}"


def share_text(share: float) -> str:
    """A share that is read from a few screens: "85 %", "> 99 %" and "< 1 %", never "100 %" or "0 %"; "–" for NaN."""
    if math.isnan(share):
        return "–"
    return "> 99 %" if share > 0.99 else "< 1 %" if share < 0.01 else percent(share)


def score_text(score: float, *, bounded: bool = True) -> str:
    """A score as people read it: "0.873", "> 0.999" and "< 0.001", never "1.000"; "–" for NaN.

    With `bounded=False` it is a number on a scale of its own, such as a confidence.
    """
    if math.isnan(score):
        return "–"
    if bounded and score > MOST:
        return f"> {MOST}"
    if bounded and score < LEAST:
        return f"< {LEAST}"
    return f"{score:.{DIGITS_OF_A_SCORE}f}"
