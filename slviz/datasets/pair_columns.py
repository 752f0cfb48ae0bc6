"""Which columns of a person's table hold two genes and a score: by their titles, else by what stands in them."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Int64

from slviz.datasets.gene_lookup import GeneLookup
from slviz.datasets.read_pairs import TITLES_A, TITLES_B, TITLES_SCORE
from slviz.datasets.report import SHOWN, shown
from slviz.tables import Table, finite_numbers, fold_name, missing_in, read_numbers, read_table
from slviz.tables.dialect import SPOKEN
from slviz.tables.lines import cells_of, rows_of

LOOKED_AT = 1000
"""So many rows tell which columns hold genes."""
MOST_FURTHER = 20
"""Columns beyond those of most rows that are looked at."""
MOSTLY = 0.5
"""A column of scores has numbers in more than this share of its filled cells."""
FAR_FEWER = 0.25
"""The first two columns are the genes unless another one holds four times as many."""
TITLES = frozenset(map(fold_name, (*TITLES_A, *TITLES_B)))


@dataclass(frozen=True, eq=False)
class PairRows:
    """Two cells a row in which genes should stand, and a score.

    Attributes:
        one, other: the cells, object arrays of text [rows].
        score: float32 [rows], NaN where there is none.
        lines: int64 [rows], line numbers counted from 1.
        remarks: sentences on columns that are not read and on what is odd about the table.
        names: what all columns of the table are called.
        cells: the cells of every row, by column; a row may be shorter.
    """

    one: np.ndarray
    other: np.ndarray
    score: Float32[np.ndarray, " rows"]
    lines: Int64[np.ndarray, " rows"]
    remarks: tuple[str, ...]
    names: tuple[str, ...]
    cells: Sequence[Sequence[str]]

    def __len__(self) -> int:
        return len(self.one)

    def column(self, place: int) -> np.ndarray:
        """The cells of a column, object array of text [rows], "" where a row is too short."""
        return _column(self.cells, place)


def rows_of_pairs(text: str, file: str, genes: GeneLookup) -> PairRows:
    """The pairs of a table of text; rows that are longer or shorter than most are kept.

    Genes stand in the columns with the titles of genes, else in the first two, unless others hold far more; the score
    in a column with its title, without a heading in the next one after the genes if that is one of numbers.
    """
    is_gene = genes.is_gene
    table = read_table(text, file, words=[*TITLES_A, *TITLES_B, *TITLES_SCORE], is_name=is_gene)
    if table.heading is not None and _are_genes(table.names[:2], genes):
        table = read_table(text, file, heading=False)  # genes that are called as columns are, such as GENE1
    heading = "" if table.heading is None else text.split("\n")[table.heading - 1]
    if table.delimiter is None and (split := _split_anyhow(text, is_gene)) is not None:
        table, heading = split, ""
    cells, lines = _all_rows(table)
    if lines and _is_heading_of_genes(table, cells[0], genes):
        cells, lines = cells[1:], lines[1:]
    names = _all_names(table, cells)
    one, other = _gene_columns(table, names, cells, genes)
    number = _score_column(table, names, cells, after=other, but=(one, other))
    unread = [
        name
        for place, name in enumerate(names)
        if place not in (one, other, number) and any(_cell(row, place) for row in cells)
    ]
    score_cells = _column(cells, number) if number is not None else np.full(len(cells), "", dtype=object)
    score = _scores(score_cells)
    odd = _odd_scores(score_cells, score, lines)
    return PairRows(
        one=_column(cells, one),
        other=_column(cells, other),
        score=score,
        lines=np.array(lines, dtype=np.int64),
        remarks=(*_unread(unread), *_how(table, heading, (one, other)), *odd, *table.remarks),
        names=tuple(names),
        cells=cells,
    )


def _are_genes(first: Sequence[str], genes: GeneLookup) -> bool:
    """Whether what may be a heading is a pair: one is a symbol letter by letter, or both are names and no titles."""
    named = all(map(genes.is_gene, first)) and not {fold_name(cell) for cell in first} <= TITLES
    return any(map(genes.is_symbol, first)) or (len(first) == 2 and named)


def _cell(row: Sequence[str], place: int) -> str:
    return row[place] if place < len(row) else ""


def _column(cells: Sequence[Sequence[str]], place: int) -> np.ndarray:
    """One column of rows of any length, as an object array."""
    column = np.empty(len(cells), dtype=object)
    column[:] = [row[place] if place < len(row) else "" for row in cells]
    return column


def _all_rows(table: Table) -> tuple[list[Sequence[str]], list[int]]:
    """Cells and line of every row, those of another width in their place."""
    columns = [table.cells[name].tolist() for name in table.names]
    even: list[Sequence[str]] = list(zip(*columns, strict=True))
    if not table.uneven:
        return even, table.lines.tolist()
    odd = [cells_of(row.text, table.delimiter)[0] for row in table.uneven]
    lines = [*table.lines.tolist(), *(row.line for row in table.uneven)]
    order = np.argsort(lines, kind="stable").tolist()
    every = [*even, *odd]
    return [every[at] for at in order], [lines[at] for at in order]


def _all_names(table: Table, cells: list[Sequence[str]]) -> list[str]:
    """The table's columns, and those that only its longer rows have."""
    widest = min(max(map(len, cells), default=0), len(table.names) + MOST_FURTHER)
    return [*table.names, *(f"column {place + 1}" for place in range(len(table.names), widest))]


