"""Tables as tab-separated text that a spreadsheet cannot run."""

from __future__ import annotations

import io
from typing import Any

import pandas as pd

from slviz.formulas import guarded
from slviz.text import unbroken, utf8


def to_tsv(table: pd.DataFrame, *, provenance: str) -> bytes:
    """A table as tab-separated UTF-8 text: a comment line "# …", the column names, the rows.

    Missing values are empty. Tabs and line breaks inside a cell become spaces, so that a row stays a
    row. A text cell that a spreadsheet would run as a formula (it starts with = + - @, be it behind quotes or
    blanks) gets a leading apostrophe, which `slviz.formulas.unguarded` takes off; numbers never do. A quotation
    mark stays a letter, as the first line tells a reader of slviz.
    """
    cleaned = clean_cells(table)
    text = io.StringIO()
    text.write(f"# {unbroken(provenance)}\n")
    cleaned.to_csv(text, sep="\t", index=False, lineterminator="\n", float_format="%.6g", quoting=3, escapechar=None)
    return utf8(text.getvalue())


def clean_cells(table: pd.DataFrame) -> pd.DataFrame:
    """A copy whose text, column names included, holds no tab, no line break and no formula."""
    columns = [_clean(table.iloc[:, place]) for place in range(table.shape[1])]  # two may have one name
    cleaned = pd.concat(columns, axis=1) if columns else table.copy()
    cleaned.columns = [_cell(column) for column in table.columns]
    return cleaned


def _clean(column: pd.Series) -> pd.Series:
    if pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column):
        return column
    return column.map(_cell, na_action="ignore")


def _cell(value: Any) -> str:
    return guarded(unbroken(str(value)))
