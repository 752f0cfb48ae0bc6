"""`tune`: a search for settings by validation metrics, every trial a run; the best as a command."""

from __future__ import annotations

import argparse
import os

from slviz.cli.sweep import cores
from slviz.datasets.sources import open_dataset
from slviz.errors import InvalidSetting
from slviz.pipeline import commands
from slviz.runs.spec import DEFAULTS, TABLES
from slviz.runs.spec_validation import SpecValidation
from slviz.runs.store import RunStore
from slviz.sweeps.local import LocalWorkers
from slviz.sweeps.runner import Job
from slviz.tuning.search import SAMPLERS, TRIALS, make_search
from slviz.tuning.space import USUAL
from slviz.tuning.studies import StudyFolder
from slviz.tuning.tuner import Tuner, best_trial

EXAMPLES = f"""\
examples:
  python -m slviz tune --network gat --trials 40
  python -m slviz tune --data synlethdb --network gcn width=32,64,128 learning_rate=0.001..0.02:log epochs=100
  python -m slviz tune --network mlp --sampler grid width=32,64 layers=1..3

A list (a,b,c) or a range (low..high, with :log evenly in its logarithm) is tried; a single value holds
still. Without any, these are tried where the network has them:
  {" ".join(USUAL)}
Trials are compared by their metric on validation pairs; test pairs are never looked at. The same command
resumes the same search until it has that many trials.
"""


def add_tune_command(commands: argparse._SubParsersAction) -> None:
    """Add `tune` to the command line."""
    command = commands.add_parser(
        "tune",
        help="search for settings by validation metrics",
        description="Search for the settings of a network that are best on validation pairs. Every trial is a run.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    command.add_argument(
        "--data", metavar="SOURCE", help="demo, synlethdb or a folder (default: SLVIZ_DATA, else demo)"
    )
    for part, default in DEFAULTS.items():
        names = ", ".join(TABLES[part])
        command.add_argument(f"--{part}", metavar="NAME", default=default, help=f"{names} (default: {default})")
    command.add_argument("--trials", metavar="N", type=int, help=f"in all (default: {TRIALS}, or the whole grid)")
    command.add_argument("--sampler", metavar="NAME", default="tpe", help=f"{', '.join(SAMPLERS)} (default: tpe)")
    command.add_argument("--no-pruning", action="store_true", help="let trials that lag behind go to their end, too")
    command.add_argument("--name", metavar="NAME", help="of the search (default: made from what is searched)")
    command.add_argument("--seed", metavar="N", type=int, default=0, help="of the runs and of the search (default: 0)")
    command.add_argument("--workers", metavar="N", type=int, help="runs at once (default: one for every core)")
    command.add_argument("--device", metavar="NAME", default="auto", help="auto, cuda, mps or cpu (default: auto)")
    command.add_argument("settings", metavar="key=value", nargs="*", help="what holds still, and what is tried")
    command.set_defaults(action=_tune)


def _tune(options: argparse.Namespace) -> int:
    store = RunStore.default()
    source = options.data or os.environ.get("SLVIZ_DATA") or "demo"
    graph = open_dataset(source)
    search = make_search(
        graph,
        {part: getattr(options, part) for part in DEFAULTS},
        options.settings,
        source=source,
        trials=options.trials,
        sampler=options.sampler,
        prune=not options.no_pruning,
        seed=options.seed,
        name=options.name,
    )
    validation = SpecValidation(graph)
    validation.check(search.base)
    workers = options.workers if options.workers is not None else cores()
    if workers < 1:
        raise InvalidSetting(f"--workers {workers} is not a number from 1 on.")
    _tell(f"Search {search.name}: {search.trials} trials, {search.sampler}, compared by {search.base.task.metric} on ")
    _tell(f"validation pairs. Tried: {' '.join(map(str, search.tried))}")
    with StudyFolder(store.root).leading(search.name), LocalWorkers(store.root, min(workers, search.trials)) as runner:
        tuner = Tuner(
            search,
            store,
            runner,
            job_of=lambda spec: Job(spec, options.device, places=workers),
            validation=validation,
            tell=_tell,
        )
        study = tuner.run()
    best = best_trial(study)
    if best is None:
        _tell("No trial has finished, so there is no best one.")
        return 1
    _tell(f"\nBest of {len(study.trials)} trials: {search.base.task.metric} {best.value:.4f} on validation. It is run ")
    _tell(f"{best.user_attrs['run_id']}, and this command trains it:\n")
    spec = search.spec_of(best.params)
    _tell("  " + commands.in_terminal(commands.train(spec, source=source, device=options.device)))
    return 0


def _tell(text: str) -> None:
    print(text, flush=True)
