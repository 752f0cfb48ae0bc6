"""Vectors from text: a table whose first column names the points, and the pair of the Embedding Projector."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Mapping

import numpy as np
import pandas as pd

from slviz.errors import MalformedData
from slviz.files.limits import shown
from slviz.vectors.vector_set import SYNTHETIC, VectorSet, marked

MOST_SLIPS = 0.1
"""A column in which so many cells are no number is still one of numbers, with slips."""
EMPTY = ("", "NA", "na", "NaN", "nan")
SEPARATORS = {"\t": "tabs", ",": "commas", ";": "semicolons"}


def read_vector_table(text: str, *, name: str, labels: tuple[str, ...] | None = None) -> VectorSet:
    """Points from a table with a heading: first a name, then numbers, and columns that say something of a point.

    Lines at the top that begin with "#" are passed over. Which columns are the vector: all whose cells are
    numbers, but for those in `labels`; all columns of text are labels. Where columns are called `embedding_1`,
    `embedding_2`, … (as slviz writes them), those alone are the vector. Raises `MalformedData`.
    """
    table = _parse(text, name=name)
    first, *rest = table
    missing = [each for each in labels or () if each not in rest]
    if missing:
        raise MalformedData(f"{name} has no column '{missing[0]}'. Its columns: {', '.join(map(str, rest[:20]))}.")
    numbers = {column: _numbers(table[column]) for column in rest}
    embedding = [each for each in rest if _is_embedding(each)]
    numeric = [column for column, values in numbers.items() if values is not None and column not in (labels or ())]
    wide = embedding or numeric
    if not embedding:
        _refuse_slips(
            {each: table[each] for each in rest if numbers[each] is None}, labels or (), table[first], name=name
        )
    bad = [each for each in wide if numbers[each] is None]
    if bad:
        raise MalformedData(f"{name}: column '{bad[0]}' holds text where the vector's numbers should be.")
    if not wide:
        raise MalformedData(
            f"{name} has no column of numbers. The first line should name the columns, the first column the points."
        )
    others = [each for each in rest if each not in wide]
    columns = {each: table[each] if (known := numbers[each]) is None else known for each in others}
    vectors = np.column_stack([np.asarray(numbers[each], dtype=np.float32) for each in wide])
    labelled = pd.DataFrame(columns, index=range(len(vectors)))
    origin = marked(f"table {name}", synthetic=says_synthetic(text))
    return VectorSet(name=name, names=tuple(table[first]), vectors=vectors, columns=labelled, origin=origin)


def says_synthetic(text: str) -> bool:
    """Whether the first line is a comment of slviz's on generated data."""
    return text.lstrip("\ufeff").startswith("#") and SYNTHETIC.split()[0] in text.partition("\n")[0]


def read_projector_pair(vectors: str, metadata: str, *, name: str, provenance: str = "") -> VectorSet:
    """Points from `vectors.tsv` (numbers alone, no heading) and `metadata.tsv` (a heading where it has columns).

    `provenance` is the text that slviz puts beside the two in a ZIP.
    """
    numbers = _projector_numbers(vectors, name=name)
    table = _projector_labels(metadata, len(numbers), name=name)
    first, *rest = table
    names = tuple(table[first])
    if len(names) != len(numbers):
        raise MalformedData(
            f"{shown(name)}: {len(numbers):,} vectors and {len(names):,} lines of metadata. Each vector needs one line."
        )
    columns = {each: table[each] if (known := _numbers(table[each])) is None else known for each in rest}
    if len(set(names)) < len(names):  # the Projector does not ask for unique labels
        columns = {first: table[first], **columns}
        names = tuple(f"{each} ({number + 1})" for number, each in enumerate(names))
    labelled = pd.DataFrame(columns, index=range(len(numbers)))
    origin = marked(f"Projector pair {name}", synthetic=provenance.startswith(SYNTHETIC.split()[0]))
    return VectorSet(name=name, names=names, vectors=numbers, columns=labelled, origin=origin)


