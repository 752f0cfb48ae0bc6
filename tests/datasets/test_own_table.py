"""A visitor's own table: keyed by any name of a gene, and told in sentences where it cannot be."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest
from gene_lists import odd_names

from slviz.datasets import GeneGraph
from slviz.datasets.gene_index import GeneIndex
from slviz.datasets.own_table import OwnTable, read_own_table
from slviz.datasets.sources import open_dataset
from slviz.errors import MalformedData


@pytest.fixture(scope="module")
def index(graph: GeneGraph) -> GeneIndex:
    return GeneIndex(graph)


def read(text: str | bytes, index: GeneIndex, file: str = "mine.tsv") -> OwnTable:
    return read_own_table(text.encode() if isinstance(text, str) else text, file, genes=40, index=index)


def test_columns_are_laid_over_the_genes(index: GeneIndex) -> None:
    table = read("Gene\tLog FC\tGroup\nGENE3\t-1.5\tup\nALIAS7\t2\t\nENSG00000000009.4\tNA\tdown\n", index)
    assert list(table.columns) == ["Log FC", "Group"]
    fold = table.numbers("Log FC")
    assert fold is not None
    assert fold[3] == -1.5
    assert fold[7] == 2
    assert np.isnan(fold[9])
    assert np.isfinite(fold).sum() == 2
    assert table.numbers("Group") is None
    assert table.columns["Group"][[3, 7, 9]].tolist() == ["up", "", "down"]
    assert (table.genes_found, table.rows, table.remarks) == (3, 3, ())


@pytest.mark.parametrize(
    "text",
    [
        "gene,value\nGENE1,5\nGENE2,6\n",
        "gene;value\nGENE1;5\nGENE2;6\n",
        "gene value\nGENE1 5\nGENE2 6\n",
        "\ufeffgene\tvalue\r\nGENE1\t5\r\nGENE2\t6\r\n",
        '"gene","value"\n"GENE1","5"\n"GENE2","6"\n',
        ",gene,value\n0,GENE1,5\n1,GENE2,6\n",
        "value,gene\n5,GENE1\n6,GENE2\n",
    ],
)
def test_any_usual_form_is_read(text: str, index: GeneIndex) -> None:
    for content in (text.encode(), gzip.compress(text.encode(), mtime=0)):
        table = read(content, index, file="mine.gz" if content[:2] == b"\x1f\x8b" else "mine")
        values = table.numbers("value")
        assert values is not None
        assert values[1:3].tolist() == [5, 6]


def test_what_is_not_found_comes_twice_or_means_several_is_said(graph: GeneGraph) -> None:
    assert graph.gene_info is not None
    import dataclasses

    aliases = graph.gene_info["aliases"].tolist()
    aliases[1] = aliases[2] = "SHARED"
    index = GeneIndex(dataclasses.replace(graph, gene_info=graph.gene_info.assign(aliases=aliases)))
    table = read("g\tv\nGENE5\t1\nALIAS5\t2\nSHARED\t3\nXYZ\t4\nGENE6\t5\n", index)
    values = table.numbers("v")
    assert values is not None
    assert values[5] == 1
    assert table.genes_found == 2
    told = " ".join(table.remarks)
    assert "1 name not found in this data set: XYZ." in told
    assert "'SHARED' may mean GENE1 or GENE2" in told
    assert "1 row of a gene that had one already" in told


def test_a_broken_row_is_reported_and_the_rest_is_used(index: GeneIndex) -> None:
    table = read("g\tv\nGENE5\t1\nGENE6\nGENE7\t3\n", index)
    assert table.genes_found == 2
    assert "line 3" in table.remarks[0]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is empty"),
        ("gene\tvalue\n", "no rows"),
        ("gene\nGENE1\n", "only the column of genes"),
        ("a\tb\nfoo\tbar\n", "No column"),
        (b"PK\x03\x04", "zip archive or an Excel workbook"),
        (b"\xff\xfe\xfa", "UTF-16"),
    ],
)
def test_what_cannot_be_used_gets_a_sentence(text, words: str, index: GeneIndex) -> None:
    with pytest.raises(MalformedData, match=words):
        read(text, index)


# --- what programs write -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def odd() -> GeneIndex:
    """Genes with commas, primes and blanks in their symbols; XK, which is also called NA."""
    return GeneIndex(odd_names())


def values_of(table: OwnTable, column: str, index: GeneIndex) -> dict[str, float]:
    """The genes that have a number, by symbol."""
    numbers = table.numbers(column)
    assert numbers is not None, table.remarks
    genes = odd_names().genes
    return {genes[row]: float(numbers[row]) for row in np.flatnonzero(~np.isnan(numbers))}


def read_odd(text: str | bytes, index: GeneIndex) -> OwnTable:
    genes = len(odd_names().genes)
    return read_own_table(text.encode() if isinstance(text, str) else text, "mine.tsv", genes=genes, index=index)


TWO = {"TP53": 1.5, "KRAS": -2.0}


@pytest.mark.parametrize(
    ("text", "column", "genes_in"),
    [
        ('"","lfc","p"\n"TP53",1.5,0.1\n"KRAS",-2,0.2\n', "lfc", "row names"),  # R's write.csv
        ('"lfc"\t"p"\n"TP53"\t1.5\t0.1\n"KRAS"\t-2\t0.2\n', "lfc", "row names"),  # R's write.table
        ('"p_val" "avg_log2FC" "pct.1"\n"TP53" 1e-300 1.5 1\n"KRAS" 0 -2 0.1\n', "avg_log2FC", "row names"),  # Seurat
        (",lfc,p\nTP53,1.5,0.1\nKRAS,-2,0.2\n", "lfc", "row names"),  # pandas, genes as index
        (",gene,lfc\n0,TP53,1.5\n1,KRAS,-2\n", "lfc", "gene"),  # pandas, numbered index
        ("# data set x; slviz 0.1.0\ngene\tlfc\nTP53\t1.5\nKRAS\t-2\n", "lfc", "gene"),  # slviz
        ("#gene\tlfc\nTP53\t1.5\nKRAS\t-2\n", "lfc", "gene"),
        ("TP53\t1.5\nKRAS\t-2\n", "column 2", "column 1"),  # ranks for GSEA
        ('gene,"effect, log2"\nTP53,1.5\nKRAS,-2\n', "effect, log2", "gene"),
        ("gene;lfc\nTP53;1,5\nKRAS;-2\n", "lfc", "gene"),
        ("sep=;\ngene;lfc\nTP53;1,5\nKRAS;-2,0\n", "lfc", "gene"),  # Excel
        ("gene,lfc\nTP53 (7157),1.5\nKRAS (100130426),-2\n", "lfc", "gene"),  # DepMap
        ("gene,lfc\nTP53..7157.,1.5\nKRAS..100130426.,-2\n", "lfc", "gene"),  # the same through R
        ("gene,lfc\nENSG00000141510.17|TP53,1.5\nkras,-2\n", "lfc", "gene"),
        ("entrez,lfc\n7157.0,1.5\n100130426.0,-2\n", "lfc", "entrez"),
        ("gene\tlfc\t\r\nTP53\t1.5\t\r\nKRAS\t-2\t\r\n", "lfc", "gene"),
        ("gene\tlfc\nTP53\t1.5\nKRAS\t\u22122\n", "lfc", "gene"),
        ("gene|lfc\nTP53|1.5\nKRAS|-2\n", "lfc", "gene"),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gzip"])
def test_what_programs_write_is_read(text: str, column: str, genes_in: str, encoding: str, odd: GeneIndex) -> None:
    raw = gzip.compress(text.encode(), mtime=0) if encoding == "gzip" else text.encode(encoding)
    table = read_odd(raw, odd)
    assert values_of(table, column, odd) == TWO
    assert (table.genes_found, table.rows, table.genes_in) == (2, 2, genes_in)


def test_a_table_of_windows_1252_is_read_and_said(odd: GeneIndex) -> None:
    table = read_odd("gene,city\nTP53,Zürich\nKRAS,Größe\n".encode("cp1252"), odd)
    assert set(table.columns["city"]) == {"", "Zürich", "Größe"}
    assert "Windows-1252, which is a guess" in table.remarks[0]


def test_a_missing_mark_in_the_column_of_genes_is_no_gene(odd: GeneIndex) -> None:
    text = "symbol,lfc\n" + "".join(f"{gene},{n}\n" for n, gene in enumerate(("TP53", "BRCA1", "KRAS", "NA", "NA")))
    table = read_odd(text, odd)
    assert values_of(table, "lfc", odd) == {"TP53": 0.0, "BRCA1": 1.0, "KRAS": 2.0}
    assert "2 rows have no gene ('NA')." in table.remarks


def test_a_mark_that_nobody_sees_is_spelt_out_where_a_row_has_no_gene(odd: GeneIndex) -> None:
    text = "symbol,lfc\n" + "".join(f"{gene},{n}\n" for n, gene in enumerate(("TP53", "BRCA1", "KRAS", "\u200f", "")))
    remarks = " ".join(read_odd(text, odd).remarks)
    assert r"no gene ('\u200f'" in remarks
    assert "\u200f" not in remarks


def test_names_with_marks_are_exact_first(odd: GeneIndex) -> None:
    table = read_odd("gene\tvalue\nIMP2'\t9\nADE5,7\t2\n'A B'\t3\n", odd)
    assert values_of(table, "value", odd) == {"IMP2'": 9.0, "ADE5,7": 2.0, "A B": 3.0}


def test_a_matrix_with_genes_in_its_heading_is_turned(odd: GeneIndex) -> None:
    text = "ModelID,lineage,TP53 (7157),KRAS (100130426),NOPE (9)\nACH-1,Lung,1.5,-2,1\nACH-2,Skin,-0.5,1,2\n"
    table = read_odd(text, odd)
    assert list(table.columns) == ["ACH-1", "ACH-2"]
    assert values_of(table, "ACH-1", odd) == TWO
    told = " ".join(table.remarks)
    assert "The heading names 2 genes" in told
    assert "'lineage'" in told
    assert "NOPE (9)" in told


def test_the_column_that_matches_best_holds_the_genes(odd: GeneIndex) -> None:
    rows = [("ENSG00000141510", "TP53", 1), ("ENSG00000012048", "BRCA1", 2), ("x1", "KRAS", 3), ("x2", "XK", 4)]
    rows += [(f"x{number}", f"ELSE{number}", 0) for number in range(30)]
    text = "id,symbol,score\n" + "".join(f"{one},{other},{score}\n" for one, other, score in rows)
    table = read_odd(text, odd)
    assert (table.genes_found, table.rows, table.genes_in) == (4, 34, "symbol")
    told = " ".join(table.remarks)
    assert "4 of 34 rows are of genes of this data set; 30 names not found in this data set: ELSE0" in told
    assert "'id' names genes as well" in told
    assert "id" in table.columns


@pytest.mark.parametrize(
    "text",
    [
        "count,group\n7157,a\n672,b\n3105,c\n7504,d\n",  # a title that speaks of counts
        "reads,x\n7157,0.5\n672,1.5\n3105,2\n",
        "gene,x\n7157,1\n7157,2\n7157,3\n672,4\n672,5\n",  # repeats
    ],
)
def test_counts_are_no_entrez_ids(text: str, odd: GeneIndex) -> None:
    with pytest.raises(MalformedData, match="holds names of this data set"):
        read_odd(text, odd)


def test_a_column_of_counts_beside_symbols_stays_a_value(odd: GeneIndex) -> None:
    table = read_odd("id,symbol\n7157,KRAS\n672,TP53\n3105,XK\n", odd)
    assert table.genes_in == "symbol"
    assert values_of(table, "id", odd) == {"KRAS": 7157.0, "TP53": 672.0, "XK": 3105.0}


@pytest.mark.parametrize(
    ("cells", "wanted"),
    [
        (("-0,32", "1,904", "NA"), (-0.32, 1.904, None)),
        (("1,234", "12,345", "7"), (1234, 12345, 7)),
        (("5%", "12.5 %", ""), (5, 12.5, None)),
        (("1e-300", "Inf", "2"), (1e-300, np.inf, 2)),
        (("16777217", "16777219", "9007199254740"), (16777217, 16777219, 9007199254740)),
        (("007", "012", "1"), None),
        (("9007199254740993", "9007199254740995", "1"), None),
        (("1", "2", "3.4.5"), None),
    ],
)
def test_numbers_stay_what_they_are(
    cells: tuple[str, ...], wanted: tuple[float | None, ...] | None, odd: GeneIndex
) -> None:
    text = "gene\tv\n" + "".join(f"{gene}\t{cell}\n" for gene, cell in zip(("TP53", "KRAS", "XK"), cells, strict=True))
    table = read_odd(text, odd)
    if wanted is None:
        assert table.numbers("v") is None
        assert set(table.columns["v"]) == {"", *cells}
    else:
        numbers = dict(zip(("TP53", "KRAS", "XK"), wanted, strict=True))
        assert values_of(table, "v", odd) == {gene: number for gene, number in numbers.items() if number is not None}


def test_decimal_commas_of_a_table_with_semicolons(odd: GeneIndex) -> None:
    table = read_odd("gene;v\nTP53;1,234\nKRAS;12,345\n", odd)
    assert values_of(table, "v", odd) == {"TP53": 1.234, "KRAS": 12.345}
    assert "'v' is written with decimal commas: '1,234' was read as 1.234." in table.remarks


def test_a_column_that_is_neither_is_named_with_its_first_odd_cell(graph: GeneGraph, index: GeneIndex) -> None:
    rows = [f"GENE{number}\t{number / 2}\t{'high' if number % 3 == 0 else number}\n" for number in range(40)]
    rows[7] = "GENE7\tbelow\t7\n"
    table = read("gene\tfew\tmany\n" + "".join(rows), index)
    few = table.numbers("few")
    assert few is not None
    assert np.flatnonzero(np.isnan(few)).tolist() == [7]
    assert table.numbers("many") is None
    told = " ".join(table.remarks)
    assert "'few' has 1 cell that is no number, the first 'below' in line 9" in told
    assert "'many' mixes numbers and text, first 'high' in line 2" in told


def test_no_column_vanishes(odd: GeneIndex) -> None:
    table = read_odd("gene\tv\tv\tV\t\nTP53\t1\t2\t3\tx\nKRAS\t4\t5\t6\ty\n", odd)
    assert list(table.columns) == ["v", "v (2)", "V", "column 5"]
    assert values_of(table, "v (2)", odd) == {"TP53": 2.0, "KRAS": 5.0}
    assert "Two columns are called 'v'" in table.remarks[0]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("gene\tx\n1-Mar\t1\n2-Sep\t2\n", "'1-Mar', is a date that a spreadsheet made of a symbol"),
        (b"\x1f\x8b\x08\x00junk", "gzip file that was cut off"),
        (gzip.compress(b"gene\tv\nTP53\t1\n" * 50, mtime=0)[:-9] + b"damaged!!", "gzip"),
    ],
)
def test_more_that_cannot_be_used_gets_a_sentence(text: str | bytes, words: str, odd: GeneIndex) -> None:
    with pytest.raises(MalformedData, match=words):
        read_odd(text, odd)


CASES = Path(__file__).resolve().parents[2].parent / "shared" / "cases"


@pytest.mark.skipif(not CASES.is_dir(), reason="the failing inputs lie beside the checkout, in ../shared/cases")
@pytest.mark.parametrize(
    ("file", "column", "found"),
    [
        ("comma-in-heading.csv", "effect, log2", 40),
        ("decimal-comma.csv", "lfc", 40),
        ("depmap.csv", "effect", 40),
        ("genome-wide.csv", "score", 6),
        ("inf.csv", "minus_log10_p", 40),
        ("r-write-csv.csv", "lfc", 40),
        ("r-write-table.tsv", "lfc", 40),
        ("slviz-export.tsv", "value", 40),
    ],
)
def test_the_tables_of_public_reports(file: str, column: str, found: int) -> None:
    demo = open_dataset("demo")
    table = read_own_table(
        (CASES / "own-table" / file).read_bytes(), "your table", genes=len(demo), index=GeneIndex(demo)
    )
    numbers = table.numbers(column)
    assert numbers is not None
    assert table.genes_found == found
    assert (~np.isnan(numbers)).sum() == found
