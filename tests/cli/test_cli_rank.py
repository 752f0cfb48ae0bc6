from __future__ import annotations

from pathlib import Path

import pytest
from ranking_cases import rich_graph, scoring_run
from run_folders import finish

from slviz.cli import main
from slviz.runs.store import RunStore


@pytest.fixture
def run_id(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A finished run on the tiny graph, which is opened without a folder of data."""
    monkeypatch.setenv("SLVIZ_MODELS", str(tmp_path / "models"))
    graph = rich_graph()
    monkeypatch.setattr("slviz.cli.rank.data_of_run", lambda run: graph)
    run = scoring_run(graph)
    finish(RunStore.default(), run)
    return run.run_id


def table_of(text: str) -> list[dict[str, str]]:
    heading, *rows = [line.split("\t") for line in text.splitlines()]
    return [dict(zip(heading, row, strict=True)) for row in rows]


def test_the_partners_of_a_gene_are_printed(run_id: str, capsys: pytest.CaptureFixture[str]):
    assert main(["rank", run_id, "--gene", "ALIAS3", "--top", "5"]) == 0
    rows = table_of(capsys.readouterr().out)
    assert [row["rank"] for row in rows] == ["1", "2", "3", "4", "5"]
    assert {row["gene_a"] for row in rows} == {"GENE3"}
    assert list(rows[0])[:5] == ["gene_a", "gene_b", "rank", "score", "known"]
    assert all(row["hub_adjusted_rank"] for row in rows)


def test_all_pairs_are_ranked_and_the_survey_is_kept(run_id: str, capsys: pytest.CaptureFixture[str]):
    assert main(["rank", run_id, "--top", "7"]) == 0
    first = capsys.readouterr().out
    kept = RunStore.default().artifacts(run_id).open_survey()
    assert kept is not None
    assert [float(row["score"]) for row in table_of(first)] == pytest.approx(kept.scores[:7].tolist(), rel=1e-5)
    assert main(["rank", run_id, "--top", "7"]) == 0
    assert capsys.readouterr().out == first
    assert RunStore.default().check(run_id) == []
    assert main(["rank", run_id, "--top", "7", "--unreported"]) == 0
    assert all(row["known"] == "" for row in table_of(capsys.readouterr().out))


def test_without_a_survey_what_needs_one_is_empty(
    run_id: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("slviz.pipeline.survey.SMALL", 1)
    assert main(["rank", run_id, "--gene", "ALIAS3"]) == 0
    printed = capsys.readouterr()
    assert {(row["popularity"], row["hub_adjusted_rank"]) for row in table_of(printed.out)} == {("", "")}
    assert "hub_adjusted_rank and popularity are empty" in printed.err


def test_of_more_pairs_than_are_kept_all_are_printed_and_no_more_are_kept(
    run_id: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("slviz.cli.rank.ROWS_AT_ONCE", 7)
    assert main(["rank", run_id, "--top", "90"]) == 0
    every = capsys.readouterr().out
    assert len(table_of(every)) == 90
    artifacts = RunStore.default().artifacts(run_id)
    artifacts.survey_artifact().path.unlink()
    monkeypatch.setattr("slviz.pipeline.survey.TOP", 20)
    for _ in range(2):  # made, then found anew beside what is kept
        assert main(["rank", run_id, "--top", "90"]) == 0
        assert capsys.readouterr().out == every
        kept = artifacts.open_survey()
        assert kept is not None
        assert (len(kept.pairs), len(kept.unreported_scores)) == (20, 20)
    stamp = artifacts.survey_artifact().path.stat().st_mtime_ns
    assert main(["rank", run_id, "--top", "20", "--unreported"]) == 0
    assert artifacts.survey_artifact().path.stat().st_mtime_ns == stamp


def test_without_a_survey_popularity_is_an_empty_cell(
    run_id: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("slviz.pipeline.survey.SMALL", 0)
    assert main(["rank", run_id, "--gene", "GENE3", "--top", "5"]) == 0
    told = capsys.readouterr()
    assert "hub_adjusted_rank and popularity are empty" in told.err
    rows = table_of(told.out)
    assert [(row["popularity"], row["hub_adjusted_rank"]) for row in rows] == [("", "")] * 5
    assert {row["hub"] for row in rows} <= {"0", "1"}
    main(["rank", run_id])
    capsys.readouterr()
    main(["rank", run_id, "--gene", "GENE3", "--top", "5"])
    assert {row["popularity"] for row in table_of(capsys.readouterr().out)} <= {"0", "1"}


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--top", "0"], "--top takes a whole number from 1 on"),
        (["--top", "10000000"], "--top takes 1,000,000 rows at most, not 10,000,000."),
        (["--hub-adjusted"], "give it with --gene"),
        (["--gene", "GENE99"], "GENE99"),
    ],
)
def test_nonsense_is_a_sentence(run_id: str, words: list[str], sentence: str, capsys: pytest.CaptureFixture[str]):
    assert main(["rank", run_id, *words]) == 1
    assert sentence in capsys.readouterr().err


def test_it_loads_no_torch(tmp_path: Path):
    """On the demo, in a process of its own; on a copy of the run, since its survey is kept beside it."""
    code = (
        "import sys; from slviz.cli import main; main(['rank', 'gat-both-link-3ec14a25', '--gene', 'REP1.01']);"
        "assert not {'torch', 'torch_geometric', 'streamlit'} & set(sys.modules)"
    )
    import shutil
    import subprocess
    import sys

    from run_folders import CHECKOUT, environment

    run_id = "gat-both-link-3ec14a25"
    shutil.copytree(CHECKOUT / "models" / run_id, tmp_path / run_id)

    done = subprocess.run(
        [sys.executable, "-c", code], env=environment(tmp_path), capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("gene_a\tgene_b\trank")


def test_of_a_gene_listed_pairs_are_left_out_and_hubs_adjusted_for_where_that_is_asked(
    run_id: str, capsys: pytest.CaptureFixture[str]
):
    gene = ["rank", run_id, "--gene", "GENE3", "--top", "39"]
    assert main(gene) == 0
    every = table_of(capsys.readouterr().out)
    assert main([*gene, "--unreported"]) == 0
    left = table_of(capsys.readouterr().out)
    assert left == [row for row in every if row["known"] == ""]
    assert len(left) < len(every)
    assert main([*gene, "--hub-adjusted"]) == 0
    adjusted = table_of(capsys.readouterr().out)
    assert adjusted == sorted(every, key=lambda row: float(row["hub_adjusted_rank"]))
    assert adjusted != every
