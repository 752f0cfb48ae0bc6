"""Vectors from text: a table with a name in each row, and the pair of the Embedding Projector."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from slviz.datasets.report import shown
from slviz.errors import MalformedData
from slviz.tables import (
    Table,
    has_decimal_commas,
    is_number,
    read_numbers,
    read_table,
    slips_in,
    unguarded,
    without_marks,
)
from slviz.vectors.vector_set import SYNTHETIC, VectorSet, marked

MOST_SLIPS = 0.1
"""A column in which so many cells are no number is still one of numbers, with slips."""
TITLES = ("gene", "symbol", "gene symbol", "hgnc symbol", "name", "id", "cell", "barcode", "label", "protein", "word")
"""Usual titles of the column that names the points, likeliest first."""


def read_vector_table(text: str, *, name: str, labels: tuple[str, ...] | None = None) -> VectorSet:
    """Points from a table, with or without a heading: a name, numbers, and columns that say something of a point.

    The first column names the points, unless it holds decimal numbers: then another of text does, and where there is
    none, the points are numbered. Which columns are the vector: all of numbers, but for those in `labels`; all
    columns of text are labels. Where columns are called `embedding_1`, `embedding_2`, … (as slviz writes them),
    those alone are the vector. Raises `MalformedData`.
    """
    table = _even_table(text, name=name)
    if len(table.names) < 2:
        raise MalformedData(f"{name} has one column only. Separate name and numbers by tabs, commas or semicolons.")
    missing = [title for title in labels or () if title not in table.names]
    if missing:
        raise MalformedData(
            f"{name} has no column '{shown(missing[0])}'. Its columns: {shown(', '.join(table.names[:20]))}."
        )
    naming = _naming_column(table)
    rest = [title for title in table.names if title != naming and not _is_counter(table, title, naming)]
    names = _cells(table, naming) if naming else np.arange(1, len(table) + 1).astype(str).astype(object)
    numbers = _all_numbers(table, rest)
    wide = _vector_columns(table, numbers, labels or (), names, name=name)
    in_vector = frozenset(wide)
    columns = {
        title: _labels(table, title) if (known := numbers[title]) is None else known
        for title in rest
        if title not in in_vector
    }
    with np.errstate(over="ignore"):  # a number beyond float32 is told as infinite, by its point
        vectors = np.column_stack([np.asarray(numbers[title], dtype=np.float32) for title in wide])
    labelled = pd.DataFrame(columns, index=range(len(vectors)))
    origin = marked(f"table {name}", synthetic=says_synthetic(text))
    return VectorSet(name=name, names=tuple(names.tolist()), vectors=vectors, columns=labelled, origin=origin)


def _naming_column(table: Table) -> str | None:
    """The column that names the points; None where they have no names."""
    first = table.names[0]
    if not _is_decimal(table.cells[first]) and not _is_counter(table, first, None):
        return first
    text = [title for title in table.names[1:] if _numbers(table.cells[title]) is None]
    usual = table.name_of(*TITLES)
    if usual in text:
        return usual
    unique = [title for title in text if len(set(table.cells[title])) == len(table) and all(table.cells[title])]
    if unique:
        return unique[0]
    return None if _is_decimal(table.cells[first]) else first


def _is_decimal(cells: np.ndarray) -> bool:
    """Whether a column holds numbers that are no whole ones, so that it names nothing."""
    numbers = read_numbers(cells)
    return numbers is not None and not numbers.whole


def _is_counter(table: Table, title: str, naming: str | None) -> bool:
    """Whether a nameless first column merely counts the rows, as pandas and R write beside another that names them."""
    if title != table.names[0] or title == naming or not table.row_names:
        return False
    cells = table.cells[title].tolist()
    return any(cells == [str(start + row) for row in range(len(cells))] for start in (0, 1))


def _vector_columns(
    table: Table,
    numbers: Mapping[str, np.ndarray | None],
    labels: tuple[str, ...],
    names: np.ndarray,
    *,
    name: str,
) -> list[str]:
    """The columns of the vector; raises `MalformedData` where there are none, or one is not clean."""
    embedding = [title for title in numbers if _is_embedding(title)]
    wide = embedding or [title for title, values in numbers.items() if values is not None and title not in labels]
    if not embedding:
        text = {title: table.cells[title] for title, values in numbers.items() if values is None}
        _refuse_slips(text, labels, names, name=name)
    bad = [title for title in wide if numbers[title] is None]
    if bad:
        raise MalformedData(f"{name}: column '{shown(bad[0])}' holds text where the vector's numbers should be.")
    if not wide:
        raise MalformedData(f"{name} has no column of numbers beside the names. A row should be a name and a vector.")
    return wide


def _cells(table: Table, title: str) -> np.ndarray:
    """The text of a column as its writer meant it."""
    return np.array([unguarded(cell) for cell in table.cells[title].tolist()], dtype=object)


def _labels(table: Table, title: str) -> np.ndarray:
    return without_marks(_cells(table, title))


def says_synthetic(text: str) -> bool:
    """Whether the first line is a comment of slviz's on generated data."""
    return text.lstrip("\ufeff").startswith("#") and SYNTHETIC.split()[0] in text.partition("\n")[0]