def _projector_numbers(text: str, *, name: str) -> np.ndarray:
    try:
        return pd.read_csv(io.StringIO(text), sep="\t", header=None).to_numpy(dtype=np.float32)
    except (ValueError, pd.errors.ParserError) as error:
        raise MalformedData(
            f"The vectors of {name} are not tab-separated numbers, one line a point and no heading ({_short(error)})."
        ) from error


def _projector_labels(text: str, count: int, *, name: str) -> dict[str, np.ndarray]:
    lines = text.rstrip("\n").split("\n")
    several = "\t" in lines[0]
    if len(lines) - several != count:
        raise MalformedData(
            f"{name}: {count:,} vectors and {len(lines) - several:,} lines of metadata. Each vector needs one line, "
            "after a heading where there are several columns."
        )
    if not several:
        return {"name": np.array([line.strip() for line in lines], dtype=object)}
    return _parse(text, name="metadata.tsv")


def _parse(text: str, *, name: str) -> dict[str, np.ndarray]:
    """The cells by column as trimmed text, "" where one is empty; raises `MalformedData`."""
    body = text.lstrip("\ufeff")
    while body.startswith("#"):
        body = body.partition("\n")[2]
    heading = body.partition("\n")[0]
    if not heading.strip():
        raise MalformedData(f"{name} is empty. It should hold a heading and one line a point.")
    separator = max(SEPARATORS, key=heading.count)
    if separator not in heading:
        raise MalformedData(f"{name} has one column only. Separate name and numbers by tabs, commas or semicolons.")
    titles = heading.rstrip("\r").split(separator)
    twice = next((each for each in titles if titles.count(each) > 1), None)
    if twice is not None:
        raise MalformedData(f"{name}: two columns are called '{twice}'. Name each column once.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)  # it would cut the longer lines
            table = pd.read_csv(io.StringIO(body), sep=separator, dtype=str, na_filter=False, index_col=False)
    except (ValueError, pd.errors.ParserError, pd.errors.ParserWarning) as error:
        said = _uneven(error, above=text.count("\n") - body.count("\n"))
        raise MalformedData(f"{name} is not an even table: {said}.") from error
    cells = {str(title): table[title].to_numpy(dtype=object) for title in table.columns}
    return {title: np.array([str(cell).strip() for cell in column], dtype=object) for title, column in cells.items()}


def _numbers(cells: np.ndarray) -> np.ndarray | None:
    """The cells as float32, NaN where empty; None where one is no number or all are empty."""
    text = pd.Series(cells)
    empty = text.isin(EMPTY)
    values = np.asarray(pd.to_numeric(text.where(~empty), errors="coerce"), dtype=np.float32)
    unreadable = np.isnan(values) & ~empty.to_numpy()
    return None if unreadable.any() or empty.all() else values


def _refuse_slips(columns: Mapping[str, np.ndarray], labels: tuple[str, ...], points: np.ndarray, *, name: str) -> None:
    """Raises `MalformedData` for a column that is numbers but for a few cells: a slip would cost a dimension."""
    for title, cells in columns.items():
        values = np.asarray(pd.to_numeric(pd.Series(cells), errors="coerce"), dtype=np.float64)
        slips = np.flatnonzero(np.isnan(values) & ~np.isin(cells.astype(str), EMPTY))
        if title not in labels and 0 < len(slips) <= MOST_SLIPS * len(cells):
            raise MalformedData(
                f"{name}: column '{title}' holds numbers, but '{cells[slips[0]][:40]}' at '{points[slips[0]][:40]}'. "
                "Mend the cell, or name the column as one of labels."
            )


def _is_embedding(title: object) -> bool:
    head, _, number = str(title).rpartition("_")
    return head == "embedding" and number.isdigit()


def _uneven(error: Exception, *, above: int) -> str:
    """Which line has another number of cells; `above` lines of comments stood before what was read."""
    found = re.search(r"Expected (\d+) fields in line (\d+), saw (\d+)", str(error))
    if found is None:
        return _short(error)
    expected, line, cells = (int(each) for each in found.groups())
    return f"line {line + above} has {cells} cells, the heading {expected} (a decimal comma, or a separator in a name?)"


def _short(error: Exception) -> str:
    return str(error).strip().splitlines()[0][:120]
