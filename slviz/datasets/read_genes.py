"""The gene list: one symbol a line, in the order that numbers the genes; and what is known of each gene."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from slviz.datasets.graph import GENE_INFO_COLUMNS
from slviz.datasets.report import SHOWN, Report
from slviz.datasets.rows import GENE_TITLES, mostly_unusable, named_rows
from slviz.errors import nearest
from slviz.tables import Table, fold_name, is_missing, read_table, without_marks

LONGEST_SYMBOL = 100
MONTH = "(?:JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEPT?|OCT|NOV|DEC)"
DATE = re.compile(rf"{MONTH}-\d{{1,4}}|\d{{1,2}}-{MONTH}|\d{{4}}-\d\d-\d\d.*|\d{{1,2}}[./]\d{{1,2}}[./]\d{{2,4}}", re.I)


def read_genes(text: str, file: str, report: Report) -> tuple[str, ...]:
    """The symbols of a gene list, exactly as written but for blanks and quotation marks around them.

    A table with a column of genes is a list, too. A list whose numbering is in doubt (a gene twice, several symbols
    in a line) is a fatal problem, since rows of a feature file belong to genes by number alone.
    """
    numbered = _column_of_genes(text, file, report) or _one_a_line(text, file, report)
    blank = [line for line, symbol in numbered if not symbol]
    report.add_rows(
        file,
        "this blank line was passed over, and numbers no gene",
        "Remove it, or put the gene there whose line it is.",
        lines=blank,
        values=[""] * len(blank),
    )
    numbered = [(line, symbol) for line, symbol in numbered if symbol]
    _report_odd_symbols(numbered, file, report)
    _report_twice(numbered, file, report)
    if not numbered:
        report.add(file, "names no gene", "Write one gene symbol a line.")
    genes = tuple(symbol for _, symbol in numbered)
    report.read["genes"] = len(genes)
    return genes


def _one_a_line(text: str, file: str, report: Report) -> list[tuple[int, str]]:
    """Line number and symbol of each line, "" for a blank one; a heading and comments above it left out."""
    lines = text.rstrip().split("\n")
    whole = [read_cell(line) for line in lines]
    first = next((number for number, line in enumerate(lines) if line.strip() and not line.startswith("#")), 0)
    if fold_name(whole[first]) in {fold_name(title) for title in GENE_TITLES}:
        what = "was read as a heading, not as a gene"
        report.add(file, what, "Remove it.", line=first + 1, value=whole[first], fatal=False)
        first += 1
    elif lines[0].startswith("#") and first:
        what = "was read as a comment, not as a gene"
        report.add(file, what, "Remove it.", line=1, value=lines[0], fatal=False)
    return [(number + 1, symbol) for number, symbol in enumerate(whole) if number >= first]


def read_cell(line: str) -> str:
    """The only cell of a line, without the quotation marks around it."""
    text = line.strip()
    inner = text[1:-1]
    return inner.strip() if len(text) > 2 and text[0] == text[-1] == '"' and '"' not in inner else text


def _column_of_genes(text: str, file: str, report: Report) -> list[tuple[int, str]]:
    """The same from the column of genes of a table; nothing where the text is no table with such a column."""
    table = read_table(text, file, words=GENE_TITLES)
    if len(table.names) < 2 or table.heading is None:
        return []
    title = table.name_of(*GENE_TITLES[:-1])
    others = [name for name in table.names if name != title]
    if title is None and table.row_names and len(table.names) == 2 and _counts(table.cells[table.names[0]]):
        title, others = table.names[1], []  # R's write.csv of a list: numbered rows, then the list
    if title is None or table.uneven:
        return []
    if others:
        what = f"is a table; its column '{title}' was read, and not {', '.join(others[:5])}"
        report.add(file, what, "Put what is known of a gene into gene_info.tsv.", fatal=False)
    return list(zip(table.lines.tolist(), table.cells[title].tolist(), strict=True))


def _counts(cells: np.ndarray) -> bool:
    return cells.tolist() == [str(row + 1) for row in range(len(cells))]


def _report_odd_symbols(numbered: list[tuple[int, str]], file: str, report: Report) -> None:
    def rows(numbered: list[tuple[int, str]], what: str, remedy: str, *, fatal: bool) -> None:
        lines, values = [line for line, _ in numbered], [symbol for _, symbol in numbered]
        report.add_rows(file, what, remedy, lines=lines, values=values, fatal=fatal)

    several = [row for row in numbered if re.search(r"[\s;]|,(?!\d{1,2}(?:,|$))", row[1])]
    rows(several, "is more than one symbol", "Write one gene symbol a line and nothing else.", fatal=True)
    known = set(several)
    comma = [row for row in numbered if "," in row[1] and row not in known]
    rows(comma, "holds a comma and is kept as one symbol", "Write two genes in two lines.", fatal=False)
    marks = [row for row in numbered if is_missing(row[1])]
    rows(marks, "is how many programs write a missing name; it is kept as a symbol", "Check the line.", fatal=False)
    long = [row for row in numbered if len(row[1]) > LONGEST_SYMBOL]
    rows(long, f"is longer than {LONGEST_SYMBOL} characters", "Write one gene symbol a line.", fatal=True)
    dates = [row for row in numbered if DATE.fullmatch(row[1])]
    rows(
        dates,
        "looks like a symbol that a spreadsheet turned into a date; it is kept as it is",
        "Restore the symbol (such as SEPTIN1 or MARCHF2) in all files if you can.",
        fatal=False,
    )


def _report_twice(numbered: list[tuple[int, str]], file: str, report: Report) -> None:
    first: dict[str, int] = {}
    twice = [(line, symbol) for line, symbol in numbered if first.setdefault(symbol, line) != line]
    report.add_rows(
        file,
        "is listed twice",
        "List every gene once; the line number is the gene's number, so the features must be cut to match.",
        lines=[line for line, _ in twice],
        values=[symbol for _, symbol in twice],
        details=[f" (first in line {first[symbol]:,})" for _, symbol in twice[:SHOWN]],
        fatal=True,
    )


def report_unknown(table: Table, columns: list[str], genes: pd.Index, report: Report) -> tuple[np.ndarray, np.ndarray]:
    """Gene numbers [columns, rows] of the named columns, -1 where unknown, and the rows [rows] where all are known.

    Unknown genes are reported with their line and the nearest names, and counted.
    """
    numbers = np.stack([numbers_of(table.cells[column], genes) for column in columns])
    unknown = numbers < 0
    position, row = np.nonzero(unknown.T)[::-1]  # in the order of the file
    values = [str(table.cells[columns[which]][at]) for which, at in zip(position[:SHOWN], row[:SHOWN], strict=True)]
    report.add_rows(
        table.file,
        "is not in the gene list",
        "Add it to the list, or correct the name.",
        lines=table.lines[row],
        values=values,
        details=[nearest_phrase(value, genes) for value in values],
    )
    known = np.asarray(~unknown.any(axis=0))
    report.skip(table.file, int((~known).sum()))
    return numbers, known


def numbers_of(cells: np.ndarray, genes: pd.Index) -> np.ndarray:
    """Gene numbers [rows] of the symbols, -1 where unknown: as written, else without the quotation marks around one."""
    numbers = genes.get_indexer(pd.Index(cells, dtype=object)).astype(np.int64)
    unknown = np.flatnonzero(numbers < 0)
    bare = [cells[row].strip("\"' ") for row in unknown.tolist()]
    numbers[unknown] = genes.get_indexer(pd.Index(bare, dtype=object))
    return numbers


def nearest_phrase(value: str, genes: pd.Index) -> str:
    """ ", nearest: 'PARP1' or 'PARP10'", or "" when no gene has a name like it."""
    phrase = nearest(value[:LONGEST_SYMBOL], genes)
    return phrase.replace(" Did you mean ", "; nearest: ").removesuffix("?")


def read_gene_info(text: str, file: str, genes: pd.Index, report: Report) -> pd.DataFrame | None:
    """One row a gene in the order of the list, columns `GENE_INFO_COLUMNS`, "" where nothing is said."""
    table = named_rows(text, file, ["gene"], ["gene", *GENE_INFO_COLUMNS], report)
    first_rows = None if table is None else first_row_of_each_gene(table, genes, report)
    if first_rows is None:
        return None
    numbers, rows = first_rows
    report.read["genes with names and identifiers"] = len(rows)
    info = pd.DataFrame(index=range(len(genes)))
    for column in GENE_INFO_COLUMNS:
        info[column] = pd.Series(spread(without_marks(rows.cells[column]), numbers, len(genes)), dtype=str)
    return info


def first_row_of_each_gene(
    table: Table, genes: pd.Index, report: Report, *, of_more_genes: bool = False
) -> tuple[np.ndarray, Table] | None:
    """Gene numbers and rows of a table with a column `gene`, one row a gene, the others reported and counted.

    None, with a fatal problem in the report, where hardly a row is about a gene of the list; with `of_more_genes`,
    which says that the table may be one of the whole genome, where no row is.
    """
    numbers, known = report_unknown(table, ["gene"], genes, report)
    rows, numbers = table.keep(known), numbers[0, known]
    again = np.asarray(pd.Series(numbers).duplicated())
    report.add_rows(
        table.file,
        "has a second row; the first one is used",
        "Keep one row a gene.",
        lines=rows.lines[again],
        values=rows.cells["gene"][again][:SHOWN].tolist(),
    )
    report.skip(table.file, int(again.sum()))
    if mostly_unusable(int(known.sum()) if of_more_genes else len(table), int(known.sum())):
        what = "has hardly a row about a gene of the list"
        report.add(table.file, what, "Check that the file belongs to this data set.")
        return None
    return numbers[~again], rows.keep(~again)


def spread(cells: np.ndarray, numbers: np.ndarray, genes: int) -> np.ndarray:
    """Text [G] from the cells of the genes with these numbers; "" for the others."""
    values = np.full(genes, "", dtype=object)
    values[numbers] = cells
    return values
