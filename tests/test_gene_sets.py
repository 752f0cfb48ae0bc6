"""Kept selections: written whole, safe with two writers, told by name; and GMT in and out."""

from __future__ import annotations

import dataclasses
import gzip
import hashlib
import threading
from pathlib import Path

import numpy as np
import pytest

from slviz.datasets import GeneGraph
from slviz.datasets.gene_index import GeneIndex
from slviz.errors import DamagedSelection, DataError, InvalidSetting, RunNotSaved, SelectionExists, UnknownSelection
from slviz.formulas import is_formula, unguarded
from slviz.gene_sets import GeneSet, GeneSets, read_gmt, sets_of, to_gmt


@pytest.fixture
def kept(tmp_path: Path, graph: GeneGraph) -> GeneSets:
    return GeneSets(tmp_path, graph.fingerprint)


def test_what_is_kept_comes_back(kept: GeneSets, graph: GeneGraph) -> None:
    made = GeneSet.of("  repair / lasso ", graph, [7, 3, 7], note="lasso\non PCA")
    kept.keep(made)
    found = kept.open("repair / lasso")
    assert found == made
    assert found.genes == ("GENE3", "GENE7")
    assert found.note == "lasso on PCA"
    assert found.numbers(graph).tolist() == [3, 7]
    assert kept.all() == [made]


def test_another_data_set_does_not_see_it(kept: GeneSets, graph: GeneGraph, tmp_path: Path) -> None:
    kept.keep(GeneSet.of("mine", graph, [1]))
    assert GeneSets(tmp_path, "f" * 64).all() == []


def test_a_name_that_is_taken_is_never_overwritten_by_chance(kept: GeneSets, graph: GeneGraph) -> None:
    kept.keep(GeneSet.of("mine", graph, [1, 2]))
    kept.keep(GeneSet.of("mine", graph, [2, 1]))  # the same genes: nothing is lost
    with pytest.raises(SelectionExists, match="2 other genes"):
        kept.keep(GeneSet.of("mine", graph, [3]))
    assert kept.open("mine").genes == ("GENE1", "GENE2")
    kept.keep(GeneSet.of("mine", graph, [3]), replace=True)
    assert kept.open("mine").genes == ("GENE3",)


def test_of_many_who_take_a_name_at_once_one_gets_it(kept: GeneSets, graph: GeneGraph) -> None:
    refused: list[int] = []
    start = threading.Barrier(6)

    def write(number: int) -> None:
        start.wait()
        try:
            kept.keep(GeneSet.of("ours", graph, range(number + 1)))
        except SelectionExists:
            refused.append(number)

    writers = [threading.Thread(target=write, args=(number,)) for number in range(6)]
    for each in writers:
        each.start()
    for each in writers:
        each.join()
    assert len(refused) == 5
    assert len(kept.open("ours").genes) - 1 not in refused
    assert not list(kept.folder.glob("*.part"))


def test_an_unknown_name_is_told_the_nearest(kept: GeneSets, graph: GeneGraph) -> None:
    with pytest.raises(UnknownSelection, match="None is kept yet"):
        kept.open("repair")
    kept.keep(GeneSet.of("repair lasso", graph, [1]))
    with pytest.raises(UnknownSelection, match="Did you mean 'repair lasso'"):
        kept.open("repairlasso")
    kept.remove("repair lasso")
    kept.remove("repair lasso")
    assert kept.all() == []


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"name": "x", "genes": [1], "note": "", "made": ""}', b"\xff"])
def test_a_damaged_file_is_named_and_the_others_stay(kept: GeneSets, graph: GeneGraph, content: bytes) -> None:
    kept.keep(GeneSet.of("good", graph, [1]))
    kept.keep(GeneSet.of("bad", graph, [2]))
    path = next(each for each in kept.folder.glob("*.json") if b'"bad"' in each.read_bytes())
    path.write_bytes(content)
    with pytest.raises(DamagedSelection, match=path.name):
        kept.open("bad")
    assert [each.name for each in kept.all()] == ["good"]
    kept.keep(GeneSet.of("bad", graph, [5]))
    assert kept.open("bad").genes == ("GENE5",)


