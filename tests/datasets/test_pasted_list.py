"""A pasted list is split into its names and never inside one, whoever wrote it."""

from __future__ import annotations

import time

import pytest
from gene_lists import graph_of, odd_names

from slviz.datasets import GeneGraph
from slviz.datasets.gene_index import GeneIndex
from slviz.errors import UnknownGene


@pytest.fixture(scope="module")
def graph() -> GeneGraph:
    return odd_names()


@pytest.fixture(scope="module")
def index(graph: GeneGraph) -> GeneIndex:
    return GeneIndex(graph)


def genes(index: GeneIndex, text: str) -> list[str]:
    return index.map_many(text).how["gene"].tolist()


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("ADE5,7, ARG5,6 DUR1,2", ["ADE5,7", "ARG5,6", "DUR1,2"]),
        ("ADE5,7\nARG5,6\nDUR1,2\n", ["ADE5,7", "ARG5,6", "DUR1,2"]),
        ("ade5,7,arg5,6|TP53", ["ADE5,7", "ARG5,6", "TP53"]),
        ("ADE5,7\tTP53\nARG5,6\tKRAS", ["ADE5,7", "TP53", "ARG5,6", "KRAS"]),
        ('"ADE5,7","ARG5,6"', ["ADE5,7", "ARG5,6"]),
        ("A B KRAS", ["A B", "KRAS"]),
        ("IMP2' IMP2", ["IMP2'", "IMP2"]),
        ("'IMP2', TP53", ["IMP2", "TP53"]),
        ("'IMP2'', 'IMP2'", ["IMP2'", "IMP2"]),
        ("IMP2\u2019; IMP2", ["IMP2'", "IMP2"]),
        ("['TP53', \"IMP2'\"]", ["TP53", "IMP2'"]),
        ('c("TP53", "BRCA1")', ["TP53", "BRCA1"]),
        ("genes <- c('TP53', 'KRAS')", ["TP53", "KRAS"]),
        ("c(TP53, KRAS)", ["TP53", "KRAS"]),
        ('[1] "TP53"  "KRAS"\n[3] "XK"', ["TP53", "KRAS", "XK"]),
        ('["TP53", "KRAS"]', ["TP53", "KRAS"]),
        ('{"genes": ["TP53", "KRAS"]}', ["TP53", "KRAS"]),
        ("array(['TP53', 'KRAS'], dtype=object)", ["TP53", "KRAS"]),
        ("0    TP53\n1    KRAS\nName: gene, dtype: object", ["TP53", "KRAS"]),
        ("- TP53\n* BRCA1\n\u2022 KRAS", ["TP53", "BRCA1", "KRAS"]),
        ("1. TP53\n2. BRCA1\n3. KRAS", ["TP53", "BRCA1", "KRAS"]),
        ("TP53; BRCA1; KRAS.", ["TP53", "BRCA1", "KRAS"]),
        ("TP53|BRCA1|KRAS", ["TP53", "BRCA1", "KRAS"]),
        ("TP53/BRCA1 and KRAS", ["TP53", "BRCA1", "KRAS"]),
        ("(TP53, KRAS)", ["TP53", "KRAS"]),
        ("\u201cTP53\u201d \u2018BRCA1\u2019 HLA\u2011A", ["TP53", "BRCA1", "HLA-A"]),
        ("TP53\u00a0KRAS\u200b", ["TP53", "KRAS"]),
        ("# what slviz wrote\nTP53\nKRAS", ["TP53", "KRAS"]),
        ("gene\nTP53\nKRAS", ["TP53", "KRAS"]),
        ("TP53 (7157), BRCA1 (672)", ["TP53", "BRCA1"]),
        ("TP53..7157. HLA.A..3105.", ["TP53", "HLA-A"]),
        ("HLA.A", ["HLA-A"]),
        ("ENSG00000141510.17|TP53, BRCA1|672", ["TP53", "BRCA1"]),
        ("?|100130426", ["KRAS"]),
        ("sp|P04637|P53_HUMAN P04637-2", ["TP53", "TP53"]),
        ("ENSG00000012048.23_PAR_Y", ["BRCA1"]),
        ("ENSG00000012048_BRCA1", ["BRCA1"]),
        ("7157.0 672.0", ["TP53", "BRCA1"]),
        ("100130426", ["KRAS"]),
        ("hgnc:11998 entrez:672 LOC7504 UniProtKB:P04637 HGNC:KRAS", ["TP53", "BRCA1", "XK", "TP53", "KRAS"]),
    ],
)
def test_every_usual_way_of_writing_a_list(index: GeneIndex, text: str, wanted: list[str]) -> None:
    mapped = index.map_many(text)
    assert mapped.how["gene"].tolist() == wanted
    assert (mapped.missing, mapped.ambiguous, mapped.marks) == ((), {}, ())


@pytest.mark.parametrize("text", ["", " ,;\n", "'", "''", '""', "()", "- \n*", "c()", "[]", "{}", "\ufeff"])
def test_a_list_of_nothing_is_empty(index: GeneIndex, text: str) -> None:
    mapped = index.map_many(text)
    assert (len(mapped.genes), mapped.missing, mapped.ambiguous) == (0, (), {})


