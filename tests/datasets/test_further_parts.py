"""Screens, relations, gene sets and gene columns of a data folder: read, cached, and refused with a sentence."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from data_folders import GENES, GOOD, write_folder

from slviz.datasets import GeneGraph, Nouns, Relation, cache
from slviz.datasets.cache import load_folder
from slviz.datasets.folder import read_folder
from slviz.datasets.report import Report
from slviz.datasets.sources import open_dataset
from slviz.errors import DataError, MalformedData

SCREENS = (
    "gene_a\tgene_b\tscreen\tcell_line\thit\tscore\tpubmed_or_doi\n"
    "GEN2\tGEN1\tFirst 2020\tHeLa\t1\t-1.5\tdoi:1\n"
    "GEN1\tGEN2\tFirst 2020\tA549\t0\t-0.1\tdoi:1\n"
    "GEN3\tGEN4\tFirst 2020\tHeLa\t0\t\tdoi:1\n"
    "GEN5\tGEN6\tSecond 2021\t\tTRUE\t0.3\tdoi:2\n"
    "GEN5\tGEN7\tSecond 2021\t\tfalse\tNA\tdoi:2\n"
)
PARALOGS = (
    "gene_a\tgene_b\tidentity_percent\tidentity_1\tidentity_2\tsource\n"
    "GEN2\tGEN1\t40\t39\t41\tEnsembl\nGEN1\tGEN3\t\t20\t30\t\n"
)
FAMILIES = "gene_a\tgene_b\tevidence\nGEN1\tGEN2\thgnc_group;same_pfam_set\nGEN3\tGEN4\tsymbol_stem\n"
PFAM = "PF00001\tpfam\tGEN1\tGEN2\nPF00002\tpfam\tGEN3\tNOGENE\n"
COLUMNS = "gene\tessential_class\tpapers\nGEN2\tcore\t120\nGEN1\tnone\t3\nFAR1\tcore\t9\n"
TOML = """title = "Twelve genes"
organism = "human"
thing = "gene"
pair = "synthetic-lethal pair"

[files]
screens = "tests_of_pairs.tsv"
gene_columns = "gene_columns.tsv"

[relations]
paralogs = "paralogs.tsv.gz"
families = "families.tsv"

