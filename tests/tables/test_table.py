"""A table is read as its writer meant it, and what was decided is said; no row and no column is lost in silence."""

from __future__ import annotations

import csv
import io

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slviz.errors import MalformedData
from slviz.tables import Table, read_numbers, read_table, unguarded


def read(text: str, file: str = "table.tsv", **how: object) -> Table:
    return read_table(text, file, **how)  # type: ignore[arg-type]


def columns(table: Table) -> dict[str, list[str]]:
    return {name: table.cells[name].tolist() for name in table.names}


@pytest.mark.parametrize("mark", ["\t", ",", ";", "|", " ", "   "])
def test_what_stands_between_the_cells_is_found(mark: str) -> None:
    text = "gene\tx\ty\nTP53\t1\t2.5\nBRCA1\t-3\t4\n".replace("\t", mark)
    table = read(text)
    assert columns(table) == {"gene": ["TP53", "BRCA1"], "x": ["1", "-3"], "y": ["2.5", "4"]}
    assert table.heading == 1
    assert table.lines.tolist() == [2, 3]


def test_descriptions_with_commas_do_not_hide_the_tabs() -> None:
    table = read("gene\tnote\nA\tone, two\nB\tthree, four\n", "a.csv")
    assert columns(table) == {"gene": ["A", "B"], "note": ["one, two", "three, four"]}


def test_decimal_commas_do_not_hide_the_semicolons() -> None:
    table = read("gene;lfc\nA;-0,32\nB;1,904\n", "a.csv")
    assert columns(table)["lfc"] == ["-0,32", "1,904"]


@pytest.mark.parametrize(
    ("text", "names", "first"),
    [
        ("gene\tx\ty\nTP53\t1\t2\nB\t2\t3\n", ("gene", "x", "y"), "TP53"),
        ("#gene\tx\ty\nTP53\t1\t2\nB\t2\t3\n", ("gene", "x", "y"), "TP53"),
        ("# made by a program\n#gene\tx\ty\nTP53\t1\t2\nB\t2\t3\n", ("gene", "x", "y"), "TP53"),
        ("# made by, for, whom\ngene,x,y\nTP53,1,2\nB,2,3\n", ("gene", "x", "y"), "TP53"),
        ("TP53\t0.5\t0.25\nB\t1\t2\n", ("column 1", "column 2", "column 3"), "TP53"),
        ("TP53\tNA\t0.25\nB\t1\t2\n", ("column 1", "column 2", "column 3"), "TP53"),
        ("TP53\tNA\nB\t1\nC\t2\n", ("column 1", "column 2"), "TP53"),
        ('"x"\t"y"\n"TP53"\t1\t2\n"B"\t2\t3\n', ("column 1", "x", "y"), "TP53"),
        ("gene,0,1,cluster\nTP53,1.5,2,a\nB,2,3,b\n", ("gene", "0", "1", "cluster"), "TP53"),
        (",gene,0,1\nx0,TP53,1.5,2\nx1,B,2,3\n", ("column 1", "gene", "0", "1"), "x0"),
        ("gene\t2019\t2020\nTP53\t4\t5\nB\t6\t7\n", ("gene", "2019", "2020"), "TP53"),
        ("cell0,1,2\ncell1,3,4\n", ("column 1", "column 2", "column 3"), "cell0"),
        (",0,1,2\nTP53,0.1,0.2,0.3\nB,1,2,3\n", ("column 1", "0", "1", "2"), "TP53"),
        ("gene,0,1\nTP53,0.1,0.2\nB,1,2\n", ("gene", "0", "1"), "TP53"),
        ('"","lfc"\n"TP53",1\n"B",2\n', ("column 1", "lfc"), "TP53"),
        ("2 3\nTP53 1 2 3\nB 4 5 6\n", ("column 1", "column 2", "column 3", "column 4"), "TP53"),
        ("#1.2\n2\t2\nName\tDescription\tS1\tS2\nTP53\t\t1\t2\nB\tna\t1\t3\n", ("Name", "Description", "S1", "S2"), "TP53"),  # noqa: E501
        ("TP53\nBRCA1\n", ("column 1",), "TP53"),
        ("symbol\nTP53\nBRCA1\n", ("symbol",), "TP53"),
        ("gene\ttype\nTP53\tNA\nBRCA1\ta\n", ("gene", "type"), "TP53"),
        ("TP53\tkinase\nBRCA1\tligase\n", ("column 1", "column 2"), "TP53"),
        ("x\ty\t\nTP53\t1\t\nB\t2\t\n", ("x", "y"), "TP53"),
    ],
)  # fmt: skip
def test_the_first_row_is_a_heading_only_where_it_is_one(text: str, names: tuple[str, ...], first: str) -> None:
    table = read(text)
    assert table.names == names
    assert table.cells[names[0]][0] == first
    assert len(table) == 2 + text.count("\nC\t")


