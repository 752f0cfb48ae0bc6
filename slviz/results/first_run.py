"""Which run a page opens where nobody named one: the best of those that can be compared, never merely the newest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from slviz.results.collect import model_of, split_of
from slviz.results.questions import FURTHER, QUESTIONS, Question, question_of
from slviz.results.standings import COURSEWORK
from slviz.results.table import higher_is_better
from slviz.runs.run import NETWORK
from slviz.runs.summary import RunSummary

EXAMPLES = frozenset(
    {
        "conv_autoencoder-pixels-reconstruct-4afed326",
        "conv_autoencoder-pixels-reconstruct-31a1be65",
        "conv_autoencoder-pixels-reconstruct-b80521bc",
        "conv_classifier-pixels-classify-78421c41",
    }
)
"""Runs on the digits that come with slviz: whoever names no data sees others first, however new these are."""


def newest_data(summaries: Sequence[RunSummary]) -> str | None:
    """Fingerprint of the data set of the newest run that is no example, else of the newest; None without any.

    Args:
        summaries: the newest first.
    """
    of_runs = [run for run in summaries if run.spec is not None]
    chosen = next((run for run in of_runs if run.run_id not in EXAMPLES), next(iter(of_runs), None))
    return None if chosen is None or chosen.spec is None else chosen.spec.data_fingerprint


def best_comparable(summaries: Sequence[RunSummary]) -> str | None:
    """The run that is best at the first question that a trained model answers, on the pairs that most models share.

    Baselines that were trained as runs, and networks of the coursework, are taken where there is nothing else. None
    where no run is finished.

    Args:
        summaries: of one data set, the newest first.
    """
    finished = [summary for summary in summaries if summary.state == "finished" and summary.spec is not None]
    of_models = [run for run in finished if _is_for_use(run)]
    for runs in (of_models, finished):
        for question in (*QUESTIONS, *FURTHER):
            best = _best_at(question, runs)
            if best is not None:
                return best.run_id
    return finished[0].run_id if finished else None


def _is_for_use(summary: RunSummary) -> bool:
    assert summary.spec is not None
    network = summary.spec.network
    return not network.baseline and not network.name.startswith(COURSEWORK)


def _best_at(question: Question, runs: Sequence[RunSummary]) -> RunSummary | None:
    groups: dict[tuple[int, str, str], list[RunSummary]] = defaultdict(list)
    for run in runs:
        spec = run.spec
        if spec is not None and question_of(spec.task.name, spec.split.name) == question:
            groups[question.tasks.index(spec.task.name), spec.task.name, split_of(spec)].append(run)
    if not groups:
        return None
    # Of equally many models the task that the question names first, then the split with the newest run.
    order = sorted(groups, key=lambda key: (-_models(groups[key]), key[0], runs.index(groups[key][0])))
    group = groups[order[0]]
    for negative_kind, metric in question.measures:
        values = [(value, run) for run in group if (value := _value(run, negative_kind, metric)) is not None]
        if values:
            sign = 1 if higher_is_better(metric) else -1
            return max(values, key=lambda pair: sign * pair[0])[1]
    return group[0]


def _models(runs: Sequence[RunSummary]) -> int:
    return len({(model_of(run.spec), run.spec.features.name) for run in runs if run.spec is not None})


def _value(summary: RunSummary, negative_kind: str, metric: str) -> float | None:
    table = summary.metrics
    rows = (table["model"] == NETWORK) & (table["part"] == "test")
    values = table.loc[rows & (table["negative_kind"] == negative_kind) & (table["metric"] == metric), "value"].dropna()
    return float(values.iloc[0]) if len(values) else None
