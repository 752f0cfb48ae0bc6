"""From text to a table of cells: columns split and trimmed, every row with its line number, uneven rows reported."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
from jaxtyping import Bool, Float64, Int64

from slviz.datasets.report import SHOWN, Report
from slviz.errors import nearest

_SPOKEN = {"\t": "tabs", ",": "commas", ";": "semicolons", " ": "blanks"}
HALF = 0.5  # a file with more than this share of unusable rows is the wrong file


@dataclass(frozen=True)
class Table:
    """Rows of text cells and where they stood.

    Attributes:
        file: name of the file.
        cells: trimmed text by column, each an object array [rows].
        lines: int64 [rows], line numbers counted from 1.
    """

    file: str
    cells: Mapping[str, np.ndarray]
    lines: Int64[np.ndarray, " rows"]

    def __len__(self) -> int:
        return len(self.lines)

    def keep(self, rows: Bool[np.ndarray, " rows"]) -> Table:
        """The rows where `rows` is true."""
        return Table(self.file, {name: cells[rows] for name, cells in self.cells.items()}, self.lines[rows])

    def quoted(self, rows: np.ndarray, columns: Sequence[str]) -> list[str]:
        """The cells of some rows (row numbers) as one text a row, for a message."""
        return [" ".join(row) for row in zip(*(self.cells[name][rows[:SHOWN]] for name in columns), strict=True)]


def read_table(text: str, file: str, columns: Sequence[str], report: Report, *, spare: bool = False) -> Table:
    """Splits a text without column names into `columns`.

    Rows with another number of columns are left out, counted and reported; with `spare`, columns beyond the
    wanted ones are ignored. Blank lines are ignored.
    """
    separator = separator_of(text, file)
    width = len(columns)
    first = next(line for line in text.split("\n") if line.strip())
    if spare:
        width = max(width, len(_split(first, separator)))
    names = [*columns, *(f"\0{number}" for number in range(width - len(columns)))]
    return _parse(text, file, names, separator, report, first_line=1)


def read_named_table(text: str, file: str, needed: Sequence[str], known: Sequence[str], report: Report) -> Table | None:
    """Splits a text whose first line names its columns, in any order; columns that are not `known` are ignored.

    Returns None, with a fatal problem in the report, when a needed column is missing or named twice.
    """
    separator = separator_of(text, file)
    lines = text.split("\n")
    start = next(number for number, line in enumerate(lines) if line.strip())
    names = [name.strip().strip('"').casefold() for name in _split(lines[start], separator)]
    twice = sorted({name for name in names if names.count(name) > 1 and name in known})
    missing = [name for name in needed if name not in names]
    for name in twice:
        report.add(file, "names two columns of the file", "Name each column once.", line=start + 1, value=name)
    for name in missing:
        what = f"does not name the column '{name}'"
        remedy = f"The first line should name the columns: {', '.join(known)}.{nearest(name, names)}"
        report.add(file, what, remedy, line=start + 1, value=lines[start])
    if twice or missing:
        return None
    unique = [name if names.index(name) == position else f"\0{position}" for position, name in enumerate(names)]
    body = "\n".join(lines[start + 1 :])
    table = _parse(body, file, unique, separator, report, first_line=start + 2)
    blank = np.full(len(table), "", dtype=object)
    return Table(file, {name: table.cells.get(name, blank) for name in known}, table.lines)


def separator_of(text: str, file: str) -> str:
    """What stands between the columns: a tab, a comma, a semicolon, or " " for any run of blanks."""
    first = next((line for line in text.split("\n") if line.strip()), "").strip()
    plain = file.removesuffix(".gz")
    order = (",", ";", "\t") if plain.endswith(".csv") else ("\t", ",", ";")
    return next((mark for mark in order if mark in first), " " if " " in first else order[0])


def _split(line: str, separator: str) -> list[str]:
    return line.split() if separator == " " else line.split(separator)


def _parse(text: str, file: str, names: Sequence[str], separator: str, report: Report, *, first_line: int) -> Table:
    lines = text.split("\n")
    kept = np.array([bool(line.strip()) for line in lines], dtype=bool)
    numbers = np.flatnonzero(kept) + first_line
    if not len(numbers):
        return Table(file, {name: np.empty(0, dtype=object) for name in names}, numbers)
    rows = lines if kept.all() else [line for line in lines if line.strip()]
    if separator == " ":
        rows = [" ".join(line.split()) for line in rows]
    columns, uneven = _split_rows(rows, names, separator)
    bad = np.array(sorted(uneven), dtype=np.int64)
    report.add_rows(
        file,
        f"does not have {len(names)} columns",
        f"Separate the columns by {_SPOKEN[separator]}.",
        lines=numbers[bad],
        values=[lines[number - first_line] for number in numbers[bad[:SHOWN]]],
        details=[f" but {uneven[row]}" for row in bad[:SHOWN].tolist()],
    )
    report.skip(file, len(bad))
    return Table(file, {name: _trimmed(column) for name, column in columns.items()}, np.delete(numbers, bad))


def _trimmed(column: pa.Array | pa.ChunkedArray) -> np.ndarray:
    return pc.call_function("utf8_trim_whitespace", [column]).to_numpy(zero_copy_only=False)


def _split_rows(
    rows: list[str], names: Sequence[str], separator: str
) -> tuple[Mapping[str, pa.Array | pa.ChunkedArray], dict[int, int]]:
    """The columns of all even rows, and for each other row (by number) how many columns it has."""
    if len(names) == 1:  # one column has no separator that could be wrong
        return {names[0]: pa.array(rows, type=pa.string())}, {}
    try:
        return _arrow_columns("\n".join(rows), names, separator, quote='"' if separator in ",;" else False)
    except pa.ArrowInvalid:  # a quotation mark that is never closed
        return _arrow_columns("\n".join(rows), names, separator, quote=False)


def _arrow_columns(
    body: str, names: Sequence[str], separator: str, *, quote: str | bool
) -> tuple[Mapping[str, pa.ChunkedArray], dict[int, int]]:
    raw = body.encode()
    uneven: dict[int, int] = {}

    def note(row: pyarrow.csv.InvalidRow) -> str:
        uneven[row.number - 1] = row.actual_columns
        return "skip"

    table = pyarrow.csv.read_csv(
        pa.BufferReader(raw),
        read_options=pyarrow.csv.ReadOptions(
            column_names=list(names), use_threads=False, block_size=min(len(raw) + 1, 2**31 - 1)
        ),
        parse_options=pyarrow.csv.ParseOptions(
            delimiter=separator,
            quote_char=quote,
            newlines_in_values=False,
            ignore_empty_lines=False,
            invalid_row_handler=note,
        ),
        convert_options=pyarrow.csv.ConvertOptions(
            column_types={name: pa.string() for name in names}, strings_can_be_null=False
        ),
    )
    return dict(zip(names, table.columns, strict=True)), uneven


def numbers_in(cells: np.ndarray) -> Float64[np.ndarray, " rows"]:
    """float64, NaN where a cell is no finite decimal number; "1_000", "0x1f", "inf" and "nan" are none."""
    values = np.asarray(pd.to_numeric(pd.Series(cells, dtype=str), errors="coerce"), dtype=np.float64)
    return np.where(np.isfinite(values), values, np.nan)


def mostly_unusable(table_rows: int, used: int) -> bool:
    """Whether so few rows of a file could be used that it must be the wrong file, or in the wrong format."""
    return used == 0 or used < HALF * table_rows
