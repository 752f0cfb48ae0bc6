"""The classes that a map of a run may see: those of the genes of its training part."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np
from jaxtyping import Int64

from slviz.datasets import GeneGraph
from slviz.datasets.classes import GeneClasses, class_sets, gene_classes
from slviz.runs.data_of import data_of_run
from slviz.runs.spec import RunSpec
from slviz.splits import PairSplit
from slviz.tasks import Classify

if TYPE_CHECKING:
    from slviz.runs.store import RunStore


def stored_labels(store: RunStore, run_id: str) -> Int64[np.ndarray, " genes"]:
    """`learnt_labels` of a finished run, whose data set it opens; raises what `data_of_run` raises, too."""
    run = store.open(run_id)
    graph = data_of_run(run)
    return learnt_labels(run.spec, graph, PairSplit.from_frame(store.open_split(run_id), graph.genes))


def has_classes(spec: RunSpec, graph: GeneGraph) -> bool:
    """Whether a map of a run may be made with classes: its own, or those of the data set."""
    return spec.task.about == "classes" or bool(class_sets(graph))


def map_classes(spec: RunSpec, graph: GeneGraph) -> GeneClasses:
    """The classes that the run is about, else the first set of the data set; raises `DataError` where it has none."""
    if spec.task.about == "classes":
        return cast(Classify, spec.task).classes_of(graph)
    return gene_classes(graph)


def learnt_labels(spec: RunSpec, graph: GeneGraph, split: PairSplit) -> Int64[np.ndarray, " genes"]:
    """Number of each gene's class in `map_classes`; -1 where it has none, or is held out by the split.

    Where the split tells no parts of genes, none is held out. Raises `DataError` where the data set has no classes.
    """
    label = map_classes(spec, graph).label
    training = split.gene_part == "train"
    if len(training) != len(label) or not training.any():
        return label
    return np.where(training, label, -1)
