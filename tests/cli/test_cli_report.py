from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from ranking_cases import rich_graph, scoring_run
from run_folders import finish

from slviz.cli import main
from slviz.runs.store import RunStore


@pytest.fixture
def run_id(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("SLVIZ_MODELS", str(tmp_path / "models"))
    monkeypatch.chdir(tmp_path)
    graph = rich_graph()
    monkeypatch.setattr("slviz.cli.report.data_of_run", lambda run: graph)
    monkeypatch.setattr("slviz.cli.report.open_dataset", lambda source: graph)
    run = scoring_run(graph)
    finish(RunStore.default(), run)
    return run.run_id


def test_a_gene_by_its_alias_by_the_best_run(run_id: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["report", "--gene", "ALIAS3"]) == 0
    assert f"GENE3-report.html by run {run_id}" in capsys.readouterr().out
    assert (tmp_path / "GENE3-report.html").read_text().startswith("<!doctype html>")


def test_the_file_is_named_for_any_symbol(run_id: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    named = SimpleNamespace(genes=["../" + "LONG" * 100])
    ranker = SimpleNamespace(graph=named, run=SimpleNamespace(run_id=run_id))
    monkeypatch.setattr("slviz.cli.report._ranker", lambda store, options: ranker)
    index = SimpleNamespace(of=lambda graph: SimpleNamespace(find=named.genes.index))
    monkeypatch.setattr("slviz.cli.report.GeneIndex", index)
    monkeypatch.setattr("slviz.reports.gene_report", lambda ranker, gene: b"a page")
    assert main(["report", "--gene", named.genes[0]]) == 0
    (file,) = tmp_path.glob("*.html")
    assert file.name.startswith("LONGLONG")
    assert len(file.name) <= 150


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--gene", "GENE99"], "GENE99"),
        (["--pair", "GENE1", "GENE1"], "paired with itself"),
        (["--gene", "GENE1", "--budget", "3"], "give it with --plan"),
        (["--plan", "missing.tsv"], "missing.tsv"),
    ],
)
def test_nonsense_is_a_sentence(run_id: str, words: list[str], sentence: str, capsys: pytest.CaptureFixture[str]):
    assert main(["report", *words]) == 1
    assert sentence in capsys.readouterr().err
