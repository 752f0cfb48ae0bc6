"""`project`: a map of a finished run, kept with it."""

from __future__ import annotations

import argparse

from slviz.cli.settings_help import settings_help
from slviz.errors import InvalidSetting
from slviz.projections import PROJECTIONS
from slviz.runs.store import RunStore


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
    command.add_argument("--dimensions", metavar="N", type=int, default=2, help="2 or 3 (default: 2)")
    command.add_argument("settings", metavar="key=value", nargs="*", help="any of the settings listed below")
    command.set_defaults(action=_project)


def _project(asked: argparse.Namespace) -> int:
    method = PROJECTIONS.make(asked.method, **settings_given(asked.method, asked.settings))
    if not 0 <= asked.seed < 2**31:
        raise InvalidSetting(f"seed={asked.seed} is outside the range 0 to {2**31 - 1}.")
    projection = RunStore.default().project(asked.run, method, asked.seed, dimensions=asked.dimensions)
    print(f"The {method.title} map of {asked.run} is kept with the run. {projection.caption}")
    return 0


def settings_given(name: str, words: list[str]) -> dict:
    """The settings of a method that stand in words such as `perplexity=30`; raises `InvalidSetting`."""
    known = {each.key: each for each in PROJECTIONS[name].settings()}
    given = {}
    for word in words:
        key, equals, text = word.partition("=")
        if not equals:
            raise InvalidSetting(f"'{word}' is not a setting. Write key=value, such as perplexity=30.")
        given[key] = known[key].parse(text) if key in known else text
    return given  # `Choices.make` names a key that the method does not have
