"""Trees: gradient-boosted trees as arrays, stored and read without scikit-learn."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import Float32, Float64

from slviz.errors import DamagedRun

if TYPE_CHECKING:
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

NAMES = ("feature", "threshold", "left", "right", "value", "roots", "start")
LEAF = -1
ROUNDS = 120
LEARNING_RATE = 0.12
LEAVES = 16
LEAST_ROWS = 20
PENALTY = 0.01
"""Penalty of a leaf's squared value, as a share of all weights. So large a one lets no small group of pairs that
happens to hold no unlisted one lead the ranking of all pairs: with a third of it the trees alone fall from .53 to
.40 in average precision among all unknown pairs of the real data (fold 0), at the same ROC AUC."""
PENALTY_OF_VALUES = 1.0
FEATURES_A_SPLIT = 0.3


@dataclass(frozen=True, eq=False)
class Trees:
    """Gradient-boosted trees (Friedman 2001). M nodes, T trees, F features.

    raw(x) = start + Σ over trees of the value of the leaf that x falls into

    Attributes:
        arrays: "feature" int64 [M] (-1 at a leaf), "threshold" float64 [M] (up to it goes left), "left" and
            "right" int64 [M], "value" float64 [M], "roots" int64 [T], "start" float64 [1].
    """

    arrays: Mapping[str, np.ndarray]

    def __post_init__(self) -> None:
        missing = [name for name in NAMES if name not in self.arrays]
        if missing:
            raise DamagedRun(f"The trees of this run lack {', '.join(missing)}: they score no pairs.")

    def reading(self, names: Sequence[str], *, named: Sequence[str]) -> Trees:
        """The same trees for features in the order of `names`, where they were fitted with those that are `named`.

        Raises `DamagedRun` where they read a feature that is not among `names`.
        """
        if tuple(names) == tuple(named):
            return self
        feature = self.arrays["feature"]
        inside = feature != LEAF
        used = np.unique(feature[inside])
        if used.size and used.max() >= len(named):
            raise DamagedRun("The trees of this run read a feature that has no name. Train the run again.")
        column = np.full(len(named), LEAF, dtype=feature.dtype)
        for number in used.tolist():
            if named[number] not in names:
                raise DamagedRun(
                    f"The trees of this run read '{named[number]}', which this version of slviz does not compute. "
                    "Open it with the version that wrote it, or train it again."
                )
            column[number] = names.index(named[number])
        return Trees({**self.arrays, "feature": np.where(inside, column[feature], LEAF)})

    def raw(self, features: Float32[np.ndarray, "rows features"]) -> Float64[np.ndarray, " rows"]:
        """Log-odds (or the predicted value) of each row."""
        part = self.arrays
        total = np.full(len(features), part["start"][0])
        for leaf in self._leaves(features):
            total += part["value"][leaf]
        return total

    def raw_of_columns(self, columns: Float32[np.ndarray, "features rows"]) -> Float32[np.ndarray, " rows"]:
        """`raw` for millions of rows whose features stand in columns: a compiled loop on as many cores as there are."""
        part = self.arrays
        kinds = {"feature": np.int16, "left": np.int32, "right": np.int32, "value": np.float32, "roots": np.int32}
        nodes = {name: part[name].astype(kind) for name, kind in kinds.items()}
        return _compiled()(columns, *nodes.values(), rounded_down(part["threshold"]), np.float32(part["start"][0]))

    def _leaves(self, features: np.ndarray) -> Any:
        """For each tree, the node [rows] that every row ends in."""
        part, rows = self.arrays, np.arange(len(features))
        for root in part["roots"]:
            node = np.full(len(features), root)
            while True:
                feature = part["feature"][node]
                inside = feature != LEAF
                if not inside.any():
                    break
                goes_left = features[rows, np.maximum(feature, 0)] <= part["threshold"][node]
                node = np.where(inside, np.where(goes_left, part["left"][node], part["right"][node]), node)
            yield node


def fit_trees(
    features: Float32[np.ndarray, "rows features"],
    target: np.ndarray,
    *,
    weight: Float64[np.ndarray, " rows"],
    values: bool,
    seed: int,
    rounds: int = ROUNDS,
) -> Trees:
    """Fit the trees with scikit-learn's histogram gradient boosting, on one thread.

    Args:
        features: [rows, F], finite.
        target: true or false; with `values` a number to predict by least squares.
        weight: how much each row counts.
        values: whether `target` is a number.
        seed: of the features that a split may choose from.
        rounds: number of trees.
    """
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
    from threadpoolctl import threadpool_limits

    settings: dict[str, Any] = {
        "max_iter": rounds,
        "learning_rate": LEARNING_RATE,
        "max_leaf_nodes": LEAVES,
        "min_samples_leaf": LEAST_ROWS,
        "max_features": FEATURES_A_SPLIT,
        "l2_regularization": PENALTY_OF_VALUES if values else PENALTY * float(weight.sum()),
        "early_stopping": False,
        "random_state": seed,
    }
    kind = HistGradientBoostingRegressor if values else HistGradientBoostingClassifier
    with threadpool_limits(1):  # threads that share busy cores wait for each other: ten times slower
        model = kind(**settings).fit(features, target, sample_weight=weight)
    return Trees(_arrays(model))


def _arrays(model: HistGradientBoostingClassifier | HistGradientBoostingRegressor) -> dict[str, np.ndarray]:
    """All trees of a fitted model one after another; a child's number is that in the whole."""
    trees = [of_round[0].nodes for of_round in model._predictors]  # the fitted trees have no public name
    first = np.cumsum([0] + [len(nodes) for nodes in trees])
    nodes = np.concatenate(trees)
    shift = np.repeat(first[:-1], [len(tree) for tree in trees])
    leaf = nodes["is_leaf"].astype(bool)
    feature = np.where(leaf, LEAF, nodes["feature_idx"].astype(np.int64))
    left = np.where(leaf, 0, nodes["left"].astype(np.int64) + shift)
    right = np.where(leaf, 0, nodes["right"].astype(np.int64) + shift)
    return {
        "feature": feature,
        "threshold": nodes["num_threshold"].astype(np.float64),
        "left": left,
        "right": right,
        "value": np.where(leaf, nodes["value"], 0.0),
        "roots": first[:-1].astype(np.int64),
        "start": np.asarray(model._baseline_prediction, dtype=np.float64).ravel()[:1],
    }


def rounded_down(threshold: Float64[np.ndarray, " nodes"]) -> Float32[np.ndarray, " nodes"]:
    """The largest float32 up to each threshold: a float32 feature is on the same side of both."""
    nearest = threshold.astype(np.float32)
    return np.where(nearest > threshold, np.nextafter(nearest, np.float32(-np.inf)), nearest)


@cache
def _compiled() -> Callable[..., Float32[np.ndarray, " rows"]]:
    import numba

    @numba.njit(parallel=True, nogil=True)
    def raw(columns, feature, left, right, value, roots, threshold, start):
        rows = columns.shape[1]
        total = np.empty(rows, dtype=np.float32)
        for row in numba.prange(rows):
            summed = start
            for root in roots:
                node = root
                while feature[node] >= 0:
                    node = left[node] if columns[feature[node], row] <= threshold[node] else right[node]
                summed += value[node]
            total[row] = summed
        return total

    return raw
