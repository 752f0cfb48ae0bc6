"""`demo-runs`: the finished runs that come with slviz, four on the demo data set and four on the digits."""

from __future__ import annotations

import argparse
from typing import Any

from slviz.cli.terminal import voice
from slviz.datasets import GeneGraph
from slviz.datasets.sources import open_dataset
from slviz.errors import RunNotFound
from slviz.features import Both, Ppi
from slviz.networks import GAT, MultiView
from slviz.pipeline.controls import control_vectors
from slviz.pipeline.edge_ablation import edge_ablation
from slviz.pipeline.train_run import train_run
from slviz.projections.tsne import TSNE
from slviz.runs.artifacts.controls import FEATURES, KINDS, UNTRAINED
from slviz.runs.settings_parser import choices_from_words
from slviz.runs.spec import RunSpec, default_names
from slviz.runs.store import SHIPPED, RunStore
from slviz.tasks import TASKS, Confidence, Link, Reconstruct

DEMO_RUNS: tuple[dict[str, Any], ...] = (
    # Narrower than the 32 columns it gives back: at full width, any linear map loses nothing.
    {"network": GAT(width=8), "task": Reconstruct(), "features": Ppi()},
    {"network": GAT(), "task": Confidence(), "features": Both()},
    {"network": MultiView(), "task": Link(), "features": Both()},
    {"network": GAT(), "task": Link(), "features": Both()},  # last, so that the newest and first to be seen
)
DIGIT_RUNS: tuple[tuple[str, ...], ...] = (
    # Of 64 pixels, 32 numbers are hardly a bottleneck: there a PCA is better.
    ("reconstruct", "width=32"),
    ("reconstruct", "width=2"),
    ("classify",),
    ("reconstruct", "width=8"),
)
"""Task and settings of each run on the pictures of digits, all else as usual for pictures."""


def add_demo_runs_command(commands: argparse._SubParsersAction) -> None:
    """Add `demo-runs` to the command line."""
    command = commands.add_parser(
        "demo-runs",
        help="make the demo runs that come with slviz",
        description="Train the runs on the demo and on the digits that come with slviz, with their maps, into its "
        "models/ folder. Runs that are there already are kept.",
        allow_abbrev=False,
    )
    command.add_argument("--again", action="store_true", help="remove those of the same name first")
    command.set_defaults(action=_demo_runs)


def demo_spec(graph: GeneGraph, choices: dict[str, Any]) -> RunSpec:
    """The spec of a demo run: these choices, the first fold, all else at its default."""
    return RunSpec.of(
        graph,
        source="demo",
        **choices,
    )


def digit_spec(graph: GeneGraph, task: str, *words: str) -> RunSpec:
    """The spec of a run on the digits."""
    names = default_names(TASKS[task], graph) | {"task": task}
    return RunSpec.of(graph, source="digits", **choices_from_words(names, words))


def _demo_runs(options: argparse.Namespace) -> int:
    _digit_runs(again=options.again)
    store, graph = RunStore(SHIPPED), open_dataset("demo")
    specs = [demo_spec(graph, choices) for choices in DEMO_RUNS]
    for spec in specs:
        if options.again:
            _remove_if_there(store, spec.run_id)
        train_run(store, spec, graph=graph, device="cpu", voice=voice())
    _tell_apart(store, specs[-1].run_id, graph)
    return 0


def _digit_runs(*, again: bool) -> None:
    """The runs on the digits; the last with maps of its controls, the pixels and the network before training."""
    store, graph = RunStore(SHIPPED), open_dataset("digits")
    specs = [digit_spec(graph, *choices) for choices in DIGIT_RUNS]
    for spec in specs:
        if again:
            _remove_if_there(store, spec.run_id)
        train_run(store, spec, graph=graph, device="cpu", voice=voice())
    run = store.open(specs[-1].run_id)
    for kind in (FEATURES, UNTRAINED):
        vectors = control_vectors(store, run, graph, kind, device="cpu")
        store.artifacts(run.run_id).make_map(TSNE(), 0, of=kind, vectors=vectors)


def _tell_apart(store: RunStore, run_id: str, graph: GeneGraph) -> None:
    """Controls with their maps, and the edge ablation, of the run that is seen first."""
    run = store.open(run_id)
    for kind in KINDS:
        vectors = control_vectors(store, run, graph, kind, device="cpu")
        store.artifacts(run_id).make_map(TSNE(), 0, of=kind, vectors=vectors)
    edge_ablation(store, run, graph)


def _remove_if_there(store: RunStore, run_id: str) -> None:
    try:
        store.remove(run_id)
    except RunNotFound:
        return
