"""A table of text that is too wide, or holds a cell that is too long, is refused before it is parsed."""

from __future__ import annotations

import time

import pytest

from slviz.errors import MalformedData
from slviz.files.table_limits import check_table_text


@pytest.mark.parametrize("separator", ["\t", ",", ";", " "])
def test_a_line_of_too_many_cells_is_refused(separator: str) -> None:
    check_table_text("# note\n" + separator.join(["1"] * 20_000), "a.tsv")
    with pytest.raises(MalformedData, match=r"a.tsv has 20,001 columns .*SLVIZ_COLUMNS"):
        check_table_text("# note\n\n" + separator.join(["1"] * 20_001) + "\nx", "a.tsv")


def test_a_cell_of_too_many_letters_is_refused_with_its_line() -> None:
    check_table_text("a\tb\n" + "x" * 100_000 + "\t1\n", "a.tsv")
    with pytest.raises(MalformedData, match=r"a.tsv, line 3: the cell 'x+…' has more than 100,000 .*SLVIZ_CELL"):
        check_table_text("a\tb\n1\t2\n" + "x" * 131_072 + "\t1\n", "a.tsv")


def test_many_long_cells_cost_one_pass() -> None:
    text = "\n".join(["x" * 99_999] * 150)
    began = time.process_time()
    check_table_text(text, "a.tsv")
    assert time.process_time() - began < 2


@pytest.mark.parametrize("text", ["", "#", "# only a note", "\n\n", "a"])
def test_a_text_without_a_table_is_left_to_its_reader(text: str) -> None:
    check_table_text(text, "a.tsv")
