"""Provenance: one line that says where an export comes from."""

from __future__ import annotations

from collections.abc import Sequence

from slviz import __version__
from slviz.datasets import GeneGraph
from slviz.runs import Run, RunSpec
from slviz.vectors import VectorSet


def provenance(run: Run, graph: GeneGraph) -> str:
    """One line that says where an export comes from: data set, model, features, seed, run, version."""
    return spec_provenance(run.spec, synthetic=graph.synthetic)


def provenance_of_runs(runs: Sequence[Run], graph: GeneGraph) -> str:
    """The same of what shows several runs: all of the first, then each other run with what it does not share."""
    first, *others = runs
    synthetic = graph.synthetic or any(run.spec.synthetic for run in runs)
    return "; ".join(
        [spec_provenance(first.spec, synthetic=synthetic), *(_beside(run.spec, first.spec) for run in others)]
    )


def _beside(spec: RunSpec, first: RunSpec) -> str:
    """Such as "beside run gat-none-link-3f9c2a81 (network gat, features none, seed 1)"."""
    parts = {
        "data set": f"{spec.data_name} ({spec.data_fingerprint[:12]})",
        "task": spec.task.name,
        "network": spec.network.name,
        "features": spec.features.name,
        "split": spec.held_out,
        "seed": str(spec.seed),
    }
    shared = {
        "data set": spec.data_fingerprint == first.data_fingerprint,
        "task": spec.task == first.task,
        "split": spec.split == first.split,
    }
    said = ", ".join(f"{part} {words}" for part, words in parts.items() if not shared.get(part))
    return f"beside run {spec.run_id} ({said})"


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