def _split_anyhow(text: str, is_gene: Callable[[str], bool]) -> Table | None:
    """The table by the delimiter that leaves two genes at the start of most lines; None where none does for any.

    For a file whose lines are so unlike that no delimiter splits most of them into equally many cells.
    """
    lines = text.split("\n")
    best, most = None, 0
    for mark in SPOKEN:
        rows = rows_of(lines, mark, first_line=1)
        pairs = sum(len(row.cells) >= 2 and all(map(is_gene, row.cells[:2])) for row in rows)
        if pairs > most:
            best, most = (mark, rows), pairs
    if best is None:
        return None
    mark, rows = best
    widest = max(len(row.cells) for row in rows)
    names = tuple(f"column {place + 1}" for place in range(widest))
    filled = [[*row.cells, *[""] * (widest - len(row.cells))] for row in rows]
    cells = {name: np.array([row[place] for row in filled], dtype=object) for place, name in enumerate(names)}
    return Table("", names, cells, np.array([row.line for row in rows], dtype=np.int64), delimiter=mark)


def _is_heading_of_genes(table: Table, first: Sequence[str], genes: GeneLookup) -> bool:
    """Whether the first row is a heading that has more titles than the rows have cells."""
    titles = len(first) >= 2 and all(fold_name(cell) in TITLES for cell in first[:2])
    return titles and table.heading is None and not _are_genes(first[:2], genes)


def _gene_columns(table: Table, names: list[str], cells: list[Sequence[str]], genes: GeneLookup) -> tuple[int, int]:
    sample = cells[:LOOKED_AT]
    genes.look_up(cell for row in sample for cell in row)
    many = [sum(genes.is_gene(_cell(row, place)) for row in sample) for place in range(len(names))]
    titled = (table.name_of(*TITLES_A), table.name_of(*TITLES_B))
    if table.heading is not None and titled[0] is not None and titled[1] is not None and titled[0] != titled[1]:
        places = (names.index(titled[0]), names.index(titled[1]))
        if not any(many) or all(many[place] for place in places):
            return places
    start = 1 if len(names) > 2 and _numbers_rows(table, sample) else 0
    first = (start, start + 1)
    fitting = [place for place in range(start, len(many)) if many[place] > FAR_FEWER * max(many)]
    fitting = [place for place in fitting if place in first or not _is_constant(sample, place)]
    for one, other in itertools.combinations(fitting, 2):
        if not _are_the_same(sample, one, other, genes):
            return one, other
    return first


