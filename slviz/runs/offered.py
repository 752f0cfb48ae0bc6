"""What a data set offers: the tasks, networks, features and splits that can mean something for it."""

from __future__ import annotations

from typing import cast

from slviz.datasets import GeneGraph
from slviz.datasets.classes import class_sets
from slviz.features import FEATURE_SETS, own_features
from slviz.networks import NETWORKS, Network
from slviz.splits import SPLITS
from slviz.tasks import TASKS


def offered_tasks(graph: GeneGraph) -> tuple[str, ...]:
    """Names of tasks: all for genes; for pictures those that ask for no pair, and for classes where there are any."""
    if graph.pictures is None:
        return tuple(TASKS)
    abouts = ("features", "classes") if class_sets(graph) else ("features",)
    return tuple(name for name, task in TASKS.items() if task.about in abouts)


def offered_networks(graph: GeneGraph, task: str) -> tuple[str, ...]:
    """Names of networks: for pictures those that need no graph and do the task, the ones for pictures first."""
    about = TASKS[task].about
    if graph.pictures is None:
        return tuple(name for name, network in NETWORKS.items() if not network.reads_pictures)
    fitting = [
        name
        for name, network in NETWORKS.items()
        if network.learns_in_epochs
        and not cast(type[Network], network).uses_graph
        and getattr(network, "about", about) == about
    ]
    return tuple(sorted(fitting, key=lambda name: not NETWORKS[name].reads_pictures))


def offered_features(graph: GeneGraph) -> tuple[str, ...]:
    """Names of feature sets: those of the table, then the data set's own; for pictures its own alone."""
    own = own_features(graph)
    return own if graph.pictures is not None else (*FEATURE_SETS, *own)


def offered_splits(graph: GeneGraph) -> tuple[str, ...]:
    """Names of splits: all for genes, for pictures those that hold out no pair."""
    if graph.pictures is None:
        return tuple(SPLITS)
    return tuple(
        name
        for name, split in sorted(SPLITS.items(), key=lambda entry: entry[1].takes_published)
        if not split.holds_out_pairs and (not split.takes_published or graph.public_split is not None)
    )
