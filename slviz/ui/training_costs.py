"""What a training took: parameters, epochs, seconds, device, as one column a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from slviz.errors import DamagedRun
from slviz.runs import Run
from slviz.runs.history import kept_epoch
from slviz.runs.summary import RunSummary
from slviz.text import duration
from slviz.ui import cache

NOTHING = "–"
UNREADABLE = "its file is damaged"
PARAMETERS = "Parameters"


def costs(runs: Sequence[tuple[RunSummary, Run]], names: Mapping[str, str]) -> pd.DataFrame:
    """One row a measure, one column a run, as text; what a run does not have is a dash.

    Args:
        runs: finished runs.
        names: what each is called, by its run_id.
    """
    columns = {names[run.run_id]: costs_of(summary, run) for summary, run in runs}
    rows = dict.fromkeys(row for column in columns.values() for row in column)
    return pd.DataFrame(
        {"measure": list(rows)} | {name: [column.get(row, NOTHING) for row in rows] for name, column in columns.items()}
    )


def costs_of(summary: RunSummary, run: Run) -> dict[str, str]:
    """By measure, what the training of a run took."""
    try:
        counts = cache.parameter_counts(summary)
    except DamagedRun:
        return {PARAMETERS: UNREADABLE, **_times(summary, run)}
    parts = {f"{PARAMETERS}, {part}": f"{count:,}" for part, count in counts.items()}
    record, _ = cache.record_or_damage(summary)
    memory = {} if record is None or not record.memory_bytes else {"Memory": f"{record.memory_bytes / 1e6:,.0f} MB"}
    return {PARAMETERS: f"{sum(counts.values()):,}" if counts else NOTHING, **parts, **_times(summary, run), **memory}


def _times(summary: RunSummary, run: Run) -> dict[str, str]:
    """Epochs and seconds; the whole has the evaluation in it, and trees and formulas where the model has any."""
    whole = {"Run and its evaluation": _seconds(summary.seconds), "Device": summary.device or NOTHING}
    history = run.history
    if not len(history):
        return {"Epochs": NOTHING} | whole
    seconds = history["seconds"].to_numpy(float)
    kept = kept_epoch(history, run.spec.optimiser)
    return {
        "Epochs": f"{len(history):,} of {run.spec.optimiser.epochs:,}",
        "Kept epoch": NOTHING if kept is None else f"{kept:,}",
        "Seconds an epoch, median": f"{np.nanmedian(seconds):.3g}",
        "All epochs": _seconds(float(np.nansum(seconds))),
    } | whole


def _seconds(value: float) -> str:
    if value != value:
        return NOTHING
    return f"{value:.1f} s" if value < 60 else duration(value)
