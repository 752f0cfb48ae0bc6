"""AdditiveTrees: boosted trees of which each looks at one view, so that what a view adds can be read off exactly."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import Bool, Float32, Float64, Int64

from slviz.errors import DamagedRun
from slviz.structure.pair_features import COMMON

if TYPE_CHECKING:
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

NAMES = ("feature", "threshold", "left", "right", "value", "view", "roots", "start", "typical")
LEAF = -1
ROUNDS = 120
LEARNING_RATE = 0.12
LEAVES = 16
LEAST_ROWS = 20
FEATURES_A_SPLIT = 0.3


@dataclass(frozen=True, eq=False)
class AdditiveTrees:
    """Gradient-boosted trees (Friedman 2001) as arrays. M nodes, T trees, V views, F features.

    raw(x) = start + Σ over trees of the value of the leaf that x falls into

    The features on the way to a leaf belong to one view (or to none: `COMMON`), so the sum falls apart
    into one number a view (Lou et al. 2013 call such a model additive).

    Attributes:
        arrays: "feature" int64 [M] (-1 at a leaf), "threshold" float64 [M] (up to it goes left), "left" and
            "right" int64 [M], "value" float64 [M], "view" int64 [M] of the leaves, "roots" int64 [T],
            "start" float64 [1], "typical" float64 [V]: what each view adds to a typical unlisted pair.
    """

    arrays: Mapping[str, np.ndarray]

    def __post_init__(self) -> None:
        missing = [name for name in NAMES if name not in self.arrays]
        if missing:
            raise DamagedRun(f"The trees of this run lack {', '.join(missing)}: they score no pairs.")

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
        return _compiled()(columns, *nodes.values(), _rounded_down(part["threshold"]), np.float32(part["start"][0]))

    def by_view(self, features: Float32[np.ndarray, "rows features"]) -> Float64[np.ndarray, "rows views"]:
        """What each view adds to `raw`, beyond what it adds to a typical unlisted pair.

        Leaves that are reached by the number of partners alone count for the first view, "partners".
        """
        part = self.arrays
        found = np.tile(-part["typical"], (len(features), 1))
        rows = np.arange(len(features))
        for leaf in self._leaves(features):
            found[rows, np.maximum(part["view"][leaf], 0)] += part["value"][leaf]
        return found

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
    typical: Bool[np.ndarray, " rows"],
    view: Int64[np.ndarray, " features"],
    values: bool,
    seed: int,
    rounds: int = ROUNDS,
) -> AdditiveTrees:
    """Fit the trees with scikit-learn's histogram gradient boosting, on one thread.

    Args:
        features: [rows, F], finite.
        target: true or false; with `values` a number to predict by least squares.
        weight: how much each row counts.
        typical: rows that contributions are told beside.
        view: the view of each feature, or `COMMON`.
        values: whether `target` is a number.
        seed: of the features that a split may choose from.
        rounds: number of trees.
    """
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
    from threadpoolctl import threadpool_limits

    common = set(np.flatnonzero(view == COMMON).tolist())
    apart = [common | set(np.flatnonzero(view == each).tolist()) for each in np.unique(view[view != COMMON])]
    settings: dict[str, Any] = {
        "max_iter": rounds,
        "learning_rate": LEARNING_RATE,
        "max_leaf_nodes": LEAVES,
        "min_samples_leaf": LEAST_ROWS,
        "max_features": FEATURES_A_SPLIT,
        "l2_regularization": 1.0,
        "early_stopping": False,
        "interaction_cst": apart or None,
        "random_state": seed,
    }
    kind = HistGradientBoostingRegressor if values else HistGradientBoostingClassifier
    with threadpool_limits(1):  # threads that share busy cores wait for each other: ten times slower
        model = kind(**settings).fit(features, target, sample_weight=weight)
    trees = AdditiveTrees({**_arrays(model, view), "typical": np.zeros(1 + view.max(initial=0))})
    adds = trees.by_view(features[typical]).mean(axis=0) if typical.any() else trees.arrays["typical"]
    return AdditiveTrees({**trees.arrays, "typical": adds})


def _arrays(
    model: HistGradientBoostingClassifier | HistGradientBoostingRegressor, view: Int64[np.ndarray, " features"]
) -> dict[str, np.ndarray]:
    """All trees of a fitted model one after another; a child's number is that in the whole."""
    trees = [of_round[0].nodes for of_round in model._predictors]  # the fitted trees have no public name
    first = np.cumsum([0] + [len(nodes) for nodes in trees])
    nodes = np.concatenate(trees)
    shift = np.repeat(first[:-1], [len(each) for each in trees])
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
        "view": _view_of_nodes(feature, left, right, view),
        "roots": first[:-1].astype(np.int64),
        "start": np.asarray(model._baseline_prediction, dtype=np.float64).ravel()[:1],
    }


def _view_of_nodes(
    feature: np.ndarray, left: np.ndarray, right: np.ndarray, view: np.ndarray
) -> Int64[np.ndarray, " nodes"]:
    """The view of the features on the way to each node; parents come before their children."""
    found = np.full(len(feature), COMMON, dtype=np.int64)
    for node in np.flatnonzero(feature != LEAF):  # a few thousand
        own = view[feature[node]]
        found[[left[node], right[node]]] = own if own != COMMON else found[node]
    return found


def _rounded_down(threshold: Float64[np.ndarray, " nodes"]) -> Float32[np.ndarray, " nodes"]:
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
