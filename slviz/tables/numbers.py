"""Numbers in a column of text: integers exact, decimal commas, thousands and percents by what the column holds."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from jaxtyping import Bool, Float64, Int64

from slviz.tables.missing import missing_in

PLAIN = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
INFINITE = re.compile(r"([+-]?)(?:inf|infinity|∞)", re.IGNORECASE)
DECIMAL_COMMA = re.compile(
    r"[+-]?(?=[\d,])(?:\d+|\d{1,3}(?:[. '’\u00a0\u2009\u202f]\d{3})+)?(?:,\d+)?(?:[eE][+-]?\d+)?", re.ASCII
)
THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?", re.ASCII)
GROUPED = re.compile(r"[+-]?\d{1,3}(?:[ '’\u00a0\u2009\u202f]\d{3})+(?:\.\d+)?", re.ASCII)
PERCENT = re.compile(r"[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)\s*%", re.ASCII)
POINTED = re.compile(r"[+-]?[1-9]\d{0,2}(?:\.\d{3})+(?:,\d+)?", re.ASCII)
LEADING_ZERO = re.compile(r"[+-]?0\d+", re.ASCII)
PLAIN_AS_ARROW_READS = r"^-?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?$"
NO_AMOUNT = r"^-?(?:0\d+|\d{16,})$"
FEW = 64
"""So few rows are read sooner one by one."""
MOST_EXACT_DIGITS = 15
"""A whole number with more digits than float64 holds is an identifier."""


@dataclass(frozen=True, eq=False)
class Numbers:
    """A column of numbers.

    Attributes:
        values: float64 [rows], NaN where a cell is missing; infinite where the file says so.
        how: how the cells are written: "plain", "decimal comma", "thousands", "percent".
        whole: whether every number is an integer, which `values` then holds exactly.
    """

    values: Float64[np.ndarray, " rows"]
    how: str
    whole: bool

    @property
    def integers(self) -> Int64[np.ndarray, " rows"] | None:
        """The same as int64 [rows] where all are integers and none is missing."""
        return self.values.astype(np.int64) if self.whole and np.isfinite(self.values).all() else None


def read_numbers(cells: np.ndarray, *, decimal_comma: bool = False) -> Numbers | None:
    """The column as numbers; None where a cell is neither a number nor missing, or where none is a number.

    A column in which a cell has leading zeros, or more digits than float64 holds, is one of identifiers: None.
    "12.5 %" is 12.5; a comma is a decimal comma, unless it parts groups of three digits throughout. With
    `decimal_comma` (of a file whose other columns tell) it is one wherever it can be.
    """
    missing = missing_in(cells)
    pointed = decimal_comma and any("." in cell for cell in cells[~missing].tolist())  # points part thousands then
    if len(cells) > FEW and not pointed and (plain := _all_plain(cells, missing)) is not None:
        return plain
    text = np.array([_plain_signs(cell) for cell in cells[~missing].tolist()], dtype=object)
    if not len(text) or any(LEADING_ZERO.fullmatch(cell) for cell in text):
        return None
    how, spelt = _spelt_plainly(text, decimal_comma=decimal_comma)
    if spelt is None or any(_is_identifier(cell) for cell in spelt):
        return None
    values = np.full(len(cells), np.nan)
    values[~missing] = [_value(cell) for cell in spelt]
    there = values[~missing]
    return Numbers(values, how, whole=bool(np.isfinite(there).all() and (there == np.floor(there)).all()))


def _all_plain(cells: np.ndarray, missing: Bool[np.ndarray, " rows"]) -> Numbers | None:
    """The column where every cell that is not missing is a plain number, as most are: a million cells a second."""
    if missing.all():
        return None
    text = pc.call_function("utf8_trim_whitespace", [pa.array(cells[~missing].tolist(), type=pa.string())])
    if not _every(text, PLAIN_AS_ARROW_READS) or _some(text, NO_AMOUNT):
        return None
    there = pc.call_function("cast", [text], pc.CastOptions(pa.float64())).to_numpy(zero_copy_only=False)
    if not np.isfinite(there).all():
        return None
    values = np.full(len(cells), np.nan)
    values[~missing] = there
    return Numbers(values, "plain", whole=bool((there == np.floor(there)).all()))


def _every(text: pa.Array, pattern: str) -> bool:
    matches = pc.call_function("match_substring_regex", [text], pc.MatchSubstringOptions(pattern))
    return bool(matches.to_numpy(zero_copy_only=False).all())


def _some(text: pa.Array, pattern: str) -> bool:
    matches = pc.call_function("match_substring_regex", [text], pc.MatchSubstringOptions(pattern))
    return bool(matches.to_numpy(zero_copy_only=False).any())


def slips_in(cells: np.ndarray, *, most: float) -> Int64[np.ndarray, " slips"]:
    """Rows whose cell is no number in a column of numbers, where they are at most the share `most` of it; else none."""
    missing = missing_in(cells)
    there = cells[~missing].tolist()
    written = min((_unlike(there, way) for way in (PLAIN, DECIMAL_COMMA, PERCENT)), key=len)
    rows = np.flatnonzero(~missing)[written]
    return rows if len(rows) <= most * max(len(there), 1) else rows[:0]


def _unlike(cells: list[str], way: re.Pattern[str]) -> list[int]:
    """Which cells are not written in one way of writing numbers; identifiers are in none."""
    spelt = [_plain_signs(cell) for cell in cells]
    return [
        row
        for row, cell in enumerate(spelt)
        if not cell or not way.fullmatch(cell) or LEADING_ZERO.fullmatch(cell) or _is_identifier(cell)
    ]


def has_decimal_commas(cells: np.ndarray) -> bool:
    """Whether a column is one of numbers with decimal commas."""
    numbers = read_numbers(cells)
    return numbers is not None and numbers.how == "decimal comma"


def finite_numbers(cells: np.ndarray) -> Float64[np.ndarray, " rows"]:
    """float64 [rows], NaN where a cell alone is no finite decimal number; "1_000", "0x1f", "inf" and "nan" are none."""
    values = np.asarray(pd.to_numeric(pd.Series(cells, dtype=str), errors="coerce"), dtype=np.float64)
    return np.where(np.isfinite(values), values, np.nan)


def is_number(cell: str) -> bool:
    """Whether a cell alone can be read as a number, in any of the ways of writing one."""
    return _is_number(cell)


def _is_number(cell: str) -> bool:
    if PLAIN.fullmatch(cell):
        return True
    text = _plain_signs(cell).removesuffix("%").rstrip()
    return bool(text) and any(
        pattern.fullmatch(text) for pattern in (PLAIN, INFINITE, DECIMAL_COMMA, THOUSANDS, GROUPED)
    )


def _spelt_plainly(text: np.ndarray, *, decimal_comma: bool) -> tuple[str, list[str] | None]:
    """How the column writes its numbers, and each as Python reads it; None where a cell fits no way of writing."""
    percent = all(cell.endswith("%") for cell in text)
    cells = [cell[:-1].rstrip() if percent else cell for cell in text]
    finite = [cell for cell in cells if not INFINITE.fullmatch(cell)]
    pointed = [cell for cell in finite if "." in cell]
    parts_thousands = decimal_comma and pointed and all(POINTED.fullmatch(cell) for cell in pointed)
    if all(PLAIN.fullmatch(cell) for cell in finite) and not parts_thousands:
        return ("percent" if percent else "plain"), cells
    ways = (_with_thousands, _with_groups, _with_decimal_commas)
    for way in (_with_decimal_commas, *ways) if decimal_comma else ways:
        written = way(finite, cells)
        if written is not None:
            how, spelt = written
            return ("percent" if percent else how), spelt
    return "text", None


def _with_thousands(finite: list[str], cells: list[str]) -> tuple[str, list[str]] | None:
    fits = all(THOUSANDS.fullmatch(cell) or PLAIN.fullmatch(cell) for cell in finite)
    return ("thousands", [cell.replace(",", "") for cell in cells]) if fits and not _zero_before_comma(finite) else None


def _with_groups(finite: list[str], cells: list[str]) -> tuple[str, list[str]] | None:
    fits = all(GROUPED.fullmatch(cell) or PLAIN.fullmatch(cell) for cell in finite)
    return ("thousands", [re.sub(r"[ '’\u00a0\u2009\u202f]", "", cell) for cell in cells]) if fits else None


def _with_decimal_commas(finite: list[str], cells: list[str]) -> tuple[str, list[str]] | None:
    if not all(cell and DECIMAL_COMMA.fullmatch(cell) for cell in finite):
        return None
    return "decimal comma", [re.sub(r"[. '’\u00a0\u2009\u202f]", "", cell).replace(",", ".") for cell in cells]


def _zero_before_comma(cells: list[str]) -> bool:
    """ "0,250" is a quarter: no group of thousands begins with 0."""
    return any(re.match(r"[+-]?0,", cell) for cell in cells)


def _plain_signs(cell: str) -> str:
    return cell.strip().replace("\u2212", "-")


def _is_identifier(cell: str) -> bool:
    digits = cell.lstrip("+-")
    return digits.isdecimal() and len(digits) > MOST_EXACT_DIGITS


def _value(cell: str) -> float:
    infinite = INFINITE.fullmatch(cell)
    return float(f"{infinite.group(1)}inf") if infinite else float(cell)