@pytest.mark.parametrize(("name", "words"), [("", "needs a name"), ("a" * 81, "at most 80"), ("a\tb", "tab")])
def test_a_name_that_cannot_be_gets_a_sentence(graph: GeneGraph, name: str, words: str) -> None:
    with pytest.raises(InvalidSetting, match=words):
        GeneSet.of(name, graph, [1])


@pytest.mark.parametrize("name", ["../../etc/passwd", "a/b", "<script>", "naïve 🧬", "NUL"])
def test_any_printable_name_stays_inside_the_folder(kept: GeneSets, graph: GeneGraph, name: str) -> None:
    kept.keep(GeneSet.of(name, graph, [1]))
    assert kept.open(name).name == name
    assert len(list(kept.folder.glob("*.json"))) == 1


def test_nothing_selected_is_not_kept(graph: GeneGraph) -> None:
    with pytest.raises(InvalidSetting, match="No gene is selected"):
        GeneSet.of("empty", graph, [])


def test_a_disk_that_refuses_is_a_sentence(graph: GeneGraph, tmp_path: Path) -> None:
    (tmp_path / ".gene-sets").write_text("in the way")
    with pytest.raises(RunNotSaved, match="a file is in the way"):
        GeneSets(tmp_path, graph.fingerprint).keep(GeneSet.of("mine", graph, [1]))


def test_gmt_there_and_back(graph: GeneGraph) -> None:
    made = [GeneSet.of("one", graph, [1, 2, 3], note="lasso"), GeneSet.of("two", graph, [5])]
    content = to_gmt(made, provenance="data set tiny\tslviz")
    assert content.splitlines()[0] == b"one\tlasso; data set tiny slviz\tGENE1\tGENE2\tGENE3"
    terms, report = read_gmt(content, "mine.gmt", graph=graph, index=GeneIndex(graph))
    assert terms is not None
    assert not report.problems
    assert [(each.name, each.genes) for each in sets_of(terms, graph, note="")] == [
        (each.name, each.genes) for each in made
    ]


def test_a_gmt_may_name_genes_by_alias_and_identifier(graph: GeneGraph) -> None:
    text = "mixed\tnote\tALIAS4\tENSG00000000005\t1006\tgene7\tGENE8\n"
    packed = gzip.compress(text.encode(), mtime=0)
    terms, report = read_gmt(packed, "mixed.gmt.gz", graph=graph, index=GeneIndex(graph))
    assert terms is not None
    assert not report.problems
    assert np.flatnonzero(terms.membership.toarray()[:, 0]).tolist() == [4, 5, 6, 7, 8]


def test_a_gmt_with_strangers_and_broken_lines_says_where(graph: GeneGraph) -> None:
    text = "good\tnote\tGENE1\tGEN2\nbroken line\n\tnote\tGENE3\ngood\tagain\tGENE4\nstrangers\tnote\tXYZ\n"
    terms, report = read_gmt(text.encode(), "my.gmt", graph=graph, index=GeneIndex(graph))
    assert terms is not None
    assert terms.names == ("good",)
    told = report.text()
    assert "my.gmt, line 2: 'broken line' is not a term" in told
    assert "my.gmt, line 4: 'good' is a term that was there before" in told
    assert "my.gmt, line 1: 'GEN2' is in a term and not in the gene list" in told
    assert not report.fatal


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"PK\x03\x04xx", "zip archive"),
        (b"a\tb\tNOBODY\n", "no term with a gene"),
        (b"\xff\xfe\xfa", "UTF-16"),
    ],
)
def test_a_gmt_without_anything_says_why(graph: GeneGraph, content: bytes, words: str) -> None:
    terms, report = read_gmt(content, "my.gmt", graph=graph, index=GeneIndex(graph))
    assert terms is None
    assert words in report.text()
    assert report.fatal


