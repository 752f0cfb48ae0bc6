from __future__ import annotations

from pathlib import Path

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


def test_a_pair_and_a_plan(run_id: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["report", "--pair", "GENE3", "GENE4", "--run", run_id, "--out", "pair.html"]) == 0
    assert "GENE3 and GENE4" in (tmp_path / "pair.html").read_text()
    (tmp_path / "plan.tsv").write_text("GENE3\tGENE4\nGENE3\tNOSUCH\nGENE5\tGENE6\n")
    assert main(["report", "--plan", "plan.tsv", "--run", run_id, "--budget", "1"]) == 0
    assert "NOSUCH" in capsys.readouterr().out
    assert "1 pair of 2 ticked ones" in (tmp_path / "plan-report.html").read_text()


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
