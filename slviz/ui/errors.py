"""Errors on the screen: ours as a sentence with a way on, defects with their traceback."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from slviz.errors import DataError, SlvizError
from slviz.ui import data_report
from slviz.ui.labels import escape_markdown
from slviz.ui.server_paths import without_paths


@contextmanager
def as_sentences() -> Iterator[None]:
    """Show a `SlvizError` as its sentence; every other exception is raised, with its traceback."""
    try:
        yield
    except SlvizError as error:
        show(error)


def show(error: SlvizError) -> None:
    """The sentence of an error; what is wrong with a data folder as a list, with all of it to download."""
    report = error.report if isinstance(error, DataError) else None
    if report is not None:
        data_report.refused(report)
        return
    first, _, rest = without_paths(error).partition("\n")
    st.error(escape_markdown(first), icon=":material/error:")
    if rest.strip():
        st.code(rest, language=None, wrap_lines=True)
