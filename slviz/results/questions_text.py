"""The questions written out, each with where models stand: for a terminal, and as Markdown."""

from __future__ import annotations

from collections.abc import Sequence

from slviz.datasets import GeneGraph
from slviz.pipeline import commands
from slviz.results.standings import Standing
from slviz.results.text import in_markdown


def questions_as_text(standings: Sequence[Standing], *, graph: GeneGraph, source: str) -> str:
    """The questions for a terminal: under each the best model beside the best baseline, or how to train one."""
    return "\n".join(["Questions", "", *(_question_as_text(standing, graph, source) for standing in standings), ""])


def _question_as_text(standing: Standing, graph: GeneGraph, source: str) -> str:
    question = standing.question
    lines = [f"{question.title}: {question.asks}"]
    if standing.model:
        lines.append(f"  {standing.model}. {standing.sentence}")
    elif question.lacks(graph):
        lines.append(f"  {question.lacks(graph)}")
    else:
        lines.append(f"  {standing.sentence}")
        if question.example and question.can_be_trained:
            lines.append(f"  {commands.in_terminal(commands.train_example(question.example, source=source))}")
    return "\n".join(lines)


def questions_as_markdown(standings: Sequence[Standing]) -> str:
    """The questions as Markdown, a line each."""
    rows = [
        f"- **{in_markdown(standing.question.title)}**: "
        + (f"`{standing.model}`. " if standing.model else "")
        + in_markdown(standing.sentence)
        for standing in standings
    ]
    return "\n".join(["### By question", "", *rows, ""])
