"""A table of text that is too wide, or holds a cell that is too long, is refused before it is parsed."""

from __future__ import annotations

import gzip
import time

import pytest

from slviz.errors import MalformedData
from slviz.files.table_limits import check_cells, check_long_cells, check_table_text, count_cells, unpack_table


@pytest.mark.parametrize("separator", ["\t", ",", ";", "|", " "])
def test_a_line_of_too_many_cells_is_refused(separator: str) -> None:
    check_table_text("# note\n" + separator.join(["1"] * 20_000), "a.tsv")
    with pytest.raises(MalformedData, match=r"a.tsv has 20,001 columns; .*SLVIZ_COLUMNS"):
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


@pytest.mark.parametrize("place", [0, 1, 49_999, 50_000, 50_001, 99_999, 100_001, 150_000])
@pytest.mark.parametrize("mark", ["\t", "\n", ",", " "])
def test_a_long_cell_is_seen_wherever_it_begins(place: int, mark: str) -> None:
    before = (mark * 3).rjust(place, "y")[-place:] if place else ""
    before = before.replace("y" * 90_000, "y" * 89_999 + mark)
    check_long_cells(before + "x" * 100_000 + mark + "1", "a.tsv")
    with pytest.raises(MalformedData, match="the cell 'x"):
        check_long_cells(before + "x" * 100_001 + mark + "1", "a.tsv")


def test_a_table_of_too_many_cells_is_refused_before_it_is_decoded() -> None:
    rows = b"a\t1\n" * 1_500_000
    check_cells(rows[:-4], "a.tsv", size_bytes=100)
    with pytest.raises(MalformedData, match=r"a.tsv has about 3,000,001 cells; .*SLVIZ_CELLS"):
        check_cells(rows, "a.tsv", size_bytes=100)
    check_cells(rows * 2, "a.tsv", size_bytes=25_000_000)


@pytest.mark.parametrize("raw", [b"a,b;c|d\n", b"a\tb c d e\n", b"a b\n", "a\tb\n".encode("utf-16-le"), b"a,b\r"])
def test_cells_are_counted_however_they_are_parted(raw: bytes) -> None:
    assert count_cells(raw * 1_000) == 2_001


def test_a_packed_table_is_counted_by_what_lies_on_the_disk() -> None:
    packed = gzip.compress(b"a\t1\n" * 2_000_000, mtime=0)
    with pytest.raises(MalformedData, match=r"0\.0 MB"):
        unpack_table(packed, "a.tsv.gz")
    assert unpack_table(gzip.compress(b"a\t1\n", mtime=0), "a.tsv") == unpack_table(b"a\t1\n", "a.tsv.gz") == b"a\t1\n"
