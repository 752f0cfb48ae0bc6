"""A person's own file of pairs, however it is written: the rows that name two genes count, all else is told."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slviz.datasets import GENE_INFO_COLUMNS, GeneGraph
from slviz.datasets.folder import read_folder
from slviz.datasets.gene_lookup import GeneLookup
from slviz.datasets.pair_list import PairList, bytes_of_pairs, read_pair_list
from slviz.datasets.sources import open_dataset
from slviz.errors import MalformedData, MissingDataFile, UnknownGene

CHECKOUT = Path(__file__).resolve().parents[2]
SYMBOLS = ("XK", "TP53", "BRCA1", "KRAS", "PARP1", "ATM", "MYC", "EGFR", "RB1", "HAP1", "IMP2'", "ADE5,7")
INFO = {"XK": "KX|NA|NAC", "TP53": "P53", "MYC": "SHARED", "RB1": "SHARED"}


@pytest.fixture
def shared_cases() -> Path:
    folder = CHECKOUT.parent / "shared" / "cases"
    if not folder.is_dir():
        pytest.skip(f"the cases are not at {folder}")
    return folder


def graph_of(*symbols: str, current: dict[str, str] | None = None) -> GeneGraph:
    """A data set of these genes with the aliases of `INFO` and Entrez ids from 1 on."""
    info = pd.DataFrame({name: [""] * len(symbols) for name in GENE_INFO_COLUMNS})
    info["aliases"] = [INFO.get(symbol, "") for symbol in symbols]
    info["entrez_id"] = [str(number) for number in range(1, len(symbols) + 1)]
    info["current_symbol"] = [(current or {}).get(symbol, "") for symbol in symbols]
    pairs, score = np.array([[0, 1]]), np.array([0.5], dtype=np.float32)
    return GeneGraph(name="cells", genes=symbols, pairs=pairs, score=score, gene_info=info)


def read(
    content: str | bytes, *, file: str = "pairs.tsv", once: bool = True, genes: GeneLookup | None = None
) -> PairList:
    raw = content.encode() if isinstance(content, str) else content
    return read_pair_list(raw, file, genes or GeneLookup.of(graph_of(*SYMBOLS)), once=once)


def named(found: PairList) -> list[str]:
    return [f"{SYMBOLS[a]} {SYMBOLS[b]}" for a, b in found.pairs.tolist()]


TWO = ["TP53 BRCA1", "KRAS ATM"]


@pytest.mark.parametrize(
    "text",
    [
        "TP53\tBRCA1\nKRAS\tATM\n",
        "TP53\tBRCA1\t\nKRAS\tATM\t\n",
        "TP53\tBRCA1\tCRISPR\nKRAS\tATM\tCRISPR\n",
        "TP53\tBRCA1\t\t\t\nKRAS\tATM\n",
        "TP53\tBRCA1\nKRAS\tATM\tCRISPR\tA375\t2021\n",
        "TP53,BRCA1,CRISPR\r\nKRAS,ATM,CRISPR\r\n",
        "TP53;BRCA1\rKRAS;ATM\r",
        "TP53|BRCA1\nKRAS|ATM\n",
        "TP53 BRCA1\nKRAS   ATM\n",
        "gene1,gene2,source\nTP53,BRCA1,CRISPR\nKRAS,ATM,CRISPR\n",
        "gene_a\tgene_b\tscore\nTP53\tBRCA1\nKRAS\tATM\n",
        "#gene_a\tgene_b\nTP53\tBRCA1\nKRAS\tATM\n",
        "# of our screen\n\nTP53\tBRCA1\n\n\nKRAS\tATM\n",
        "source\tgene_b\tgene_a\nCRISPR\tBRCA1\tTP53\nRNAi\tATM\tKRAS\n",
        "cell_line\tGene A\tGene B\nHAP1\tTP53\tBRCA1\nHAP1\tKRAS\tATM\n",
        "Symbol.1;Symbol.2\nTP53;BRCA1\nKRAS;ATM\n",
        '"","gene_a","gene_b"\n"1","TP53","BRCA1"\n"2","KRAS","ATM"\n',
        '"gene_a" "gene_b"\n"1" "TP53" "BRCA1"\n"2" "KRAS" "ATM"\n',
        ",gene_a,gene_b\n0,TP53,BRCA1\n1,KRAS,ATM\n",
        '"TP53"\t"BRCA1"\n"KRAS"\t"ATM"\n',
        "tp53\tBrca1\nP53\tBRCA1\nKRAS\tATM\n",
        "2\t3\n4\t6\n",
        "TP53\tBRCA1\nBRCA1\tTP53\nKRAS\tKRAS\nKRAS\tATM\n",
        "TP53\tBRCA1\nNA\tTP53\nTP53\tnan\n-\tATM\nKRAS\t\n#N/A\tKRAS\nnull\tNone\nKRAS\tATM\n",
        "TP53\tBRCA1\nNEWGENE1\tTP53\nNEWGENE1\tNEWGENE2\nKRAS\tATM\n",
        "TP53\tBRCA1\nSHARED\tTP53\nKRAS\tATM\n",
        "TP53\tBRCA1\nKRAS\nKRAS\tATM\n",
        "TP53\tBRCA1\nsee, the supplement, for more\nKRAS\tATM\n",
        'TP53\tBRCA1\t"a note that never ends\nKRAS\tATM\tanother\n',
        "TP53\tBRCA1\nKRAS\tATM\t0.5\nKRAS\tATM\t0.5\tRNAi\nATM\tKRAS\tx\ty\tz\tu\n",
    ],
)
@pytest.mark.parametrize("file", ["pairs.tsv", "pairs.csv"])
def test_ways_to_write_the_same_two_pairs(text: str, file: str) -> None:
    assert named(read(text, file=file)) == TWO


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "cp1252"])
@pytest.mark.parametrize("packed", [False, True])
def test_encodings_and_gzip(encoding: str, *, packed: bool) -> None:
    raw = "TP53\tBRCA1\tMüller\nKRAS\tATM\tGrün\n".encode(encoding)
    assert named(read(gzip.compress(raw, mtime=0) if packed else raw)) == TWO


@pytest.mark.parametrize(
    "text",
    [
        "TP53\tBRCA1\t0.25\nKRAS\tATM\t\n",
        "TP53\tBRCA1\t0.25\nKRAS\tATM\tNA\n",
        "TP53\tBRCA1\t0.25\nKRAS\tATM\n",
        "TP53;BRCA1;0,25\nKRAS;ATM;\n",
        "gene_a,gene_b,source,score\nTP53,BRCA1,Lee 2021,0.25\nKRAS,ATM,Kim 2019,\n",
        "TP53\tBRCA1\t0.25\tx\nKRAS\tATM\tnan\ty\n",
    ],
)
def test_scores(text: str) -> None:
    assert read(text).score.tolist() == [0.25, pytest.approx(np.nan, nan_ok=True)]


def test_words_and_titled_years_are_no_scores() -> None:
    assert np.isnan(read("TP53\tBRCA1\tCRISPR\nKRAS\tATM\t2\n").score).sum() >= 1
    assert np.isnan(read("gene1,gene2,year\nTP53,BRCA1,2019\nKRAS,ATM,2021\n").score).all()


def test_what_is_left_out_is_told_by_reason_with_its_line() -> None:
    text = "TP53\tBRCA1\tx\nNA\tTP53\tx\nSHARED\tTP53\tx\nTP35\tKRAS\tx\nTP53\tP53\tx\nBRCA1\tTP53\tx\nKRAS\tATM\tx\n"
    assert read(text).remarks == (
        "Not read: the column 'column 3'.",
        "1 row is left out, since it does not name two genes: 'NA TP53' (line 2).",
        "1 row is left out, since it has a name that several genes share: 'SHARED' (line 3), which is MYC or RB1.",
        "1 row is left out, since 'cells' lacks a gene of it: 'TP35' (line 4) Did you mean 'TP53'?",
        "1 row is left out, since a gene is paired with itself: 'TP53 P53' (line 5).",
        "1 row is left out, since its pair is listed before: 'BRCA1 TP53' (line 6).",
    )
    assert read("TP53\tBRCA1\nKRAS\tATM\n").remarks == ()


def test_only_the_first_few_of_many_are_listed() -> None:
    rows = "".join(f"TP53\tNEW{number}\n" for number in range(1000))
    (told,) = read(f"TP53\tBRCA1\n{rows}").remarks
    assert told.startswith("1,000 rows are left out, since 'cells' lacks a gene of theirs: 'NEW0' (line 2); ")
    assert told.endswith("; and 995 more.")
    assert len(told) < 300


def test_a_pair_twice_stays_twice_where_rows_are_answered_one_by_one() -> None:
    found = read("TP53\tBRCA1\nKRAS\tATM\nBRCA1\tTP53\n", once=False)
    assert named(found) == [*TWO, "BRCA1 TP53"]
    assert found.lines.tolist() == [1, 2, 3]


@pytest.mark.parametrize("mark", ["NA", "na", "NaN", "nan", "null", "NULL", "None", "-", "#N/A", "n/a", "N/A", "", " "])
def test_a_missing_mark_is_no_gene_even_where_one_has_it_as_an_alias(mark: str) -> None:
    found = read(f"TP53\tBRCA1\n{mark}\tTP53\nKRAS\t{mark}\n")
    assert named(found) == ["TP53 BRCA1"]
    assert "2 rows are left out, since they do not name two genes" in found.remarks[-1]


def test_a_mark_that_is_a_current_symbol_is_that_gene() -> None:
    for graph in (graph_of("XK", "TP53", "NA"), graph_of("XK", "TP53", "OLD", current={"OLD": "NA"})):
        genes = GeneLookup.of(graph)
        assert read("NA\tTP53\n", genes=genes).pairs.tolist() == [[2, 1]]
        with pytest.raises(MalformedData, match="do not name two genes"):
            read("na\tTP53\nnull\tTP53\n", genes=GeneLookup.of(graph_of("XK", "TP53", "NA")))


def test_symbols_with_quotes_and_commas_are_exact_first() -> None:
    assert named(read("IMP2'\tTP53\nADE5,7\tTP53\n")) == ["IMP2' TP53", "ADE5,7 TP53"]
    assert named(read('"ADE5,7",TP53\n\'KRAS\',"IMP2\'"\n', file="pairs.csv")) == ["ADE5,7 TP53", "KRAS IMP2'"]


def test_cells_as_long_as_a_chromosome_and_a_million_letters_end_in_a_sentence() -> None:
    found = read(f"TP53\tBRCA1\t{'x' * 200_000}\n{'y' * 140_000}\tKRAS\nKRAS\tATM\t\n")
    assert named(found) == TWO
    assert all(len(remark) < 300 for remark in found.remarks)
    with pytest.raises(MalformedData) as caught:
        read("z" * 1_000_000)
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "lists no pairs"),
        (b" \n\t\n", "lists no pairs"),
        (b"gene_a\tgene_b\n", "lists no pairs"),
        (b"TP53\n", r"does not name two genes: 'TP53' \(line 1\)"),
        (b"TP53\tTP53\n", "is paired with itself"),
        (b"NA\tTP53\n", "does not name two genes"),
        (b"TP53\tBRCA1\x00\x07\n", "control character"),
        (b"\x89PNG\r\n\x1a\n", "is a PNG picture, not a text file"),
        (b"PK\x03\x04" + b"\0" * 40, "Excel workbook"),
        (gzip.compress(b"TP53\tBRCA1\n", mtime=0)[:-4], "is a gzip file that was cut off"),
        (gzip.compress(b"TP53\tBRCA1\n" * 500, mtime=0)[:20] + b"\xff\xff\xff\xff" + b"\0" * 30, "gzip file"),
        (b"\x1f\x8b", "gzip file"),
        (gzip.compress(b"", mtime=0), "is empty"),
        (b"sample,tissue,value\n" + b"S1,LIVER,0.1\n" * 30, "none of its 30 rows names one of its genes, and line 2"),
    ],
)
def test_what_holds_no_pair_is_a_sentence(raw: bytes, said: str) -> None:
    with pytest.raises(MalformedData, match=said) as caught:
        read(raw)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 500


def test_a_name_over_a_file_that_is_not_packed() -> None:
    with pytest.raises(MalformedData, match="is not packed with gzip, as its name says"):
        read("TP53\tBRCA1\n", file="pairs.tsv.gz")


def test_unknown_names_alone_are_refused_with_the_nearest() -> None:
    with pytest.raises(UnknownGene, match=r"'TP35' \(line 1\) Did you mean 'TP53'\?; 'NEW' \(line 2\)"):
        read("TP35\tBRCA1\nNEW\tATM\n")


def test_a_bidirectional_mark_is_spelt_out() -> None:
    found = read("TP53\tBRCA1\nKR\u202eAS\tATM\n")
    assert r"'KR\u202eAS'" in found.remarks[-1]


def test_a_file_that_is_not_there_or_is_a_folder(tmp_path: Path) -> None:
    for place in (tmp_path / "none.tsv", tmp_path, "a\0b"):
        with pytest.raises(MissingDataFile, match="There is no file of pairs at"):
            bytes_of_pairs(place)


@pytest.mark.parametrize("name", ["source.tsv", "trailing-tab.tsv", "heading.csv", "newer.tsv"])
def test_the_cases_of_held_out_pairs(name: str, shared_cases: Path) -> None:
    folder = shared_cases / "held-out-third-column"
    found = read_pair_list((folder / name).read_bytes(), name, GeneLookup.of(open_dataset("demo")), once=True)
    assert len(found.pairs) == 10
    assert np.isnan(found.score).all()
    assert any("'NEWGENE1' (line 11)" in remark for remark in found.remarks) == (name == "newer.tsv")


def test_the_case_of_a_damaged_gzip_file(shared_cases: Path) -> None:
    raw = (shared_cases / "damaged-gzip" / "pairs.tsv.gz").read_bytes()
    with pytest.raises(MalformedData, match="is a damaged gzip file"):
        read(raw, file="pairs.tsv.gz")


def test_the_case_of_an_alias_that_is_a_missing_mark(shared_cases: Path) -> None:
    folder = shared_cases / "na-is-a-gene"
    graph, _ = read_folder(folder / "data")
    found = read_pair_list((folder / "pairs.tsv").read_bytes(), "pairs.tsv", GeneLookup.of(graph), once=True)
    assert [[graph.genes[end] for end in pair] for pair in found.pairs.tolist()] == [["TP53", "BRCA1"]]
    assert found.remarks == ("1 row is left out, since it does not name two genes: 'NA TP53' (line 2).",)


CELLS = st.sampled_from([*SYMBOLS[:9], "NA", "", "NEW", "P53", "SHARED", "0.5", "x y", "tp53"])


@settings(max_examples=200, deadline=None)
@given(rows=st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=12), mark=st.sampled_from(["\t", ",", ";"]))
def test_every_row_is_a_pair_or_is_counted(rows: list[tuple[str, str]], mark: str) -> None:
    genes = GeneLookup.of(graph_of(*SYMBOLS))
    text = "gene_a" + mark + "gene_b\n" + "".join(f"{a}{mark}{b}\n" for a, b in rows)
    good = {at + 2: (genes.number(a), genes.number(b)) for at, (a, b) in enumerate(rows)}
    good = {line: pair for line, pair in good.items() if None not in pair and pair[0] != pair[1]}
    try:
        found = read(text, once=False)
    except (MalformedData, UnknownGene):
        assert not good
        return
    assert {line: tuple(pair) for line, pair in zip(found.lines.tolist(), found.pairs.tolist(), strict=True)} == good
    told = sum(int(remark.split(" row")[0].replace(",", "")) for remark in found.remarks if "left out" in remark)
    assert told + len(found.pairs) == sum(bool(line.strip()) for line in text.split("\n")) - 1


def test_a_score_that_is_no_number_is_told() -> None:
    rows = read("gene_a\tgene_b\tscore\nTP53\tBRCA1\t0.5\nATM\tTP53\tx\nATM\tBRCA1\t0.2\n")
    assert np.isnan(rows.score[1])
    assert any("no finite number: 'x' (line 3)" in remark for remark in rows.remarks)
