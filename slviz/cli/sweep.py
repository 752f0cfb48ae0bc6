"""`sweep`: lists of choices, trained on all cores or on a cluster, and the table of what came out."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from slviz.cli.sweep_worker import train_job
from slviz.datasets.sources import open_dataset
from slviz.errors import InvalidSetting
from slviz.pipeline.synthetic import SYNTHETIC
from slviz.results import collect, tables
from slviz.results.text import as_text
from slviz.runs.event_files import refuse_without_tensorboard
from slviz.runs.spec import TABLES, RunSpec
from slviz.runs.store import RunStore
from slviz.sweeps.cluster import Cluster
from slviz.sweeps.display import Display
from slviz.sweeps.local import LocalWorkers
from slviz.sweeps.plan import AXES, DEFAULTS, Plan, Refused, SweepEntry, make_plan
from slviz.sweeps.reading import read_entries, words_to_entry
from slviz.sweeps.runner import Ending, Job, Runner

POLL_SECONDS = 0.5
EXAMPLES = """\
examples:
  python -m slviz sweep --network gat gcn mlp --features both none --fold all epochs=100
  python -m slviz sweep --data synlethdb --split pairs one-new both-new --fold 0 1 2 --seed 0 1
  python -m slviz sweep --split publication --publication largest:6 small
  python -m slviz sweep --file runs.txt --scheduler tcp://192.168.0.7:8786

A file holds such options, one group of runs a line; what a line leaves out is taken from the
command line. In a file that ends in .toml each group is a table [[runs]] of lists.
A setting goes to every run that has it. A sweep that was stopped resumes when it is started again.
"""
HELP = {
    "fold": "numbers of the folds that are held out in turn, or all (default: 0)",
    "publication": "PubMed ids held out in turn, small, or largest:6 for the six with most pairs",
    "split": f"{', '.join(TABLES['split'])} (default: that of the task, as for train)",
    "seed": "seeds of first weights and chance (default: 0)",
}


def add_sweep_command(commands: argparse._SubParsersAction) -> None:
    """Add `sweep` to the command line."""
    command = commands.add_parser(
        "sweep",
        help="train every combination of lists of choices, and compare them",
        description="Train every combination of the lists on all cores, each run once: what is finished is skipped, "
        "what was stopped is resumed. Ends with a table beside the baselines.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    command.add_argument(
        "--data", metavar="SOURCE", help="demo, synlethdb or a folder (default: SLVIZ_DATA, else demo)"
    )
    for axis in AXES:
        names = HELP.get(axis) or f"{', '.join(TABLES[axis])} (default: {DEFAULTS[axis][0]})"
        command.add_argument(f"--{axis}", metavar="NAME", nargs="+", help=names)
    command.add_argument("--file", metavar="FILE", type=Path, help="more lists: a line of options each, or TOML")
    command.add_argument("--workers", metavar="N", type=int, help="runs at once (default: one for every core)")
    command.add_argument("--scheduler", metavar="ADDRESS", help="train on the Dask cluster of this scheduler")
    command.add_argument("--device", metavar="NAME", default="auto", help="auto, cuda, mps or cpu (default: auto)")
    command.add_argument("--projections", action="store_true", help="make the maps of every run, too")
    command.add_argument("--tensorboard", action="store_true", help="also write the epochs as TensorBoard event files")
    command.add_argument("--dry-run", action="store_true", help="only list the runs")
    command.add_argument("settings", metavar="key=value", nargs="*", help="settings, as `train --help` lists them")
    command.set_defaults(action=_sweep)


def _sweep(options: argparse.Namespace) -> int:
    store = RunStore.default()
    if options.tensorboard:
        refuse_without_tensorboard()
    source = options.data or os.environ.get("SLVIZ_DATA") or "demo"
    entries, unread = _entries(options)
    plan = make_plan(open_dataset(source), entries, source=source)
    refused = [*unread, *plan.refused]
    left = [spec for spec in plan.runs if store.find(spec) is None]
    runs = "1 run" if len(plan.runs) == 1 else f"{len(plan.runs)} runs"
    _tell(f"{runs}: {len(plan.runs) - len(left)} finished already, {len(left)} to train.")
    if options.dry_run:
        _list(store, plan)
        return _report(refused, [])
    if refused and left:
        parts = "1 part" if len(refused) == 1 else f"{len(refused)} parts"
        _tell(f"{parts} of what was asked for cannot be trained; the reasons follow at the end.")
    endings = _train(store, left, options) if left else []
    _tell_tables(store, plan)
    return _report(refused, endings)


def _entries(arguments: argparse.Namespace) -> tuple[list[SweepEntry], list[Refused]]:
    """What the options and the file want; a file's lines take what they leave out from the options."""
    words = [word for axis in AXES if getattr(arguments, axis) for word in (f"--{axis}", *getattr(arguments, axis))]
    options = words_to_entry([*words, *arguments.settings])
    return ([options], []) if arguments.file is None else read_entries(arguments.file, beside=options)


