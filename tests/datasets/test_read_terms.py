"""GMT: the second column is a description, the genes are exact first, and nothing is lost without a word."""

from __future__ import annotations

import gzip
from pathlib import Path

import pandas as pd
import pytest
from gene_lists import odd_names

from slviz.datasets import GeneGraph, Terms
from slviz.datasets.gene_index import GeneIndex
from slviz.datasets.read_terms import read_terms
from slviz.datasets.report import Report
from slviz.datasets.sources import open_dataset
from slviz.enrichment import enrich
from slviz.gene_sets import read_gmt

GENES = ("TP53", "KRAS", "BRCA1", "XK", "A", "B")


def read(text: str) -> tuple[Terms, Report]:
    report = Report("folder")
    terms = read_terms(text, "terms.gmt", pd.Index(GENES, dtype=object), report)
    assert terms is not None, report.text()
    return terms, report


def lines(*cells: tuple[str, str]) -> str:
    return "".join(f"{title}\t{second}\tTP53\tKRAS\n" for title, second in cells)


@pytest.mark.parametrize(
    ("seconds", "groups"),
    [
        (("BP", "BP", "MF", "CC"), ("BP", "BP", "MF", "CC")),  # the Gene Ontology, however few
        (("biological_process",) * 4, ("biological_process",) * 4),
        (("kinase", "kinase", "repair", "repair"), ("kinase", "kinase", "repair", "repair")),
        (("na",) * 4, ("",) * 4),
        (("pfam",) * 4, ("",) * 4),  # one for all is no group
        (("http://x.org/1", "http://x.org/2", "http://x.org/3", "http://x.org/4"), ("",) * 4),
        (("http://x.org",) * 2 + ("https://y.org",) * 2, ("",) * 4),
        (("one thing", "another", "a third", "a fourth"), ("",) * 4),
        (("a", "a", "b", "c"), ("",) * 4),
        (("", "", "", ""), ("",) * 4),
    ],
)
def test_a_description_is_a_group_only_where_several_share_one_of_a_few(
    seconds: tuple[str, ...], groups: tuple[str, ...]
) -> None:
    terms, report = read(lines(*((f"set {number}", second) for number, second in enumerate(seconds))))
    assert terms.groups == groups
    assert terms.names == ("set 0", "set 1", "set 2", "set 3")
    assert report.problems == []


def test_many_descriptions_are_no_groups_though_some_are_shared() -> None:
    pairs = [(f"complex {number}", f"CORUM, PubMed {number // 3}") for number in range(120)]
    assert set(read(lines(*pairs))[0].groups) == {""}


@pytest.mark.parametrize(
    ("identifier", "name"),
    [
        ("hsa{:05d}", "Pathway {} - Homo sapiens (human)"),
        ("R-HSA-{}", "Cell cycle {}"),
        ("GO:{:07d}", "DNA repair {}"),
        ("WP{}00", "Pathway {}"),
        ("REAC:R-HSA-{}", "Cell cycle {}"),
        ("PF{:05d}", "Kinase {}"),
    ],
)
def test_a_file_with_ids_first_shows_names(identifier: str, name: str) -> None:
    terms, _ = read(lines(*((identifier.format(number), name.format(number)) for number in range(1, 5))))
    assert terms.ids == tuple(identifier.format(number) for number in range(1, 5))
    assert terms.names == tuple(name.format(number) for number in range(1, 5))
    assert set(terms.groups) == {""}


def test_titles_that_are_no_ids_stay_the_names() -> None:
    terms, _ = read(lines(("KEGG_CELL_CYCLE", "Genes of the cycle"), ("HALLMARK_G2M", "Genes of G2M")))
    assert terms.names == ("KEGG_CELL_CYCLE", "HALLMARK_G2M")
    terms, _ = read(lines(("DNA repair (GO:0006281)", "BP"), ("ageing (GO:0007568)", "BP")))
    assert (terms.ids, terms.names) == (("GO:0006281", "GO:0007568"), ("DNA repair", "ageing"))


def test_spreadsheets_and_trailing_tabs_cost_nothing() -> None:
    terms, report = read('"repair, of DNA"\t"a ""note"""\tTP53\t"KRAS"\t\t\nother\t\tBRCA1\t\t\t\n\n# a comment\n')
    assert terms.names == ("repair, of DNA", "other")
    assert terms.membership.toarray().sum(axis=0).tolist() == [2, 1]
    assert report.problems == []


def test_a_file_with_blanks_between_its_cells_is_told_so() -> None:
    report = Report("folder")
    assert read_terms("set note TP53 KRAS\n", "my.gmt", pd.Index(GENES, dtype=object), report) is None
    assert "has no tab between its cells" in report.text()


