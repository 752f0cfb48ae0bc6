"""Numbers stay what they are: integers exact, leading zeros kept, other ways of writing understood by the column."""

from __future__ import annotations

import time

import numpy as np
import pytest

from slviz.tables import is_missing, is_number, missing_in, read_numbers, slips_in, without_marks


def cells(*texts: str) -> np.ndarray:
    return np.array(texts, dtype=object)


@pytest.mark.parametrize(
    ("texts", "values", "how"),
    [
        (("1", "-2.5", "1e-3", ".5", "3."), [1, -2.5, 0.001, 0.5, 3], "plain"),
        (("1.5", "NA", ""), [1.5, np.nan, np.nan], "plain"),
        (("−1.5", "+2"), [-1.5, 2], "plain"),
        (("1.5", "Inf", "-inf"), [1.5, np.inf, -np.inf], "plain"),
        (("-0,32", "1,904", "2"), [-0.32, 1.904, 2], "decimal comma"),
        (("0,250", "0,125"), [0.25, 0.125], "decimal comma"),
        (("1.234,5", "12.345.678,25"), [1234.5, 12345678.25], "decimal comma"),
        (("1,234", "12,345,678", "5"), [1234, 12345678, 5], "thousands"),
        (("1,234.5", "2,000.25"), [1234.5, 2000.25], "thousands"),
        (("1 234", "12 345"), [1234, 12345], "thousands"),
        (("1'234.5", "7"), [1234.5, 7], "thousands"),
        (("12.5%", "100 %", "NA"), [12.5, 100, np.nan], "percent"),
        (("12,5%", "7%"), [12.5, 7], "percent"),
    ],
)
def test_a_column_of_numbers(texts: tuple[str, ...], values: list[float], how: str) -> None:
    numbers = read_numbers(cells(*texts))
    assert numbers is not None
    assert np.array_equal(numbers.values, values, equal_nan=True)
    assert numbers.how == how


@pytest.mark.parametrize(
    "texts",
    [
        ("007", "012"),
        ("1", "x"),
        ("1_000", "2"),
        ("0x1f", "2"),
        ("12345678901234567890", "1"),
        ("NA", ""),
        ("1,2,3", "4"),
        ("50%", "2"),
        ("٣", "2"),
        ("1 2", "3 4"),
        ("9", "+"),
        ("0,5", "+e5"),
        ("0,5", "e5"),
    ],
)
def test_what_is_no_column_of_numbers(texts: tuple[str, ...]) -> None:
    assert read_numbers(cells(*texts)) is None


def test_integers_beyond_float32_stay_exact() -> None:
    numbers = read_numbers(cells("100133941", "16777217", "7157"))
    assert numbers is not None
    assert numbers.integers is not None
    assert numbers.integers.tolist() == [100133941, 16777217, 7157]
    assert read_numbers(cells("1", "NA")).integers is None  # type: ignore[union-attr]


def test_a_few_slips_in_a_column_of_numbers_are_found() -> None:
    column = cells(*[str(number) for number in range(19)], "oops")
    assert slips_in(column, most=0.1).tolist() == [19]
    assert slips_in(cells("a", "1", "b"), most=0.1).tolist() == []


@pytest.mark.parametrize(
    "mark",
    ["", " ", "NA", "na", "NaN", "nan", "null", "NULL", "None", "-", "#N/A", "n/a", "N/A", "<NA>", "#DIV/0!", "."],
)
def test_missing_marks_are_missing(mark: str) -> None:
    assert is_missing(mark)


def test_a_mark_that_is_a_symbol_of_the_data_set_is_a_name() -> None:
    assert not is_missing("NA", symbols={"NA"})
    assert is_missing("na", symbols={"NA"})
    assert missing_in(["NA", "TP53", "nan"], symbols={"NA"}).tolist() == [False, False, True]
    assert without_marks(cells("NA", "a", "none")).tolist() == ["", "a", ""]


def test_points_part_thousands_where_commas_are_decimal() -> None:
    german = cells("1.234", "2.500", "12.345")
    assert read_numbers(german).values.tolist() == [1.234, 2.5, 12.345]  # type: ignore[union-attr]
    assert read_numbers(german, decimal_comma=True).values.tolist() == [1234, 2500, 12345]  # type: ignore[union-attr]
    assert read_numbers(cells("0.5", "1.25"), decimal_comma=True).values.tolist() == [0.5, 1.25]  # type: ignore[union-attr]


@pytest.mark.parametrize("odd", ["0,5", "5%", "0007", "12345678901234567890", "x"])
def test_one_cell_written_in_another_way_is_a_slip(odd: str) -> None:
    column = cells(*[f"{number}.5" for number in range(30)], odd)
    assert slips_in(column, most=0.1).tolist() == [30]


@pytest.mark.parametrize("before", ["", "-", "1.", "1,"])
@pytest.mark.parametrize("after", ["", '"', "x", "%x", "e", ".", ","])
def test_a_cell_of_very_many_digits_is_told_at_once(before: str, after: str) -> None:
    cell = before + "9" * 50_000 + after
    began = time.process_time()
    is_number(cell)
    read_numbers(np.array([cell, "1"], dtype=object))
    slips_in(np.array([cell, "1"], dtype=object), most=0.5)
    assert time.process_time() - began < 1
