"""The columns of values of a foreign table: numbers where they are written as such, else text, and what is odd said."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from jaxtyping import Float64, Int64

from slviz.datasets.report import shown
from slviz.tables import (
    Table,
    has_decimal_commas,
    is_number,
    missing_in,
    read_numbers,
    slips_in,
    unguarded,
    without_marks,
)

MOST_SLIPS = 0.05
"""A column in which at most this share of the cells is no number is one of numbers with slips."""
HALF = 0.5


@dataclass(frozen=True, eq=False)
class ValueColumn:
    """A column of a table. R rows.

    Attributes:
        name: each once in a table.
        cells: text [R], "" where there is nothing.
        numbers: [R], NaN where there is nothing, infinite where the file says so; None where it is no such column.
        remarks: sentences on how the numbers are written and on cells that are none.
    """

    name: str
    cells: np.ndarray
    numbers: Float64[np.ndarray, " rows"] | None
    remarks: tuple[str, ...]


def value_columns(table: Table, *, left_out: str, used: np.ndarray) -> list[ValueColumn]:
    """All columns but one, in order; `used` are the rows that count where text elsewhere spoils a column of numbers."""
    names = [name for name in table.names if name != left_out]
    decimal = any(has_decimal_commas(table.cells[name]) for name in names) or (
        table.delimiter == ";" and not any("." in cell for name in names for cell in table.cells[name].tolist())
    )
    taken: set[str] = set()
    columns = []
    for name in names:
        title = unguarded(name)
        title = title if title not in taken else name
        taken.add(title)
        columns.append(_column(title, table.cells[name], lines=table.lines, used=used, decimal=decimal))
    return columns


def _column(name: str, cells: np.ndarray, *, lines: np.ndarray, used: np.ndarray, decimal: bool) -> ValueColumn:
    text = _unguarded(without_marks(cells))
    numbers = read_numbers(cells, decimal_comma=decimal)
    remarks: list[str] = []
    if numbers is None and len(used) and read_numbers(cells[used], decimal_comma=decimal) is not None:
        cells = _only(cells, used)
        numbers = read_numbers(cells, decimal_comma=decimal)
    if numbers is None:
        slips = slips_in(cells, most=MOST_SLIPS)
        mended = cells.copy()
        mended[slips] = ""
        numbers = read_numbers(mended, decimal_comma=decimal) if len(slips) else None
        remarks += _on_odd_cells(name, cells, lines, as_numbers=numbers is not None)
    if numbers is None:
        return ValueColumn(name, text, None, tuple(remarks))
    if numbers.how in ("decimal comma", "thousands"):
        remarks.append(_on_commas(name, cells, numbers.values, numbers.how))
    if infinite := int(np.isinf(numbers.values).sum()):
        remarks.append(
            f"{infinite:,} value{'' if infinite == 1 else 's'} of '{shown(name)}' infinite: grey on the map."
        )
    return ValueColumn(name, text, numbers.values, tuple(remarks))


def _unguarded(cells: np.ndarray) -> np.ndarray:
    return np.array([unguarded(cell) if cell[:1] == "'" else cell for cell in cells.tolist()], dtype=object)


def _only(cells: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """The cells of some rows, "" in the others."""
    kept = np.full(len(cells), "", dtype=object)
    kept[rows] = cells[rows]
    return kept


def _on_odd_cells(name: str, cells: np.ndarray, lines: np.ndarray, *, as_numbers: bool) -> list[str]:
    """A sentence on the cells that are no numbers in a column that mostly holds numbers."""
    different, number = _different(cells)
    missing = missing_in(different)
    is_odd = np.array([not mark and not is_number(cell) for cell, mark in zip(different, missing, strict=True)])
    odd = np.flatnonzero(is_odd[number]) if len(number) else number
    there = int((~missing[number]).sum())
    if not len(odd) or len(odd) > HALF * there:
        return []
    first = f"'{shown(str(cells[odd[0]]))}' in line {int(lines[odd[0]]):,}"
    if as_numbers:
        count = "1 cell that is no number" if len(odd) == 1 else f"{len(odd):,} cells that are no numbers"
        return [f"'{shown(name)}' has {count}, the first {first}; they have no value here."]
    return [f"'{shown(name)}' mixes numbers and text, first {first}, so it is shown as categories."]


def _different(cells: np.ndarray) -> tuple[np.ndarray, Int64[np.ndarray, " rows"]]:
    """Each cell once, and the number of every row's cell: words repeat, and looking at each takes its time."""
    number, different = pd.factorize(pd.Series(cells, dtype=object))
    return np.asarray(different, dtype=object), number.astype(np.int64)


def _on_commas(name: str, cells: np.ndarray, values: np.ndarray, how: str) -> str:
    row = next(
        (row for row, cell in enumerate(cells.tolist()) if "," in cell), int(np.flatnonzero(~np.isnan(values))[0])
    )
    what = "decimal commas" if how == "decimal comma" else "groups of thousands"
    return f"'{shown(name)}' is written with {what}: '{shown(str(cells[row]))}' was read as {values[row]:.15g}."
