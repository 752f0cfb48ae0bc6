"""A visitor's own table, one row a gene: its columns laid over the genes of a data set, by any of their names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Float64, Int64

from slviz.datasets.gene_columns import GeneColumn, as_key, gene_columns, genes_in_heading
from slviz.datasets.gene_index import GeneIndex, Mapped
from slviz.datasets.gene_names import what_it_is
from slviz.datasets.report import SHOWN, shown
from slviz.datasets.value_columns import value_columns
from slviz.errors import MalformedData
from slviz.files.table_limits import check_table_text, unpack_table
from slviz.tables import Table, is_missing, is_number, read_table, read_text, unguarded

HEADINGS = (
    "gene", "symbol", "gene symbol", "gene name", "gene id", "hgnc symbol", "entrez", "entrez id", "ensembl",
    "ensembl id", "uniprot", "value", "score", "logfc", "log2foldchange", "avg_log2fc", "p_val", "p_val_adj",
    "pvalue", "padj", "basemean", "stat", "fdr", "cluster", "pct.1", "pct.2", "intersections", "term_id",
)  # fmt: skip
ROW_NAMES = "row names"


@dataclass(frozen=True, eq=False)
class OwnTable:
    """A table of a visitor's own over the genes of a data set. G genes.

    Attributes:
        columns: by the name in the file, without the column of the genes; text [G], "" where there is nothing.
        genes_found: how many genes of the data set have a row.
        rows: how many rows the file has.
        remarks: sentences on what was not found, was meant for several genes, came twice, or was read as what.
        genes_in: the column that names the genes, as a person finds it in the file.
    """

    columns: Mapping[str, np.ndarray]
    genes_found: int
    rows: int
    remarks: tuple[str, ...]
    genes_in: str = ""
    _numbers: Mapping[str, np.ndarray] = field(default_factory=dict)

    def numbers(self, column: str) -> Float64[np.ndarray, " genes"] | None:
        """The column as numbers [G], NaN where there is nothing, infinite where the file says so; else None."""
        return self._numbers.get(column)


def read_own_table(content: bytes, file: str, *, genes: int, index: GeneIndex) -> OwnTable:
    """Reads a table of text as programs write it, plain or packed with gzip, with or without a heading.

    The genes' column is the one that names most genes of the data set by symbol, alias, Ensembl, Entrez or UniProt
    id; further rows are passed over and counted. Where the heading names more genes than any column, columns are
    genes, and the rows are laid over them. A gene with several rows keeps the first. Raises `MalformedData` with a
    sentence.
    """
    text = read_text(unpack_table(content, file), file)
    check_table_text(text.text, file)
    table = read_table(
        text.text, file, words=HEADINGS, is_name=lambda cell: not _is_digits(cell) and index.is_name(cell)
    )
    remarks = list(table.remarks)
    if text.first_guessed is not None:
        line, value = text.first_guessed
        remarks.append(
            f"The file was read as {text.encoding}, which is a guess: see line {line:,}, '{shown(value)}'. Save it as "
            "UTF-8 to be sure."
        )
    remarks += _of_uneven(table)
    if not len(table):
        raise MalformedData(_without_rows(table))
    keyed = gene_columns(table, index)
    if genes_in_heading(table, index) > (keyed[0].genes if keyed else 0):
        table, name, remark = _transposed(table, index)
        keyed, remarks = [GeneColumn(name, 0, numbers=False)], [*remarks, remark]
    if not keyed:
        raise MalformedData(_without_genes(table))
    if len(table.names) == 1:
        raise MalformedData(
            f"{file} has only the column of genes, '{shown(keyed[0].name)}', so there is no value to show."
        )
    return _laid(table, keyed, genes=genes, index=index, remarks=remarks)


def _laid(
    table: Table, keyed: Sequence[GeneColumn], *, genes: int, index: GeneIndex, remarks: Sequence[str]
) -> OwnTable:
    """The columns of a table over the genes, and all that is to be said of it."""
    chosen = keyed[0].name
    keys = [as_key(cell, index) for cell in table.cells[chosen].tolist()]
    mapped = index.map_many(keys)
    number_of = dict(zip(mapped.how["text"], mapped.how["number"], strict=True))
    number = np.array([number_of.get(key.strip(), -1) for key in keys], dtype=np.int64)
    used, first = np.unique(number, return_index=True)
    used, first = used[used >= 0], first[used >= 0]
    values = value_columns(table, left_out=chosen, used=first)
    return OwnTable(
        columns={column.name: _over(column.cells, used, first, genes) for column in values},
        genes_found=len(used),
        rows=len(table),
        remarks=(
            *remarks,
            *_of_columns(table, keyed),
            *_of_genes(
                mapped, of_genes=int((number >= 0).sum()), again=int((number >= 0).sum()) - len(used), keys=keys
            ),
            *(remark for column in values for remark in column.remarks),
        ),
        genes_in=_called(table, chosen),
        _numbers={
            column.name: _numbers_over(column.numbers, used, first, genes)
            for column in values
            if column.numbers is not None and not np.isnan(column.numbers[first]).all()
        },
    )


def _over(cells: np.ndarray, used: Int64[np.ndarray, " used"], rows: np.ndarray, genes: int) -> np.ndarray:
    laid = np.full(genes, "", dtype=object)
    laid[used] = cells[rows]
    return laid


def _numbers_over(
    values: np.ndarray, used: Int64[np.ndarray, " used"], rows: np.ndarray, genes: int
) -> Float64[np.ndarray, " genes"]:
    laid = np.full(genes, np.nan)
    laid[used] = values[rows]
    return laid


def _transposed(table: Table, index: GeneIndex) -> tuple[Table, str, str]:
    """The table with a row for each gene of its heading, the name of the column of genes, and a sentence on it.

    A row of the file becomes a column that is called by its first cell; columns of text are left out and named.
    """
    mapped = index.map_many(table.names)
    known = set(mapped.how["text"]) | set(mapped.ambiguous)
    unknown = [name for name in table.names if name not in known]
    other = [name for name in unknown if not is_number(str(table.cells[name][0])) or name == unknown[0]]
    left_out = set(other)
    genes = [name for name in table.names if name not in left_out]
    labels = table.cells[other[0]].tolist() if other else [""] * len(table)
    named: dict[str, int] = {}
    for row, label in enumerate(labels):
        title = label or f"row {table.lines[row]}"
        named[title if title not in named else f"{title} (line {table.lines[row]})"] = row
    cells = {name: np.array([table.cells[gene][row] for gene in genes], dtype=object) for name, row in named.items()}
    key = "gene" if "gene" not in cells else "gene of the heading"
    turned = Table(
        table.file, (key, *cells), {key: np.array(genes, dtype=object), **cells},
        np.full(len(genes), table.heading or 1, dtype=np.int64), table.delimiter, table.heading,
    )  # fmt: skip
    remark = (
        f"The heading names {len(mapped.genes):,} genes of this data set, so its columns are the genes, and each of "
        f"the {len(named):,} rows is a column to choose."
    )
    if other[1:]:
        listed = ", ".join(f"'{shown(name)}'" for name in other[1 : 1 + SHOWN]) + (
            " …" if len(other) > 1 + SHOWN else ""
        )
        remark += f" Left out, since no gene of this data set is called so: {listed}."
    return turned, key, remark


def _called(table: Table, name: str) -> str:
    """A column as a person finds it in the file."""
    return ROW_NAMES if table.row_names and name == table.names[0] else unguarded(name)


def _is_digits(cell: str) -> bool:
    return cell.isdecimal()


def _without_rows(table: Table) -> str:
    if table.uneven:
        row = table.uneven[0]
        return (
            f"No row of {table.file} has as many cells as its heading, which has {len(table.names)}: line {row.line:,} "
            f"has {row.cells}, '{shown(row.text)}'. Give every row the same number of columns."
        )
    return f"{table.file} has column names and no rows. Add one row a gene."


def _without_genes(table: Table) -> str:
    listed = ", ".join(f"'{shown(_called(table, name))}'" for name in table.names[: 2 * SHOWN])
    more = f" and {len(table.names) - 2 * SHOWN:,} more" if len(table.names) > 2 * SHOWN else ""
    first = next((cell for cell in table.cells[table.names[0]].tolist() if cell), "")
    what = what_it_is(first)
    odd = f" The first, '{shown(first)}', is {what}." if what else ""
    return (
        f"No column of {table.file} holds names of this data set's genes (looked at: {listed}{more}).{odd} Give one "
        "column with symbols, aliases, or Ensembl, Entrez or UniProt ids."
    )


def _of_uneven(table: Table) -> list[str]:
    if not table.uneven:
        return []
    row, count = table.uneven[0], len(table.uneven)
    rows = f"{count:,} rows do" if count > 1 else "1 row does"
    return [
        f"{rows} not have {len(table.names)} cells and {'were' if count > 1 else 'was'} left out, the first in line "
        f"{row.line:,}: '{shown(row.text)}'."
    ]


def _of_columns(table: Table, keyed: Sequence[GeneColumn]) -> list[str]:
    """On a missing heading, and on further columns that name genes."""
    remarks = []
    if table.heading is None:
        remarks.append("The file has no heading: its first line was read as a row, and its columns are numbered.")
    if keyed[1:]:
        others = [f"'{shown(_called(table, column.name))}'" for column in keyed[1 : 1 + SHOWN]]
        listed = f"{', '.join(others[:-1])} and {others[-1]}" if len(others) > 1 else others[0]
        verb = "name genes as well and are" if len(others) > 1 else "names genes as well and is"
        chosen = shown(_called(table, keyed[0].name))
        remarks.append(f"'{chosen}' was taken for the genes; {listed} {verb} a column like any other.")
    return remarks


def _of_genes(mapped: Mapped, *, of_genes: int, again: int, keys: Sequence[str]) -> list[str]:
    remarks = []
    if mapped.missing:
        count = len(mapped.missing)
        noun = "name" if count == 1 else "names"
        remarks.append(
            f"{of_genes:,} of {len(keys):,} rows are of genes of this data set; {count:,} {noun} not found in this "
            f"data set: {mapped.missing_as_said(SHOWN)}."
        )
    nothing = sum(is_missing(key) for key in keys) if mapped.marks or "" in keys else 0
    if nothing:
        marks = ", ".join(f"'{shown(mark)}'" for mark in mapped.marks) or "an empty cell"
        remarks.append(f"{nothing:,} row{' has' if nothing == 1 else 's have'} no gene ({marks}).")
    for text, symbols in list(mapped.ambiguous.items())[:3]:
        remarks.append(f"'{shown(text)}' may mean {' or '.join(symbols[:4])} and was passed over.")
    if len(mapped.ambiguous) > 3:
        remarks.append(f"{len(mapped.ambiguous) - 3:,} more names may mean several genes and were passed over.")
    if again:
        remarks.append(f"{again:,} row{'' if again == 1 else 's'} of a gene that had one already; the first counts.")
    return remarks
