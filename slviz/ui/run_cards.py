"""Finished runs as cards: what each is, and its key metric beside the best baseline on the same pairs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from slviz.results.questions import QUESTIONS, Question, question_of
from slviz.results.standings import COURSEWORK
from slviz.runs import RunSpec
from slviz.runs.store import RunSummary
from slviz.text import duration
from slviz.ui import address, cache, layout, run_names
from slviz.ui.glossary import glossary_link
from slviz.ui.key_metrics import NEGATIVE_KIND_WORDS, KeyMetric, all_metrics, key_metric, secondary_metrics
from slviz.ui.labels import escape_markdown
from slviz.ui.nouns import in_words
from slviz.ui.server_paths import without_paths

MOST_CARDS = 6
ASKED_OF_LINKS = ("link", "screen")
"""Tasks whose scores are of use for some of the main questions, and say nothing of the others."""
SAME_MODEL = ("task", "network", "features", "optimiser")
LINE = ("Run", "Question", "Task", "Split", "Metric", "Value", "Best baseline", "Baseline's", "Finished", "Name")


def show(summaries: Sequence[RunSummary], *, key: str, columns: int = 3) -> None:
    """One card a finished run; of many, cards of the first ones and a table of all, whose fold has this `key`.

    Networks of the coursework are there for comparison: they stand in the table and take no card.
    """
    names = run_names.names(summaries)
    first = [summary for summary in summaries if summary.spec and not summary.spec.network.name.startswith(COURSEWORK)][
        :MOST_CARDS
    ]
    for start in range(0, len(first), columns):
        for column, summary in zip(st.columns(columns), first[start : start + columns], strict=False):
            if summary.spec is not None:
                with column, st.container(border=True, height="stretch"):
                    _card(summary, summary.spec, name=names[summary.run_id], others=summaries)
    if len(summaries) > len(first):
        part = address.folded(f"All {len(summaries):,} finished runs", key=key, icon=":material/table:")
        if part.open:
            with part:
                _table(summaries, names, key=key)


def _table(summaries: Sequence[RunSummary], names: Mapping[str, str], *, key: str) -> None:
    """Every run in a line, to sort and to search; a picked one gives the ways to its pages."""
    rows = [_line(summary, summary.spec, names[summary.run_id]) for summary in summaries if summary.spec is not None]
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
    title = question_of(spec.task.name, spec.split.name).title
    return (name, title, spec.task.name, spec.held_out, *cells, summary.finished, summary.run_id)


def damaged(summaries: Sequence[RunSummary], *, most: int = 10) -> None:
    """What is wrong with runs whose files cannot be trusted, each with the way to remove it; nothing where none is."""
    if not summaries:
        return
    with st.expander(f"Damaged runs ({len(summaries)})", icon=":material/broken_image:"):
        for summary in summaries[:most]:
            st.markdown(f"**{escape_markdown(summary.run_id)}**: {escape_markdown(without_paths(summary.problem))}")
            layout.link(layout.TRAIN, "Open it", icon=":material/monitoring:", job=summary.run_id)


def _card(summary: RunSummary, spec: RunSpec, *, name: str, others: Sequence[RunSummary]) -> None:
    st.markdown(f"**{escape_markdown(name)}**")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(
            f"{escape_markdown(summary.run_id)}  \nSplit: {in_words(escape_markdown(spec.held_out))}", width="content"
        )
        if spec.synthetic:
            layout.synthetic_badge(short=True)
    show_metrics(summary, spec, others=others)
    if summary.seconds == summary.seconds:  # NaN where unknown
        st.caption(f"Trained in {duration(summary.seconds)} on {escape_markdown(summary.device)}")
    with st.container(horizontal=True, gap="xsmall"):
        layout.links_to(summary.run_id, icons=False)


def show_metrics(summary: RunSummary, spec: RunSpec, *, others: Sequence[RunSummary] | None = None) -> None:
    """The question of a run, its key metric beside the best baseline, and wherever a baseline is ahead of it.

    Args:
        summary, spec: of the run.
        others: runs among which the same model is looked for at other questions; all of them where it is None.
    """
    question = question_of(spec.task.name, spec.split.name)
    st.caption(
        in_words(f"Question: **{escape_markdown(question.title)}**"),
        help=f"{in_words(question.asks)} {glossary_link('Question')}",
    )
    measured = all_metrics(spec.task.name, spec.split.name, summary.metrics)
    elsewhere = at_other_questions(summary, cache.store().summaries() if others is None else others)
    lost = any(metric.is_behind for metric in (*measured, *elsewhere.values()))
    if measured and key_metric(spec.task.name, summary.metrics) is not None:
        _metric(measured[0], lost=lost)
    shown_labels = {metric.label for metric in secondary_metrics(spec.task.name, summary.metrics)}
    for metric in measured[1:]:
        if metric.is_behind or metric.label in shown_labels:
            st.caption(
                _line_of(metric.sentence, behind=metric.is_behind), help=f"{metric.help} {glossary_link(metric.term)}"
            )
    for title, metric in elsewhere.items():
        where = f"The same model, {title}: {metric.sentence}"
        st.caption(_line_of(where, behind=metric.is_behind), help=f"{metric.help} {glossary_link(metric.term)}")
    _not_evaluated(spec, question, elsewhere)


def at_other_questions(summary: RunSummary, others: Sequence[RunSummary]) -> dict[str, KeyMetric]:
    """By the question's title, the key metric of the same model on the same data where it answers another one.

    The same model has the same task, network, features and optimiser; of several runs the first counts.
    """
    spec = summary.spec
    others_found: dict[str, KeyMetric] = {}
    if spec is None or spec.task.name not in ASKED_OF_LINKS:
        return others_found
    own = question_of(spec.task.name, spec.split.name).key
    for other_summary in others:
        other = other_summary.spec
        if other_summary.state != "finished" or other is None or other.data_fingerprint != spec.data_fingerprint:
            continue
        same = all(getattr(other, part) == getattr(spec, part) for part in SAME_MODEL)
        question = question_of(other.task.name, other.split.name)
        if same and question.key != own and question.title not in others_found:
            metrics = all_metrics(other.task.name, other.split.name, other_summary.metrics)
            if metrics:
                others_found[question.title] = metrics[0]
    return others_found


def _line_of(sentence: str, *, behind: bool) -> str:
    """A metric in a line of its own; where a baseline is ahead, in red and with an arrow."""
    said = escape_markdown(sentence)
    return f":red[:material/arrow_downward: {said}]" if behind else said


def _not_evaluated(spec: RunSpec, question: Question, elsewhere: Mapping[str, KeyMetric]) -> None:
    """What a score about pairs says nothing of, as far as anybody has measured."""
    if not spec.task.scores_pairs or spec.task.name not in ASKED_OF_LINKS:
        return
    answered = {question.title, *elsewhere}
    left = [question.title for question in QUESTIONS if question.title not in answered]
    if left:
        st.caption(f"Not evaluated on: {escape_markdown(in_words(', '.join(left)))}.")


def _metric(metric: KeyMetric, *, lost: bool) -> None:
    """The metric with its gain: green only where no baseline is ahead of the model at anything that was measured."""
    baseline = escape_markdown(metric.baseline)
    beside = f"{metric.difference:+.3f} vs {baseline}" if metric.baseline else None
    good = "normal" if metric.higher_is_better else "inverse"
    st.metric(
        in_words(escape_markdown(metric.label)),
        f"{metric.value:.3f}",
        beside,
        delta_color="off" if lost and not metric.is_behind else good,
        help=f"{metric.help} {in_words(NEGATIVE_KIND_WORDS.get(metric.negative_kind, '').capitalize())}. "
        f"Below: the difference to the best "
        f"baseline on the same pairs, {baseline} ({metric.baseline_value:.3f}), which needs no network. It is green "
        f"where no baseline is ahead of the model at anything that was measured. {glossary_link(metric.term)}",
    )
