"""`project`: a map of a finished run, kept with it."""

from __future__ import annotations

import argparse
import sys
from typing import Any

import numpy as np

from slviz.cli.settings_help import settings_help
from slviz.errors import InvalidSetting
from slviz.projections import PROJECTIONS, ProjectionMethod
from slviz.projections.method import FEWEST_GENES, OnProgress
from slviz.runs.store import RunStore

MOST_SEEDS = 20


def add_project_command(commands: argparse._SubParsersAction) -> None:
    """Add `project` to the command line."""
    command = commands.add_parser(
        "project",
        help="make a map of a finished run",
        description="Lay the genes of a finished run out on a map, and keep it with the run.",
        epilog=settings_help({"method": PROJECTIONS}),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    command.add_argument("run", metavar="RUN", help="name of a run, as `runs` lists it")
    command.add_argument("--method", metavar="NAME", required=True, help=", ".join(PROJECTIONS))
    command.add_argument("--seed", metavar="N", type=int, default=0, help="of its random start (default: 0)")
    command.add_argument(
        "--seeds",
        metavar="N",
        type=int,
        default=1,
        help="how many maps, of this seed and the next ones, to see what chance alone moves (default: 1)",
    )
    command.add_argument("settings", metavar="key=value", nargs="*", help="any of the settings listed below")
    command.set_defaults(action=_project)


def _project(options: argparse.Namespace) -> int:
    method = PROJECTIONS.make(options.method, **settings_given(options.method, options.settings))
    store, shown = RunStore.default(), progress_line()
    for seed in _seeds(method, options.seed, options.seeds):
        projection = store.artifacts(options.run).make_map(method, seed, on_progress=shown)
        print(f"The {method.title} map of {options.run} is kept with the run. {projection.caption}", flush=True)
        if seed == options.seed and len(projection.coordinates) > FEWEST_GENES:
            quality = store.artifacts(options.run).measure_map_quality(method, seed)
            print(
                f"Trustworthiness {np.nanmean(quality.trustworthiness):.3f}, continuity "
                f"{np.nanmean(quality.continuity):.3f} (a map by chance: {quality.by_chance['continuity']:.3f})."
            )
    return 0


def _seeds(method: ProjectionMethod, first: int, count: int) -> range:
    if not 1 <= count <= MOST_SEEDS:
        raise InvalidSetting(f"seeds={count} is outside the range 1 to {MOST_SEEDS}.")
    if not 0 <= first <= 2**31 - count:
        raise InvalidSetting(f"seed={first} is outside the range 0 to {2**31 - count}.")
    if count > 1 and not method.random:
        raise InvalidSetting(f"{method.title} is the same for every seed, so one map says it all.")
    return range(first, first + count)


def progress_line() -> OnProgress:
    """Shows the progress on one line of a terminal; nothing where the output is a file."""

    def show(share: float, doing: str) -> None:
        if sys.stderr.isatty():
            end = "\n" if share >= 1 else ""
            print(f"\r{share:4.0%}  {doing:<40}", end=end, file=sys.stderr, flush=True)

    return show


def settings_given(name: str, words: list[str]) -> dict[str, Any]:
    """The settings of that method that `words` such as `perplexity=30` give; raises `InvalidSetting`."""
    known = {setting.key: setting for setting in PROJECTIONS[name].settings()}
    given = {}
    for word in words:
        key, equals, text = word.partition("=")
        if not equals:
            raise InvalidSetting(f"'{word}' is not a setting. Write key=value, such as perplexity=30.")
        given[key] = known[key].parse(text) if key in known else text
    return given  # `Choices.make` names a key that the method does not have