def test_genes_of_a_gmt_are_exact_first_and_marks_are_no_genes() -> None:
    graph = odd_names()
    text = 'one\tnote\tIMP2\'\tADE5,7\tNA\t"KRAS"\t7157.0\tHLA.A\ntwo\tnote\tIMP2\tNA\tNOPE\n'
    terms, report = read_gmt(text.encode(), "my.gmt", graph=graph, index=GeneIndex(graph))
    assert terms is not None
    members = [{graph.genes[row] for row in terms.membership[:, [place]].nonzero()[0]} for place in (0, 1)]
    assert members == [{"IMP2'", "ADE5,7", "KRAS", "TP53", "HLA-A"}, {"IMP2"}]
    told = report.text()
    assert "line 1: 'NA' is a missing mark and no gene" in told
    assert "line 2: 'NOPE' is in a term and not in the gene list" in told


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_a_gmt_of_any_encoding_is_read(encoding: str) -> None:
    graph = odd_names()
    text = "Größe\tna\tTP53\tKRAS\r\nzweite\tna\tBRCA1\r\n"
    terms, report = read_gmt(
        gzip.compress(text.encode(encoding), mtime=0), "my.gmt.gz", graph=graph, index=GeneIndex(graph)
    )
    assert terms is not None
    assert terms.names == ("Größe", "zweite")
    assert ("which is a guess" in report.text()) == (encoding == "cp1252")


def test_nearly_equal_sets_with_addresses_of_their_own_are_listed_under_the_best() -> None:
    demo = open_dataset("demo")
    assert demo.terms is not None
    assert set(demo.terms.groups) == {"BP", "CC", "MF"}
    listed = {}
    for kind, second in (("msigdb", "http://www.example.org/card/{}"), ("note", "na")):
        sets = [demo.genes[number : 50 + number] for number in range(6)]
        sets += [demo.genes[start : start + 30] for start in range(100, 700, 30)]
        text = "".join(f"SET_{n}\t{second.format(n)}\t" + "\t".join(genes) + "\n" for n, genes in enumerate(sets))
        terms, _ = read_gmt(text.encode(), "my.gmt", graph=demo, index=GeneIndex(demo))
        found = enrich(demo, range(60), terms=terms)
        listed[kind] = sorted(found.significant["listed_under"] != "")
        assert len(found.leading) == 1
    assert listed["msigdb"] == listed["note"] == [False] + [True] * 5


@pytest.mark.real
def test_the_groups_of_the_real_ontology_stay(real_folder: Path) -> None:
    genes = pd.Index((real_folder / "List_Proteins_in_SL.txt").read_text().split("\n")[:-1], dtype=object)
    text = gzip.decompress((real_folder / "go.gmt.gz").read_bytes()).decode()
    terms = read_terms(text, "go.gmt.gz", genes, Report("real"))
    assert terms is not None
    assert set(terms.groups) == {"BP", "CC", "MF"}
    assert "DNA repair" in terms.names
    assert "GO:0006281" in terms.ids


CASES = Path(__file__).resolve().parents[2].parent / "shared" / "cases" / "gmt-second-column"


@pytest.fixture(scope="module")
def demo() -> GeneGraph:
    return open_dataset("demo")


@pytest.mark.skipif(not CASES.is_dir(), reason="the failing inputs lie beside the checkout, in ../shared/cases")
def test_the_files_of_public_reports(demo: GeneGraph) -> None:
    leading = {}
    for file in ("msigdb.gmt", "note.gmt", "id-first.gmt"):
        terms, _ = read_gmt((CASES / file).read_bytes(), file, graph=demo, index=GeneIndex(demo))
        assert terms is not None
        leading[file] = enrich(demo, range(60), terms=terms).leading["term"].tolist()
    assert leading["msigdb.gmt"] == leading["note.gmt"]
    assert sum(name.startswith("SET_") for name in leading["msigdb.gmt"]) < 6
    assert all(name.startswith("Pathway number") for name in leading["id-first.gmt"])


def test_genes_in_the_place_of_descriptions_are_told(graph: GeneGraph) -> None:
    a, b, c = graph.genes[:3]
    _, report = read_gmt(f"one\t{a}\t{b}\ntwo\t{b}\t{c}\n".encode(), "my.gmt", graph=graph, index=GeneIndex(graph))
    assert f"has genes in the second column, such as '{a}'" in report.text()
    _, report = read_gmt(f"one\tna\t{b}\ntwo\t{b}\t{c}\n".encode(), "my.gmt", graph=graph, index=GeneIndex(graph))
    assert "second column" not in report.text()
