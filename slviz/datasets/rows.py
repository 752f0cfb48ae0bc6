"""Tables of a data folder: what `slviz.tables` found, with all that was left out in the report."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace

import numpy as np
from jaxtyping import Bool

from slviz.datasets.report import SHOWN, Report
from slviz.errors import nearest
from slviz.tables import Table, read_table
from slviz.tables.dialect import SPOKEN

GENE_TITLES = ("gene", "symbol", "gene symbol", "hgnc symbol", "gene name", "hugo symbol", "genes", "symbols", "name")
HALF = 0.5
"""A file with more than this share of unusable rows is the wrong file."""


def rows_of(
    text: str,
    file: str,
    report: Report,
    *,
    words: Collection[str] = (),
    is_name: Callable[[str], bool] | None = None,
    heading: bool | None = None,
) -> Table:
    """The table of a file; rows of another width, and whatever else was noticed, go to the report."""
    table = read_table(text, file, words=words, is_name=is_name, heading=heading)
    for remark in table.remarks:
        report.add(file, remark.rstrip("."), "Check that this is meant.", fatal=False)
    wrong = table.uneven
    report.add_rows(
        file,
        f"does not have {len(table.names)} columns",
        f"Separate the columns by {SPOKEN[table.delimiter or ' ']}.",
        lines=[row.line for row in wrong],
        values=[row.text for row in wrong[:SHOWN]],
        details=[f" but {row.cells}" for row in wrong[:SHOWN]],
    )
    report.skip(file, len(wrong))
    return table


def named_rows(text: str, file: str, needed: Sequence[str], known: Sequence[str], report: Report) -> Table | None:
    """The columns `known` of a table whose heading names them, in any order; those that are missing hold "".

    Columns that are not known are ignored. The genes' column, where it is needed, may have another usual title, or
    none, as R writes row names. None, with a fatal problem in the report, where a needed column is missing or named
    twice.
    """
    table = rows_of(text, file, report, words=known, heading=True)
    columns = {name: title for name in known if (title := table.name_of(name)) is not None}
    if "gene" in needed and "gene" not in columns and (title := _genes_title(table, known)) is not None:
        columns["gene"] = title
    twice = [name for name, title in columns.items() if title in table.twice]
    for name in twice:
        report.add(file, "names two columns of the file", "Name each column once.", line=table.heading, value=name)
    for name in needed:
        if name not in columns:
            remedy = f"The first line should name the columns: {', '.join(known)}.{nearest(name, table.names)}"
            report.add(
                file, f"does not name the column '{name}'", remedy, line=table.heading, value=" ".join(table.names)
            )
    if twice or any(name not in columns for name in needed):
        return None
    return with_blank_columns(table.select(columns), known)


def with_blank_columns(table: Table, names: Sequence[str]) -> Table:
    """The table with a column of "" for each of `names` that it lacks."""
    blank = np.full(len(table), "", dtype=object)
    cells: Mapping[str, np.ndarray] = {name: table.cells.get(name, blank) for name in names}
    return replace(table, names=tuple(names), cells=cells)


def quoted(table: Table, rows: np.ndarray, columns: Sequence[str]) -> list[str]:
    """The cells of the first few of some rows (row numbers) as one text a row, for a message."""
    return [" ".join(row) for row in zip(*(table.cells[name][rows[:SHOWN]] for name in columns), strict=True)]


def report_some(
    table: Table,
    rows: Bool[np.ndarray, " rows"],
    columns: Sequence[str],
    what: str,
    remedy: str,
    report: Report,
    *,
    left_out: bool = True,
) -> None:
    """Notes what is wrong with some rows, by the cells of `columns`, and counts them unless they are used."""
    where = np.flatnonzero(rows)
    report.add_rows(table.file, what, remedy, lines=table.lines[where], values=quoted(table, where, columns))
    if left_out:
        report.skip(table.file, len(where))


def mostly_unusable(rows: int, used: int) -> bool:
    """Whether so few rows of a file could be used that it must be the wrong file, or in the wrong format."""
    return used == 0 or used < HALF * rows


def _genes_title(table: Table, known: Sequence[str]) -> str | None:
    """The column of genes by another of its usual titles, else the one of row names."""
    titles = [title for title in GENE_TITLES if title not in known]
    return table.name_of(*titles) or (table.names[0] if table.row_names else None)
