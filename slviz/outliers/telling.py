"""Whether a measure of outlierness tells noise from real things, and where a thing stands among these."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Float64, Int64

from slviz.errors import InvalidSetting
from slviz.evaluation.pairwise import roc_auc

UNLIKE_FROM = 0.95
"""A thing that is more unlike than this share of held-out things is called unlike; so is one in twenty of these."""


@dataclass(frozen=True)
class Telling:
    """How well a measure tells noise from real things.

    Attributes:
        auc: area under the ROC curve: the share of pairs of a noise and a real thing in which the noise has the higher
            outlierness, half for level ones; 0.5 is chance, below it noise looks more usual than real things do.
        caught: share of the noise that is more unlike than 95 % of the real things.
        noise, real: how many there were.
    """

    auc: float
    caught: float
    noise: int
    real: int


def telling(noise: Float[np.ndarray, " noise"], real: Float[np.ndarray, " real"]) -> Telling:
    """How well outlierness tells `noise` from `real`; raises `InvalidSetting` where one of them is empty."""
    if not len(noise) or not len(real):
        raise InvalidSetting("An AUC needs one noise thing and one real thing or more.")
    target = np.r_[np.ones(len(noise)), np.zeros(len(real))]
    bound = float(np.quantile(real, UNLIKE_FROM))
    return Telling(
        auc=float(roc_auc(target, np.r_[noise, real])),
        caught=float((np.asarray(noise) > bound).mean()),
        noise=len(noise),
        real=len(real),
    )


def percentiles(
    score: Float[np.ndarray, " things"], compared: Int64[np.ndarray, " compared"]
) -> Float64[np.ndarray, " things"]:
    """The share (0 to 1) of the compared things, itself left out, that are less unlike than each thing.

    Args:
        score: outlierness of every thing, [G].
        compared: numbers of the things to compare with.

    Level things count half.
    """
    among = np.sort(score[compared])
    lower = np.searchsorted(among, score, side="left").astype(np.float64)
    level = np.searchsorted(among, score, side="right") - lower
    itself = np.zeros(len(score))
    itself[compared] = 1
    return (lower + (level - itself) / 2) / np.maximum(len(among) - itself, 1)
