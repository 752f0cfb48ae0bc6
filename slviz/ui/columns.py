"""Columns of a page, beside each other where each has room, else one below the other; and columns of percents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

FOR_A_FIGURE, FOR_A_CHOICE, FOR_A_BOX = "22rem", "14rem", "10rem"
"""What a figure with its legend, a row of a few buttons, and a box to type in take."""


def in_percent(table: pd.DataFrame, *columns: str) -> pd.DataFrame:
    """The table for a page, whose columns of shares count percents; shown by `percent_column`."""
    return table.assign(**{column: 100 * table[column] for column in columns if column in table})


def percent_column(label: str, *, help: str | None = None, digits: int = 0) -> Any:
    """How a page shows a column of percents, such as "33 %"."""
    return st.column_config.NumberColumn(label, help=help, format=f"%.{digits}f %%")


def beside(
    key: str, spec: int | Sequence[int] = 2, *, room: str = FOR_A_FIGURE, first: str | None = None
) -> list[DeltaGenerator]:
    """Columns as `st.columns(spec)` gives them.

    Args:
        key: names them on the page.
        spec: their number, or their shares of the width.
        room: the least that each takes.
        first: the least that the first one takes; the same where it is left out.
    """
    name = f"columns-{key}"
    column = f".st-key-{name} > [data-testid='stLayoutWrapper'] > [data-testid='stHorizontalBlock'] > *"
    least = f"{column} {{ min-width: min({room}, 100%) }}"
    least += f" {column}:first-child {{ min-width: min({first}, 100%) }}" if first else ""
    st.html(f"<style>{least}</style>")
    with st.container(key=name):
        return st.columns(spec, gap="medium")
