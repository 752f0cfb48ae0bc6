"""What stands between the cells of a text: tabs, commas, semicolons, bars or blanks."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from slviz.tables.lines import rows_of, without_empty_end

SPOKEN = {"\t": "tabs", ",": "commas", ";": "semicolons", "|": "bars", " ": "blanks"}
LOOKED_AT = 200
"""So many lines tell the delimiter."""
CONSISTENT, CONSISTENT_TABS = 0.8, 0.5
"""A delimiter splits at least this share of the lines into the same number of cells, two or more; tabs are sure."""
DECIMAL = re.compile(r"(?:^|[^\d,])[+-]?\d+,\d+(?=$|[^\d,])")


def delimiter_of(lines: Sequence[str], *, prefer: str = "") -> str | None:
    """The delimiter of a table from its first lines that are not blank; None for a single column.

    `prefer` is tried first. Tabs that fit always win, since names and descriptions hold the other marks; commas that
    are all decimal commas lose to semicolons.
    """
    sample = [line for line in lines[:LOOKED_AT] if line.strip()]
    fitting = {
        mark: fit
        for mark in (*prefer, *(spoken for spoken in SPOKEN if spoken not in prefer))
        if (fit := _fit(sample, mark))
    }
    if not fitting:
        return None
    if "\t" in fitting:
        return "\t"
    if ";" in fitting and "," in fitting:
        return ";" if _all_decimal(sample) or fitting[";"] >= fitting[","] else ","
    strict = [mark for mark in fitting if mark != " "]
    if not strict:
        return " "
    if " " in fitting and fitting[" "] > fitting[strict[0]] and _all_decimal(sample):
        return " "
    return prefer if prefer in strict else strict[0]


def delimiter_for(file: str) -> str:
    """What the ending of a file's name promises."""
    return "," if file.lower().removesuffix(".gz").endswith(".csv") else "\t"


def _fit(lines: Sequence[str], mark: str) -> int:
    """The number of cells that a delimiter splits most lines into; 0 where it does not fit."""
    if not any(mark in line for line in lines):
        return 0
    rows = rows_of(lines, mark, first_line=1)
    widths = Counter(len(without_empty_end(row.cells)) for row in rows)
    width, count = max(widths.items(), key=lambda item: (item[1], item[0]))
    if width < 2:
        widths = Counter(len(row.cells) for row in rows)
        width, count = max(widths.items(), key=lambda item: (item[1], item[0]))
    needed = (CONSISTENT_TABS if mark == "\t" else CONSISTENT) * len(rows)
    return width if width >= 2 and count >= needed - 1 else 0


def _all_decimal(lines: Sequence[str]) -> bool:
    """Whether every comma outside quotation marks stands between the digits of one number."""
    commas = [line for line in lines if "," in line]
    return bool(commas) and all("," not in DECIMAL.sub("", line) for line in commas)
