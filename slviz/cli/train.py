"""`train`: what a person types, turned into one run."""

from __future__ import annotations

import argparse
import dataclasses
import os
import sys
from pathlib import Path
from typing import Any

from slviz.cli.settings_help import settings_help
from slviz.cli.sweep_worker import train_job
from slviz.cli.terminal import voice
from slviz.datasets import GeneGraph
from slviz.datasets.sources import open_dataset
from slviz.errors import DamagedRun, InvalidSetting
from slviz.pipeline.scheduler import checked_address
from slviz.pipeline.train_run import train_run
from slviz.runs.event_files import refuse_without_tensorboard
from slviz.runs.settings_parser import choices_from_words
from slviz.runs.spec import DEFAULTS, TABLES, RunSpec, default_names
from slviz.runs.spec_validation import SpecValidation
from slviz.runs.store import RunStore
from slviz.splits import HeldOut
from slviz.sweeps.runner import Job

EXAMPLES = """\
examples:
  python -m slviz train --task link --network gat --features both heads=2 epochs=50
  python -m slviz train --data FOLDER --task confidence --network mlp --seed 3
  python -m slviz train --test-pairs new_screen.tsv
  python -m slviz train --test-pairs test.tsv --test-negatives no.tsv --validation-pairs dev.tsv
  python -m slviz train --resume gat-both-link-3f9c2a81
  python -m slviz train --network gat --scheduler tcp://192.168.0.7:8786
"""


def add_train_command(commands: argparse._SubParsersAction) -> None:
    """Add `train` to the command line."""
    command = commands.add_parser(
        "train",
        help="train a network, evaluate it, and keep the run with its maps",
        description="Train a network, evaluate it on pairs that it never saw, and keep the run with its maps. "
        "A run that was stopped is resumed where it was; a run that is finished is not trained again.",
        epilog=f"{EXAMPLES}\n{settings_help(TABLES)}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    command.add_argument(
        "--data", metavar="SOURCE", help="demo, synlethdb or a folder (default: SLVIZ_DATA, else demo)"
    )
    for part, default in DEFAULTS.items():
        names = ", ".join(TABLES[part])
        names += ", or features of the data set, joined by +" if part == "features" else ""
        command.add_argument(f"--{part}", metavar="NAME", default=None, help=f"{names} (default: {default})")
    command.add_argument(
        "--test-pairs", metavar="FILE", type=Path, help="hold out these pairs: a table of two genes a row"
    )
    command.add_argument("--test-negatives", metavar="FILE", type=Path, help="negatives to tell them from")
    command.add_argument(
        "--validation-pairs",
        metavar="FILE",
        type=Path,
        help="with --test-pairs: validate with these pairs (default: a share of the known ones)",
    )
    command.add_argument(
        "--train-negatives", metavar="FILE", type=Path, help="with --test-pairs: learn from these negatives"
    )
    command.add_argument("--seed", metavar="N", type=int, default=0, help="of first weights and chance (default: 0)")
    command.add_argument(
        "--device", metavar="NAME", help="auto, cuda, mps or cpu (default: auto; with --resume that of the run)"
    )
    command.add_argument("--no-projections", action="store_true", help="make no maps afterwards")
    command.add_argument("--tensorboard", action="store_true", help="also write the epochs as TensorBoard event files")
    command.add_argument(
        "--scheduler", metavar="ADDRESS", help="hand the run to the Dask cluster of this scheduler and return"
    )
    command.add_argument("--resume", metavar="RUN", help="resume this run; all the rest is taken from it")
    command.add_argument("settings", metavar="key=value", nargs="*", help="any of the settings listed below")
    command.set_defaults(action=_train)


