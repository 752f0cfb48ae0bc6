"""Which question a run answers: what a database lists, what an experiment finds, or how sure a database is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
import pandas as pd

from slviz.runs.once_for_a_table import once_for_a_table
from slviz.runs.run import NETWORK
from slviz.runs.spec import RunSpec
from slviz.runs.summary import RunSummary
from slviz.splits.pair_split import HIT

Question = Literal["database", "experiment", "confidence"]
QUESTIONS: Mapping[str, str] = {
    "database": "Which pairs would a database of synthetic lethality list next?",
    "experiment": "Which pairs would be a hit if they were tested in cells?",
    "confidence": "How confident would a database be in a pair if it listed it?",
}
"""What people are asked, by key."""
BEST_BY: Mapping[str, tuple[tuple[str, str], ...]] = {
    "database": (("ap", "all-unknown"), ("ndcg@10", "per-gene"), ("auc", "degree-matched"), ("auc", "random")),
    "experiment": (("ap", "screens"), ("ap", "paralog screens"), ("auc", "screens")),
    "confidence": (),
}
"""Metric and what it is measured on, by which runs are ordered; the first that one of two runs has decides."""


def question_of(spec: RunSpec) -> Question:
    """The question that the scores of such a run answer."""
    if not spec.task.negative_kinds:
        return "confidence"
    return "experiment" if spec.task.positives == HIT else "database"


def runs_of_question(summaries: Sequence[RunSummary], question: str, *, fingerprint: str) -> list[RunSummary]:
    """Finished runs of a data set whose scores tell known pairs, or hits, from others; the best one first.

    Runs that predict the confidence of known pairs say nothing of which pair is real: none answers these questions.
    """
    fitting = [
        summary
        for summary in summaries
        if summary.state == "finished"
        and summary.spec is not None
        and summary.spec.data_fingerprint == fingerprint
        and summary.spec.task.scores_pairs
        and summary.spec.task.negative_kinds
        and question_of(summary.spec) == question
    ]
    return sorted(fitting, key=lambda summary: _place(summary, question))


def _place(summary: RunSummary, question: str) -> tuple[float, ...]:
    """Smaller for a better run: its metrics, the most telling first."""
    return tuple(-_metric(summary.metrics, metric, negative_kind) for metric, negative_kind in BEST_BY[question])


@once_for_a_table
def _metric(table: pd.DataFrame, metric: str, negative_kind: str) -> float:
    wanted = (
        (table["metric"] == metric)
        & (table["negative_kind"] == negative_kind)
        & (table["part"] == "test")
        & (table["model"] == NETWORK)
    )
    values = table.loc[wanted, "value"].to_numpy(dtype=np.float64)
    return float(values[0]) if len(values) and np.isfinite(values[0]) else -1.0
