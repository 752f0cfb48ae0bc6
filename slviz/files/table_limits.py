"""A table of text: how many cells and columns and how long a cell may be, looked at before the table is parsed."""

from __future__ import annotations

import re

from slviz.errors import MalformedData
from slviz.files.gz import is_gzip, unpack_gzip
from slviz.files.limits import CELL, CELLS, COLUMNS, megabytes, shown

SEPARATORS = "\t,;| "
COMMENT = "#"
END_OF_CELL = re.compile(r"[\t\n,;| ]")
MARKS, BLANK = b"\t,;|", b" "
BYTES_PER_CELL = 2
"""A file that is larger than `LARGE_BYTES` may hold a cell for every two of its further bytes on the disk."""
LARGE_BYTES = 15_000_000


class TableTooLarge(MalformedData):
    """A table beyond a limit.

    Attributes:
        what, remedy: what is too much of it, and what to do.
        line: line counted from 1, or None.
        value: what stands there.
    """

    def __init__(self, file: str, what: str, remedy: str, *, line: int | None = None, value: str = "") -> None:
        self.what, self.remedy, self.line, self.value = what, remedy, line, value
        place = shown(file) if line is None else f"{shown(file)}, line {line:,}: the cell '{value}'"
        super().__init__(f"{place} {what}. {remedy}")


def unpack_table(content: bytes, name: str) -> bytes:
    """The bytes of a table, unpacked where they are gzip, and of no more cells than such a file may hold.

    Raises `MalformedData` with a sentence.
    """
    raw = unpack_gzip(content, name) if is_gzip(content) else content
    check_cells(raw, name, size_bytes=len(content))
    return raw


def check_cells(raw: bytes, name: str, *, size_bytes: int) -> None:
    """Raises `TableTooLarge` where a table has more cells than a file of its size may hold.

    A parser makes an object of each cell, so a few megabytes of gzip, or of cells of one letter, take gibibytes.

    Args:
        raw: the table as it is written, unpacked; in any encoding.
        name: what to call it in a sentence.
        size_bytes: of the file as it lies on the disk.
    """
    most = allowed_cells(size_bytes)
    if len(raw) <= most:
        return
    cells = count_cells(raw)
    if cells > most:
        what = f"has about {cells:,} cells; slviz takes {most:,} at most from a table of {megabytes(size_bytes)}"
        raise TableTooLarge(name, what, CELLS.raised())


def allowed_cells(size_bytes: int) -> int:
    """How many cells a table may hold in a file of this size."""
    return CELLS.value + max(0, size_bytes - LARGE_BYTES) // BYTES_PER_CELL


def count_cells(raw: bytes) -> int:
    """About how many cells a table has: its lines, and the marks that part cells; blanks where no others do."""
    lines = 1 + max(raw.count(end) for end in (b"\n", b"\r"))
    marks = max(raw.count(bytes([mark])) for mark in MARKS)
    return lines + (marks if 2 * marks >= lines else max(marks, raw.count(BLANK)))


def check_table_text(text: str, name: str) -> None:
    """`check_columns` and `check_long_cells`; raises `TableTooLarge`."""
    check_columns(text, name)
    check_long_cells(text, name)


def check_columns(text: str, name: str) -> None:
    """Raises `TableTooLarge` where the first line that is no comment has too many cells.

    A parser makes an object of each column, so one line of ten million cells takes gibibytes.
    """
    heading = _first_line(text)
    check_width(1 + max(heading.count(separator) for separator in SEPARATORS), name)


def check_width(columns: int, name: str) -> None:
    """Raises `TableTooLarge` where a table has more columns than it may."""
    if columns > COLUMNS.value:
        what = f"has {columns:,} columns; slviz takes {COLUMNS.value:,} at most"
        raise TableTooLarge(name, what, COLUMNS.raised())


def check_long_cells(text: str, name: str) -> None:
    """Raises `TableTooLarge` where a cell has more letters than it may."""
    start = _long_cell(text, CELL.value)
    if start is not None:
        line = text.count("\n", 0, start) + 1
        what = f"has more than {CELL.value:,} letters, so the file is damaged or no table"
        raise TableTooLarge(name, what, CELL.raised(), line=line, value=shown(text[start : start + 21], 20))


def _long_cell(text: str, most: int) -> int | None:
    """Where the first cell of more than `most` letters begins; None where there is none.

    Such a cell covers a whole stretch of half its length, wherever it begins; so most stretches are left at once,
    at the first end of a cell in them.
    """
    stretch = max(1, (most + 1) // 2)
    for place in range(0, len(text) - stretch + 1, stretch):
        if END_OF_CELL.search(text, place, place + stretch) is None:
            start = 1 + max(text.rfind(mark, max(0, place - most - 1), place) for mark in SEPARATORS + "\n")
            start = max(start, place - most - 1, 0)
            if len(text) - start > most and END_OF_CELL.search(text, start, start + most + 1) is None:
                return start
    return None


def _first_line(text: str) -> str:
    start = 0
    while text.startswith((COMMENT, "\n"), start):
        end = text.find("\n", start)
        if end < 0:
            return ""
        start = end + 1
    end = text.find("\n", start)
    return text[start : len(text) if end < 0 else end]