def _train(arguments: argparse.Namespace) -> int:
    store = RunStore.default()
    options: dict[str, Any] = {"maps": not arguments.no_projections, "events": arguments.tensorboard, "voice": voice()}
    if arguments.tensorboard:
        refuse_without_tensorboard()
    if arguments.scheduler:
        checked_address(arguments.scheduler)
    if arguments.resume:
        spec = _spec_to_resume(store, arguments)
        device = arguments.device or store.device_asked(spec.run_id)
        if arguments.scheduler:
            return _hand_over(store, spec, device, arguments)
        train_run(store, spec, device=device, **options)
        return 0
    source = arguments.data or os.environ.get("SLVIZ_DATA") or "demo"
    graph = open_dataset(source)
    held_out = _held_out(graph, arguments)
    spec = spec_of(arguments, graph, source=source, held_out=held_out)
    if store.find(spec) is None:
        SpecValidation(graph, held_out=held_out).check(spec)
        if not arguments.scheduler:
            _refuse_absent(arguments.device)
    if arguments.scheduler:
        return _hand_over(store, spec, arguments.device or "auto", arguments)
    train_run(store, spec, graph=graph, held_out=held_out, device=arguments.device or "auto", **options)
    return 0


def _hand_over(store: RunStore, spec: RunSpec, device: str, options: argparse.Namespace) -> int:
    """Leave the run to a cluster, whose workers write it into the same models folder."""
    from slviz.sweeps.hand_over import ANY_NUMBER, hand_over

    if options.test_pairs is not None:
        raise InvalidSetting("Files of pairs are not handed to a cluster; leave --scheduler away to train here.")
    if store.find(spec) is not None:
        print(f"Run {spec.run_id} is finished already; nothing to train.")
        return 0
    maps, events = not options.no_projections, options.tensorboard
    job = Job(spec, device, maps=maps, places=ANY_NUMBER, events=events)
    hand_over(options.scheduler, store, job, train_job)
    print(f"Run {spec.run_id} is with the cluster at {options.scheduler}. `slviz runs show {spec.run_id}` follows it.")
    return 0


def _refuse_absent(device: str | None) -> None:
    """Refuse a device that is not here before a run is there that could only fail."""
    if device not in (None, "auto", "cpu"):
        from slviz.training.devices import find_device

        find_device(device)


def spec_of(options: argparse.Namespace, graph: GeneGraph, *, source: str, held_out: HeldOut | None = None) -> RunSpec:
    """The spec that the typed names and settings describe on `graph`."""
    usual = default_names(TABLES["task"][options.task] if options.task else None, graph)
    names = {part: getattr(options, part) or default for part, default in usual.items()}
    if held_out is not None:
        names["split"] = "file"
    choices = choices_from_words(names, options.settings)
    if held_out is not None:
        choices["split"] = dataclasses.replace(choices["split"], **held_out.digests)
    return RunSpec.of(
        graph,
        source=source,
        seed=options.seed,
        **choices,
    )


def _held_out(graph: GeneGraph, options: argparse.Namespace) -> HeldOut | None:
    if options.test_pairs is None:
        for name in ("test_negatives", "validation_pairs", "train_negatives"):
            if getattr(options, name) is not None:
                raise InvalidSetting(f"--{name.replace('_', '-')} needs --test-pairs FILE beside it.")
        if options.split == "file":
            raise InvalidSetting("The split 'file' needs its file of test pairs: give it with --test-pairs FILE.")
        return None
    if options.split not in (None, "file"):
        raise InvalidSetting(f"--test-pairs holds out the pairs of a file; leave '--split {options.split}' away.")
    held_out = HeldOut.read(
        graph,
        options.test_pairs,
        negatives=options.test_negatives,
        validation=options.validation_pairs,
        train_negatives=options.train_negatives,
    )
    for file, remarks in (
        (options.test_pairs, held_out.remarks),
        (options.test_negatives, held_out.negative_remarks),
        (options.validation_pairs, held_out.validation_remarks),
        (options.train_negatives, held_out.train_negative_remarks),
    ):
        for remark in remarks:
            print(f"slviz: {file}: {remark}", file=sys.stderr, flush=True)
    return held_out


def _spec_to_resume(store: RunStore, options: argparse.Namespace) -> RunSpec:
    if options.settings or any(getattr(options, part) is not None for part in (*DEFAULTS, "data", "test_pairs")):
        raise InvalidSetting("--resume takes everything from the run; give no other choices or settings beside it.")
    summary = store.summary(options.resume)
    if summary.spec is None or summary.state == "damaged":
        raise DamagedRun(summary.problem)
    return summary.spec
