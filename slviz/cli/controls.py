"""`controls`: what a run's embedding has to be told from, made and kept beside the run."""

from __future__ import annotations

import argparse

from slviz.cli.project import progress_line, settings_given
from slviz.cli.settings_help import settings_help
from slviz.errors import InvalidSetting, nearest
from slviz.pipeline.controls import control_vectors
from slviz.projections import PROJECTIONS, ProjectionMethod
from slviz.runs.artifacts.controls import KINDS, LAYERS, ORDER, SHUFFLED
from slviz.runs.data_of import data_of_run
from slviz.runs.store import RunStore

ABOUT = """Make what the embedding of a finished run has to be told from, and keep it beside the run:

  features    the genes' features as the network reads them (nothing to make but their map)
  untrained   the same network before its first step, with the same seed
  trained     the run's own embedding (nothing to make but its map)
  layer-1, …  what a layer of the trained network gives, before the embedding
  shuffled    the same network trained on pairs whose partners are permuted: each gene keeps its number

With --method also a map of each. What is there already is not made again."""


def add_controls_command(commands: argparse._SubParsersAction) -> None:
    """Add `controls` to the command line."""
    command = commands.add_parser(
        "controls",
        help="make what the embedding of a run has to be told from",
        description=ABOUT,
        epilog=settings_help({"method": PROJECTIONS}),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    command.add_argument("run", metavar="RUN", help="name of a run, as `runs` lists it")
    command.add_argument(
        "--of",
        metavar="KIND",
        action="append",
        help=f"{', '.join(KINDS)}, layer-1, layer-2, …; may be given several times (default: all but {SHUFFLED})",
    )
    command.add_argument("--method", metavar="NAME", help=f"also a map of each: {', '.join(PROJECTIONS)}")
    command.add_argument("--seed", metavar="N", type=int, default=0, help="of the maps (default: 0)")
    command.add_argument("--device", default="auto", help="where shuffled pairs are learnt: auto, cpu, cuda or mps")
    command.add_argument("settings", metavar="key=value", nargs="*", help="settings of the map, listed below")
    command.set_defaults(action=_controls)


def _controls(options: argparse.Namespace) -> int:
    kinds = [_known(kind) for kind in options.of or KINDS[:3]]
    method = _method(options)
    store = RunStore.default()
    run = store.open(options.run)
    graph = data_of_run(run)
    for kind in sorted(set(kinds), key=ORDER.index):
        vectors = control_vectors(store, run, graph, kind, device=options.device)
        print(f"{kind}: {len(vectors):,} genes × {vectors.shape[1]}", flush=True)
        if method is not None:
            store.artifacts(options.run).make_map(
                method, options.seed, of=kind, vectors=vectors, on_progress=progress_line()
            )
            print(f"{kind}: its {method.title} map is kept with the run.", flush=True)
    return 0


def _known(kind: str) -> str:
    if kind not in ORDER:
        listed = f"{', '.join(KINDS)}, {LAYERS[0]}, …"
        raise InvalidSetting(f"No control is called '{kind}'.{nearest(kind, ORDER)} There are: {listed}")
    return kind


def _method(options: argparse.Namespace) -> ProjectionMethod | None:
    if not 0 <= options.seed < 2**31:
        raise InvalidSetting(f"seed={options.seed} is outside the range 0 to {2**31 - 1}.")
    if options.method is None:
        if options.settings:
            raise InvalidSetting(f"'{options.settings[0]}' is a setting of a map; say which with --method.")
        return None
    return PROJECTIONS.make(options.method, **settings_given(options.method, options.settings))