def test_a_row_of_genes_is_no_heading_and_a_row_above_genes_is_one() -> None:
    genes = {"SCORE", "VALUE", "TP53", "BRCA1"}
    assert read("SCORE\tVALUE\nTP53\tBRCA1\n", is_name=genes.__contains__).heading == 1  # words win
    assert read("TP53\tBRCA1\nBRCA1\tTP53\n", is_name=genes.__contains__).heading is None
    assert read("first\tsecond\nTP53\tBRCA1\n", is_name=genes.__contains__).heading == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('gene,note\nA,"x, y"\nB,z\n', {"gene": ["A", "B"], "note": ["x, y", "z"]}),
        ('gene,"effect, log2"\nA,1\nB,2\n', {"gene": ["A", "B"], "effect, log2": ["1", "2"]}),
        ('gene,note\nA,"say ""so"""\nB,z\n', {"gene": ["A", "B"], "note": ['say "so"', "z"]}),
        ('gene,note\nA,"say \\"so\\""\nB,z\n', {"gene": ["A", "B"], "note": ['say "so"', "z"]}),
        ('gene,note\nA,"two\nlines"\nB,z\n', {"gene": ["A", "B"], "note": ["two lines", "z"]}),
        ('gene,size\nA,5" long\nB,z\n', {"gene": ["A", "B"], "size": ['5" long', "z"]}),
        ('gene,v\n"TP53,1\nBRCA1",2\nKRAS,3\n', {"gene": ['"TP53', 'BRCA1"', "KRAS"], "v": ["1", "2", "3"]}),
        ('gene,v\n"A,1\nB,2\nC,3\nD",4\n', {"gene": ['"A', "B", "C", 'D"'], "v": ["1", "2", "3", "4"]}),
        ("gene,v\nIMP2',1\n'X',2\n", {"gene": ["IMP2'", "'X'"], "v": ["1", "2"]}),
        ('"a b" 1 2\n"c" 3 4\n', {"column 1": ["a b", "c"], "column 2": ["1", "3"], "column 3": ["2", "4"]}),
    ],
)
def test_quotation_marks_are_understood_and_swallow_nothing(text: str, expected: dict[str, list[str]]) -> None:
    assert columns(read(text, "a.csv")) == expected


def test_a_mark_that_belongs_to_no_pair_is_said() -> None:
    table = read('gene,v\n"TP53,1\nKRAS,3\n')
    assert table.remarks == ("Line 2 has a quotation mark that belongs to no pair; it was read as a letter.",)


def test_rows_of_another_length_are_told_and_empty_cells_at_their_end_cost_nothing() -> None:
    table = read("gene\tv\nA\t1\t\t\nB\t2\nC\nD\t1\t2\nE\t5\n")
    assert columns(table) == {"gene": ["A", "B", "E"], "v": ["1", "2", "5"]}
    assert table.lines.tolist() == [2, 3, 6]
    assert [(row.line, row.text, row.cells) for row in table.uneven] == [(4, "C", 1), (5, "D\t1\t2", 3)]


