"""Scores on an open scale, on which means and deviations say something: log-odds of those between 0 and 1."""

from __future__ import annotations

import numpy as np

LEAST = 1e-7
"""Scores nearer to 0 and 1 than this are told apart no more: single precision ends there."""


def is_bounded(scores: np.ndarray) -> bool:
    """Whether all scores lie between 0 and 1."""
    return bool(scores.min(initial=0) >= 0 and scores.max(initial=0) <= 1)


def on_an_open_scale(scores: np.ndarray, *, bounded: bool) -> np.ndarray:
    """Log-odds of scores between 0 and 1, of the same precision; others as they are."""
    if not bounded:
        return scores
    inside = np.clip(scores, LEAST, 1 - LEAST)
    return np.log(inside) - np.log1p(-inside)
