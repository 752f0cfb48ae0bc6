"""Metrics of one set of evaluated pairs: ranking, threshold, calibration, error."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float, Float64

BINS = 10


def roc_curve(
    actual: Float[np.ndarray, " rows"], score: Float[np.ndarray, " rows"]
) -> tuple[Float64[np.ndarray, " steps"], Float64[np.ndarray, " steps"], Float64[np.ndarray, " steps"]]:
    """False positive rate, true positive rate and threshold, from (0, 0) to (1, 1).

    Rows with the same score fall together. `actual` is 1 or 0 and has both. The first threshold is
    infinite: nothing reaches it.
    """
    from sklearn import metrics

    return metrics.roc_curve(actual > 0.5, _double(score), drop_intermediate=False)


def pr_curve(
    actual: Float[np.ndarray, " rows"], score: Float[np.ndarray, " rows"]
) -> tuple[Float64[np.ndarray, " steps"], Float64[np.ndarray, " steps"], Float64[np.ndarray, " steps"]]:
    """Recall (rising), precision and threshold; one step for each different score."""
    from sklearn.metrics import precision_recall_curve

    precision, recall, threshold = precision_recall_curve(actual > 0.5, _double(score))
    return recall[-2::-1], precision[-2::-1], threshold[::-1]  # theirs falls, and ends in a point of no score


def roc_auc(actual: Float[np.ndarray, " rows"], score: Float[np.ndarray, " rows"]) -> float:
    """Area under the ROC curve; a tie counts half. NaN when `actual` is all the same."""
    from sklearn.metrics import roc_auc_score

    return float("nan") if _one_sided(actual) else float(roc_auc_score(actual > 0.5, _double(score)))


def average_precision(actual: Float[np.ndarray, " rows"], score: Float[np.ndarray, " rows"]) -> float:
    """Sum of precision times the step in recall, over the different scores. NaN when `actual` is all the same.

    Not the trapezoid, which flatters tied scores (Davis & Goadrich 2006).
    """
    from sklearn.metrics import average_precision_score

    return float("nan") if _one_sided(actual) else float(average_precision_score(actual > 0.5, _double(score)))


def best_threshold(actual: Float[np.ndarray, " rows"], score: Float[np.ndarray, " rows"]) -> float:
    """The score from which calling a pair real gives the highest F1; NaN without a real pair."""
    from sklearn.metrics import confusion_matrix_at_thresholds

    if not np.any(actual > 0.5):
        return float("nan")
    _, misses, _, hits, threshold = confusion_matrix_at_thresholds(actual > 0.5, _double(score))
    return float(threshold[np.argmax(2 * hits / (hits + misses + hits[-1]))])


def f1_at(threshold: float, actual: Float[np.ndarray, " rows"], score: Float[np.ndarray, " rows"]) -> float:
    """F1 of calling every pair real whose score is `threshold` or more; 0 when there is no hit."""
    if np.isnan(threshold):
        return float("nan")
    called, real = score >= threshold, actual > 0.5
    total = called.sum() + real.sum()
    return float(2 * (called & real).sum() / total) if total else 0.0


def brier_score(actual: Float[np.ndarray, " rows"], score: Float[np.ndarray, " rows"]) -> float:
    """Mean squared difference of a score in 0..1 and what is true."""
    return float(np.mean((_double(score) - actual) ** 2))


def reliability(
    actual: Float[np.ndarray, " rows"], score: Float[np.ndarray, " rows"], *, bins: int = BINS
) -> tuple[Float64[np.ndarray, " filled"], Float64[np.ndarray, " filled"], np.ndarray]:
    """Mean score, share of real pairs and number of pairs of each bin of equal width that holds any."""
    bin_of = np.clip((_double(score) * bins).astype(np.int64), 0, bins - 1)
    count = np.bincount(bin_of, minlength=bins)
    filled = count > 0
    mean_score = np.bincount(bin_of, weights=score, minlength=bins)[filled] / count[filled]
    share_real = np.bincount(bin_of, weights=actual, minlength=bins)[filled] / count[filled]
    return mean_score, share_real, count[filled]


def calibration_error(actual: Float[np.ndarray, " rows"], score: Float[np.ndarray, " rows"]) -> float:
    """Expected calibration error: |mean score − share of real pairs|, weighted over ten bins (Guo 2017)."""
    mean_score, share_real, count = reliability(actual, score)
    return float(np.sum(count * np.abs(mean_score - share_real)) / count.sum())


def rmse(actual: Float[np.ndarray, " rows"], prediction: Float[np.ndarray, " rows"]) -> float:
    """Root of the mean squared error."""
    return float(np.sqrt(np.mean((_double(actual) - prediction) ** 2)))


def mae(actual: Float[np.ndarray, " rows"], prediction: Float[np.ndarray, " rows"]) -> float:
    """Mean absolute error."""
    return float(np.mean(np.abs(_double(actual) - prediction)))


def r_squared(actual: Float[np.ndarray, " rows"], prediction: Float[np.ndarray, " rows"]) -> float:
    """1 − squared error over the squared error of the mean of `actual`; NaN when `actual` is all the same."""
    spread = np.sum((_double(actual) - np.mean(_double(actual))) ** 2)
    return float(1 - np.sum((_double(actual) - prediction) ** 2) / spread) if spread else float("nan")


def spearman(actual: Float[np.ndarray, " rows"], prediction: Float[np.ndarray, " rows"]) -> float:
    """Correlation of the ranks, ties sharing their mean rank; NaN when either is all the same."""
    from scipy.stats import spearmanr

    if len(actual) < 2 or np.ptp(actual) == 0 or np.ptp(prediction) == 0:
        return float("nan")
    return float(np.asarray(spearmanr(actual, prediction))[0])


def link_metrics(
    actual: Float[np.ndarray, " rows"],
    score: Float[np.ndarray, " rows"],
    *,
    threshold: float,
    share: Float[np.ndarray, " rows"] | None = None,
) -> dict[str, float]:
    """Metrics of one set of pairs, by metric key.

    Args:
        actual: 1 for a real pair, 0 for an unlisted one.
        score: higher for what is thought real.
        threshold: from `best_threshold` on validation pairs.
        share: what the scorer says of the share of real pairs, in 0..1: its score, where that is one.
    """
    measures = {
        "auc": roc_auc(actual, score),
        "ap": average_precision(actual, score),
        "f1": f1_at(threshold, actual, score),
        "threshold": threshold,
    }
    if share is not None:
        measures |= {"brier": brier_score(actual, share), "ece": calibration_error(actual, share)}
    return measures


def value_metrics(actual: Float[np.ndarray, " rows"], prediction: Float[np.ndarray, " rows"]) -> dict[str, float]:
    """Metrics of predicted numbers, by metric key."""
    return {
        "rmse": rmse(actual, prediction),
        "mae": mae(actual, prediction),
        "r2": r_squared(actual, prediction),
        "spearman": spearman(actual, prediction),
    }


def _one_sided(actual: np.ndarray) -> bool:
    return bool(np.all(actual > 0.5) or np.all(actual <= 0.5))


def _double(values: np.ndarray) -> Float64[np.ndarray, " rows"]:
    return np.asarray(values, dtype=np.float64)
