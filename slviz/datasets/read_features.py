"""Feature files: one row of numbers a gene, in the order of the gene list."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.csv
from jaxtyping import Float32

from slviz.datasets.layout import MEAN, MEDIAN, REFUSE, ZERO
from slviz.datasets.report import SHOWN, Report
from slviz.tables import finite_numbers, missing_in
from slviz.tables.dialect import delimiter_for, delimiter_of

FINITE_FLOAT32 = float(np.finfo(np.float32).max)


@dataclass(frozen=True, eq=False)
class FeatureTable:
    """What a feature file says.

    Attributes:
        matrix: float32 [G, F], all finite.
        is_filled: whether some of it was missing and was filled by a rule.
    """

    matrix: Float32[np.ndarray, "genes width"]
    is_filled: bool = False


def read_feature(text: str, file: str, genes: int, report: Report, *, missing: str = REFUSE) -> FeatureTable | None:
    """What a feature file says, or None with every fault in the report.

    A fault in a feature file is fatal: rows belong to genes by their number, so none may be left out. Cells that
    say nothing (left empty, NA, nan, …) are filled by the rule `missing` where it is not to refuse: by the mean or the
    median of what the column says of all genes, or by zero; the report says how many.
    """
    matrix = _fast(text, file)
    if matrix is not None and len(matrix) == genes and np.isfinite(matrix).all():
        return FeatureTable(matrix)
    return _careful(text, file, genes, report, missing=missing)


def _fast(text: str, file: str) -> np.ndarray | None:
    """The matrix where the text is an even table of numbers with single separators; else None."""
    separator = _separator(text, file)
    raw = text.encode()
    first = next(line for line in text.split("\n", 64) if line.strip())
    names = [str(column) for column in range(first.count(separator) + 1)]
    try:
        table = pyarrow.csv.read_csv(
            pa.BufferReader(raw),
            read_options=pyarrow.csv.ReadOptions(
                column_names=names, block_size=min(2**31 - 1, max(1 << 20, len(raw) // 8))
            ),
            parse_options=pyarrow.csv.ParseOptions(delimiter=separator, quote_char=False, newlines_in_values=False),
            convert_options=pyarrow.csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.float64()), null_values=[], strings_can_be_null=False
            ),
        )
        columns = [column.to_numpy() for column in table.columns]
    except pa.ArrowInvalid:
        return None
    with np.errstate(over="ignore"):
        return np.stack(columns, axis=1).astype(np.float32)


def _separator(text: str, file: str) -> str:
    """What stands between the numbers; one number a row has none."""
    return delimiter_of(text.split("\n", 64)[:64], prefer=delimiter_for(file)) or delimiter_for(file)


def _careful(text: str, file: str, genes: int, report: Report, *, missing: str) -> FeatureTable | None:
    """The same by plain splitting: finds what is wrong and where, and takes what is merely unusual."""
    separator = _separator(text, file)
    lines = text.split("\n")
    numbered = [(number + 1, line) for number, line in enumerate(lines) if line.strip()]
    rows = [line.split() if separator == " " else line.strip().split(separator) for _, line in numbered]
    before = len(report.fatal)
    if len(rows) != genes:
        what = f"has {len(rows):,} rows of numbers for {genes:,} genes"
        report.add(file, what, "Write one row a gene, in the order of the gene list, without a heading.")
    widths = np.array([len(row) for row in rows])
    width = int(np.bincount(widths).argmax())
    uneven = np.flatnonzero(widths != width)
    report.add_rows(
        file,
        f"is not {width} numbers, as the other rows have",
        "Write the same number of columns for every gene.",
        lines=[numbered[row][0] for row in uneven],
        values=[numbered[row][1] for row in uneven[:SHOWN]],
        details=[f", but {widths[row]}" for row in uneven[:SHOWN]],
        fatal=True,
    )
    even = np.flatnonzero(widths == width)
    cells = np.array([cell.strip() for row in even for cell in rows[row]], dtype=object)
    values = finite_numbers(cells)
    values[np.abs(values) > FINITE_FLOAT32] = np.nan
    silent = missing_in(cells) if missing != REFUSE else np.zeros(len(cells), dtype=bool)
    wrong = np.flatnonzero(np.isnan(values) & ~silent)
    report.add_rows(
        file,
        "is not a finite number",
        'Fill in a number, say missing = "mean" (or median, or zero) in dataset.toml to have missing ones filled, or '
        "remove the file if the feature is not known for all genes.",
        lines=[numbered[even[cell // width]][0] for cell in wrong],
        values=cells[wrong[:SHOWN]].tolist(),
        details=[f" (column {cell % width + 1})" for cell in wrong[:SHOWN]],
        fatal=True,
    )
    if len(report.fatal) > before:
        return None
    matrix = values.reshape(genes, width)  # [genes * width] -> [genes, width]
    filled = _filled(matrix, silent.reshape(genes, width), file, report, missing=missing)
    return FeatureTable(filled.astype(np.float32), is_filled=bool(silent.any()))


def _filled(matrix: np.ndarray, silent: np.ndarray, file: str, report: Report, *, missing: str) -> np.ndarray:
    """The matrix with its silent cells filled by the rule; says how many, and where a column says nothing at all."""
    if not silent.any():
        return matrix
    empty = np.flatnonzero(silent.all(axis=0))
    if len(empty):
        what = f"says nothing in the whole of column {empty[0] + 1}"
        report.add(file, what, "Remove the column: no rule can fill it.")
        return matrix
    with_gaps = np.where(silent, np.nan, matrix)
    of_column = {MEAN: np.nanmean, MEDIAN: np.nanmedian, ZERO: lambda values, axis: np.zeros(values.shape[1])}
    fill = of_column[missing](with_gaps, axis=0)
    genes = int(silent.any(axis=1).sum())
    what = f"has {int(silent.sum()):,} missing values, of {genes:,} genes, which were filled by the rule '{missing}'"
    remedy = (
        "Check that the rule suits this feature. It reads all genes, those of the test part too, but no label; the "
        "task reconstruct is refused, since it would be tested on filled values."
    )
    report.add(file, what, remedy, fatal=False)
    return np.where(silent, fill, matrix)