def test_a_missing_mark_is_a_gene_only_as_a_symbol(index: GeneIndex) -> None:
    mapped = index.map_many("TP53 NA BRCA1 nan - N/A 'NA'")
    assert mapped.how["gene"].tolist() == ["TP53", "BRCA1"]
    assert mapped.missing == ()
    assert mapped.marks == ("NA", "nan", "N/A")
    with pytest.raises(UnknownGene, match=r"'NA' is how programs write that nothing is known.* an alias of XK"):
        index.find("NA")
    assert index.search("NA")[0].symbol == "XK"
    own = GeneIndex(graph_of(["XK", "NA", "TP53"], aliases=["NA"]))
    assert genes(own, "NA, TP53") == ["NA", "TP53"]
    assert own.map_many(["na"]).marks == ("na",)
    assert own.find("NA") == 1
    current = GeneIndex(graph_of(["XK", "OLD", "TP53"], current_symbol=["XK", "NA", "TP53"], aliases=["NA"]))
    assert genes(current, "NA") == ["OLD"]


def test_columns_of_numbers_beside_names_are_no_entrez_ids(index: GeneIndex) -> None:
    mapped = index.map_many("TP53\t1.5\t672\nKRAS\t3\t7504\nFOO\t2\t3105")
    assert mapped.how["gene"].tolist() == ["TP53", "KRAS"]
    assert mapped.missing == ("FOO",)
    assert mapped.remarks == ("Columns 2 and 3 of the pasted table name no gene and were left out.",)
    assert genes(index, "gene,lfc\nTP53,672\nKRAS,-3") == ["TP53", "KRAS"]
    assert genes(index, "7157, 672\n7504, 3105") == ["TP53", "BRCA1", "XK", "HLA-A"]


def test_what_is_missing_is_named_for_what_it_is(index: GeneIndex) -> None:
    mapped = index.map_many("1-Mar Sep-02 2021-09-01 HGNC:1100 ENSMUSG00000059552 1.00E+08 NOPE.")
    assert mapped.missing == (
        "1-Mar", "Sep-02", "2021-09-01", "HGNC:1100", "ENSMUSG00000059552", "1.00E+08", "NOPE",
    )  # fmt: skip
    told = mapped.missing_as_said(9)
    assert told.count("a date that a spreadsheet made of a symbol") == 3
    for words in ("an HGNC number", "another species", "last digits a spreadsheet dropped"):
        assert words in told
    assert told.endswith("NOPE")
    assert mapped.missing_as_said(1).endswith(" …")


def test_a_date_that_is_a_symbol_is_that_gene() -> None:
    assert genes(GeneIndex(graph_of(["SEP-01", "TP53"])), "SEP-01 1-Mar") == ["SEP-01"]


def test_identifiers_that_contradict_a_symbol_are_not_guessed(index: GeneIndex) -> None:
    assert index.map_many(["BRCA1 (7157)"]).ambiguous == {"BRCA1 (7157)": ("BRCA1", "TP53")}
    assert index.map_many(["RNF53 (7157)"]).how["gene"].tolist() == ["TP53"]  # an alias yields to an id
    assert index.map_many("hgnc:672").missing == ("hgnc:672",)  # no Entrez id


def test_a_cell_of_several_genes_may_mean_any_of_them(index: GeneIndex) -> None:
    mapped = index.map_many(["TP53 /// BRCA1", "ENSG00000141510;TP53", "TP53;NOPE", "ADE5,7"])
    assert mapped.ambiguous == {"TP53 /// BRCA1": ("TP53", "BRCA1")}
    assert mapped.how["gene"].tolist() == ["TP53", "ADE5,7"]
    assert mapped.missing == ("TP53;NOPE",)


def test_an_alias_with_a_comma_does_not_swallow_two_symbols() -> None:
    index = GeneIndex(graph_of(["HP1", "HP2", "CBX5"], aliases=["", "", "HP1,HP2|HP 9"]))
    assert genes(index, "HP1,HP2") == ["HP1", "HP2"]
    assert genes(index, "HP 9") == ["CBX5"]


@pytest.mark.parametrize("text", ["'a " * 40_000, "(" * 200_000, "c(" + ")" * 200_000, "a-" * 90_000, '{"a":' * 40_000])
def test_no_text_takes_long(index: GeneIndex, text: str) -> None:
    started = time.process_time()
    index.map_many(text)
    assert time.process_time() - started < 10


def test_a_text_beyond_all_measure_is_cut_and_said(index: GeneIndex) -> None:
    mapped = index.map_many("TP53 " * 100_000)
    assert mapped.how["gene"].tolist() == ["TP53"]
    assert "Only the first 300,000 letters" in mapped.remarks[0]


def test_a_search_forgives_quotes_after_all_else(index: GeneIndex) -> None:
    assert index.search("IMP2'")[0].symbol == "IMP2'"
    assert index.search('"tp53"')[0].symbol == "TP53"
    assert index.search("TP53 (7157)")[0].symbol == "TP53"
    assert index.find("IMP2'") == 7
    assert index.find("'IMP2'") == 6


def test_marks_that_nobody_sees_are_spelt_out_among_the_missing() -> None:
    mapped = GeneIndex(graph_of(["TP53"])).map_many(["TP53", "\u202eX"])
    assert mapped.missing_as_said(5) == "\\u202eX"
