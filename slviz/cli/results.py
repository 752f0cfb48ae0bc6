"""`results`: what finished runs reached, every model and baseline by every protocol, on the same pairs."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from slviz.datasets.sources import open_dataset
from slviz.errors import RunNotFound
from slviz.pipeline import commands
from slviz.pipeline.synthetic import SYNTHETIC
from slviz.results import collect, tables
from slviz.results.intervals import bootstrap_of
from slviz.results.questions_text import questions_as_text
from slviz.results.report import section, write_section
from slviz.results.standings import standings
from slviz.results.text import as_text
from slviz.runs.settings_parser import words_of
from slviz.runs.spec import DEFAULTS, TABLES, RunSpec
from slviz.runs.store import RunStore
from slviz.runs.summary import RunSummary

RESULTS = Path("benchmarks") / "RESULTS.md"
LEAD = "multiview"
FILTERS = ("task", "network", "features", "split")


def add_results_command(commands: argparse._SubParsersAction) -> None:
    """Add `results` to the command line."""
    command = commands.add_parser(
        "results",
        help="compare all finished runs with each other and with the baselines",
        description="First the questions that a score can answer, each with the best model beside the best baseline; "
        "then tables of every model and baseline by every protocol, from the finished runs on a data set: mean and "
        "standard deviation over folds and seeds, the best of each column marked.",
        allow_abbrev=False,
    )
    command.add_argument(
        "--data", metavar="SOURCE", help="demo, synlethdb or a folder (default: SLVIZ_DATA, else demo)"
    )
    for part in FILTERS:
        command.add_argument(f"--{part}", metavar="NAME", nargs="+", help=f"only these of: {', '.join(TABLES[part])}")
    command.add_argument("--defaults", action="store_true", help="only networks with all settings at their default")
    command.add_argument("--lead", metavar="NETWORK", help=f"say where this network leads (default: {LEAD})")
    command.add_argument(
        "--markdown",
        metavar="FILE",
        nargs="?",
        const=RESULTS,
        type=Path,
        help="write them between the markers of a Markdown file (default: benchmarks/RESULTS.md)",
    )
    command.set_defaults(action=_results)


def _results(options: argparse.Namespace) -> int:
    store = RunStore.default()
    source = options.data or os.environ.get("SLVIZ_DATA") or "demo"
    graph = open_dataset(source)
    wanted = {part: _known(part, getattr(options, part)) for part in FILTERS if getattr(options, part)}
    runs = [
        summary
        for summary in store.summaries()
        if _is_wanted(summary, graph.fingerprint, wanted, defaults=options.defaults)
    ]
    if all(run.state == "damaged" for run in runs):
        raise RunNotFound(
            f"There is no such finished run on '{graph.name}' in {store.root.name}/. Train some with "
            f"`python -m slviz sweep --data {source}`."
        )
    collected = collect(store, runs)
    if options.markdown is None:
        if graph.synthetic:
            print(SYNTHETIC)
        every_table = tables(collected)
        found_standings = standings(collected, every_table, bootstrap=bootstrap_of(store, graph))
        print(questions_as_text(found_standings, graph=graph, source=source))
        for table in every_table:
            print(f"{as_text(table)}\n")
        for note in collected.notes:
            print(note)
        return 0
    specs = {run.run_id: run.spec for run in runs if run.spec is not None and run.state == "finished"}
    lead = options.lead or LEAD
    label = graph.name if Path(source).is_dir() else source  # a path is true on one machine only
    text = section(
        collected,
        specs,
        bootstrap=bootstrap_of(store, graph),
        title=graph.title or graph.name,
        command=_command(options, label),
        source=label,
        lead=lead if any(spec.network.name == lead for spec in specs.values()) else None,
    )
    write_section(options.markdown, text)
    print(f"Wrote the metrics of {sum(run.state == 'finished' for run in runs)} runs into {options.markdown.name}.")
    return 0


def _known(part: str, names: list[str]) -> set[str]:
    return {TABLES[part][name].name for name in names}  # an unknown name says so


def _is_wanted(run: RunSummary, fingerprint: str, wanted: dict[str, set[str]], *, defaults: bool) -> bool:
    spec = run.spec
    if run.state not in ("finished", "damaged") or spec is None or spec.data_fingerprint != fingerprint:
        return False
    if any(getattr(spec, part).name not in names for part, names in wanted.items()):
        return False
    return not (defaults and _settings(spec))


def _settings(spec: RunSpec) -> list[str]:
    """What of a run is not as a run is by default, the name of its optimiser included."""
    other = [] if spec.optimiser.name == DEFAULTS["optimiser"] else [spec.optimiser.name]
    parts = {part: getattr(spec, part) for part in ("task", "network", "optimiser")}
    return other + words_of(parts, names=spec.names)


def _command(options: argparse.Namespace, source: str) -> str:
    """The command that writes this section anew."""
    more = ["--defaults"] if options.defaults else []
    more += ["--lead", options.lead] if options.lead else []
    more += ["--markdown", *([options.markdown.name] if options.markdown != RESULTS else [])]
    filters = {part: getattr(options, part) for part in FILTERS}
    return commands.in_terminal(commands.results(filters, source=source, more=more))
