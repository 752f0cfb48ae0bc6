"""`coursework`: the experiments that slviz began from, as they were, each an ordinary run."""

from __future__ import annotations

import argparse
import os
from typing import Any

import numpy as np
import pandas as pd

from slviz.cli.terminal import voice
from slviz.datasets import GeneGraph
from slviz.datasets.sources import open_dataset
from slviz.pipeline import commands
from slviz.pipeline.recipes import EXPERIMENTS
from slviz.pipeline.train_run import train_run
from slviz.projections import DENSITIES
from slviz.runs import Run, RunSpec
from slviz.runs.store import RunStore
from slviz.splits import Pairs

PUBLISHED = "Published for `confidence`: RMSE 0.1636, MAE 0.1506."


def add_coursework_command(commands: argparse._SubParsersAction) -> None:
    """Add `coursework` to the command line."""
    command = commands.add_parser(
        "coursework",
        help="train the experiments of the coursework that slviz began from, as they were",
        description="Train the experiments of the coursework that slviz began from, with its settings, and print what "
        f"they reach beside the mean. Each is a run like any other and opens in the browser. {PUBLISHED}",
        allow_abbrev=False,
    )
    command.add_argument(
        "--data", metavar="SOURCE", help="demo, synlethdb or a folder (default: SLVIZ_DATA, else demo)"
    )
    command.add_argument(
        "--experiment",
        metavar="NAME",
        nargs="+",
        choices=list(EXPERIMENTS),
        default=list(EXPERIMENTS),
        help=f"{', '.join(EXPERIMENTS)} (default: all)",
    )
    command.add_argument("--seed", metavar="N", type=int, default=0, help="of first weights (default: 0)")
    command.add_argument("--device", metavar="NAME", default="auto", help="auto, cuda, mps or cpu (default: auto)")
    command.add_argument("--no-projections", action="store_true", help="make no maps afterwards")
    command.set_defaults(action=_coursework)


def coursework_specs(graph: GeneGraph, *, source: str, experiments: list[str], seed: int = 0) -> list[RunSpec]:
    """The specs of some experiments on `graph`; raises `InvalidSetting` where it lacks the features of one."""
    specs = [
        RunSpec.of(
            graph,
            source=source,
            split=Pairs(),
            seed=seed,
            **choices,
        )
        for name in experiments
        for choices in EXPERIMENTS[name]
    ]
    for spec in specs:
        spec.features.matrix(graph)
    return specs


def _coursework(options: argparse.Namespace) -> int:
    source = options.data or os.environ.get("SLVIZ_DATA") or "demo"
    graph, store = open_dataset(source), RunStore.default()
    specs = coursework_specs(graph, source=source, experiments=options.experiment, seed=options.seed)
    for spec in specs:
        print("\n" + commands.in_terminal(commands.train(spec, source=source, device=options.device)), flush=True)
        train_run(store, spec, graph=graph, device=options.device, maps=not options.no_projections, voice=voice())
    rows = [what_it_reached(store.open(spec.run_id)) for spec in specs]
    print(f"\n{pd.DataFrame(rows).to_string(index=False)}\n{PUBLISHED}", flush=True)
    return 0


def what_it_reached(run: Run) -> dict[str, Any]:
    """One line on a run: settings, last loss, test error beside that of the mean, and how far genes lie apart."""
    spec, negative_kind = run.spec, "all" if run.spec.task.name == "confidence" else "genes"
    figure = {
        f"{model} {metric}": run.metric(metric, negative_kind=negative_kind, model=model)
        for metric in ("rmse", "mae")
        for model in ("network", "mean")
    }
    together = DENSITIES.make("same-place").estimate(run.embedding).value > 0
    return {
        "run": run.run_id,
        "width": spec.network.embedding_width,
        "heads": getattr(spec.network, "heads", 1),
        "epochs": spec.optimiser.epochs,
        "last loss": f"{run.history['train_loss'].iloc[-1]:.3g}",
        **{name: "" if np.isnan(value) else f"{value:.4f}" for name, value in figure.items()},
        "widest spread": f"{np.ptp(run.embedding, axis=0).max():.1g}",
        "genes with company within 1e-7": f"{together.mean():.1%}",
    }
