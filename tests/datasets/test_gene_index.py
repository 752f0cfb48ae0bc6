"""A gene is found by any of its names, and never silently mistaken for another."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest
from builders import tiny_graph

from slviz.datasets import GENE_INFO_COLUMNS, GeneGraph
from slviz.datasets.gene_index import GeneIndex
from slviz.datasets.sources import open_dataset
from slviz.errors import UnknownGene


@pytest.fixture(scope="module")
def graph() -> GeneGraph:
    """Five genes: BRCA1, C1orf112, a gene whose alias is another's symbol, two that share an alias, a date."""
    base = tiny_graph(genes=5, pairs=4)
    columns = {
        "current_symbol": ["BRCA1", "FIRRM", "TP63", "TP53", "SEPTIN1"],
        "entrez_id": ["672", "55732", "8626", "7157", "1731"],
        "name": [
            "BRCA1 DNA repair associated",
            "FIGNL1 regulator",
            "tumor protein p63",
            "tumor protein p53",
            "septin 1",
        ],
        "ensembl_id": [f"ENSG0000000000{number}" for number in range(5)],
        "uniprot_id": ["P38398", "Q9NSG2", "Q9H3D4", "P04637", ""],
        "aliases": ["RNF53|FANCS|P53", "C1ORF112", "KET|p40|SHARED", "LFS1|SHARED", ""],
    }
    info = base.gene_info
    assert info is not None
    info = info.assign(**columns)[list(GENE_INFO_COLUMNS)]
    symbols = ("BRCA1", "C1orf112", "TP63", "P53", "SEP-01")
    return GeneGraph(name="five", genes=symbols, pairs=base.pairs, score=base.score, gene_info=info)


@pytest.mark.parametrize(
    ("text", "gene"),
    [
        ("BRCA1", 0), ("brca1", 0), (" BRCA1 ", 0), ("FANCS", 0), ("fancs", 0), ("672", 0), ("P38398", 0),
        ("ENSG00000000000", 0), ("ENSG00000000000.23", 0), ("ensg00000000000.1", 0),
        ("C1orf112", 1), ("C1ORF112", 1), ("FIRRM", 1),
        ("P53", 3), ("p53", 3), ("TP53", 3), ("p40", 2), ("SEPTIN1", 4), ("SEP-01", 4),
    ],
)  # fmt: skip
def test_every_name_finds_its_gene(graph: GeneGraph, text: str, gene: int) -> None:
    assert GeneIndex(graph).find(text) == gene


def test_symbols_that_differ_in_case_alone_stay_apart() -> None:
    base = tiny_graph(genes=3, pairs=2)
    index = GeneIndex(GeneGraph(name="case", genes=("ABC1", "Abc1", "x"), pairs=base.pairs, score=base.score))
    assert (index.find("ABC1"), index.find("Abc1")) == (0, 1)
    with pytest.raises(UnknownGene, match="'abc1' is a symbol of several genes: ABC1, Abc1"):
        index.find("abc1")


def test_an_ambiguous_alias_names_the_candidates(graph: GeneGraph) -> None:
    with pytest.raises(UnknownGene, match="'SHARED' is an alias of several genes: TP63, P53"):
        GeneIndex(graph).find("SHARED")


@pytest.mark.parametrize("text", ["", "  ", "BRCA9", "ENSG99999999999.1", "x" * 10_000, "\0", "BRCA1 BRCA2"])
def test_an_unknown_gene_is_a_sentence(graph: GeneGraph, text: str) -> None:
    with pytest.raises(UnknownGene) as error:
        GeneIndex(graph).find(text)
    assert len(str(error.value)) < 400
    if text == "BRCA9":
        assert "No gene 'BRCA9' in this data set. Nearest: 'BRCA1'." in str(error.value)


def test_a_search_puts_exact_names_first(graph: GeneGraph) -> None:
    index = GeneIndex(graph)
    assert [match.symbol for match in index.search("p53")][:1] == ["P53"]
    assert [match.symbol for match in index.search("tp")] == ["TP63", "P53"]
    assert [(match.symbol, match.kind) for match in index.search("repair")] == [("BRCA1", "full name")]
    assert [match.symbol for match in index.search("shared")] == ["TP63", "P53"]
    assert [match.symbol for match in index.search("rca")] == ["BRCA1"]
    assert index.search("") == index.search("   ") == index.search("zzz") == index.search("tp", limit=0) == []
    assert len(index.search("p", limit=2)) == 2


