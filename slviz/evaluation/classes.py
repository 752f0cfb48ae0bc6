"""Metrics of predicted classes: confusion matrix, accuracy, macro F1, and recall and precision of each class."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float64, Int64


def confusion_matrix(
    actual: Int64[np.ndarray, " genes"], predicted: Int64[np.ndarray, " genes"], *, classes: int
) -> Int64[np.ndarray, "classes classes"]:
    """Genes of each actual class (rows) that were given each class (columns)."""
    cells = np.bincount(actual * classes + predicted, minlength=classes * classes)
    return cells.reshape(classes, classes)


def class_metrics(confusion: Int64[np.ndarray, "classes classes"]) -> dict[str, float]:
    """Metrics over all classes, by metric key.

    Macro F1 is the mean F1 of the classes that occur or were predicted, balanced accuracy the mean recall of
    those that occur. NaN where the matrix is empty.
    """
    genes = confusion.sum()
    if not genes:
        return {"accuracy": float("nan"), "macro_f1": float("nan"), "balanced_accuracy": float("nan")}
    return {
        "accuracy": float(np.trace(confusion) / genes),
        "macro_f1": float(np.nanmean(f1_of_each(confusion))),
        "balanced_accuracy": float(np.nanmean(recall_of_each(confusion))),
    }


def recall_of_each(confusion: Int64[np.ndarray, "classes classes"]) -> Float64[np.ndarray, " classes"]:
    """Share of each class's genes that were given it; NaN for a class without genes."""
    return _share(np.diag(confusion), confusion.sum(axis=1))


def precision_of_each(confusion: Int64[np.ndarray, "classes classes"]) -> Float64[np.ndarray, " classes"]:
    """Share of the genes that were given each class which are of it; NaN for a class that was never given."""
    return _share(np.diag(confusion), confusion.sum(axis=0))


def f1_of_each(confusion: Int64[np.ndarray, "classes classes"]) -> Float64[np.ndarray, " classes"]:
    """Harmonic mean of recall and precision; NaN for a class that neither occurs nor was given."""
    return _share(2 * np.diag(confusion), confusion.sum(axis=0) + confusion.sum(axis=1))


def _share(part: np.ndarray, whole: np.ndarray) -> Float64[np.ndarray, " classes"]:
    return np.where(whole > 0, part / np.maximum(whole, 1), np.nan)
