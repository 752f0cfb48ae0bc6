"""Tables as tab-separated text that a spreadsheet cannot run."""

from __future__ import annotations

import io
import re
from typing import Any

import pandas as pd


def to_tsv(table: pd.DataFrame, *, provenance: str) -> bytes:
    """A table as tab-separated UTF-8 text: a comment line "# …", the column names, the rows.

    Missing values are empty. Tabs and line breaks inside a cell become spaces, so that a row stays a
    row. A text cell that a spreadsheet would run as a formula (it starts with = + - @) gets a leading
    apostrophe; numbers never do. A cell with a quotation mark in it is quoted, its marks doubled.
    """
    cleaned = clean_cells(table)
    text = io.StringIO()
    text.write(f"# {_one_line(provenance)}\n")
    cleaned.to_csv(text, sep="\t", index=False, lineterminator="\n", float_format="%.6g")
    return text.getvalue().encode()


def clean_cells(table: pd.DataFrame) -> pd.DataFrame:
    """A copy whose text, column names included, holds no tab, no line break and no formula."""
    cleaned = table.copy()
    for column in cleaned.columns:
        if not pd.api.types.is_numeric_dtype(cleaned[column]) and not pd.api.types.is_bool_dtype(cleaned[column]):
            cleaned[column] = cleaned[column].map(_cell, na_action="ignore")
    cleaned.columns = [_cell(column) for column in cleaned.columns]
    return cleaned


def _cell(value: Any) -> str:
    text = _one_line(str(value))
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") and not _is_number(text) else text


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _one_line(text: str) -> str:
    return re.sub(r"[\t\r\n]+", " ", text)
