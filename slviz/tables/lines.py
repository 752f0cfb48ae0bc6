"""Cells of a line and rows of a text, quotation marks understood and never able to swallow a row."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

LONGEST_LINE = 1 << 26
csv.field_size_limit(LONGEST_LINE)  # Python's own limit of 131,072 is below what a row of many columns holds


@dataclass(frozen=True)
class Row:
    """One row of a table.

    Attributes:
        line: where it begins, counted from 1.
        cells: trimmed, without the quotation marks around them.
        text: the line as it stands.
        stray: whether a quotation mark in it belongs to no pair, and was read as a letter.
    """

    line: int
    cells: list[str]
    text: str
    stray: bool = False


def rows_of(lines: Sequence[str], delimiter: str | None, *, first_line: int, quotes: bool = True) -> list[Row]:
    """All rows that are not blank; a cell over several lines is one where its quotation marks say so.

    A mark that is never closed, or that closes only after lines that are whole rows themselves, stays a letter of
    its own cell. Without `quotes` every mark does.
    """
    if not quotes:
        return [
            Row(number, [cell.strip() for cell in line.split(delimiter)], line)
            for number, line in enumerate(lines, first_line)
            if line.strip()
        ]
    if any('"' in line for line in lines):
        whole = _quoted_over_lines(lines, delimiter, first_line=first_line)
        if whole is not None:
            return whole
    rows = []
    for number, line in enumerate(lines, first_line):
        if line.strip():
            cells, stray = cells_of(line, delimiter)
            rows.append(Row(number, cells, line, stray))
    return rows


def cells_of(line: str, delimiter: str | None) -> tuple[list[str], bool]:
    """The cells of one line, and whether a quotation mark in it was read as a letter."""
    if delimiter is None:
        return _only_cell(line.strip())
    if '"' not in line:
        return (line.split() if delimiter == " " else [cell.strip() for cell in line.split(delimiter)]), False
    for backslash in (False, True):  # R writes \\" for a quotation mark inside a cell, most others ""
        try:
            (cells,) = csv.reader(
                [_one_blank(line, delimiter)],
                delimiter=delimiter,
                strict=True,
                skipinitialspace=True,
                doublequote=not backslash,
                escapechar="\\" if backslash else None,
            )
            return [cell.strip() for cell in cells], False
        except (csv.Error, ValueError):
            continue
    return (line.split() if delimiter == " " else [cell.strip() for cell in line.split(delimiter)]), True


def without_empty_end(cells: Sequence[str]) -> Sequence[str]:
    """The cells without the empty ones after the last that holds something."""
    end = len(cells)
    while end and not cells[end - 1]:
        end -= 1
    return cells[:end]


def _only_cell(text: str) -> tuple[list[str], bool]:
    inner = text[1:-1]
    if len(text) >= 2 and text[0] == text[-1] == '"' and '"' not in inner.replace('""', ""):
        return [inner.replace('""', '"').strip()], False
    return [text], '"' in text


def as_wide(row: Row, width: int, delimiter: str | None) -> Row:
    """The row with its marks read as letters, where only so it has `width` cells."""
    if delimiter is None or len(row.cells) == width or '"' not in row.text:
        return row
    cells = row.text.split() if delimiter == " " else [cell.strip() for cell in row.text.split(delimiter)]
    return Row(row.line, cells, row.text, stray=True) if len(cells) == width else row


def _one_blank(line: str, delimiter: str) -> str:
    """Runs of blanks outside quotation marks as one, where blanks are the delimiter."""
    if delimiter != " ":
        return line
    parts = line.strip().split('"')
    parts[::2] = [_squeezed(part) for part in parts[::2]]
    return '"'.join(parts)


def _squeezed(text: str) -> str:
    inner = " ".join(text.split())
    return f"{' ' if text[:1].isspace() else ''}{inner}{' ' if inner and text[-1:].isspace() else ''}"


def _quoted_over_lines(lines: Sequence[str], delimiter: str | None, *, first_line: int) -> list[Row] | None:
    """The rows where a cell may hold line breaks; None where no cell does, or where the marks do not add up."""
    if delimiter in (None, " ") or all(line.count('"') % 2 == 0 for line in lines):
        return None
    reader = csv.reader(io.StringIO("\n".join(lines)), delimiter=delimiter, strict=True)
    rows, begun = [], 0
    try:
        for cells in reader:
            span = lines[begun : reader.line_num]
            if any(cell.strip() for cell in cells) or len(cells) > 1:
                rows.append(
                    Row(first_line + begun, [" ".join(cell.split("\n")).strip() for cell in cells], " ".join(span))
                )
            if len(span) > 1 and _are_rows(span, len(cells), delimiter):
                return None
            begun = reader.line_num
    except csv.Error:
        return None
    width = len(rows[0].cells) if rows else 0
    return rows if all(len(row.cells) == width for row in rows) else None


def _are_rows(span: Sequence[str], width: int, delimiter: str | None) -> bool:
    """Whether lines that one pair of marks would join are rows of their own."""
    whole = [len(line.split(delimiter)) == width for line in span]
    return all(whole) or any(whole[1:-1])
