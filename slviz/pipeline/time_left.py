"""How long a training, its evaluation, and the wait for a place to train in still take, by the records of runs."""

from __future__ import annotations

import contextlib
import math

import numpy as np
import pandas as pd

from slviz.errors import SlvizError
from slviz.runs.store import RunStore
from slviz.runs.summary import RunSummary
from slviz.text import duration, percent

RECENT_EPOCHS = 20
TOLD_FROM = 0.01
"""Before so much is done, what is left is a guess: it said hours for what took minutes."""


def evaluation_words(share: float, seconds_left: float | None) -> str:
    """Such as "Ranking all unknown pairs: 40 % done, about 2 min 10 s left"; of the first hundredth no time is told."""
    known = seconds_left is not None and math.isfinite(seconds_left) and share >= TOLD_FROM
    left = f", about {duration(seconds_left or 0)} left" if known else ""
    return f"Ranking all unknown pairs: {percent(share)} done{left}"


def wait_words(store: RunStore) -> str:
    """What a run waits for: how many others are being trained, and about when the first of them is done."""
    running = [summary for summary in store.summaries() if summary.state == "running" and summary.spec is not None]
    if not running:
        return "Waiting for a place to train in."
    trained = "1 other run is" if len(running) == 1 else f"{len(running)} other runs are"
    known = [left for summary in running if math.isfinite(left := seconds_left_of(store, summary))]
    soonest = f"; the first is done in about {duration(min(known))}" if known else ""
    return f"Waiting for a place to train in: {trained} in training{soonest}."


def seconds_left_of(store: RunStore, summary: RunSummary) -> float:
    """About how long a running run still takes: its epochs, or its evaluation once they are done; NaN if unknown."""
    with contextlib.suppress(SlvizError):
        evaluation = store.evaluation(summary.run_id)
        if evaluation is not None:
            return float("nan") if evaluation.seconds_left is None else evaluation.seconds_left
        assert summary.spec is not None, "only runs with a spec are looked at"
        return seconds_left(store.progress(summary.run_id), int(getattr(summary.spec.optimiser, "epochs", 0)))
    return float("nan")


def seconds_left(history: pd.DataFrame, epochs: int) -> float:
    """About how long training still takes, from the median of recent epochs; NaN before the first."""
    if not len(history):
        return float("nan")
    remaining = max(epochs - int(history["epoch"].iloc[-1]), 0)
    return float(np.median(history["seconds"].to_numpy()[-RECENT_EPOCHS:])) * remaining
