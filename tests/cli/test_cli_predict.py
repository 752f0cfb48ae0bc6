from __future__ import annotations

import dataclasses
import gzip
import io
import itertools
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from builders import tiny_graph, tiny_run
from run_folders import finish

from slviz.cli import main
from slviz.runs import Run
from slviz.runs.store import RunStore
from slviz.scorers import PairDecoder

WIDTH, HIDDEN = 6, 3


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunStore:
    monkeypatch.setenv("SLVIZ_MODELS", str(tmp_path / "models"))
    return RunStore.default()


@pytest.fixture
def run(store: RunStore) -> Run:
    """A link run with a decoder of random numbers."""
    random = np.random.default_rng(0)
    shapes = {
        "bilinear": (WIDTH, WIDTH),
        "linear": (WIDTH,),
        **dict.fromkeys(("sum", "product", "difference"), (HIDDEN, WIDTH)),
        "hidden_bias": (HIDDEN,),
        "readout": (HIDDEN,),
        "bias": (1,),
        "bounds": (0,),
    }
    decoder = {name: random.normal(size=shape).astype(np.float32) for name, shape in shapes.items()}
    decoder["bilinear"] = decoder["bilinear"] + decoder["bilinear"].T
    run = dataclasses.replace(tiny_run(tiny_graph(), width=WIDTH), decoder=decoder)
    finish(store, run)
    return run


def rows_of(text: str) -> list[list[str]]:
    return [line.split("\t") for line in text.splitlines()]


@pytest.mark.parametrize("between", ["\t", ",", " ", "  \t "])
@pytest.mark.parametrize("header", ["", "gene_a\tgene_b\tscore\n"])
def test_pairs_are_scored_in_their_order(
    run: Run, tmp_path: Path, between: str, header: str, capsys: pytest.CaptureFixture[str]
):
    asked = [("GENE3", "GENE1"), ("GENE0", "GENE39"), ("GENE3", "GENE1")]
    pairs = tmp_path / "pairs.txt"
    pairs.write_text(header + "\n\n".join(between.join(pair) for pair in asked) + "\n")
    assert main(["predict", run.run_id, "--pairs", str(pairs)]) == 0
    first, *rows = rows_of(capsys.readouterr().out)
    assert first == ["gene_a", "gene_b", "score", "known", "max_degree"]
    assert [(row[0], row[1]) for row in rows] == asked
    expected = PairDecoder(run.decoder).score(run.embedding, np.array([[3, 1], [0, 39], [3, 1]]))
    np.testing.assert_allclose([float(row[2]) for row in rows], expected, rtol=1e-5)


def test_known_pairs_are_marked_and_the_simplest_baseline_stands_beside_the_score(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    listed = run.predictions[run.predictions["negative_kind"] == "known"]
    names = {frozenset(pair) for pair in listed[["gene_a", "gene_b"]].itertuples(index=False, name=None)}
    nobody = next(pair for pair in itertools.combinations(run.genes, 2) if frozenset(pair) not in names)
    asked = [tuple(row) for row in listed[["gene_b", "gene_a"]].itertuples(index=False)] + [nobody]
    pairs = tmp_path / "pairs.tsv"
    pairs.write_text("".join(f"{a}\t{b}\n" for a, b in asked))
    assert main(["predict", run.run_id, "--pairs", str(pairs)]) == 0
    told = capsys.readouterr()
    assert "Only pairs of the run itself are marked as known" in told.err, "its data set is not at hand here"
    rows = rows_of(told.out)[1:]
    assert [row[3] for row in rows] == [*listed["part"], ""]
    seen = [set(pair) for pair in listed[listed["part"] == "train"][["gene_a", "gene_b"]].to_numpy()]
    for a, b, _, part, degree in rows:
        partners = [sum(gene in pair for pair in seen) - (part == "train") for gene in (a, b)]
        assert int(degree) == max(partners)
    data = SimpleNamespace(pairs=np.array([[run.genes.index(gene) for gene in nobody]]))
    monkeypatch.setattr("slviz.cli.predict.data_of_run", lambda _run: data)
    assert main(["predict", run.run_id, "--pairs", str(pairs)]) == 0
    assert rows_of(capsys.readouterr().out)[-1][3] == "left out"


def test_a_dash_reads_standard_input(run: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"GENE3\tGENE1\n")))
    assert main(["predict", run.run_id, "--pairs", "-"]) == 0
    told = capsys.readouterr()
    assert rows_of(told.out)[1][:2] == ["GENE3", "GENE1"]
    assert "SYNTHETIC DATA" in told.err  # beside the table, which another program may read


