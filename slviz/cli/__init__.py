"""The command line: `slviz COMMAND`, also `python -m slviz COMMAND`; alone it opens the dashboard.

A command that takes long is what the browser starts, too.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType

from slviz import former_names
from slviz.cli import (
    app,
    compare,
    controls,
    coursework,
    data,
    demo_runs,
    doctor,
    edge_ablation,
    explain,
    export,
    lab,
    outliers,
    picture,
    predict,
    project,
    rank,
    report,
    results,
    runs,
    serve,
    sweep,
    sweep_worker,
    train,
    tune,
    vectors,
)
from slviz.cli.terminal import spelt_out_streams
from slviz.errors import SlvizError
from slviz.runs.files import REFUSALS

DESCRIPTION = "Explore gene embeddings learnt on a graph of synthetic-lethal gene pairs."
PLACES = """\
environment:
  SLVIZ_DATA     the data set to open when none is named: demo, synlethdb or a folder
  SLVIZ_MODELS   the folder where runs are written; otherwise models/ in a checkout, and
                 the folder for a user's data where slviz was installed
  SLVIZ_SLOTS    how many runs this machine trains at once; others wait
  SLVIZ_ACCESS   what a visitor of the dashboard may do: read-only, full or trusted; see SECURITY.md
  SLVIZ_DATA_FOLDERS   further data folders that the dashboard lists and may open

status: 0 all went well, 1 something is wrong and said in a sentence, 2 the command is
not understood, 130 stopped with Ctrl-C
"""


HELP = ("--help", "-h")


COMMANDS: dict[str, Callable[[argparse._SubParsersAction], None]] = {
    "train": train.add_train_command,
    "sweep": sweep.add_sweep_command,
    sweep_worker.COMMAND: sweep_worker.add_sweep_worker_command,
    "results": results.add_results_command,
    "tune": tune.add_tune_command,
    "runs": runs.add_runs_commands,
    "predict": predict.add_predict_command,
    "rank": rank.add_rank_command,
    "report": report.add_report_command,
    "project": project.add_project_command,
    "controls": controls.add_controls_command,
    "compare": compare.add_compare_command,
    "edge-ablation": edge_ablation.add_edge_ablation_command,
    "explain": explain.add_explain_command,
    "outliers": outliers.add_outliers_command,
    "export": export.add_export_command,
    "picture": picture.add_picture_command,
    "vectors": vectors.add_vectors_commands,
    "data": data.add_data_commands,
    "demo-runs": demo_runs.add_demo_runs_command,
    "coursework": coursework.add_coursework_command,
    "lab": lab.add_lab_command,
    "app": app.add_app_command,
    "serve": serve.add_serve_command,
    "doctor": doctor.add_doctor_command,
}
"""Name of each command, in the order of the help → what adds it to the command line."""


def parser(only: str | None = None) -> argparse.ArgumentParser:
    """The parser of the whole command line, or of one command alone, which is made in a tenth of the time."""
    whole = argparse.ArgumentParser(
        prog=_called(),
        description=f"{DESCRIPTION} Without a command: open the dashboard.",
        epilog=PLACES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    commands = whole.add_subparsers(title="commands", dest="command", metavar="COMMAND")
    for add_command in COMMANDS.values() if only is None else [COMMANDS[only]]:
        add_command(commands)
    return whole


def parse(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """What was asked for; ends the process with status 2 where that is not understood.

    argparse takes `key=value` words from one place only; here they may stand between the options, too.
    """
    words = former_names.command(sys.argv[1:] if arguments is None else arguments)
    if not words or (words[0].startswith("--") and words[0] not in HELP):
        words = ["app", *words]
    whole = parser(words[0] if words[0] in COMMANDS else None)
    options, rest = whole.parse_known_args(words)
    if options.command in ("app", "serve"):
        options.more = rest  # options of `streamlit run`
        return options
    if rest and (not hasattr(options, "settings") or any(word.startswith("-") for word in rest)):
        whole.error(f"not understood: {' '.join(rest)}")
    if rest:
        options.settings = [*options.settings, *rest]
    return options


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the status that the process should end with."""
    with spelt_out_streams():
        return _main(arguments)


def _main(arguments: Sequence[str] | None) -> int:
    options = parse(arguments)
    with contextlib.suppress(ValueError):  # not the main thread: then signals are somebody else's
        signal.signal(signal.SIGTERM, _stop)
    try:
        status = options.action(options) or 0
        sys.stdout.flush()  # here, where a full disk can still be said
        return status
    except SlvizError as error:
        return _say(str(error), status=1)
    except KeyboardInterrupt:
        return _say("Stopped by Ctrl-C. What was finished is kept; an unfinished run can be resumed.", status=130)
    except BrokenPipeError:  # the reader of our output, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        if error.errno not in REFUSALS:
            raise
        with contextlib.suppress(OSError, ValueError):  # what was printed into a full disk has nowhere to go
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        where = f"'{error.filename}'" if error.filename else "What was to be printed or written"
        return _say(f"{where} could not be written or read: {REFUSALS[error.errno]}.", status=1)


def _called() -> str:
    """How a person called this program, for its usage lines."""
    return "slviz" if Path(sys.argv[0]).stem == "slviz" else "python -m slviz"


def _say(sentence: str, *, status: int) -> int:
    print(f"slviz: {sentence}", file=sys.stderr, flush=True)
    return status


def _stop(_signal: int, _frame: FrameType | None) -> None:
    """End by an exception, so that locks are freed and nothing half-written stays."""
    raise SystemExit(143)
