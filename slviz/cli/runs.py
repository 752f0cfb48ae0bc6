"""`runs`: list, show, pin, cancel and remove runs."""

from __future__ import annotations

import argparse
import math
import sys

import pandas as pd

from slviz.errors import RunError
from slviz.pipeline.time_left import seconds_left
from slviz.runs.damage import readable
from slviz.runs.run import METRIC_COLUMNS, NETWORK, OWN_ROWS
from slviz.runs.spec import TABLES, RunSpec
from slviz.runs.store import RunStore
from slviz.runs.summary import RunSummary

TELLING = (("auc", "degree-matched"), ("ap", "all-unknown"))
LOWER_IS_BETTER = ("rmse", "mae", "brier", "ece")


def add_runs_commands(commands: argparse._SubParsersAction) -> None:
    """Add `runs` and what can be done with a run to the command line."""
    command = commands.add_parser(
        "runs",
        help="list, show, pin, cancel or remove runs",
        description="Without more words: list all runs with their state and metrics.",
        allow_abbrev=False,
    )
    command.set_defaults(action=_list)
    verbs = command.add_subparsers(title="with a run", metavar="VERB")
    for verb, action, help in (
        ("list", _list, "list all runs"),
        ("show", _show, "all settings and metrics of a run, and whether its files are whole"),
        ("cancel", _cancel, "ask a run that is training or waiting to stop"),
        ("remove", _remove, "remove a run and all its files"),
        ("pin", _pin, "let pages open this run first, instead of the best one"),
        ("unpin", _unpin, "let pages open the best run first again"),
    ):
        verb_parser = verbs.add_parser(
            verb, help=help, description=help[0].upper() + help[1:] + ".", allow_abbrev=False
        )
        if verb not in ("list", "unpin"):
            verb_parser.add_argument("run", metavar="RUN", help="name of a run, as `runs` lists it")
        if verb == "remove":
            verb_parser.add_argument("--yes", action="store_true", help="do not ask")
        verb_parser.set_defaults(action=action)


def _list(_asked: argparse.Namespace) -> int:
    store = RunStore.default()
    summaries = store.summaries()
    if not summaries:
        print(f"There are no runs in {store.root} yet. Train one with `python -m slviz train`.")
        return 0
    width = max(len(summary.run_id) for summary in summaries)
    of_data = max(len(_data(summary)) for summary in summaries)
    for summary in summaries:
        beginning = f"{summary.run_id:<{width}}  {summary.state:<11}  {_data(summary):<{of_data}}"
        print(f"{beginning}  {_in_short(store, summary)}".rstrip())
    if shipped := sum(summary.shipped for summary in summaries):
        own = len(summaries) - shipped
        print(f"\n{shipped} of these {len(summaries)} come with slviz; in {store.root} lie {own or 'none'}.")
    return 0


def _data(summary: RunSummary) -> str:
    if summary.spec is None:
        return ""
    return f"{readable(summary.spec.data_name, most=60)}{' (synthetic)' if summary.spec.synthetic else ''}"


def _in_short(store: RunStore, summary: RunSummary) -> str:
    if summary.state == "damaged" or (summary.spec is None and summary.problem):
        return summary.problem
    if summary.state == "failed":
        return " ".join(store.failure(summary.run_id).split())
    if summary.state == "finished":
        return key_metrics(summary.metrics)
    return _how_far(store, summary)


def key_metrics(metrics: pd.DataFrame) -> str:
    """Two metrics of the network on test, those that are hardest to reach by counting, beside the best baseline."""
    on_test = metrics.query("part == 'test'").to_dict("records")
    of_network = [row for row in on_test if row["model"] == NETWORK]
    of_network = sorted(of_network, key=lambda row: (row["metric"], row["negative_kind"]) not in TELLING)[:2]
    return ", ".join(
        f"{row['metric']} {row['value']:.3f} ({row['negative_kind']}{_best_baseline(on_test, row)})"
        for row in of_network
    )


