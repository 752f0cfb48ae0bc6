"""The questions that a score can answer, each with the best model, the best simple baseline, and who is ahead."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from slviz.datasets import GeneGraph
from slviz.pipeline import commands
from slviz.results import collect, tables
from slviz.results.intervals import bootstrap_of
from slviz.results.questions import Question
from slviz.results.standings import NOBODY, Standing, decimals, standings
from slviz.runs.offered import offered_tasks
from slviz.runs.summary import RunSummary
from slviz.ui import access, cache, layout
from slviz.ui.glossary import glossary_link
from slviz.ui.labels import as_code, escape_markdown
from slviz.ui.nouns import in_words

HELP = (
    "A score answers the question that its run was evaluated on, and no other: one that completes the database need "
    "not foretell an experiment. Each line names the model that is best on the metric that is hardest to reach by "
    "counting, beside the best baseline on the same pairs, which needs no training. Intervals are of the difference: "
    "over the folds or publications where there are three or more, else by drawing the genes of the test pairs anew."
)
LEFT = 250
"""Pixels of the question; the answer has the rest of the line, or stands below where there is no room."""


def show(graph: GeneGraph, source: str) -> None:
    """A card for each question that has an answer; those that nobody was evaluated on share one, with ways to a run."""
    of_questions = [standing for standing in of_data(graph) if _can_be_asked(graph, standing)]
    if not of_questions:
        return
    st.subheader(
        "Which question does a score answer?",
        anchor=False,
        help=in_words(f"{HELP} {glossary_link('Question')}"),
        width="content",
    )
    for standing in of_questions:
        if standing.headline is not None:
            with st.container(border=True):
                _row(graph, source, standing)
    unanswered = [standing for standing in of_questions if standing.headline is None]
    if unanswered:
        with st.container(border=True, gap="small"):
            for standing in unanswered:
                _row(graph, source, standing)


def _can_be_asked(graph: GeneGraph, standing: Standing) -> bool:
    """Whether a run on the data set answers the question, or could: pictures without pairs ask nothing of pairs."""
    return standing.headline is not None or bool(set(standing.question.tasks) & set(offered_tasks(graph)))


def _row(graph: GeneGraph, source: str, standing: Standing) -> None:
    """A question, and beside it its answer."""
    with st.container(horizontal=True, gap="medium"):
        with st.container(width=LEFT):
            _asks(standing.question)
        with st.container(width="stretch"):
            _answer(graph, source, standing)


def of_data(graph: GeneGraph) -> tuple[Standing, ...]:
    """Where the finished runs on a data set stand; compared once, until there is another run."""
    runs = [
        summary
        for summary in cache.store().summaries()
        if summary.state == "finished"
        and summary.spec is not None
        and summary.spec.data_fingerprint == graph.fingerprint
    ]
    stamps = tuple((run.run_id, str(run.finished)) for run in runs)
    return _standings(str(cache.store().root), stamps, graph.fingerprint, graph, runs)


@st.cache_resource(max_entries=4, show_spinner="Comparing the runs …")
def _standings(
    root: str, stamps: tuple[tuple[str, str], ...], fingerprint: str, _graph: GeneGraph, _runs: Sequence[RunSummary]
) -> tuple[Standing, ...]:
    collected = collect(cache.store(), _runs)
    return standings(collected, tables(collected), bootstrap=bootstrap_of(cache.store(), _graph))


def _asks(question: Question) -> None:
    st.markdown(f"**{_as_title(question)}**  \n:small[{escape_markdown(in_words(question.asks))}]")


def _answer(graph: GeneGraph, source: str, standing: Standing) -> None:
    headline = standing.headline
    if headline is None:
        _nobody(graph, source, standing.question)
        return
    said = f"**{decimals(headline.value)}** {escape_markdown(standing.model)}"
    if headline.baseline:
        name = escape_markdown(headline.baseline)
        said += f" · best simple baseline: **{decimals(headline.baseline_value)}** {name}"
    st.markdown("  \n".join([said, *_verdict(standing)]))


def _as_title(question: Question) -> str:
    return escape_markdown(in_words(question.title[:1].upper() + question.title[1:]))


def _verdict(standing: Standing) -> list[str]:
    """Green where nothing at this question speaks against it; a loss is as visible as a gain."""
    headline = standing.headline
    assert headline is not None
    said = escape_markdown(in_words(standing.on_headline))
    if headline.is_behind:
        said = f":red[:material/arrow_downward: {said}]"
    elif standing.is_ahead_everywhere:
        said = f":green[:material/arrow_upward: {said}]"
    lines = [said]
    if standing.on_others:
        others = escape_markdown(in_words(standing.on_others))
        lines.append(f":red[:material/arrow_downward: {others}]" if standing.behind else others)
    if standing.on_further:
        lines.append(escape_markdown(in_words(standing.on_further)))
    return lines


def _nobody(graph: GeneGraph, source: str, question: Question) -> None:
    lacking = question.lacks(graph)
    if lacking:
        st.markdown(f":gray[{escape_markdown(in_words(lacking))}]")
        return
    if not question.can_be_trained or not question.example:
        st.markdown(NOBODY)
        return
    name = source if "/" not in source and "\\" not in source else "FOLDER"
    command = as_code(commands.in_terminal(commands.train_example(question.example, source=name)))
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute", gap="small"):
        st.markdown(f"{NOBODY}  \n:small[{command}]", width="content")
        if access.may_work():
            choices = dict(zip(question.example[::2], question.example[1::2], strict=True))
            form = {key.removeprefix("--"): value for key, value in choices.items()}
            layout.link(layout.TRAIN, "Train one", icon=":material/play_arrow:", **form)
