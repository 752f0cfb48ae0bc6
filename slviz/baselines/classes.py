"""Classes of genes without a network: the most frequent one, the neighbours' majority, a straight line."""

from __future__ import annotations

import warnings
from collections.abc import Mapping

import numpy as np
from jaxtyping import Float32, Int64

from slviz.evaluation.classes import class_metrics, confusion_matrix
from slviz.splits import PairSplit

STRENGTHS = (0.01, 0.1, 1.0, 10.0)
"""Of the logistic regression, from strongly pulled towards zero to hardly; the best on validation genes is taken."""
MOST_FREQUENT, NEIGHBOURS, INTERACTIONS, LOGISTIC = (
    "most frequent class",
    "partners' majority",
    "interactions' majority",
    "logistic regression",
)


def class_baselines(
    split: PairSplit,
    label: Int64[np.ndarray, " genes"],
    *,
    classes: int,
    features: Float32[np.ndarray, "genes width"],
    interactions: Int64[np.ndarray, "2 interactions"] | None = None,
    balanced: bool = True,
) -> Mapping[str, Int64[np.ndarray, " genes"]]:
    """The class [G] that each baseline gives each gene, from the classes of training genes alone.

    The majority is over partners in training pairs, where there are any, and over interactions where the data set has
    them; a gene is never its own neighbour, and one without a labelled neighbour gets the most frequent class. The
    logistic regression reads the features alone; its strength is chosen on validation genes.

    Args:
        split: which pairs and genes may be learnt from.
        label: number of each gene's class, -1 where it has none.
        classes: how many there are.
        features: what the network reads too.
        interactions: undirected, each once.
        balanced: whether the regression weighs classes as the network's loss does.
    """
    learnt = np.where(split.gene_part == "train", label, -1)
    frequent = int(np.bincount(learnt[learnt >= 0], minlength=classes).argmax())
    shares = {
        MOST_FREQUENT: np.full(len(label), frequent),
    }
    if len(split.training_pairs):
        shares[NEIGHBOURS] = majority(split.training_pairs, learnt, classes=classes)
    if interactions is not None:
        shares[INTERACTIONS] = majority(interactions.T, learnt, classes=classes)
    evaluated = np.where(split.gene_part == "validation", label, -1)
    shares[LOGISTIC] = _logistic_regression(features, learnt, evaluated, classes=classes, balanced=balanced)
    return shares


def majority(
    pairs: Int64[np.ndarray, "pairs 2"], label: Int64[np.ndarray, " genes"], *, classes: int
) -> Int64[np.ndarray, " genes"]:
    """The commonest class among each gene's labelled neighbours; of equals the one with more genes."""
    a, b = np.concatenate([pairs, pairs[:, ::-1]]).T
    has_class = label[b] >= 0
    votes = np.bincount(a[has_class] * classes + label[b[has_class]], minlength=len(label) * classes)
    size = np.bincount(label[label >= 0], minlength=classes)
    return (votes.reshape(-1, classes) + size / (size.sum() + 1)).argmax(axis=1)  # less than a vote: only breaks ties


def _logistic_regression(
    features: Float32[np.ndarray, "genes width"],
    learnt: Int64[np.ndarray, " genes"],
    evaluated: Int64[np.ndarray, " genes"],
    *,
    classes: int,
    balanced: bool,
) -> Int64[np.ndarray, " genes"]:
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    training, validation = np.flatnonzero(learnt >= 0), np.flatnonzero(evaluated >= 0)
    centre, spread = features[training].mean(axis=0), features[training].std(axis=0, dtype=np.float64)
    scaled = (features - centre) / np.where(spread > 1e-6, spread, 1.0)
    best, highest = np.zeros(len(features), dtype=np.int64), -1.0
    for strength in STRENGTHS:
        model = LogisticRegression(C=strength, class_weight="balanced" if balanced else None, max_iter=500)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # enough steps for a baseline; said nowhere else
            model.fit(scaled[training], learnt[training])
        given = np.asarray(model.predict(scaled), dtype=np.int64)
        confusion = confusion_matrix(evaluated[validation], given[validation], classes=classes)
        figure = class_metrics(confusion)["macro_f1"]
        if figure > highest:
            best, highest = given, figure
    return best