def _best_baseline(on_test: list[dict], of: dict) -> str:
    others = [
        row
        for row in on_test
        if row["model"] not in OWN_ROWS
        and (row["metric"], row["negative_kind"]) == (of["metric"], of["negative_kind"])
        and not math.isnan(row["value"])
    ]
    if not others:
        return ""
    best = (min if of["metric"] in LOWER_IS_BETTER else max)(others, key=lambda row: row["value"])
    return f"; {best['model']} {best['value']:.3f}"


def _how_far(store: RunStore, summary: RunSummary) -> str:
    history = store.progress(summary.run_id)
    epochs = getattr(summary.spec.optimiser, "epochs", 0) if summary.spec is not None else 0
    said = f"epoch {len(history)} of {epochs}"
    if summary.state == "running" and len(history):
        said += f", about {seconds_left(history, epochs):.0f} s of training left"
    return said + (", can be resumed" if store.can_resume(summary.run_id) else "")


def _show(options: argparse.Namespace) -> int:
    store = RunStore.default()
    summary = store.summary(options.run)
    print(f"run       {summary.run_id}")
    print(f"state     {summary.state}")
    print(f"folder    {readable(str(summary.folder), most=4096)}")
    if summary.spec is not None:
        _show_spec(summary.spec)
    if summary.finished is not None:
        print(f"finished  {summary.finished:%Y-%m-%d %H:%M} UTC, after {summary.seconds:.0f} s on {summary.device}")
    if summary.state == "finished":
        return _show_finished(store, summary)
    print(f"progress  {_in_short(store, summary)}")
    return 1 if summary.state == "damaged" else 0


def _show_spec(spec: RunSpec) -> None:
    print(
        f"data      {readable(spec.data_name)}{' (synthetic)' if spec.synthetic else ''}, {spec.data_fingerprint[:12]}"
    )
    for part in TABLES:
        settings = getattr(spec, part).to_json()
        name = settings.pop("name")
        print(
            f"{part:<9} {name}  {' '.join(f'{key}={readable(str(value))}' for key, value in settings.items())}".rstrip()
        )
    print(f"seed      {spec.seed}")


def _show_finished(store: RunStore, summary: RunSummary) -> int:
    maps = [f"{method.name} (seed {seed})" for method, seed in store.artifacts(summary.run_id).maps()]
    print(f"maps      {', '.join(maps) or 'none'}")
    leading = [column for column in METRIC_COLUMNS if column not in ("metric", "value")]
    table = summary.metrics.pivot_table(index=leading[1:] + leading[:1], columns="metric", values="value", sort=False)
    itself = {} if summary.spec is None else {NETWORK: summary.spec.network.row_name}
    table = table.rename(index=itself, level="model")
    if len(table):
        lines = table.round(4).to_string(na_rep="").split("\n")
        print("\n" + "\n".join(readable(line, most=len(line)) for line in lines))
    problems = store.check(summary.run_id)
    for sentence in problems:
        print(f"slviz: {sentence}", file=sys.stderr)
    print("\n" + ("All files are whole." if not problems else f"{len(problems)} files are not as they should be."))
    return 1 if problems else 0


def _cancel(options: argparse.Namespace) -> int:
    RunStore.default().cancel(options.run)
    print(f"Run {options.run} was asked to stop; it does so after the epoch it is in.")
    return 0


def _remove(options: argparse.Namespace) -> int:
    store = RunStore.default()
    if not options.yes and not _agreed(f"Remove run {options.run} and all its files? [y/N] "):
        raise RunError("Nothing was removed.")
    store.remove(options.run)
    print(f"Removed {options.run}.")
    return 0


def _pin(options: argparse.Namespace) -> int:
    RunStore.default().pin(options.run)
    print(f"Pages open {options.run} first, on its data set.")
    return 0


def _unpin(_asked: argparse.Namespace) -> int:
    RunStore.default().pin(None)
    print("No run is pinned: pages open the best run on a data set first.")
    return 0


def _agreed(question: str) -> bool:
    if not sys.stdin.isatty():
        raise RunError("Nobody is there to be asked; say --yes to remove without a question.")
    return input(question).strip().casefold() in ("y", "yes")
