"""Whether the first row of a table names its columns."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

from slviz.tables.lines import Row
from slviz.tables.missing import is_missing
from slviz.tables.numbers import is_number

# fmt: off
WORDS = frozenset({
    "gene", "genes", "symbol", "symbols", "protein", "proteins", "name", "names", "id", "ids", "identifier",
    "label", "labels", "node", "point", "cell", "barcode", "sample", "term", "set", "pathway", "description",
    "score", "value", "weight", "source", "target", "from", "to", "entrez", "ensembl", "uniprot", "hgnc", "alias",
    "aliases", "class", "cluster", "group", "type", "kind", "chromosome", "pair", "evidence", "cell_line", "screen",
    "hit", "reference", "pvalue", "padj", "logfc", "index", "feature", "word", "species", "organism", "paper",
    "title", "year", "author", "partner",
})
# fmt: on
"""Words that name columns; a cell that is one of them, or has one among its parts, is no value."""
NEARLY_ALL, MOSTLY, OFTEN = 0.95, 0.8, 0.2
MOST_COLUMNS = 200
"""So many columns tell whether the first row is a heading; a matrix of genes has twenty thousand."""


@dataclass(frozen=True)
class Heading:
    """The names of the columns.

    Attributes:
        line: counted from 1; None where the table has no heading.
        cells: the names in order, "" for a column without one.
        row_names: whether the first column has no name while others have.
    """

    line: int | None = None
    cells: Sequence[str] = field(default=())

    @property
    def row_names(self) -> bool:
        return len(self.cells) > 1 and not self.cells[0]


def find_heading(
    rows: Sequence[Row],
    *,
    comment: Row | None,
    width: int,
    heading: bool | None,
    words: Collection[str],
    is_name: Callable[[str], bool] | None,
) -> Heading:
    """The heading of a table whose first rows are `rows`.

    A comment line of the table's width just above is one where the first row is none ("#gene<tab>x"). A first row
    that is one cell short names all columns but the first, as R writes. Else the cells tell: a word above numbers
    is a name; a number above numbers is a value, and so is the name of a gene.
    """
    if not rows or heading is False:
        return Heading()
    first = rows[0]
    inside = heading if heading is not None else _is_heading(rows, width, words, is_name)
    if inside:
        return Heading(first.line, _aligned(first.cells, width, rows[1:]))
    if comment is not None and width >= 2 and _names_columns(comment, rows, width, words, is_name):
        return Heading(comment.line, comment.cells)
    return Heading()


def _is_heading(rows: Sequence[Row], width: int, words: Collection[str], is_name: Callable[[str], bool] | None) -> bool:
    first, rest = rows[0].cells, rows[1:]
    if len(first) == width - 1 and rest and width > 1 and not _holds_value(first):
        return True  # row names, as R's write.table writes them
    if len(first) > width and any(first[width:]):
        return False
    known = {word.casefold() for word in words}
    named = _is_named(first, known)
    if not any(first):
        return False
    if is_name is not None and _is_row_of_names(first, rest, width, is_name):
        named = named and not _are_all_names(first, rest, width, is_name, known)
        if not named:
            return False
    if _has_numbered_titles(first):
        return True
    above = _above_numbers(first, rest, width)
    if above:
        return all(above)
    if any(is_number(cell) for cell in first):
        return False
    if is_name is not None and _is_above_names(first, rest, width, is_name):
        return True
    return named or (bool(rest) and not first[0] and any(first[1:]))


def _is_row_of_names(first: Sequence[str], rest: Sequence[Row], width: int, is_name: Callable[[str], bool]) -> bool:
    """Whether the first row holds a name in a column of names; a column's title may be the alias of a gene, too."""
    for place in range(min(width, len(first), MOST_COLUMNS)):
        below = [row.cells[place] for row in rest if len(row.cells) > place and row.cells[place]]
        if first[place] and is_name(first[place]) and sum(map(is_name, below)) >= OFTEN * len(below):
            return True
    return False


