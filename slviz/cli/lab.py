"""`lab`: train a small network of the Lab page, and set its gradients beside autograd's."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pandas as pd

from slviz.cli.settings_help import settings_help
from slviz.files.limits import MEBIBYTE
from slviz.files.regular import read_regular
from slviz.lab.autograd import Beside, beside_autograd
from slviz.lab.measures import dead_units, gradient_norms
from slviz.lab.own_points import MOST_MEBIBYTES, own_points, read_lab_table
from slviz.lab.points import LabPoints, lab_points
from slviz.lab.presets import PRESETS, preset
from slviz.lab.setup import LABS, LabSetup, setup_from_words
from slviz.lab.training import LabTraining


def add_lab_command(commands: argparse._SubParsersAction) -> None:
    """Add `lab` to the command line."""
    command = commands.add_parser(
        "lab",
        help="train a small network of the Lab page",
        description="Train a small network by a forward and a backward pass written out in NumPy, and print loss, "
        "accuracy, the best epoch, and the gradient and dead neurons of every layer.",
        epilog=settings_help({"settings": LABS}),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    command.add_argument("settings", metavar="key=value", nargs="*", help="settings that differ from the defaults")
    command.add_argument("--preset", metavar="NAME", help=f"begin with: {', '.join(PRESETS)}")
    command.add_argument("--table", metavar="FILE", help="a table of one's own as data: a column of classes, features")
    command.add_argument("--label", metavar="COLUMN", default="", help="its column of classes (default: the likeliest)")
    command.add_argument("--epoch", metavar="N", type=int, default=0, help="where gradients are looked at (default: 0)")
    command.add_argument("--autograd", action="store_true", help="beside PyTorch's autograd, in double precision")
    command.add_argument("--json", action="store_true", help="with --autograd: print the comparison as JSON")
    command.set_defaults(action=_lab)


def _lab(options: argparse.Namespace) -> int:
    words = (preset(options.preset).setup.words() if options.preset else []) + options.settings
    if options.table:
        words.append("points=own")
    setup = setup_from_words(words)
    training = LabTraining(setup, lab_points(setup, _own(options, setup)))
    if options.autograd and options.json:
        print(json.dumps(beside_autograd(training, epoch=options.epoch).to_json()))
        return 0
    training.advance()
    print(_report(training, options.epoch))
    if options.autograd:
        print(_beside(beside_autograd(training, epoch=options.epoch)))
    return 0


def _own(options: argparse.Namespace, setup: LabSetup) -> LabPoints | None:
    if not options.table:
        return None
    path = Path(options.table)
    content = read_regular(path, most_bytes=MOST_MEBIBYTES * MEBIBYTE)
    return own_points(read_lab_table(content, path.name), options.label, seed=setup.seed)


def _report(training: LabTraining, epoch: int) -> str:
    moment = training.at(epoch)
    weights, biases = gradient_norms(moment.gradients)
    dead = [str(int(units.sum())) for units in dead_units(training, moment)]
    layers = pd.DataFrame(
        {
            "layer": range(1, len(weights) + 1),
            "neurons": training.widths[1:],
            "gradient of weights": [f"{norm:.2g}" for norm in weights],
            "gradient of biases": [f"{norm:.2g}" for norm in biases],
            "dead": [*dead, "–"],
        }
    )
    moments = {"start": 0, "best": training.best_epoch, "last": training.reached}
    rows = [
        {"epoch": f"{title} ({number:,})", "part": part, "loss": f"{loss:.4f}", "accuracy": f"{accuracy:.4f}"}
        for title, number in moments.items()
        for part, (loss, accuracy) in training.measures(training.at(number)).items()
    ]
    stopped = "" if training.diverged is None else f"\n{training.diverged}"
    return (
        f"{training.setup.in_words()}\n\n{pd.DataFrame(rows).to_string(index=False)}\n\n"
        f"At epoch {moment.epoch:,}:\n{layers.to_string(index=False)}{stopped}"
    )


def _beside(beside: Beside) -> str:
    return (
        f"\nGradients by hand and by autograd at epoch {beside.epoch:,}: largest difference {beside.largest:.1e}. "
        f"After {beside.epochs:,} epochs: loss {beside.loss_by_hand:.6f} by hand, {beside.loss_by_autograd:.6f} by "
        f"autograd, largest difference of a parameter {beside.largest_parameter:.1e}."
    )
