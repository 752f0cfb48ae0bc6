"""Compare, Metrics: every protocol and fold on which the same models were evaluated, beside the one of the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from slviz.runs import Run
from slviz.runs.summary import RunSummary
from slviz.splits import Split, in_words
from slviz.ui import cache, downloads, layout
from slviz.ui.comparison.compared_runs import ComparedRuns, alike_but
from slviz.ui.key_metrics import KEY_METRICS, RECONSTRUCT, KeyMetric, metric_beside
from slviz.ui.labels import escape_markdown, pluralise

MOST_LINKS = 8
HELP = (
    "The same models (same task, network, features, settings and seed) by every split on which two or more of them "
    "have a finished run. Metrics of two splits are not to be compared with each other, only within a row."
)


@dataclass(frozen=True, eq=False)
class SharedSplit:
    """A split by which two or more of the models were evaluated.

    Attributes:
        held_out: what is tested, in words.
        runs: summaries by the name of the model on the page.
        metrics: the key metric of each, of the same negatives.
    """

    held_out: str
    runs: Mapping[str, RunSummary]
    metrics: Mapping[str, KeyMetric]


def show(compared: ComparedRuns, runs: Sequence[Run]) -> None:
    """One row a split, one column a model, and the way to compare by another split; nothing where there is one."""
    splits = shared_splits(runs, {run.run_id: compared.name(run) for run in runs}, cache.store().summaries())
    if len(splits) < 2:
        return
    table = protocols_table(splits)
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.subheader("By every split that they share", anchor=False, width="content", help=HELP)
        name = f"{runs[0].run_id}-compared-by-split"
        downloads.menu(name, source=compared.provenance(*runs), table=lambda: table)
    st.dataframe(table, hide_index=True, placeholder="–")
    own = in_words(runs[0].spec.split)
    others = [split for split in splits if split.held_out != own]
    with st.container(horizontal=True):
        for split in others[:MOST_LINKS]:
            first, *rest = [summary.run_id for summary in split.runs.values()]
            icon = ":material/compare_arrows:"
            query = {"run": first, "with": ",".join(rest), "tab": "metrics"}
            layout.link(layout.COMPARE, f"Compare by {split.held_out}", icon=icon, **query)
    if len(others) > MOST_LINKS:
        st.caption(escape_markdown(f"{pluralise(len(others) - MOST_LINKS, 'more split')}: choose their runs above."))


def shared_splits(runs: Sequence[Run], names: Mapping[str, str], summaries: Sequence[RunSummary]) -> list[SharedSplit]:
    """The splits by which two or more of these models have a finished run, that of the page first."""
    finished = {summary.run_id: summary for summary in summaries if summary.state == "finished"}
    by_split: dict[Split, dict[str, RunSummary]] = {}
    for run in runs:
        others = alike_but(run.spec, finished, part="split")
        for run_id in [run.run_id, *others]:
            if run_id in finished:
                split = finished[run_id].spec.split  # pyright: ignore[reportOptionalMemberAccess]
                by_split.setdefault(split, {}).setdefault(names[run.run_id], finished[run_id])
    shared = []
    for split, of_split in by_split.items():
        metrics = _of_the_same_negatives(runs[0].spec.task.name, of_split)
        if len(metrics) > 1:
            shared.append(SharedSplit(in_words(split), {name: of_split[name] for name in metrics}, metrics))
    return shared


def _of_the_same_negatives(task: str, runs: Mapping[str, RunSummary]) -> dict[str, KeyMetric]:
    """The key metric of the task for the first kind of negatives that all, or else most, of the runs have."""
    name, negative_kinds = KEY_METRICS.get(task, RECONSTRUCT)
    best: dict[str, KeyMetric] = {}
    for negative_kind in negative_kinds:
        metrics = {
            model: metric
            for model, summary in runs.items()
            if (metric := metric_beside(summary.metrics, name, negative_kind=negative_kind)) is not None
        }
        best = metrics if len(metrics) > len(best) else best
    return best


def protocols_table(splits: Sequence[SharedSplit]) -> pd.DataFrame:
    """One row a split: the metric, and its value for every model."""
    models = dict.fromkeys(model for split in splits for model in split.metrics)
    return pd.DataFrame(
        [
            {"Split": split.held_out, "Metric": next(iter(split.metrics.values())).label}
            | {
                model: round(split.metrics[model].value, 3) if model in split.metrics else float("nan")
                for model in models
            }
            for split in splits
        ]
    )