def read_projector_pair(vectors: str, metadata: str, *, name: str, provenance: str = "") -> VectorSet:
    """Points from `vectors.tsv` (numbers alone, no heading) and `metadata.tsv` (a heading where it has columns).

    `provenance` is the text that slviz puts beside the two in a ZIP.
    """
    numbers = _projector_numbers(vectors, name=name)
    ours = bool(provenance)  # slviz writes as the Projector reads: quotation marks are letters
    table = _projector_labels(metadata, len(numbers), name=name, quotes=not ours)
    first, *rest = table
    names = tuple(table[first].tolist())
    columns = {
        title: without_marks(table[title]) if (known := _numbers(table[title])) is None else known for title in rest
    }
    if len(set(names)) < len(names):  # the Projector does not ask for unique labels
        columns = {first: table[first], **columns}
        names = tuple(f"{label} ({number + 1})" for number, label in enumerate(names))
    labelled = pd.DataFrame(columns, index=range(len(numbers)))
    origin = marked(f"Projector pair {name}", synthetic=provenance.startswith(SYNTHETIC.split()[0]))
    return VectorSet(name=name, names=names, vectors=numbers, columns=labelled, origin=origin)


def _projector_numbers(text: str, *, name: str) -> np.ndarray:
    table = read_table(text, name, heading=False)
    if not len(table) or not any(table.cells[table.names[0]]):
        raise MalformedData(f"The vectors of {name} are empty. Write the numbers of one point a line.")
    if table.uneven:
        row = table.uneven[0]
        raise MalformedData(
            f"The vectors of {name} are not all of one length: line {row.line:,} has {row.cells:,} numbers, the others "
            f"{len(table.names):,}."
        )
    columns = []
    for title in table.names:
        numbers = read_numbers(table.cells[title])
        if numbers is None:
            wrong = next((row for row, cell in enumerate(table.cells[title].tolist()) if not is_number(cell)), 0)
            raise MalformedData(
                f"The vectors of {name} are not tab-separated numbers, one line a point and no heading: line "
                f"{table.lines[wrong]:,} has '{shown(table.cells[title][wrong])}'."
            )
        columns.append(numbers.values)
    with np.errstate(over="ignore"):
        return np.column_stack(columns).astype(np.float32)


def _projector_labels(text: str, count: int, *, name: str, quotes: bool) -> dict[str, np.ndarray]:
    """The cells by column; a single column has no heading, as the Projector wants it."""
    lines = text.rstrip("\n").split("\n")
    several = "\t" in lines[0]
    if len(lines) - several != count:
        raise MalformedData(
            f"{name}: {count:,} vectors and {len(lines) - several:,} lines of metadata. Each vector needs one line, "
            "after a heading where there are several columns."
        )
    if not several:
        return {"name": np.array([unguarded(line.strip()) for line in lines], dtype=object)}
    table = _even_table(text, name="metadata.tsv", heading=True, quotes=quotes)
    if len(table) != count:
        raise MalformedData(
            f"{name}: {count - len(table):,} of the {count:,} rows of metadata.tsv are blank. Write a name in each."
        )
    return {title: _cells(table, title) for title in table.names}


def _even_table(text: str, *, name: str, heading: bool | None = None, quotes: bool = True) -> Table:
    """The table of a text; raises `MalformedData` where rows differ in length or two columns have one name."""
    table = read_table(text, name, words=TITLES, heading=heading, quotes=quotes)
    if table.twice:
        raise MalformedData(f"{name}: two columns are called '{shown(table.twice[0])}'. Name each column once.")
    if table.uneven:
        row = table.uneven[0]
        raise MalformedData(
            f"{name} is not an even table: line {row.line:,} has {row.cells:,} cells, the "
            f"{'others' if table.heading is None else 'heading'} {len(table.names):,} (a decimal comma, or a separator "
            "in a name?)."
        )
    if not len(table):
        raise MalformedData(f"{name} is empty, or has no row below its heading. It should hold one line a point.")
    return table


def _all_numbers(table: Table, titles: Sequence[str]) -> dict[str, np.ndarray | None]:
    """`_numbers` of each column; where some have decimal commas, points part the thousands of the others."""
    numbers = {title: _numbers(table.cells[title]) for title in titles}
    if table.delimiter == "," or not any(has_decimal_commas(table.cells[title]) for title in titles):
        return numbers
    pointed = [title for title in titles if any("." in cell for cell in table.cells[title].tolist())]
    return numbers | {title: _numbers(table.cells[title], decimal_comma=True) for title in pointed}


def _numbers(cells: np.ndarray, *, decimal_comma: bool = False) -> np.ndarray | None:
    """The cells as int64 or float64, NaN where missing; None where one is no number or all are missing."""
    numbers = read_numbers(cells, decimal_comma=decimal_comma)
    if numbers is None:
        return None
    return numbers.values if numbers.integers is None else numbers.integers


def _refuse_slips(columns: Mapping[str, np.ndarray], labels: tuple[str, ...], points: np.ndarray, *, name: str) -> None:
    """Raises `MalformedData` for a column that is numbers but for a few cells: a slip would cost a dimension."""
    for title, cells in columns.items():
        slips = slips_in(cells, most=MOST_SLIPS)
        if title not in labels and len(slips):
            raise MalformedData(
                f"{name}: column '{shown(title)}' holds numbers, but '{shown(str(cells[slips[0]]))}' at "
                f"'{shown(str(points[slips[0]]))}'. Mend the cell, or name the column as one of labels."
            )


def _is_embedding(title: object) -> bool:
    head, _, number = str(title).rpartition("_")
    return head == "embedding" and number.isdecimal()
