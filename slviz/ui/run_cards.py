"""Finished runs as cards: what each is, and its key metric beside the best baseline on the same pairs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from slviz.runs import RunSpec
from slviz.runs.store import RunSummary
from slviz.ui import address, layout, run_names
from slviz.ui.glossary import glossary_link
from slviz.ui.key_metrics import AGAINST_WORDS, KeyMetric, key_metric, secondary_metrics
from slviz.ui.labels import duration, escape_markdown
from slviz.ui.server_paths import without_paths

MOST_CARDS = 6
LINE = ("Run", "Task", "Split", "Metric", "Value", "Best baseline", "Baseline's", "Finished", "Name")


def show(summaries: Sequence[RunSummary], *, key: str, columns: int = 3) -> None:
    """One card a finished run; of many, cards of the first ones and a table of all, whose fold has this `key`."""
    names = run_names.names(summaries)
    first = summaries[:MOST_CARDS]
    for start in range(0, len(first), columns):
        for column, each in zip(st.columns(columns), first[start : start + columns], strict=False):
            if each.spec is not None:
                with column, st.container(border=True, height="stretch"):
                    _card(each, each.spec, name=names[each.run_id])
    if len(summaries) > MOST_CARDS:
        part = address.folded(f"All {len(summaries):,} finished runs", key=key, icon=":material/table:")
        if part.open:
            with part:
                _table(summaries, names, key=key)


def _table(summaries: Sequence[RunSummary], names: Mapping[str, str], *, key: str) -> None:
    """Every run in a line, to sort and to search; a picked one gives the ways to its pages."""
    rows = [_line(each, each.spec, names[each.run_id]) for each in summaries if each.spec is not None]
    table = pd.DataFrame(rows, columns=list(LINE))
    numbers = {name: st.column_config.NumberColumn(name, format="%.3f") for name in ("Value", "Baseline's")}
    event = st.dataframe(
        table,
        hide_index=True,
        key=f"{key} table",
        on_select="rerun",
        selection_mode="single-row",
        height=min(38 + 35 * len(table), 420),
        placeholder="–",
        column_config=numbers | {"Finished": st.column_config.DatetimeColumn("Finished", format="YYYY-MM-DD HH:mm")},
    )
    picked = event["selection"]["rows"]
    if picked and picked[0] < len(table):
        run_id = str(table["Name"].iloc[picked[0]])
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{escape_markdown(run_id)}**", width="content")
            layout.links_to(run_id)
    else:
        st.caption("Pick a row for its pages; click a heading to sort.")


def _line(summary: RunSummary, spec: RunSpec, name: str) -> tuple[object, ...]:
    """The cells of a run under the headings `LINE`."""
    metric = key_metric(spec.task.name, summary.metrics)
    cells = (
        ("", None, "", None)
        if metric is None
        else (metric.label, metric.value, metric.baseline, metric.baseline_value if metric.baseline else None)
    )
    return (name, spec.task.name, spec.held_out, *cells, summary.finished, summary.run_id)


def damaged(summaries: Sequence[RunSummary], *, most: int = 10) -> None:
    """What is wrong with runs whose files cannot be trusted, each with the way to remove it; nothing where none is."""
    if not summaries:
        return
    with st.expander(f"Damaged runs ({len(summaries)})", icon=":material/broken_image:"):
        for each in summaries[:most]:
            st.markdown(f"**{escape_markdown(each.run_id)}**: {escape_markdown(without_paths(each.problem))}")
            layout.link(layout.TRAIN, "Open it", icon=":material/monitoring:", job=each.run_id)


def _card(summary: RunSummary, spec: RunSpec, *, name: str) -> None:
    st.markdown(f"**{escape_markdown(name)}**")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"{escape_markdown(summary.run_id)}  \nSplit: {escape_markdown(spec.held_out)}", width="content")
        if spec.synthetic:
            layout.synthetic_badge(short=True)
    show_metrics(summary, spec)
    if summary.seconds == summary.seconds:  # NaN where unknown
        st.caption(f"Trained in {duration(summary.seconds)} on {escape_markdown(summary.device)}")
    with st.container(horizontal=True, gap="xsmall"):
        layout.links_to(summary.run_id, icons=False)


def show_metrics(summary: RunSummary, spec: RunSpec) -> None:
    """The key metric on test beside the best baseline, and what else tells runs of this task apart."""
    metric = key_metric(spec.task.name, summary.metrics)
    if metric is not None:
        _metric(metric)
    others = secondary_metrics(spec.task.name, summary.metrics)
    if others:
        said = "  \n".join(escape_markdown(each.sentence) for each in others)
        st.caption(said, help="\n\n".join(f"{each.help} {glossary_link(each.term)}" for each in others))


def _metric(metric: KeyMetric) -> None:
    baseline = escape_markdown(metric.baseline)
    beside = f"{metric.difference:+.3f} vs {baseline}" if metric.baseline else None
    st.metric(
        escape_markdown(metric.label),
        f"{metric.value:.3f}",
        beside,
        delta_color="normal" if metric.higher_is_better else "inverse",
        help=f"{metric.help} {AGAINST_WORDS.get(metric.against, '').capitalize()}. Below: the difference to the best "
        f"baseline on the same pairs, {baseline} ({metric.baseline_value:.3f}), which needs no network. "
        f"{glossary_link(metric.term)}",
    )