def _are_all_names(
    first: Sequence[str], rest: Sequence[Row], width: int, is_name: Callable[[str], bool], known: Collection[str]
) -> bool:
    """Whether the first row has names in all of two or more columns of names, none of them a usual title.

    Things may be called as columns are: a row "paper0000, paper0633" among such rows is no heading.
    """
    columns = []
    for place in range(min(width, len(first), MOST_COLUMNS)):
        below = [row.cells[place] for row in rest if len(row.cells) > place and row.cells[place]]
        if below and sum(map(is_name, below)) >= NEARLY_ALL * len(below):
            columns.append(first[place])
    titles = {*WORDS, *known}
    return len(columns) > 1 and all(is_name(cell) and cell.casefold() not in titles for cell in columns)


def _is_above_names(first: Sequence[str], rest: Sequence[Row], width: int, is_name: Callable[[str], bool]) -> bool:
    """Whether the first row holds no name where nearly all others do."""
    for place in range(min(width, len(first), MOST_COLUMNS)):
        below = [row.cells[place] for row in rest if len(row.cells) > place and row.cells[place]]
        if below and not is_missing(first[place]) and sum(map(is_name, below)) >= NEARLY_ALL * len(below):
            return not is_name(first[place])
    return False


def _above_numbers(first: Sequence[str], rest: Sequence[Row], width: int) -> list[bool]:
    """For each column of numbers below, whether the first row has a word there; a missing mark says nothing."""
    is_above = []
    for place in range(min(width, len(first), MOST_COLUMNS)):
        below = [row.cells[place] for row in rest if len(row.cells) > place and not is_missing(row.cells[place])]
        if below and not is_missing(first[place]) and sum(map(is_number, below)) >= MOSTLY * len(below):
            is_above.append(not is_number(first[place]))
    return is_above


def _holds_value(cells: Sequence[str]) -> bool:
    return any(is_number(cell) for cell in cells) and not _counts_up(cells)


def _has_numbered_titles(first: Sequence[str]) -> bool:
    """Whether a first row names columns though some of its cells are numbers.

    pandas names the columns of an array 0, 1, 2, …, beside others with a word; a table of years or hours begins with
    the word for its rows.
    """
    numbered = [cell for cell in first if is_number(cell)]
    if not numbered or is_number(first[0]):
        return False
    row_word = first[0].casefold() in WORDS
    if _counts_up(numbered) and (not first[0] or row_word):
        return True
    return row_word and all(cell.isdecimal() for cell in numbered) and len(set(numbered)) == len(numbered) > 1


def _counts_up(cells: Sequence[str]) -> bool:
    return len(cells) > 0 and any(
        list(cells) == [str(start + place) for place in range(len(cells))] for start in (0, 1)
    )


def _is_named(cells: Sequence[str], known: Collection[str]) -> bool:
    """Whether the first cell is a word that names columns, or half of them are."""
    filled = [cell for cell in cells if cell]
    return bool(filled) and (
        _is_word(cells[0], known) or 2 * sum(_is_word(cell, known) for cell in filled) > len(filled)
    )


def _is_word(cell: str, known: Collection[str]) -> bool:
    folded = cell.casefold()
    parts = folded.replace("_", " ").replace(".", " ").replace("-", " ").split()
    return folded in known or any(part.rstrip("0123456789") in WORDS for part in parts) or "".join(parts) in WORDS


def _names_columns(
    comment: Row, rows: Sequence[Row], width: int, words: Collection[str], is_name: Callable[[str], bool] | None
) -> bool:
    """Whether a comment has a name for each column."""
    cells = comment.cells
    return (
        len(cells) == width
        and all(cells)
        and not any(map(is_number, cells))
        and (_is_heading([comment, *rows], width, words, is_name))
    )


def _aligned(cells: list[str], width: int, rest: Sequence[Row]) -> list[str]:
    """The names by column: a heading that is one cell short has none for the first."""
    return ["", *cells] if rest and len(cells) == width - 1 else cells