def test_errors_of_selections_are_data_errors() -> None:
    assert issubclass(SelectionExists, DataError)
    assert issubclass(UnknownSelection, DataError)


@pytest.mark.parametrize("blank", ["\xa0", "\u3000", "\u2009", "  ", "\u202f "])
def test_a_name_with_another_blank_is_the_name_that_it_looks_like(kept: GeneSets, graph: GeneGraph, blank: str) -> None:
    kept.keep(GeneSet.of(f"{blank}DNA{blank}repair{blank}", graph, [1]))
    assert [each.name for each in kept.all()] == ["DNA repair"]
    assert kept.open(f"DNA{blank}repair").genes == ("GENE1",)
    kept.remove(f"DNA{blank}repair")
    assert kept.all() == []


@pytest.mark.parametrize(
    ("name", "told"),
    [("a\u200bb", r"\u200b"), ("\u202eab", r"\u202e"), ("a\x1b[2J", r"\x1b"), ("a\nb", r"\n"), ("\ud800", r"\ud800")],
)
def test_a_name_with_a_mark_that_nobody_sees_is_refused(graph: GeneGraph, name: str, told: str) -> None:
    with pytest.raises(InvalidSetting) as refused:
        GeneSet.of(name, graph, [1])
    assert told in str(refused.value)
    assert str(refused.value).isprintable()


def test_composed_and_decomposed_letters_are_one_name(kept: GeneSets, graph: GeneGraph) -> None:
    kept.keep(GeneSet.of("cafe\u0301", graph, [1]))
    assert kept.open("caf\xe9").name == "caf\xe9"


def test_a_selection_that_was_kept_under_two_blanks_is_still_opened(kept: GeneSets, graph: GeneGraph) -> None:
    kept.keep(GeneSet.of("one", graph, [1]))
    (path,) = kept.folder.glob("*.json")
    old = path.with_name(hashlib.sha256(b"a  b").hexdigest()[:24] + ".json")
    old.write_text(path.read_text().replace('"one"', '"a  b"'))
    assert kept.open("a  b").genes == ("GENE1",)


@pytest.mark.parametrize(
    ("name", "kept_as"),
    [
        ("x" * 131_072, "x" * 79 + "…"),
        ("...", "..."),
        ("DNA\xa0repair", "DNA repair"),
        ("a\u200bb", r"a\u200bb"),
        ("\u202eab", r"\u202eab"),
        ("=HYPERLINK(1)", "=HYPERLINK(1)"),
        ("'=1", "'=1"),
    ],
)
def test_the_sets_of_a_file_are_kept_whatever_they_are_called(graph: GeneGraph, name: str, kept_as: str) -> None:
    content = f"{name}\tnote\tGENE1\tGENE2\nother\tnote\tGENE3\n".encode()
    terms, _ = read_gmt(content, "my.gmt", graph=graph, index=GeneIndex(graph))
    if name == "'=1":  # in a file an apostrophe before a formula is a guard
        kept_as = "=1"
    assert terms is not None
    assert [each.name for each in sets_of(terms, graph, note="")] == [kept_as, "other"]


@pytest.mark.parametrize("name", ["=1+1", "'=1+1", '"=1"', "@x", "-1-1", "＝1", "-0.5", "'quoted"])
def test_a_gmt_runs_no_formula_and_comes_back_the_same(graph: GeneGraph, name: str) -> None:

    genes = (name, "+A", *graph.genes[2:])
    graph = dataclasses.replace(graph, genes=genes, fingerprint="")
    content = to_gmt([GeneSet.of(name, graph, [0, 1, 2], note="=note")], provenance="x\ty")
    for cell in content.decode().rstrip("\n").split("\t"):
        assert not is_formula(cell) or cell.startswith("'")
        assert unguarded(cell) in (name, "+A", "GENE2", "=note; x y")
    terms, report = read_gmt(content, "mine.gmt", graph=graph, index=GeneIndex(graph))
    assert terms is not None, report.text()
    (back,) = sets_of(terms, graph, note="")
    assert (back.name, back.genes) == (name, genes[:3])
