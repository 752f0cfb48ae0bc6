"""From text to a table: delimiter, heading, quotation marks and comments decided, said, and no row lost in silence."""

from __future__ import annotations

import contextlib
import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
from jaxtyping import Bool, Int64

from slviz.files.table_limits import check_width
from slviz.tables.dialect import LOOKED_AT, SPOKEN, delimiter_for, delimiter_of
from slviz.tables.heading import Heading, find_heading
from slviz.tables.lines import Row, as_wide, cells_of, rows_of, without_empty_end

LETTER = "\x01"
"""Stands for a quotation mark that is a letter; `slviz.tables.text` lets no text with it through."""


OURS = re.compile(r"^# .*\bslviz \d")
"""The comment above every table that slviz writes: tabs between the cells, and no quotation marks around any."""
SEPARATOR = re.compile(r'"?sep=(.)"?\s*')
"""What Excel reads and writes as the first line of a table, such as "sep=;"."""
MOST_DIGITS = 12
"""Of a number of rows or columns; Python refuses to read one of 5,000."""


@dataclass(frozen=True)
class UnevenRow:
    """A row that does not have as many cells as the table has columns, and is no part of it.

    Attributes:
        line: counted from 1.
        text: the line as it stands.
        cells: how many cells it has.
    """

    line: int
    text: str
    cells: int


@dataclass(frozen=True, eq=False)
class Table:
    """Rows of text cells, and how they were found.

    Attributes:
        file: name of the file.
        names: the columns in order, each name once: as the heading writes them, "column 1", … without one.
        cells: trimmed text by column name, each an object array [rows]; "" where a cell is empty.
        lines: int64 [rows], line numbers counted from 1.
        delimiter: what stands between the cells: a tab, ",", ";", "|", " " for any run of blanks; None for one column.
        heading: line of the heading; None where the table has none.
        row_names: whether the heading gives the first column no name, as R and pandas write row names.
        comments: lines before the table that begin with "#", without it.
        twice: names that the heading gives to two columns.
        uneven: rows that were left out since their number of cells differs.
        remarks: sentences on what a person should know: a mark that was no quotation, two columns of one name, ….
    """

    file: str
    names: tuple[str, ...]
    cells: Mapping[str, np.ndarray]
    lines: Int64[np.ndarray, " rows"]
    delimiter: str | None = None
    heading: int | None = None
    row_names: bool = False
    comments: tuple[str, ...] = ()
    twice: tuple[str, ...] = ()
    uneven: tuple[UnevenRow, ...] = ()
    remarks: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.lines)

    def name_of(self, *wanted: str) -> str | None:
        """The first column that is called one of `wanted`, whatever the case, blanks, points and underscores."""
        folded = {fold_name(name): name for name in reversed(self.names)}
        return next((folded[fold_name(name)] for name in wanted if fold_name(name) in folded), None)

    def keep(self, rows: Bool[np.ndarray, " rows"] | Int64[np.ndarray, " kept"]) -> Table:
        """The table with some of its rows."""
        return replace(self, cells={name: column[rows] for name, column in self.cells.items()}, lines=self.lines[rows])

    def select(self, columns: Mapping[str, str]) -> Table:
        """The table with the columns `columns` (new name → name here) and no others."""
        return replace(self, names=tuple(columns), cells={new: self.cells[old] for new, old in columns.items()})

    @property
    def how(self) -> str:
        """How the file was read, such as "columns separated by tabs, heading in line 2"."""
        marks = "one column" if self.delimiter is None else f"columns separated by {SPOKEN[self.delimiter]}"
        return f"{marks}, {'no heading' if self.heading is None else f'heading in line {self.heading:,}'}"


def fold_name(name: str) -> str:
    """A column's name for comparing: "Gene symbol", "gene_symbol" and "gene.symbol" are one."""
    return "_".join(name.casefold().replace("_", " ").replace(".", " ").replace("-", " ").split())


