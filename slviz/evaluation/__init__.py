"""Scores → metrics and curves, in NumPy alone."""

from __future__ import annotations

from slviz.evaluation.metrics import METRICS, Metric
from slviz.evaluation.pairwise import (
    average_precision,
    best_threshold,
    brier_score,
    calibration_error,
    f1_at,
    link_metrics,
    mae,
    pr_curve,
    r_squared,
    reliability,
    rmse,
    roc_auc,
    roc_curve,
    spearman,
    value_metrics,
)
from slviz.evaluation.ranking import CUTS, TOP, ScoreRows, ranking_metrics

__all__ = [
    "CUTS",
    "METRICS",
    "TOP",
    "Metric",
    "ScoreRows",
    "average_precision",
    "best_threshold",
    "brier_score",
    "calibration_error",
    "f1_at",
    "link_metrics",
    "mae",
    "pr_curve",
    "r_squared",
    "ranking_metrics",
    "reliability",
    "rmse",
    "roc_auc",
    "roc_curve",
    "spearman",
    "value_metrics",
]