[gene_sets]
pfam = "pfam.gmt.gz"
"""
FURTHER = {
    "dataset__toml": TOML,
    "tests_of_pairs__tsv": SCREENS,
    "paralogs__tsv__gz": PARALOGS,
    "families__tsv": FAMILIES,
    "pfam__gmt__gz": PFAM,
    "gene_columns__tsv": COLUMNS,
}
NAMES = np.array(GENES)


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLVIZ_CACHE", str(tmp_path / "cache"))


def read(tmp_path: Path, **changed: str | None) -> tuple[GeneGraph, Report]:
    return read_folder(write_folder(tmp_path / "some", **(FURTHER | changed)))


def refused(tmp_path: Path, **changed: str | None) -> str:
    with pytest.raises(MalformedData) as error:
        read(tmp_path, **changed)
    return str(error.value)


def test_all_of_a_folder_is_read_and_counted(tmp_path: Path) -> None:
    graph, report = read(tmp_path)
    screens = graph.screens
    assert screens is not None
    assert (screens.names, screens.cell_lines, screens.references) == (
        ("First 2020", "Second 2021"),
        ("", "A549", "HeLa"),
        ("doi:1", "doi:2"),
    )
    tested = screens.tested("First 2020")
    assert NAMES[tested.pairs].tolist() == [["GEN1", "GEN2"], ["GEN3", "GEN4"]]
    assert tested.hit.tolist() == [True, False]
    assert (tested.lines.tolist(), tested.hit_lines.tolist()) == ([2, 1], [1, 0])
    assert screens.counts[["pairs", "hits", "non_hits", "tests"]].to_numpy().tolist() == [[2, 1, 1, 3], [2, 1, 1, 2]]
    np.testing.assert_allclose(screens.score, np.array([-1.5, -0.1, np.nan, 0.3, np.nan], dtype=np.float32))
    assert graph.gene_sets["pfam"].ids == ("PF00001", "PF00002")
    assert graph.gene_columns is not None
    assert graph.gene_columns.numbers["papers"][:2].tolist() == [3, 120]
    assert np.isnan(graph.gene_columns.numbers["papers"][2:]).all()
    assert graph.gene_columns.texts["essential_class"][:3].tolist() == ["", "core", ""], "none is a missing mark"
    for thing in ("2 screens", "4 tested pairs", "2 hits", "2 pairs of paralogs", "2 sets of pfam", "2 columns over"):
        assert thing in report.text()


def test_columns_of_one_gene_each_follow_their_gene(tmp_path: Path) -> None:
    relation = read(tmp_path)[0].relations["paralogs"]
    assert NAMES[relation.pairs].tolist() == [["GEN1", "GEN2"], ["GEN1", "GEN3"]]
    assert relation.columns["identity_1"].tolist() == [41, 20]
    assert relation.columns["identity_2"].tolist() == [39, 30]
    assert relation.columns["source"].tolist() == ["Ensembl", ""]
    weights = relation.matrix(len(GENES), "identity_percent").toarray()
    assert weights[0, 1] == weights[1, 0] == 40
    assert weights.sum() == 80, "a pair without a number has no weight"
    with pytest.raises(DataError, match="identity_percent"):
        relation.matrix(len(GENES), "identity_percnt")


def test_the_fingerprint_does_not_hang_on_further_files(tmp_path: Path) -> None:
    plain, _ = read_folder(write_folder(tmp_path / "plain"))
    graph, _ = read(tmp_path)
    assert graph.fingerprint == plain.fingerprint
    assert plain.digests == {}
    assert graph.digests.keys() == {
        "screens", "relation paralogs", "relation families", "gene set pfam", "gene columns",
    }  # fmt: skip
    changed, _ = read(tmp_path / "other", tests_of_pairs__tsv=SCREENS.replace("A549\t0", "A549\t1"))
    assert [name for name in graph.digests if changed.digests[name] != graph.digests[name]] == ["screens"]


def test_the_cache_keeps_all_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write_folder(tmp_path / "some", **FURTHER)
    fresh, report = load_folder(folder)

    def refuse(_snapshot: object) -> None:
        raise AssertionError("the folder was read although the cache holds it")

    monkeypatch.setattr(cache, "read_snapshot", refuse)
    kept, kept_report = load_folder(folder)
    assert kept.digests == fresh.digests
    assert kept.nouns == fresh.nouns == Nouns("human", "gene", "synthetic-lethal pair")
    assert kept_report.text() == report.text()
    assert kept.screens is not None
    assert fresh.screens is not None
    pd.testing.assert_frame_equal(kept.screens.counts, fresh.screens.counts)
    assert kept.relations["paralogs"].columns.keys() == fresh.relations["paralogs"].columns.keys()
    assert kept.gene_columns is not None
    assert kept.gene_columns.columns["essential_class"].tolist()[:2] == ["", "core"]


def test_files_are_found_by_their_usual_names(tmp_path: Path) -> None:
    graph, _ = read(
        tmp_path,
        dataset__toml=None,
        tests_of_pairs__tsv=None,
        screens__tsv__gz=SCREENS,
        pfam__gmt__gz=None,
        sets_pfam__gmt=PFAM,
        relation_curated__tsv=GOOD["interactions.tsv"],
    )
    assert graph.screens is not None
    assert set(graph.relations) == {"paralogs", "families", "curated"}
    assert set(graph.gene_sets) == {"pfam"}
    assert graph.nouns == Nouns()


NOTICED = {
    "unknown genes": ("GEN1\tNOGENE\tFirst 2020\tHeLa\t1\t\t\n", ["'NOGENE' is not in the gene list"]),
    "hit and non-hit in one line": (
        "GEN4\tGEN3\tFirst 2020\tHeLa\t1\t\t\n",
        ["'GEN3 GEN4 First 2020 HeLa 0' is both hit and non-hit in one line of the screen"],
    ),
    "listed again": (
        "GEN3\tGEN4\tFirst 2020\tHeLa\t0\t0.7\t\n",
        ["'GEN3 GEN4 First 2020 HeLa' is listed again", "Keep one row"],
    ),
    "neither hit nor non-hit": ("GEN8\tGEN9\tFirst 2020\tHeLa\tperhaps\t\t\n", ["'perhaps' says neither", "Write 1"]),
    "no screen": ("GEN8\tGEN9\t\tHeLa\t1\t\t\n", ["'GEN8 GEN9' is in no screen"]),
    "a gene with itself": ("GEN8\tGEN8\tFirst 2020\tHeLa\t1\t\t\n", ["'GEN8' is paired with itself"]),
    "a score in words": ("GEN8\tGEN9\tFirst 2020\tHeLa\t1\tstrong\t\n", ["'strong' is not a finite number"]),
    "only hits": ("GEN8\tGEN9\tOnly hits\tHeLa\t1\t\t\n", ["'Only hits' has no non-hit", "no score can be evaluated"]),
    "no hits": ("GEN8\tGEN9\tNo hits\tHeLa\t0\t\t\n", ["'No hits' has no hit", "no score can be evaluated"]),
}


@pytest.mark.parametrize(("row", "sentences"), NOTICED.values(), ids=NOTICED)
def test_rows_of_screens_in_doubt_are_told(tmp_path: Path, row: str, sentences: list[str]) -> None:
    _, report = read(tmp_path, tests_of_pairs__tsv=SCREENS + row)
    for sentence in sentences:
        assert sentence in report.text()


def test_a_contradicted_pair_is_not_used_in_that_line(tmp_path: Path) -> None:
    graph, report = read(tmp_path, tests_of_pairs__tsv=SCREENS + "GEN2\tGEN1\tFirst 2020\tHeLa\t0\t\t\n")
    assert graph.screens is not None
    tested = graph.screens.tested("First 2020")
    assert dict(zip(map(tuple, NAMES[tested.pairs].tolist()), tested.hit.tolist(), strict=True)) == {
        ("GEN1", "GEN2"): False,
        ("GEN3", "GEN4"): False,
    }, "the other line still counts"
    assert report.skipped["tests_of_pairs.tsv"] == 2


REFUSED = {
    "scores without hits": (
        {"tests_of_pairs__tsv": SCREENS.replace("\thit\t", "\tcall\t")},
        ["gives scores and no hits", "Write 1 for a hit"],
    ),
    "no column of screens": (
        {"tests_of_pairs__tsv": SCREENS.replace("\tscreen\t", "\tscren\t")},
        ["does not name the column 'screen'", "Did you mean 'scren'"],
    ),
    "no gene of the list": (
        {"tests_of_pairs__tsv": SCREENS.replace("GEN", "FAR")},
        ["holds no test of two genes of the list in 5 rows"],
    ),
    "a relation that is a table of screens": (
        {"families__tsv": SCREENS},
        ["families.tsv, line 1: has the column 'screen', so it is a table of screens", "no feature of a pair"],
    ),
    "a relation that names a screen": (
        {"families__tsv": FAMILIES + "GEN5\tGEN6\tlibrary of First-2020\n"},
        ["families.tsv: names the screen 'First 2020' ('library of First-2020' in the column 'evidence')"],
    ),
    "a relation without a gene of the list": (
        {"families__tsv": FAMILIES.replace("GEN", "FAR")},
        ["holds no pair of two genes of the list in 2 rows"],
    ),
    "an unknown role": (
        {"dataset__toml": TOML.replace("screens =", "screen =")},
        ["'screen' under [files] is no role", "Did you mean 'screens'?"],
    ),
    "a name of a relation": (
        {"dataset__toml": TOML.replace("families =", '"fam ilies" =')},
        ["'fam ilies' cannot be the name of a relation"],
    ),
    "a word for things": (
        {"dataset__toml": TOML.replace('thing = "gene"', 'thing = "<b>"')},
        ["'<b>' cannot be what thing is called"],
    ),
    "columns of no gene": (
        {"gene_columns__tsv": "size\tpapers\n1\t2\n"},
        ["does not name a column 'gene' and further columns"],
    ),
}


@pytest.mark.parametrize(("changed", "sentences"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_used_is_refused_with_a_sentence(
    tmp_path: Path, changed: dict[str, str], sentences: list[str]
) -> None:
    text = refused(tmp_path, **changed)
    for sentence in sentences:
        assert sentence in text


def test_an_unknown_key_is_told_with_the_nearest(tmp_path: Path) -> None:
    _, report = read(tmp_path, dataset__toml=TOML.replace("organism", "organisms"))
    assert "'organisms' is no key that is known here. It is not used. Did you mean 'organism'?" in report.text()


def test_a_relation_that_repeats_a_screen_is_told(tmp_path: Path) -> None:
    tests = [(first, second) for first in range(1, 7) for second in range(7, 13)]
    rows = [f"GEN{a}\tGEN{b}\tLarge 2022\tHeLa\t{int(a < 4)}\t\t\n" for a, b in tests]
    listed = "".join(f"GEN{a}\tGEN{b}\n" for a, b in tests if a < 4)
    _, report = read(tmp_path, tests_of_pairs__tsv=SCREENS + "".join(rows), families__tsv=listed)
    assert "families.tsv: holds 18 of 18 hits of the screen 'Large 2022' and 0 % of its non-hits" in report.text()
    assert "paralogs.tsv.gz: holds" not in report.text()


def test_a_screen_that_is_not_there_is_named_with_the_nearest(tmp_path: Path) -> None:
    screens = read(tmp_path)[0].screens
    assert screens is not None
    with pytest.raises(DataError, match=r"No screen is called 'First 2002'\. Did you mean 'First 2020'"):
        screens.tested("First 2002")


def test_a_relation_is_checked_when_it_is_made() -> None:
    with pytest.raises(MalformedData, match="smaller gene number first"):
        Relation(np.array([[2, 1]]))
    with pytest.raises(MalformedData, match="listed twice"):
        Relation(np.array([[1, 2], [1, 2]]))


REAL = os.environ.get("SLVIZ_TEST_DATA", "")


@pytest.mark.skipif(not REAL, reason="SLVIZ_TEST_DATA names no folder with the real data")
def test_the_human_folder_is_read_as_its_readme_counts_it() -> None:
    graph = open_dataset(f"{REAL}/human-sl")
    assert graph.screens is not None
    tested = graph.screens.tested()
    assert (len(graph.screens), len(tested), int(tested.hit.sum())) == (30_099, 13_541, 527)
    assert {name: len(relation) for name, relation in graph.relations.items()} == {
        "systematic": 29_513,
        "literature": 98_581,
        "paralogs": 13_387,
        "families": 14_278,
    }
    counts = graph.screens.counts.set_index("screen")
    assert counts.loc["Shen 2017", ["pairs", "hits"]].tolist() == [1953, 123]
    assert graph.gene_columns is not None
    assert graph.gene_columns.numbers["papers"][graph.number_of["A2M"]] == 286
    assert graph.nouns == Nouns(organism="human")
