"""A visitor's own table, one row a gene: its columns laid over the genes of a data set, by any of their names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64

from slviz.datasets.content import Content, read_text
from slviz.datasets.gene_index import GeneIndex, Mapped
from slviz.datasets.report import Report, shown
from slviz.datasets.tables import Table, numbers_in, read_named_table, separator_of
from slviz.errors import MalformedData

MISSING = frozenset({"", "na", "n/a", "nan", "null", "none", "-", "."})
LOOKED_AT = 400
"""So many rows tell which column holds the genes."""
HALF = 0.5


@dataclass(frozen=True, eq=False)
class OwnTable:
    """A table of a visitor's own over the genes of a data set. G genes.

    Attributes:
        columns: by the name in the file, without the column of the genes; text [G], "" where there is nothing.
        found: how many genes of the data set have a row.
        rows: how many rows the file has.
        remarks: sentences on what was not found, was meant for several genes, or came twice.
    """

    columns: Mapping[str, np.ndarray]
    found: int
    rows: int
    remarks: tuple[str, ...]

    def numbers(self, column: str) -> Float64[np.ndarray, " genes"] | None:
        """The column as numbers [G], NaN where there is nothing; None where a value is no number."""
        cells = self.columns[column]
        there = cells != ""
        values = numbers_in(cells)
        return None if np.isnan(values[there]).any() or not there.any() else values


def read_own_table(content: bytes, file: str, *, genes: int, index: GeneIndex) -> OwnTable:
    """Reads TSV, CSV or text with blanks, plain or packed with gzip; its first line names the columns.

    The genes' column is the first in which at least half of the rows are names of genes (symbol, alias, Ensembl,
    Entrez, UniProt). A gene with several rows keeps the first. Raises `MalformedData` with a sentence.
    """
    report = Report(file)
    text = read_text(Content(file, content), report)
    titles, table = _read(text, file, report) if text is not None else ([], None)
    if table is None or report.fatal:
        raise MalformedData(f"{report.fatal[0]}" if report.fatal else f"{file} cannot be read as a table.")
    if not len(table):
        raise MalformedData(f"{file} has column names and no rows. Add one row a gene.")
    keyed = next((title for title in titles if _is_of_genes(table.cells[title.casefold()], index)), None)
    if keyed is None:
        raise MalformedData(
            f"No column of {file} holds names of this data set's genes (looked at: {shown(', '.join(titles))}). Give "
            "one column with symbols, aliases, or Ensembl, Entrez or UniProt ids, and name the columns in the first "
            "line."
        )
    if len(titles) == 1:
        raise MalformedData(f"{file} has only the column of genes, '{shown(keyed)}', so there is no value to show.")
    names = table.cells[keyed.casefold()]
    mapped = index.map_many(names.tolist())
    number_of = dict(zip(mapped.how["text"], mapped.how["number"], strict=True))
    number = np.array([number_of.get(name.strip().strip("'\""), -1) for name in names], dtype=np.int64)
    used, first = np.unique(number, return_index=True)
    used, first = used[used >= 0], first[used >= 0]
    columns = {}
    for title in titles:
        if title != keyed:
            laid = np.full(genes, "", dtype=object)
            laid[used] = [_cleaned(cell) for cell in table.cells[title.casefold()][first]]
            columns[title] = laid
    again = int((number >= 0).sum()) - len(used)
    remarks = [str(problem) for problem in report.problems] + _remarks(mapped, again)
    return OwnTable(columns=columns, found=len(used), rows=len(table), remarks=tuple(remarks))


def _read(text: str, file: str, report: Report) -> tuple[list[str], Table | None]:
    """The names of the columns as written, and the table by their folded names."""
    separator = separator_of(text, file)
    first = next(line for line in text.split("\n") if line.strip())
    titles = first.split() if separator == " " else first.split(separator)
    titles = [title.strip().strip('"') or f"column {place + 1}" for place, title in enumerate(titles)]
    folded = [title.casefold() for title in titles]
    if any(not title for title in (first.split() if separator == " " else first.split(separator))):
        text = text.replace(first, separator.join(titles), 1)  # a nameless column, as R and pandas write the first
    return titles, read_named_table(text, file, folded[:1], list(dict.fromkeys(folded)), report)


def _is_of_genes(cells: np.ndarray, index: GeneIndex) -> bool:
    some = [cell for cell in cells[:LOOKED_AT].tolist() if cell]
    if not some or (not np.isnan(numbers_in(np.array(some, dtype=object))).any() and len(set(some)) < HALF * len(some)):
        return False  # a count that happens to look like an Entrez id repeats
    return len(index.map_many(some).how) >= HALF * len(set(some))


def _cleaned(cell: str) -> str:
    return "" if cell.casefold() in MISSING else cell


def _remarks(mapped: Mapped, again: int) -> list[str]:
    remarks = []
    if mapped.missing:
        count = len(mapped.missing)
        listed = ", ".join(shown(each) for each in mapped.missing[:5])
        names, more = ("name" if count == 1 else "names"), (" …" if count > 5 else "")
        remarks.append(f"{count:,} {names} not found in this data set: {listed}{more}.")
    for text, symbols in list(mapped.ambiguous.items())[:3]:
        remarks.append(f"'{shown(text)}' may mean {' or '.join(symbols[:4])} and was passed over.")
    if again:
        remarks.append(f"{again:,} row{'' if again == 1 else 's'} of a gene that had one already; the first counts.")
    return remarks
