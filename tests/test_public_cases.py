"""Files of people that were once read wrongly, as they are; the same inputs stand inline in the tests of their readers.

They lie beside the folder that `SLVIZ_TEST_DATA` names, in `cases`; without it these tests are skipped.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from run_folders import CHECKOUT

from slviz.cli import main
from slviz.datasets.folder import read_folder
from slviz.datasets.gene_index import GeneIndex
from slviz.datasets.own_table import read_own_table
from slviz.datasets.sources import open_dataset
from slviz.errors import MalformedData
from slviz.gene_sets import read_gmt
from slviz.splits import HeldOut
from slviz.vectors import read_vectors

FOLDERS = {
    "pairs-without-score/data": 14,
    "quoted-data-folder/quoted-genes": 14,
    "quoted-data-folder/quoted-tabs": 14,
    "quoted-data-folder/comma-in-heading": 14,
    "quoted-data-folder/trailing-tab": 14,
}
OWN = {
    "own-table/r-write-csv.csv": "lfc",
    "own-table/r-write-table.tsv": "lfc",
    "own-table/slviz-export.tsv": "value",
    "own-table/comma-in-heading.csv": "effect, log2",
    "own-table/inf.csv": "minus_log10_p",
    "own-table/decimal-comma.csv": "lfc",
    "own-table/depmap.csv": "effect",
    "own-table/genome-wide.csv": "score",
    "first-line-lost/ranks.rnk.txt": "column 2",
}


@pytest.fixture(scope="module")
def cases() -> Path:
    told = os.environ.get("SLVIZ_TEST_DATA", "")
    folder = Path(told).parent / "cases"
    if not told or not folder.is_dir():
        pytest.skip("no folder `cases` lies beside the one that SLVIZ_TEST_DATA names")
    return folder


@pytest.mark.parametrize("name", FOLDERS)
def test_data_folders_are_read_whole(cases: Path, name: str) -> None:
    graph, report = read_folder(cases / name)
    assert len(graph.pairs) == FOLDERS[name]
    assert not report.skipped
    assert not any('"' in gene for gene in graph.genes)


def test_symbols_with_commas_and_apostrophes(cases: Path) -> None:
    graph, _ = read_folder(cases / "comma-in-symbol" / "data")
    assert {"ADE5,7", "ARG5,6", "DUR1,2"} <= set(graph.genes)
    assert GeneIndex(graph).map_many("ADE5,7, DUR1,2").how["gene"].tolist() == ["ADE5,7", "DUR1,2"]
    graph, _ = read_folder(cases / "apostrophe-in-symbol" / "data")
    index = GeneIndex(graph)
    assert index.map_many("IMP2' IMP2").how["gene"].tolist() == ["IMP2'", "IMP2"]
    content = (cases / "apostrophe-in-symbol" / "own.csv").read_bytes()
    numbers = read_own_table(content, "own.csv", genes=len(graph), index=index).numbers("value")
    assert numbers is not None
    assert numbers[graph.number_of["IMP2'"]] == 9


def test_a_missing_mark_is_neither_a_gene_nor_a_class(cases: Path) -> None:
    graph, _ = read_folder(cases / "na-is-a-gene" / "data")
    index = GeneIndex(graph)
    assert "XK" not in index.map_many("TP53 NA BRCA1").how["gene"].tolist()
    table = read_own_table((cases / "na-is-a-gene" / "de.csv").read_bytes(), "de.csv", genes=len(graph), index=index)
    assert table.columns["lfc"][graph.number_of["XK"]] == ""
    held_out = HeldOut.read(graph, cases / "na-is-a-gene" / "pairs.tsv")
    assert len(held_out.pairs) == 1
    classes, _ = read_folder(cases / "class-na" / "data")
    assert set(classes.classes["type"]) == {"", "a", "b"}


@pytest.mark.parametrize("name", OWN)
def test_own_tables_are_read(cases: Path, name: str) -> None:
    graph = open_dataset("demo")
    table = read_own_table((cases / name).read_bytes(), name, genes=len(graph), index=GeneIndex(graph))
    numbers = table.numbers(OWN[name])
    assert numbers is not None
    assert table.genes_found >= 6


@pytest.mark.parametrize("name", ["hash-heading.tsv", "no-heading.tsv", "ranks.rnk.txt"])
def test_no_first_line_is_lost(cases: Path, name: str) -> None:
    if name == "ranks.rnk.txt":
        with pytest.raises(MalformedData, match="1 number"):  # one number a point is no map, and no point is lost
            read_vectors(cases / "first-line-lost" / name)
        return
    points = read_vectors(cases / "first-line-lost" / name)
    assert len(points) == 8
    assert points.names[0] == "TP53"


def test_other_vectors(cases: Path) -> None:
    points = read_vectors(cases / "first-column-of-decimals" / "map.tsv")
    assert points.names[:3] == ("TP53", "BRCA1", "KRAS")
    assert points.vectors[0, 0] == pytest.approx(-3.1975)
    points = read_vectors(cases / "npz-byte-names" / "names.npz")
    assert points.names[:2] == ("TP53", "BRCA1")
    for name in ("index.h5ad", "column.h5ad"):
        assert read_vectors(cases / "h5ad-nullable-strings" / name).names == tuple(f"G{number}" for number in range(6))


@pytest.mark.parametrize("name", ["source.tsv", "trailing-tab.tsv", "heading.csv", "newer.tsv"])
def test_held_out_pairs(cases: Path, name: str) -> None:
    held_out = HeldOut.read(open_dataset("demo"), cases / "held-out-third-column" / name)
    assert len(held_out.pairs) == 10


def test_a_damaged_gzip_is_a_sentence(cases: Path) -> None:
    with pytest.raises(MalformedData, match="gzip"):
        HeldOut.read(open_dataset("demo"), cases / "damaged-gzip" / "pairs.tsv.gz")


def test_gmt_files(cases: Path) -> None:
    graph = open_dataset("demo")
    index = GeneIndex(graph)

    def terms(name: str):
        content = (cases / "gmt-second-column" / name).read_bytes()
        return read_gmt(content, name, graph=graph, index=index)[0]

    assert set(terms("msigdb.gmt").groups) == set(terms("note.gmt").groups) == {""}
    assert terms("id-first.gmt").names[0].startswith("Pathway number 0")


def test_negatives_of_different_parts_never_meet(cases: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(cases / "shared-non-pairs" / "check.py")],
        cwd=CHECKOUT,
        env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert [line.split(": ")[1].split()[0] for line in done.stdout.splitlines()] == ["0", "0"]


DAMAGED_INPUTS = {
    "projector_metadata.tsv": "metadata",
    "vectors_table.tsv": "table.tsv",
    "vectors_arrays.npz": "arrays.npz",
    "vectors_cells.h5ad": "cells.h5ad",
    "vectors_pair.zip": "pair.zip",
}


def test_damaged_files_of_people_end_in_a_sentence_or_a_value(cases: Path, tmp_path: Path) -> None:
    tried = 0
    for path in sorted((cases / "damaged").iterdir()):
        kind = path.name.split("-")[0]
        if kind not in DAMAGED_INPUTS or kind == "projector_metadata.tsv":
            continue
        copy = tmp_path / DAMAGED_INPUTS[kind]
        copy.write_bytes(path.read_bytes())
        assert _ends_well(copy)
        tried += 1
    assert tried >= 6


def _ends_well(path: Path) -> bool:
    """Whether reading ends in points, or in a sentence that can be printed."""
    try:
        return len(read_vectors(path)) > 0
    except MalformedData as error:
        return all(letter.isprintable() or letter == "\n" for letter in str(error))


def test_damaged_pairs_end_in_a_sentence(cases: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = "gat-both-link-3ec14a25"
    for path in sorted((cases / "damaged").glob("test_pairs*")):
        assert main(["predict", run, "--pairs", str(path)]) in (0, 1)
        said = capsys.readouterr()
        assert "Traceback" not in said.err
        assert all(letter.isprintable() or letter == "\n" for letter in said.err)
