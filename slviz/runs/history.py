"""The record of epochs of a run: which column is which, and which epoch was kept."""

from __future__ import annotations

import numpy as np
import pandas as pd

from slviz.evaluation import METRICS
from slviz.optimisers import Optimiser

STANDING = ("epoch", "epochs", "train_loss", "validation_loss", "seconds", "metric_name", "learning_rate")
GRADIENT_NORM, LAYER = "gradient_norm", "layer_"


def watched_metric(history: pd.DataFrame) -> str | None:
    """The column of the metric on validation pairs that is followed: the one beside those that every history has."""
    for column in map(str, history.columns):
        is_other = column in (*STANDING, GRADIENT_NORM) or column.startswith(LAYER)
        if not is_other and pd.api.types.is_numeric_dtype(history[column]):
            return column
    return None


def metric_label(column: str) -> str:
    """What the followed metric is called, such as "Average precision"."""
    metric = METRICS.get(column.removeprefix("validation_"))
    return column.replace("_", " ").capitalize() if metric is None else metric.label


def is_lower_better(column: str | None) -> bool:
    """Whether the followed metric is an error."""
    metric = METRICS.get((column or "").removeprefix("validation_"))
    return metric is not None and not metric.higher_is_better


def best_epoch(epochs: np.ndarray, values: np.ndarray, *, lower_is_better: bool) -> int | None:
    """The first epoch with the best value; None where no value is a number."""
    if not np.isfinite(values).any():
        return None
    return int(epochs[np.nanargmin(values) if lower_is_better else np.nanargmax(values)])


def kept_epoch(history: pd.DataFrame, optimiser: Optimiser) -> int | None:
    """The epoch whose weights the run has; None for a history without epochs."""
    if not len(history):
        return None
    epochs = history["epoch"].to_numpy()
    if optimiser.keep == "loss":
        return best_epoch(epochs, history["validation_loss"].to_numpy(float), lower_is_better=True)
    metric = watched_metric(history)
    if optimiser.keep == "last" or metric is None:
        return int(epochs[-1])
    return best_epoch(epochs, history[metric].to_numpy(float), lower_is_better=is_lower_better(metric))