def _are_the_same(sample: list[Sequence[str]], one: int, other: int, genes: GeneLookup) -> bool:
    """Whether two columns name the same gene in most rows, such as its symbol and its identifier."""
    pairs = [(genes.number(_cell(row, one)), genes.number(_cell(row, other))) for row in sample]
    both = [pair for pair in pairs if None not in pair]
    return len(sample) > 1 and sum(a == b for a, b in both) > MOSTLY * max(len(both), 1)


def _numbers_rows(table: Table, sample: list[Sequence[str]]) -> bool:
    """Whether the first column numbers the rows, as R and pandas do; a number may be the identifier of a gene, too."""
    counted = [_cell(row, 0) for row in sample]
    return any(counted == [str(start + at) for at in range(len(counted))] for start in (0, 1)) or (
        table.row_names and all(cell.isdecimal() for cell in counted)
    )


def _is_constant(sample: list[Sequence[str]], place: int) -> bool:
    return len(sample) > 2 and len({_cell(row, place) for row in sample}) == 1


def _score_column(
    table: Table, names: list[str], cells: list[Sequence[str]], *, after: int, but: tuple[int, int]
) -> int | None:
    """The place of the scores; None where the file has none."""
    place = after + 1
    if table.heading is not None and (title := table.name_of(*TITLES_SCORE)) is not None:
        place = names.index(title)
    elif table.heading is not None and place < len(names) and names[place] != f"column {place + 1}":
        return None  # it has another title
    return place if place < len(names) and place not in but and _holds_numbers(cells, place) else None


def _holds_numbers(cells: list[Sequence[str]], place: int) -> bool:
    """Whether most cells of a column that are filled are numbers."""
    column = _column(cells[:LOOKED_AT], place)
    column = column[~missing_in(column)] if not missing_in(column).all() else _column(cells, place)
    filled = column[~missing_in(column)]
    return bool(len(filled)) and bool(np.isfinite(_scores(filled)).mean() > MOSTLY)


def _scores(cells: np.ndarray) -> Float32[np.ndarray, " rows"]:
    """The numbers in a column, NaN where there is none; decimal commas and percents by what the column holds."""
    plain = finite_numbers(cells)
    if missing_in(cells[np.isnan(plain)]).all():
        return plain.astype(np.float32)
    numbers = read_numbers(cells)
    values = plain if numbers is None else np.where(np.isfinite(numbers.values), numbers.values, np.nan)
    return values.astype(np.float32)


def _odd_scores(cells: np.ndarray, score: np.ndarray, lines: Sequence[int]) -> list[str]:
    """A sentence on cells that are neither a score nor missing."""
    odd = np.flatnonzero(np.isnan(score) & ~missing_in(cells))
    if not len(odd):
        return []
    more = f", and {len(odd) - 1:,} more" if len(odd) > 1 else ""
    return [
        f"Read without a score, since it is no finite number: '{shown(str(cells[odd[0]]))}' "
        f"(line {lines[odd[0]]:,}{more})."
    ]


def _unread(names: list[str]) -> list[str]:
    if not names:
        return []
    listed = ", ".join(f"'{shown(name)}'" for name in names[:SHOWN])
    more = f" and {len(names) - SHOWN:,} more" if len(names) > SHOWN else ""
    return [f"Not read: the column{'' if len(names) == 1 else 's'} {listed}{more}."]


def _how(table: Table, heading: str, genes: tuple[int, int]) -> list[str]:
    """A first line that was taken for a heading without the titles of genes, so that no pair is lost in silence."""
    if (
        table.heading is None
        or {fold_name(table.names[place]) for place in genes if place < len(table.names)} <= TITLES
    ):
        return []
    return [f"Line {table.heading:,}, '{shown(heading.strip())}', was read as a heading."]