def test_two_columns_of_one_name_and_one_without_are_kept() -> None:
    table = read("gene\tv\tv\t\nA\t1\t2\t3\nB\t4\t5\t6\n")
    assert table.names == ("gene", "v", "v (2)", "column 4")
    assert table.twice == ("v",)


def test_a_long_cell_and_many_columns_are_read() -> None:
    table = read(f'gene,note\nA,"{"x" * 200_000}"\nB,2\n')
    assert len(table.cells["note"][0]) == 200_000
    wide = read("\t".join(f"c{n}" for n in range(20_000)) + "\n" + "\t".join(["1"] * 20_000) + "\n", heading=True)
    assert len(wide.names) == 20_000
    assert len(wide) == 1


def test_a_text_guarded_against_spreadsheets_comes_back() -> None:
    assert [unguarded(cell) for cell in ("'=A1", "'-x", "IMP2'", "'a'", "=A1")] == ["=A1", "-x", "IMP2'", "'a'", "=A1"]


NAMES = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp")), min_size=1, max_size=8)
GENES = st.lists(NAMES.filter(lambda name: not name.startswith("#")), min_size=3, max_size=8, unique=True)


@settings(deadline=None)
@given(
    genes=GENES,
    values=st.lists(st.floats(-1e6, 1e6), min_size=8, max_size=8),
    how=st.sampled_from(["csv", "pandas", "index", "R", "R table"]),
)
def test_what_other_programs_write_comes_back(genes: list[str], values: list[float], how: str) -> None:
    values = values[: len(genes)]
    frame = pd.DataFrame({"gene": genes, "value": values, "other": values})
    table = read(_written(frame, how), "a.csv")
    assert len(table) == len(genes)
    gene = table.name_of("gene") or table.names[0]
    assert table.cells[gene].tolist() == genes
    numbers = read_numbers(table.cells["value"])
    assert numbers is not None
    assert numbers.values.tolist() == pytest.approx(values)


def _written(frame: pd.DataFrame, how: str) -> str:
    if how == "csv":
        return frame.to_csv(index=False, quoting=csv.QUOTE_MINIMAL)
    if how == "pandas":
        return frame.to_csv(quoting=csv.QUOTE_MINIMAL)
    if how == "index":
        return frame.set_index("gene").to_csv(quoting=csv.QUOTE_MINIMAL)
    text = io.StringIO()
    if how == "R":
        text.write('"","value","other"\n')
        frame.to_csv(text, index=False, header=False, quoting=csv.QUOTE_NONNUMERIC)
    else:
        text.write('"value"\t"other"\n')
        frame.to_csv(text, sep="\t", index=False, header=False, quoting=csv.QUOTE_NONNUMERIC)
    return text.getvalue()


@pytest.mark.parametrize("text", ["|", "\t\t", ",\n,,", "\t\n7", ";", "a|", "|a", "\n|\n"])
def test_next_to_nothing_is_a_table_of_next_to_nothing(text: str) -> None:
    table = read(text)
    assert set(table.cells) == set(table.names)
    assert len(table.names) >= 1
    assert len(table) + len(table.uneven) <= 2


@pytest.mark.parametrize("mark", ["\t", ",", ";", "|"])
def test_rows_of_too_many_columns_below_a_short_first_line_are_refused(mark: str) -> None:
    wide = mark.join(["1"] * 20_001)
    with pytest.raises(MalformedData, match=r"a.tsv has 20,001 columns; .*SLVIZ_COLUMNS"):
        read_table(f"a\n{wide}\n{wide}\n", "a.tsv")


def test_a_digit_that_is_no_number_makes_no_line_of_sizes() -> None:
    assert columns(read("\u00b9 4\nA 5\n")) == {"column 1": ["\u00b9", "A"], "column 2": ["4", "5"]}


def test_a_number_of_very_many_digits_makes_no_line_of_sizes() -> None:
    many = "9" * 5_000
    assert columns(read(f"4 {many}\nA 5\n")) == {"column 1": ["4", "A"], "column 2": [many, "5"]}
