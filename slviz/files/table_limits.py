"""A table of text: how many columns and how long a cell may be, looked at before the table is parsed."""

from __future__ import annotations

import re

from slviz.errors import MalformedData
from slviz.files.limits import CELL, COLUMNS, shown

SEPARATORS = "\t,; "
COMMENT = "#"


def check_table_text(text: str, name: str) -> None:
    """Raises `MalformedData` where the first line that is no comment has too many cells, or any cell is too long.

    A parser makes an object of each column, so one line of ten million cells takes gibibytes.
    """
    heading = _first_line(text)
    columns = 1 + max(heading.count(separator) for separator in SEPARATORS)
    if columns > COLUMNS.value:
        raise MalformedData(
            f"{shown(name)} has {columns:,} columns in its first line; slviz takes {COLUMNS.value:,} at most. "
            f"{COLUMNS.raised()}"
        )
    # The look behind lets a cell be tried at its first letter alone, so this is one pass over the text.
    longest = re.search(rf"(?<![^\t\n,; ])[^\t\n,; ]{{{CELL.value + 1}}}", text)
    if longest is not None:
        line = text.count("\n", 0, longest.start()) + 1
        raise MalformedData(
            f"{shown(name)}, line {line:,}: the cell '{shown(longest.group(), 20)}' has more than {CELL.value:,} "
            f"letters, so the file is damaged or no table. {CELL.raised()}"
        )


def _first_line(text: str) -> str:
    start = 0
    while text.startswith((COMMENT, "\n"), start):
        end = text.find("\n", start)
        if end < 0:
            return ""
        start = end + 1
    end = text.find("\n", start)
    return text[start : len(text) if end < 0 else end]