def read_table(
    text: str,
    file: str,
    *,
    heading: bool | None = None,
    words: Collection[str] = (),
    is_name: Callable[[str], bool] | None = None,
    columns: int | None = None,
    quotes: bool = True,
) -> Table:
    """The table that a text holds.

    Args:
        text: with "\\n" line ends, as `slviz.tables.text.read_text` gives it.
        file: the file's name; the ending `.csv` decides where commas and other marks fit equally well.
        heading: whether the first row names the columns; None: decided by `slviz.tables.heading`.
        words: names that the columns of such a table have, which tell a heading.
        is_name: whether a cell is a name that rows begin with, such as a gene; a first row of such names is data.
        columns: 1 for a list: the whole line is one cell, whatever stands in it.
        quotes: whether quotation marks around a cell are no part of it.
    """
    if not quotes:
        letters = read_table(
            text.replace('"', LETTER), file, heading=heading, words=words, is_name=is_name, columns=columns
        )
        return _with_marks(letters)
    lines = text.split("\n")
    separator = SEPARATOR.fullmatch(lines[0])
    if separator is not None:
        lines[0] = ""
    top = _comment_lines(lines)
    body = lines[top:]
    ours = any(OURS.match(line) for line in lines[:top])
    promised = separator.group(1) if separator is not None else "\t" if ours else delimiter_for(file)
    delimiter = None if columns == 1 else delimiter_of(body, prefer=promised)
    quotes = not (ours and delimiter == "\t")
    heading = True if ours and heading is None else heading
    sample = rows_of(_first_lines(body), delimiter, first_line=top + 1, quotes=quotes)
    sample, sizes = _without_sizes(sample, [line for line in body if line.strip()])
    width = _width(sample)
    check_width(width, file)  # of most rows; that of the first line was looked at with the text
    head = find_heading(
        sample, comment=_last_comment(lines, top, delimiter), width=width, heading=heading, words=words, is_name=is_name
    )
    remarks = (
        [f"Line {sizes.line:,} gives the size of the table, '{sizes.text.strip()}', and is no row."] if sizes else []
    )
    names, twice = _names(head, width)
    remarks += [f"Two columns are called '{name}'; the later one is called '{name} (2)' here." for name in twice]
    last = max(head.line or 0, sizes.line if sizes else 0, top)
    rest = lines[last:]
    cells, numbers, uneven, stray = _parse(rest, delimiter, len(names), first_line=last + 1, quotes=quotes)
    if stray:
        remarks.append(
            f"Line {stray[0]:,} has a quotation mark that belongs to no pair"
            f"{f' (and {len(stray) - 1:,} more lines)' if len(stray) > 1 else ''}; it was read as a letter."
        )
    kept = _columns_with_something(names, cells, head)
    comments = tuple(line.lstrip("#").strip() for line in lines[:top] if line.strip())
    return Table(
        file=file,
        names=tuple(names[place] for place in kept),
        cells={names[place]: cells[place] for place in kept},
        lines=numbers,
        delimiter=delimiter,
        heading=head.line,
        row_names=head.row_names,
        comments=comments if head.line is None or head.line > top else comments[:-1],
        twice=tuple(twice),
        uneven=tuple(uneven),
        remarks=tuple(remarks),
    )


def _with_marks(table: Table) -> Table:
    """The table with quotation marks in place of the letter that stood for them."""

    def mark(text: str) -> str:
        return text.replace(LETTER, '"')

    cells = {
        mark(name): np.array([mark(cell) for cell in column.tolist()], dtype=object)
        for name, column in table.cells.items()
    }
    uneven = tuple(replace(row, text=mark(row.text)) for row in table.uneven)
    return replace(table, names=tuple(map(mark, table.names)), cells=cells, uneven=uneven)


def _comment_lines(lines: Sequence[str]) -> int:
    """How many lines at the top are blank or begin with "#"."""
    top = 0
    while top < len(lines) and (lines[top].startswith("#") or not lines[top].strip()):
        top += 1
    return top if top < len(lines) else 0  # a file of nothing but such lines is a table of them


def _last_comment(lines: Sequence[str], top: int, delimiter: str | None) -> Row | None:
    """The last comment line as cells without its "#": it may be the heading."""
    for number in range(top, 0, -1):
        line = lines[number - 1]
        if line.strip():
            return Row(number, cells_of(line.lstrip("#").strip(), delimiter)[0], line)
    return None


def _first_lines(lines: Sequence[str]) -> list[str]:
    """Enough lines to tell how a table is written."""
    return list(lines[: LOOKED_AT + sum(not line.strip() for line in lines[:LOOKED_AT])])


def _is_size(cell: str) -> bool:
    return cell.isdecimal() and len(cell) <= MOST_DIGITS


def _without_sizes(sample: list[Row], lines: Sequence[str]) -> tuple[list[Row], Row | None]:
    """The rows without a first one that gives rows and columns, as word2vec, node2vec and GCT files begin."""
    if len(sample) < 2 or len(sample[0].cells) != 2 or not all(map(_is_size, sample[0].cells)):
        return sample, None
    rows, columns = (int(cell) for cell in sample[0].cells)
    width = len(sample[1].cells)
    if rows in (len(lines) - 1, len(lines) - 2) and width > 2 and columns in (width, width - 1, width - 2):
        return sample[1:], sample[0]
    return sample, None


def _width(sample: Sequence[Row]) -> int:
    """How many columns most rows have; the first row, which may be a heading, counts only where it is alone."""
    if not sample:
        return 1
    rows = sample[1:] or sample
    first = len(without_empty_end(sample[0].cells))
    full = Counter(len(row.cells) for row in rows)
    width, count = max(full.items(), key=lambda item: (item[1], item[0] == first, item[0]))
    trimmed = max(len(without_empty_end(row.cells)) for row in rows)
    # A delimiter after the last cell of every row makes no column, unless the heading has a name for it.
    return max(trimmed, first, 1) if trimmed < width and first < width and count == len(rows) else width


