"""Outlierness: how unlike a thing is to what a run learnt from, and whether a measure of it can tell noise from things.

In NumPy and scikit-learn; nothing here needs torch.
"""

from __future__ import annotations

from slviz.outliers.groups import Groups, groups_of
from slviz.outliers.measures import MEASURES, Measure, outlierness
from slviz.outliers.noise import NOISE_KINDS, noise_like
from slviz.outliers.scores import Scores, scores_of
from slviz.outliers.telling import Telling, percentiles, telling

__all__ = [
    "MEASURES",
    "NOISE_KINDS",
    "Groups",
    "Measure",
    "Scores",
    "Telling",
    "groups_of",
    "noise_like",
    "outlierness",
    "percentiles",
    "scores_of",
    "telling",
]
