"""The data set of a run, as long as it is still the one that the run was trained on."""

from __future__ import annotations

from slviz.datasets import GeneGraph
from slviz.datasets.sources import open_dataset
from slviz.errors import MalformedData
from slviz.runs.spec import RunSpec


def data_of(spec: RunSpec) -> GeneGraph:
    """The data set of a spec; raises `MalformedData` when it is another one by now."""
    graph = open_dataset(spec.data_source)
    refuse_changed_data(graph, spec)
    return graph


def refuse_changed_data(graph: GeneGraph, spec: RunSpec) -> None:
    """Raises `MalformedData` where `graph` is not what the run was described for."""
    if graph.fingerprint != spec.data_fingerprint:
        raise MalformedData(
            f"The data set '{spec.data_source}' has changed since run {spec.run_id} was started on it, so its "
            "genes and pairs do not belong to that run any more. Put the old files back, or train a new run."
        )
