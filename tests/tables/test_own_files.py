"""slviz's own tables, and Excel's first line."""

from __future__ import annotations

import numpy as np
import pytest

from slviz.tables import is_missing, missing_in, read_numbers, read_table


def test_what_slviz_wrote_is_read_letter_by_letter() -> None:
    table = read_table('# data set x; slviz 0.1.0\ngene\tlabel\n"A"\ta "b\nC\t"d"\n', "own.tsv")
    assert table.cells["gene"].tolist() == ['"A"', "C"]
    assert table.cells["label"].tolist() == ['a "b', '"d"']
    assert table.heading == 2


@pytest.mark.parametrize("first", ["sep=;", '"sep=;"', "sep=; "])
def test_the_separator_that_excel_names_is_taken(first: str) -> None:
    table = read_table(f"{first}\ngene;x\nA;1\nB;2\n", "excel.csv")
    assert table.names == ("gene", "x")
    assert table.lines.tolist() == [3, 4]


def test_columns_of_plain_numbers_are_exact() -> None:
    cells = np.array(["0.1", "-1e-300", ".5", "9007199254740", "NA", " 3 "], dtype=object)
    numbers = read_numbers(cells)
    assert numbers is not None
    assert numbers.values[[0, 1, 2, 3, 5]].tolist() == [0.1, -1e-300, 0.5, 9007199254740.0, 3.0]
    assert np.isnan(numbers.values[4])
    commas = read_numbers(np.array(["1,234", "2,5"], dtype=object), decimal_comma=True)
    assert commas is not None
    assert commas.values.tolist() == [1.234, 2.5]


def test_missing_cells_of_a_column_are_those_of_each_cell() -> None:
    cells = ["NA", "n/a", "", "  ", "nan", "None", "#N/A", "\u2014", "TP53", "nano", "<NA>", "NAT", "nat", "\ud800"]
    assert missing_in(cells).tolist() == [is_missing(cell) for cell in cells]
    assert missing_in(cells[:-1], symbols={"NA"}).tolist() == [is_missing(cell, symbols={"NA"}) for cell in cells[:-1]]
