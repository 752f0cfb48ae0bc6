"""`python -m slviz data …`: what a person types, reads and gets."""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

import pytest
from data_folders import GOOD, write_folder

from slviz.cli.data import add_data_commands
from slviz.errors import DataError, FetchFailed, MissingDataFile


def run(*words: str) -> int:
    parser = argparse.ArgumentParser()
    add_data_commands(parser.add_subparsers())
    asked = parser.parse_args(["data", *words])
    return asked.action(asked)


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLVIZ_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("SLVIZ_DATA", raising=False)


def test_check_says_what_was_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("check", str(write_folder(tmp_path / "mine"))) == 0
    said = capsys.readouterr().out
    assert "The data folder 'mine' can be used." in said
    assert "Read: 12 genes, 3 interactions, 2 terms" in said


def test_check_prints_all_that_is_wrong_and_ends_with_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken = write_folder(tmp_path / "mine", feature_go_2__txt="1 2\n", pairs__tsv=GOOD["pairs.tsv"] + "GEN1\tNO\t1\n")
    assert run("check", str(broken)) == 1
    said = capsys.readouterr().out
    assert "1 rows of numbers for 12 genes" in said
    assert "pairs.tsv, line 6: 'NO' is not in the gene list" in said


def test_check_of_a_folder_that_is_not_there() -> None:
    with pytest.raises(MissingDataFile, match="no such folder"):
        run("check", "/nowhere")


def test_list_names_each_data_set_and_marks_what_is_synthetic(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SLVIZ_DATA", str(write_folder(tmp_path / "mine")))
    assert run("list") == 0
    lines = capsys.readouterr().out.splitlines()
    demo = next(line for line in lines if line[2:].startswith("demo\t"))
    mine = next(line for line in lines if str(tmp_path / "mine") in line)
    assert "[synthetic]" in demo
    assert "1,000 genes" in demo
    assert mine.startswith("* ")
    assert "12 genes, 5 pairs" in mine


def test_list_survives_a_broken_data_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SLVIZ_DATA", str(write_folder(tmp_path / "mine", pairs__tsv="")))
    assert run("list") == 0
    assert "cannot be used: see `python -m slviz data check" in capsys.readouterr().out


def test_demo_writes_what_is_shipped(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("demo", "--out", str(tmp_path / "demo")) == 0
    assert "1,000 genes" in capsys.readouterr().out
    shipped = Path(__file__).resolve().parents[2] / "data" / "demo"
    assert (tmp_path / "demo" / "pairs.tsv").read_bytes() == (shipped / "pairs.tsv").read_bytes()


def test_features_are_built_written_and_then_protected(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shipped = Path(__file__).resolve().parents[2] / "data" / "demo"
    folder = tmp_path / "raw"
    shutil.copytree(shipped, folder, ignore=shutil.ignore_patterns("feature_*", "truth_*", "dataset.toml"))
    assert run("features", str(folder), "--columns", "16") == 0
    assert sorted(path.name for path in folder.glob("feature_*")) == ["feature_go_16.txt", "feature_ppi_16.txt"]
    assert "1,000 genes, 16 columns" in capsys.readouterr().out
    with pytest.raises(DataError, match="--force"):
        run("features", str(folder))
    assert run("features", str(folder), "--columns", "8", "--force") == 0
    assert sorted(path.name for path in folder.glob("feature_*")) == ["feature_go_8.txt", "feature_ppi_8.txt"]
    assert run("check", str(folder)) == 0


def test_features_beyond_reason(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="--columns 0"):
        run("features", str(write_folder(tmp_path)), "--columns", "0")


def test_fetch_without_a_net_says_how_to_do_it_by_hand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("slviz.datasets.download.time.sleep", lambda _seconds: None)
    with pytest.raises(FetchFailed, match="To do it by hand, save these files"):
        run("fetch", "synlethdb", "--to", str(tmp_path / "x"), "--mirror", "http://127.0.0.1:9")


def test_fetch_from_files_saved_by_hand_names_what_lacks(tmp_path: Path) -> None:
    with pytest.raises(FetchFailed, match=r"lacks List_Proteins_in_SL\.txt"):
        run("fetch", "synlethdb", "--to", str(tmp_path / "x"), "--downloaded", str(tmp_path))
