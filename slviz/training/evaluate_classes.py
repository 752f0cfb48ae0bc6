"""Evaluation of predicted classes: every gene's class beside baselines, and the table of metrics."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd
from jaxtyping import Float32

from slviz.baselines.classes import class_baselines
from slviz.datasets import GeneGraph
from slviz.datasets.classes import GeneClasses
from slviz.evaluation.classes import class_metrics, confusion_matrix, precision_of_each, recall_of_each
from slviz.runs import CLASS_COLUMNS, PARTS
from slviz.splits import PairSplit
from slviz.tasks import Classify
from slviz.training.evaluate import NETWORK, Evaluation, Row, metrics_table


def evaluate_classes(
    graph: GeneGraph,
    task: Classify,
    split: PairSplit,
    *,
    shares: Float32[np.ndarray, "genes classes"],
    features: Float32[np.ndarray, "genes width"],
) -> Evaluation:
    """The class that the network and each baseline give every gene, those without a class too.

    Args:
        graph: the data set.
        task: about classes; it says which.
        split: which genes were learnt from.
        shares: what the network gives each class of each gene.
        features: what it read of each gene.
    """
    classes = task.classes_of(graph)
    given = {NETWORK: shares.argmax(axis=1)}
    given |= class_baselines(
        split,
        classes.label,
        classes=len(classes.names),
        features=features,
        interactions=graph.interactions,
        balanced=task.is_balanced,
    )
    names = np.array(classes.names, dtype=object)
    frame = pd.DataFrame(
        {
            "gene": np.asarray(graph.genes, dtype=object),
            "part": split.gene_part,
            "actual": classes.name_of_each,
            "prediction": names[given[NETWORK]],
            "score": shares.max(axis=1).astype(np.float32),
            **{name: names[label] for name, label in given.items() if name != NETWORK},
        }
    )
    assert tuple(frame.columns[: len(CLASS_COLUMNS)]) == CLASS_COLUMNS
    return Evaluation(frame, metrics_table(_rows(classes, split, given)))


def _rows(classes: GeneClasses, split: PairSplit, given: Mapping[str, np.ndarray]) -> Iterator[Row]:
    for model, label in given.items():
        for part in PARTS:
            genes = np.flatnonzero(classes.labelled & (split.gene_part == part))
            confusion = confusion_matrix(classes.label[genes], label[genes], classes=len(classes.names))
            for metric, value in class_metrics(confusion).items():
                yield model, part, "genes", metric, value
            for metric, values in (
                ("recall", recall_of_each(confusion)),
                ("precision", precision_of_each(confusion)),
            ):
                for name, value in zip(classes.names, values.tolist(), strict=True):
                    yield model, part, f"class {name}", metric, value