def _train(store: RunStore, specs: Sequence[RunSpec], options: argparse.Namespace) -> list[Ending]:
    """Train them all; gives how each ended."""
    epochs = {spec.run_id: int(getattr(spec.optimiser, "epochs", 0)) for spec in specs}
    display = Display(sys.stderr, store, len(specs), epochs=epochs)
    endings: list[Ending] = []
    with _runner(store, options, len(specs)) as runner:
        places = max(runner.workers, 1)
        more = {"maps": options.projections, "places": places, "events": options.tensorboard}
        runner.start([Job(spec, options.device, **more) for spec in specs])
        try:
            while len(endings) < len(specs):
                ended = runner.wait(POLL_SECONDS)
                for ending in ended:
                    display.ended(ending)
                endings += ended
                display.show(runner.running())
        finally:
            display.close()
    return endings


def _runner(store: RunStore, options: argparse.Namespace, runs: int) -> Runner:
    if options.scheduler:
        if options.workers is not None:
            raise InvalidSetting("--workers is for this machine; a cluster has as many as were started for it.")
        return Cluster(options.scheduler, store, train_job)
    workers = options.workers if options.workers is not None else cores()
    if workers < 1:
        raise InvalidSetting(f"--workers {workers} is not a number from 1 on.")
    return LocalWorkers(store.root, min(workers, runs))


def cores() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _list(store: RunStore, plan: Plan) -> None:
    for spec in plan.runs:
        state = "finished" if store.find(spec) else "to train"
        _tell(f"{state:<9} {spec.run_id:<40} {spec.split.name} {_held_out(spec)} seed={spec.seed}")


def _held_out(spec: RunSpec) -> str:
    for key in ("fold", "publication"):
        if hasattr(spec.split, key):
            return f"{key}={getattr(spec.split, key)}"
    return ""


def _tell_tables(store: RunStore, plan: Plan) -> None:
    finished = [summary for spec in plan.runs if (summary := store.find(spec)) is not None]
    collected = collect(store, finished)
    if any(summary.spec is not None and summary.spec.synthetic for summary in finished):
        _tell(f"\n{SYNTHETIC}")
    for table in tables(collected):
        _tell(f"\n{as_text(table)}")
    for note in collected.notes:
        _tell(note)


def _report(refused: Sequence[Refused], endings: Sequence[Ending]) -> int:
    """The sentences on what did not end well; the exit status."""
    bad = [ending for ending in endings if ending.end != "finished"]
    for refusal in refused:
        print(f"slviz: Left out: {refusal}", file=sys.stderr, flush=True)
    for ending in bad:
        print(f"slviz: {ending.run_id} {ending.end}: {ending.message}", file=sys.stderr, flush=True)
    return 1 if bad or refused else 0


def _tell(text: str) -> None:
    print(text, flush=True)
