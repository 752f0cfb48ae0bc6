"""What was found wrong in a data folder: a calm line where it can be used, a list where it cannot."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import pandas as pd
import streamlit as st

from slviz.datasets import GeneGraph
from slviz.datasets.report import Problem, Report
from slviz.ui import downloads
from slviz.ui.labels import escape_markdown, pluralise
from slviz.ui.server_paths import without_paths

MOST_KINDS = 12
"""So many kinds of problems are listed; the download has all."""


def read(graph: GeneGraph, report: Report) -> None:
    """One line on what was left out of a folder that can be used, to be opened for more; nothing when all is well."""
    if not report.problems:
        return
    with st.expander(summary(graph, report), icon=":material/rule:"):
        if report.skipped:
            rows = ", ".join(f"{pluralise(count, 'row')} of {file}" for file, count in report.skipped.items())
            st.caption(escape_markdown(f"Left out: {rows}."))
        _list(report.problems)
        _download(report)


def summary(graph: GeneGraph, report: Report) -> str:
    """Such as "19,668 pairs used; 12 rows left out"."""
    left_out = sum(report.skipped.values())
    used = f"{pluralise(len(graph.pairs), 'pair')} used"
    noticed = sum(1 + problem.alike for problem in report.problems)
    return f"{used}; {pluralise(left_out, 'row')} left out" if left_out else f"{used}; {pluralise(noticed, 'remark')}"


def refused(report: Report) -> None:
    """Why a folder cannot be used: what stops it first, the rest folded away, and all of it to download."""
    st.error(
        f"**The data folder “{escape_markdown(report.folder)}” cannot be used.** Correct what is listed here, and it "
        "is read again.",
        icon=":material/folder_off:",
    )
    _list(report.fatal)
    others = [problem for problem in report.problems if not problem.fatal]
    if others:
        with st.expander("Problems that do not stop it", icon=":material/rule:"):
            _list(others)
    _download(report)


def _list(problems: Sequence[Problem]) -> None:
    kinds = by_kind(problems)
    st.markdown("\n".join(f"- {_line(kind)}" for kind in kinds[:MOST_KINDS]))
    if len(kinds) > MOST_KINDS:
        st.caption(f"And {pluralise(len(kinds) - MOST_KINDS, 'kind')} more, in the download.")


def by_kind(problems: Sequence[Problem]) -> list[list[Problem]]:
    """Problems of one file with one remedy together, in the order in which they were found."""
    kinds: dict[tuple[str, str], list[Problem]] = defaultdict(list)
    for problem in problems:
        kinds[problem.file, problem.remedy].append(problem)
    return list(kinds.values())


def _line(kind: Sequence[Problem]) -> str:
    first = kind[0]
    value = f"“{first.value}” " if first.value else ""
    said = (without_paths(text) for text in (value + first.what, first.remedy))
    return f"**{escape_markdown(_place(kind))}**: {'. '.join(escape_markdown(sentence) for sentence in said)}"


def _place(kind: Sequence[Problem]) -> str:
    """Such as "pairs.tsv, lines 3, 8 and 75 more"."""
    place = kind[0].file or "The folder"
    lines = list(dict.fromkeys(f"{problem.line:,}" for problem in kind if problem.line is not None))
    if not lines:
        return place
    more = sum(problem.alike for problem in kind)
    word = "line" if len(lines) + more == 1 else "lines"
    return f"{place}, {word} {', '.join(lines)}" + (f" and {more:,} more" if more else "")


def _download(report: Report) -> None:
    downloads.table_button(
        f"{report.folder}-report",
        lambda: table(report),
        source=f"slviz report on the data folder {report.folder}",
        label="Report (TSV)",
    )


def table(report: Report) -> pd.DataFrame:
    """One row a problem that is listed, what stops the folder first."""
    ordered = sorted(report.problems, key=lambda problem: not problem.fatal)
    return pd.DataFrame(
        [
            {
                "file": problem.file,
                "line": "" if problem.line is None else problem.line,
                "value": problem.value,
                "what": without_paths(problem.what),
                "remedy": without_paths(problem.remedy),
                "stops_reading": problem.fatal,
                "more_like_it": problem.alike,
            }
            for problem in ordered
        ]
    )
