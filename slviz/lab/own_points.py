"""A small table of a visitor's own as points of the lab: one column of classes, the numeric ones as features."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from slviz.errors import MalformedData
from slviz.files.table_limits import check_table_text, unpack_table
from slviz.lab.points import LabPoints, parts, standardised
from slviz.lab.setup import MOST_ROWS
from slviz.tables import is_missing, read_numbers, read_table, read_text

FEWEST_ROWS, MOST_FEATURES, MOST_CLASSES = 10, 20, 10
LARGEST = 1e100
"""Beyond it the square of a number is none any more, so that such a cell counts as missing."""
MOST_MEBIBYTES = 5
"""So large a file with a table may be."""


@dataclass(frozen=True, eq=False)
class LabTable:
    """A table whose columns can be features or classes.

    Attributes:
        file: its name.
        numbers: columns of numbers, float64 [rows], NaN where a cell is missing, infinite or beyond 1e100.
        labels: columns with two to ten different values, as text [rows], "" where a cell is missing; the likeliest
            column of classes first.
        remarks: sentences on how it was read.
    """

    file: str
    numbers: Mapping[str, np.ndarray]
    labels: Mapping[str, np.ndarray]
    remarks: tuple[str, ...] = ()


def read_lab_table(content: bytes, file: str) -> LabTable:
    """Reads a table of text, plain or gzip; raises `MalformedData` in a sentence for what the lab cannot use."""
    text = read_text(unpack_table(content, file), file).text
    check_table_text(text, file)
    table = read_table(text, file)
    rows = len(table)
    if not FEWEST_ROWS <= rows <= MOST_ROWS:
        raise MalformedData(
            f"{file} has {rows:,} rows; the lab takes {FEWEST_ROWS} to {MOST_ROWS:,}. "
            "Larger tables are for the Vectors page."
        )
    numbers, labels = {}, {}
    for name in table.names:
        read = read_numbers(table.cells[name])
        if read is not None:
            numbers[name] = np.where(np.abs(read.values) <= LARGEST, read.values, np.nan)
        cells = np.array(["" if is_missing(cell) else cell for cell in table.cells[name].tolist()], dtype=object)
        if 2 <= len(set(cells.tolist()) - {""}) <= MOST_CLASSES:
            labels[name] = cells
    if not labels:
        raise MalformedData(
            f"{file} has no column with 2 to {MOST_CLASSES} different values, which could be the classes. Add one."
        )
    likeliest = sorted(labels, key=lambda name: (name in numbers, -table.names.index(name)))
    uneven = (f"{len(table.uneven):,} rows of another number of cells were left out.",) if table.uneven else ()
    return LabTable(file, numbers, {name: labels[name] for name in likeliest}, (*table.remarks, *uneven))


def own_points(table: LabTable, label: str = "", *, seed: int = 0) -> LabPoints:
    """The rows of a table as points, every feature standardised by the training part.

    Args:
        table: as `read_lab_table` gives it.
        label: the column of classes; the likeliest where "".
        seed: of the split.

    Rows in which the class or a feature is missing, and columns without two different values, are left out and counted
    in the remarks. Raises `MalformedData` where nothing usable is left.
    """
    label = label if label in table.labels else next(iter(table.labels))
    features = [name for name in table.numbers if name != label]
    if not features:
        raise MalformedData(f"{table.file} has no column of numbers beside '{label}'. Add the features as numbers.")
    values = np.stack([table.numbers[name] for name in features], axis=1)
    classes = table.labels[label]
    whole = np.isfinite(values).all(axis=1) & (classes != "")
    remarks = list(table.remarks)
    if missing := int((~whole).sum()):
        remarks.append(
            f"{missing:,} of {len(whole):,} rows lack a value, or have a number beyond {LARGEST:g}, and were left out."
        )
    if whole.sum() < FEWEST_ROWS:
        raise MalformedData(
            f"{table.file} has {int(whole.sum())} rows without a missing value; the lab needs {FEWEST_ROWS}. "
            "Fill the gaps, or leave out the columns that have them."
        )
    values, classes = values[whole], classes[whole]
    varying = np.ptp(values, axis=0) > 0
    if not varying.all():
        names = ", ".join(f"'{name}'" for name, varies in zip(features, varying, strict=True) if not varies)
        remarks.append(f"Without two different values, and left out: {names}.")
    kept = np.flatnonzero(varying)
    if not len(kept):
        raise MalformedData(f"In {table.file} every column of numbers is constant, so nothing can be told apart by it.")
    if len(kept) > MOST_FEATURES:
        raise MalformedData(
            f"{table.file} has {len(kept):,} columns of numbers; the lab takes {MOST_FEATURES}. Leave some out."
        )
    names = tuple(sorted(set(classes.tolist())))
    if len(names) < 2:
        raise MalformedData(f"Column '{label}' of {table.file} has one class, '{classes[0]}'; two can be told apart.")
    part = parts(len(values), np.random.default_rng([seed, 1]))
    return LabPoints(
        title=table.file,
        features=tuple(features[place] for place in kept),
        classes=names,
        values=standardised(values[:, kept], part),
        labels=np.array([names.index(name) for name in classes.tolist()], dtype=np.int64),
        part=part,
        standardised=True,
        remarks=tuple(remarks),
    )
