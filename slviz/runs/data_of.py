"""The data set of a run, as long as it is still the one that the run was trained on."""

from __future__ import annotations

from slviz.datasets import GeneGraph
from slviz.datasets.sources import open_dataset
from slviz.errors import DamagedRun, MalformedData
from slviz.runs.damage import CURE, readable
from slviz.runs.run import Run
from slviz.runs.spec import RunSpec


def data_of(spec: RunSpec) -> GeneGraph:
    """The data set of a spec; raises `MalformedData` when it is another one by now."""
    graph = open_dataset(spec.data_source)
    refuse_changed_data(graph, spec)
    return graph


def data_of_run(run: Run) -> GeneGraph:
    """The data set of a finished run; raises `MalformedData` as `data_of`, `DamagedRun` as `refuse_foreign_run`."""
    graph = data_of(run.spec)
    refuse_foreign_run(graph, run)
    return graph


def refuse_foreign_run(graph: GeneGraph, run: Run) -> None:
    """Raises `DamagedRun` where a run is not about the genes of `graph`, though its spec says so."""
    if run.genes != graph.genes:
        raise DamagedRun(
            f"arrays.safetensors of run {run.run_id} is of {len(run.genes):,} other genes than the {len(graph):,} of "
            f"'{readable(run.spec.data_name)}'. {CURE}"
        )


def refuse_changed_data(graph: GeneGraph, spec: RunSpec) -> None:
    """Raises `MalformedData` where `graph` is not what the run was described for."""
    if graph.fingerprint != spec.data_fingerprint or _changed_parts(graph, spec):
        raise MalformedData(
            f"The data set '{spec.data_source}' has changed since run {spec.run_id} was started on it, so its "
            "genes and pairs do not belong to that run any more. Put the old files back, or train a new run."
        )


def _changed_parts(graph: GeneGraph, spec: RunSpec) -> bool:
    """Whether a part beside the fingerprint that the run read, such as the screens, is another one by now."""
    return bool(spec.data_parts) and any(graph.digests.get(name) != digest for name, digest in spec.data_parts.items())