def test_a_search_says_what_matched_with_name_and_partners(graph: GeneGraph) -> None:
    index = GeneIndex(graph)
    assert [match.label for match in index.search("FANCS")] == ["BRCA1 (alias FANCS)"]
    assert [match.label for match in index.search("TP53")] == ["P53 (current symbol TP53)"]
    assert index.search("brca1")[0].label == index.search("dna repair")[0].label == "BRCA1"
    match = index.search("BRCA1")[0]
    assert (match.name, match.partners) == ("BRCA1 DNA repair associated", int(graph.degree[0]))


def test_a_number_is_matched_as_a_whole_and_a_word_from_its_beginning() -> None:
    base = tiny_graph(genes=4, pairs=3)
    assert base.gene_info is not None
    info = base.gene_info.assign(
        entrez_id=["79894", "672", "6721", "1"],
        name=["zinc finger protein 672", "BRCA1 DNA repair associated", "precancer factor", "breast cancer anti 1"],
        ensembl_id=["", "ENSG00000012048", "", ""],
        uniprot_id="",
        aliases="",
        current_symbol="",
    )[list(GENE_INFO_COLUMNS)]
    symbols = ("ZNF672", "BRCA1", "SREBF2", "BCAR1")
    index = GeneIndex(GeneGraph(name="numbers", genes=symbols, pairs=base.pairs, score=base.score, gene_info=info))
    assert [match.label for match in index.search("672")] == ["BRCA1 (Entrez id 672)", "ZNF672"]  # by its name
    assert index.search("72") == []
    assert [match.symbol for match in index.search("ensg00000012")] == ["BRCA1"]
    assert index.search("0012048") == []
    assert [match.symbol for match in index.search("breast cancer")] == ["BCAR1"]
    assert [match.symbol for match in index.search("cancer")] == ["BCAR1"]


def test_a_search_takes_text_literally(graph: GeneGraph) -> None:
    assert GeneIndex(graph).search(".*") == []
    assert GeneIndex(graph).search("(") == []


def test_a_pasted_list_says_what_became_of_each(graph: GeneGraph) -> None:
    mapped = GeneIndex(graph).map_many("BRCA1, fancs;\n7157\tNOPE 'C1orf112' SHARED  BRCA1")
    np.testing.assert_array_equal(mapped.genes, [0, 3, 1])
    assert mapped.how["text"].tolist() == ["BRCA1", "fancs", "7157", "C1orf112"]
    assert mapped.how["kind"].tolist() == ["symbol", "alias", "Entrez id", "symbol"]
    assert mapped.missing == ("NOPE",)
    assert mapped.ambiguous == {"SHARED": ("TP63", "P53")}
    nothing = GeneIndex(graph).map_many(" ,; \n")
    assert (len(nothing.genes), len(nothing.how), nothing.missing) == (0, 0, ())


def test_a_data_set_without_names_has_its_symbols() -> None:
    bare = tiny_graph(gene_info=None)
    index = GeneIndex(bare)
    assert index.find("gene3") == 3
    assert index.search("GENE39")[0].gene == 39


@pytest.mark.real
def test_known_genes_of_the_real_data(real_folder: Path) -> None:
    graph = open_dataset(str(real_folder))
    index = GeneIndex(graph)
    for text, symbol in (("ENSG00000012048.23", "BRCA1"), ("672", "BRCA1"), ("P38398", "BRCA1"), ("kras", "KRAS")):
        assert graph.genes[index.find(text)] == symbol
    assert index.search("brca")[0].symbol == "BRCA1"
    for number in range(0, len(graph), 50):
        assert index.find(graph.genes[number]) == number


def test_a_cell_of_very_many_blanks_is_looked_up_at_once():
    graph = tiny_graph()
    index = GeneIndex(graph)
    first, second = graph.genes[:2]
    began = time.process_time()
    mapped = index.map_many([f"APO{chr(9) * 40_000}x", f"{first}{' ' * 40_000}; {second}"])
    assert time.process_time() - began < 2  # a pattern that begins with blanks took a quadratic time: 8 s
    assert len(mapped.missing) == 1
    assert list(mapped.ambiguous.values()) == [(first, second)]