def _names(head: Heading, width: int) -> tuple[list[str], list[str]]:
    """A name for each column, each once, and the names that the heading gives twice."""
    names: dict[str, None] = {}
    times: dict[str, int] = {}
    for place in range(width):
        title = head.cells[place] if place < len(head.cells) else ""
        name = title or f"column {place + 1}"
        unused = name
        while unused in names:
            times[name] = times.get(name, 1) + 1
            unused = f"{name} ({times[name]})"
        names[unused] = None
    return list(names), list(times)


def _parse(
    lines: Sequence[str], delimiter: str | None, width: int, *, first_line: int, quotes: bool
) -> tuple[list[np.ndarray], np.ndarray, list[UnevenRow], list[int]]:
    """Columns [rows], line numbers [rows], rows of another width, and lines with a stray quotation mark."""
    if delimiter not in (None, " ") and not (quotes and any('"' in line for line in lines)):
        with contextlib.suppress(pa.ArrowInvalid):  # such as a text in which no row has the table's width
            return (*_plainly(lines, delimiter, width, first_line=first_line), [])
    rows = [as_wide(row, width, delimiter) for row in rows_of(lines, delimiter, first_line=first_line)]
    fitted = [_fitted(row.cells, width) for row in rows]
    even = [(row, cells) for row, cells in zip(rows, fitted, strict=True) if cells is not None]
    uneven = [
        UnevenRow(row.line, row.text, len(row.cells)) for row, cells in zip(rows, fitted, strict=True) if cells is None
    ]
    columns = [np.array([cells[place] for _, cells in even], dtype=object) for place in range(width)]
    numbers = np.array([row.line for row, _ in even], dtype=np.int64)
    return columns, numbers, uneven, [row.line for row in rows if row.stray]


def _plainly(
    lines: Sequence[str], delimiter: str | None, width: int, *, first_line: int
) -> tuple[list[np.ndarray], np.ndarray, list[UnevenRow]]:
    """The same without quotation marks, by pyarrow: millions of rows a second."""
    kept = np.array([bool(line.strip()) for line in lines], dtype=bool)
    numbers = np.flatnonzero(kept) + first_line
    full = [line for line in lines if line.strip()] if not kept.all() else lines
    if not len(numbers):
        return [np.empty(0, dtype=object) for _ in range(width)], numbers.astype(np.int64), []
    odd: dict[int, str] = {}

    def note(row: pyarrow.csv.InvalidRow) -> str:
        odd[row.number - 1] = row.text
        return "skip"

    names = [str(place) for place in range(width)]
    raw = "\n".join(full).encode()
    table = pyarrow.csv.read_csv(
        pa.BufferReader(raw),
        read_options=pyarrow.csv.ReadOptions(
            column_names=names, use_threads=False, block_size=min(len(raw) + 1, 2**31 - 1)
        ),
        parse_options=pyarrow.csv.ParseOptions(
            delimiter=delimiter, quote_char=False, newlines_in_values=False, ignore_empty_lines=False,
            invalid_row_handler=note,
        ),
        convert_options=pyarrow.csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
        ),
    )  # fmt: skip
    columns = [
        pc.call_function("utf8_trim_whitespace", [column.cast(pa.string())]).to_numpy(zero_copy_only=False)
        for column in table.columns
    ]
    even = np.delete(numbers, np.array(sorted(odd), dtype=np.int64))
    return _with_mended(columns, even, [(int(numbers[row]), full[row]) for row in sorted(odd)], delimiter, width)


def _with_mended(
    columns: list[np.ndarray], numbers: np.ndarray, odd: Sequence[tuple[int, str]], delimiter: str | None, width: int
) -> tuple[list[np.ndarray], np.ndarray, list[UnevenRow]]:
    """Rows that fit but for empty cells at their end put back in their place."""
    split = [(line, text, cells_of(text, delimiter)[0]) for line, text in odd]
    mended = [(line, cells) for line, _, all_cells in split if (cells := _fitted(all_cells, width)) is not None]
    uneven = [UnevenRow(line, text, len(cells)) for line, text, cells in split if _fitted(cells, width) is None]
    if mended:
        numbers = np.concatenate([numbers, [line for line, _ in mended]])
        order = np.argsort(numbers, kind="stable")
        numbers = numbers[order]
        columns = [
            np.concatenate([column, np.array([cells[place] for _, cells in mended], dtype=object)])[order]
            for place, column in enumerate(columns)
        ]
    return columns, numbers.astype(np.int64), uneven


def _fitted(cells: list[str], width: int) -> list[str] | None:
    """The cells where there are `width`, empty ones at the end apart; else None."""
    if len(cells) == width:
        return cells
    return cells[:width] if len(cells) > width and not any(cells[width:]) else None


def _columns_with_something(names: Sequence[str], cells: Sequence[np.ndarray], head: Heading) -> list[int]:
    """All columns but those at the end without a name and without a cell."""
    end = len(names)
    while end > 1 and not (end <= len(head.cells) and head.cells[end - 1]) and not any(cells[end - 1]):
        end -= 1
    return list(range(end))
