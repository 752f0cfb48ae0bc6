"""A visitor's own table: keyed by any name of a gene, and told in sentences where it cannot be."""

from __future__ import annotations

import gzip

import numpy as np
import pytest

from slviz.datasets import GeneGraph
from slviz.datasets.gene_index import GeneIndex
from slviz.datasets.own_table import OwnTable, read_own_table
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
    assert (table.found, table.rows, table.remarks) == (3, 3, ())


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
    for content in (text.encode(), gzip.compress(text.encode())):
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
    assert table.found == 2
    told = " ".join(table.remarks)
    assert "1 name not found in this data set: XYZ." in told
    assert "'SHARED' may mean GENE1 or GENE2" in told
    assert "1 row of a gene that had one already" in told


def test_a_broken_row_is_reported_and_the_rest_is_used(index: GeneIndex) -> None:
    table = read("g\tv\nGENE5\t1\nGENE6\nGENE7\t3\n", index)
    assert table.found == 2
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
