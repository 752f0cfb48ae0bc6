"""Provenance: one line that says where an export comes from."""

from __future__ import annotations

from slviz import __version__
from slviz.datasets import GeneGraph
from slviz.runs import Run, RunSpec
from slviz.vectors import VectorSet


def provenance(run: Run, graph: GeneGraph) -> str:
    """One line that says where an export comes from: data set, model, features, seed, run, version."""
    return spec_provenance(run.spec, synthetic=graph.synthetic)


def spec_provenance(spec: RunSpec, *, synthetic: bool = False) -> str:
    """The same for a run that need not be finished."""
    kind = "SYNTHETIC data set" if synthetic or spec.synthetic else "data set"
    return (
        f"{kind} {spec.data_name} ({spec.data_fingerprint[:12]}); task {spec.task.name}; network {spec.network.name}; "
        f"features {spec.features.name}; split {spec.held_out}; seed {spec.seed}; run {spec.run_id}; "
        f"slviz {__version__}"
    )


def data_provenance(graph: GeneGraph) -> str:
    """The same for what shows a data set without a run."""
    kind = "SYNTHETIC data set" if graph.synthetic else "data set"
    return f"{kind} {graph.name} ({graph.fingerprint[:12]}); slviz {__version__}"


def vectors_provenance(points: VectorSet) -> str:
    """The same for vectors that were brought in."""
    return f"vectors {points.id}; {points.title or points.name}; {points.origin}; slviz {__version__}"
