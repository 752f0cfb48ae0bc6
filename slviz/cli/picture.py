"""`picture`: a map of a finished run as SVG, PNG, PDF or HTML at the width of a journal."""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Callable
from pathlib import Path

from slviz import export, figures
from slviz.datasets import GeneGraph
from slviz.errors import DamagedRun, InvalidSetting, RunUnfinished, UnknownChoice, nearest
from slviz.figures import Colouring
from slviz.projections import PROJECTIONS, Projection
from slviz.runs import Run
from slviz.runs.data_of import data_of_run
from slviz.runs.files import write_atomically
from slviz.runs.store import RunStore

KINDS = ("svg", "png", "pdf", "html")
COLOURS: dict[str, Callable[[GeneGraph, Projection], Colouring]] = {
    "degree": lambda graph, projection: figures.by_degree(graph),
    "evidence": lambda graph, projection: figures.by_evidence(graph),
    "kept": lambda graph, projection: figures.by_preservation(projection),
}
HUBS = 8


def add_picture_command(commands: argparse._SubParsersAction) -> None:
    """Add `picture` to the command line."""
    command = commands.add_parser(
        "picture",
        help="draw a map of a finished run for paper",
        description="Draw a map of a finished run at the width of a journal's column, with where it comes from at its "
        "foot. SVG, PNG and PDF need Chrome or Chromium.",
        allow_abbrev=False,
    )
    command.add_argument("run", metavar="RUN", help="name of a run, as `runs` lists it")
    command.add_argument("--out", metavar="FILE", required=True, help=f"ends in one of: {', '.join(KINDS)}")
    command.add_argument("--map", metavar="NAME", default="tsne", help=f"{', '.join(PROJECTIONS)} (default: tsne)")
    command.add_argument("--colour", metavar="NAME", default="degree", help=f"{', '.join(COLOURS)} (default: degree)")
    command.add_argument(
        "--width",
        metavar="MM",
        type=float,
        default=183,
        help="89 for one column, 183 for two, or another width (default: 183)",
    )
    command.set_defaults(action=_picture)


def _picture(options: argparse.Namespace) -> int:
    path = Path(options.out)
    kind = path.suffix.lower().removeprefix(".")
    if kind not in KINDS:
        raise InvalidSetting(f"--out {path}: the name should end in one of: {', '.join(KINDS)}.")
    if options.colour not in COLOURS:
        known = ", ".join(COLOURS)
        raise UnknownChoice(
            f"No colour is called '{options.colour}'.{nearest(options.colour, COLOURS)} There are: {known}."
        )
    store = RunStore.default()
    run = store.open(options.run)
    graph, projection = data_of_run(run), _map(store, run, options.map)
    drawn = figures.embedding_scatter(
        graph.genes,
        projection,
        COLOURS[options.colour](graph, projection),
        highlighted=(-graph.degree).argsort(kind="stable")[:HUBS].tolist(),
        webgl=kind == "html",
    )
    line = export.provenance(run, graph)
    if kind == "html":
        content = export.figure_to_html(drawn, provenance=line, title=run.run_id, width_mm=options.width)
    else:
        content = export.figure_to_image(drawn, kind, width_mm=options.width, provenance=line)  # pyright: ignore
    write_atomically(path, content)
    print(f"Wrote {path}, {options.width:g} mm wide.")
    return 0


def _map(store: RunStore, run: Run, name: str) -> Projection:
    """The stored map by that method; one that takes but a moment is made where it is not there."""
    method_of_name = PROJECTIONS[name]
    for method, seed in store.artifacts(run.run_id).maps():
        with contextlib.suppress(DamagedRun):  # of several maps one that is whole
            if method.name == name and (projection := store.artifacts(run.run_id).open_map(method, seed)) is not None:
                return projection
    if method_of_name.at_once:
        return method_of_name().fit(run.embedding, 0)
    raise RunUnfinished(
        f"Run {run.run_id} has no {name} map yet. Make it with `python -m slviz project {run.run_id} --method {name}`."
    )