def test_aliases_and_identifiers_are_known_where_the_data_is_at_hand(
    store: RunStore, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr("slviz.cli.predict.open_dataset", lambda _source: tiny_graph())
    pairs = tmp_path / "pairs.tsv"
    pairs.write_text("ALIAS3\tENSG00000000001\n1007\tGENE2\n")
    assert main(["predict", run.run_id, "--pairs", str(pairs)]) == 0
    assert [row[:2] for row in rows_of(capsys.readouterr().out)[1:]] == [["GENE3", "GENE1"], ["GENE7", "GENE2"]]


def test_unknown_genes_are_all_listed_and_the_other_pairs_are_scored(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    pairs = tmp_path / "pairs.tsv"
    pairs.write_text("GENE1\tGENE2\nGENE1\tGNE2\nFOO\tGENE1\nFOO\tBAR\nGENE4\tGENE3\n")
    assert main(["predict", run.run_id, "--pairs", str(pairs)]) == 0
    told = capsys.readouterr()
    assert [row[:2] for row in rows_of(told.out)[1:]] == [["GENE1", "GENE2"], ["GENE4", "GENE3"]]
    assert f"slviz: {pairs}: 3 rows are left out, since run {run.run_id} lacks a gene of theirs: " in told.err
    assert "'GNE2' (line 2) Did you mean 'GENE2'?; 'FOO' (line 3); 'BAR' (line 4)." in told.err


def test_where_nothing_is_left_nothing_is_printed(run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    pairs = tmp_path / "pairs.tsv"
    pairs.write_text("FOO\tGENE1\nFOO\tBAR\n")
    assert main(["predict", run.run_id, "--pairs", str(pairs)]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert "lists no pair that can be used. 2 rows are left out" in told.err


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "lists no pairs"),
        (b"\n\n", "lists no pairs"),
        (b"gene_a\tgene_b\n", "lists no pairs"),
        (b"GENE1\n", "does not name two genes: 'GENE1' (line 1)"),
        (b"GENE1\tGENE1\n", "a gene is paired with itself: 'GENE1 GENE1' (line 1)"),
        (b"GENE1\nGENE2\tGENE2\n", "does not name two genes: 'GENE1' (line 1). 1 row is left out, since a gene is"),
        (b"\xff\xfe\x00", "begins as UTF-16 and is damaged"),
        (b"GENE1\tGENE2\x1b[31m\n", "holds the control character '\\x1b'"),
        (gzip.compress(b"GENE1\tGENE2\n" * 99, mtime=0)[:-9], "is a gzip file that was cut off"),
    ],
)
def test_a_file_that_holds_no_pairs_is_a_sentence(
    run: Run, tmp_path: Path, content: bytes, said: str, capsys: pytest.CaptureFixture[str]
):
    pairs = tmp_path / "pairs.tsv"
    pairs.write_bytes(content)
    assert main(["predict", run.run_id, "--pairs", str(pairs)]) == 1
    told = capsys.readouterr()
    assert said in told.err
    assert told.err.removesuffix("\n").isprintable()
    assert told.out == ""


def test_a_file_that_is_not_there_is_a_sentence(run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["predict", run.run_id, "--pairs", str(tmp_path / "none.tsv")]) == 1
    assert "There is no file of pairs" in capsys.readouterr().err
    (tmp_path / "broken.gz").write_bytes(b"not gzip")
    assert main(["predict", run.run_id, "--pairs", str(tmp_path / "broken.gz")]) == 1
    assert "broken.gz" in capsys.readouterr().err


def test_a_run_without_pairs_says_so(store: RunStore, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    run = tiny_run(tiny_graph(), task="reconstruct")
    finish(store, run)
    pairs = tmp_path / "pairs.tsv"
    pairs.write_text("GENE1\tGENE2\n")
    assert main(["predict", run.run_id, "--pairs", str(pairs)]) == 1
    assert "'reconstruct', which scores no pairs" in capsys.readouterr().err


@pytest.mark.parametrize("run_id", ["../../etc", "gat-both-link-00000000"])
def test_a_run_that_is_not_there_is_a_sentence(store: RunStore, run_id: str, capsys: pytest.CaptureFixture[str]):
    assert main(["predict", run_id, "--pairs", "-"]) == 1
    assert capsys.readouterr().out == ""
