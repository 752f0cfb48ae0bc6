"""`doctor` tells what is wrong and what to do, and ends with 1 where something needs doing."""

from __future__ import annotations

import os
import re
import shutil
import socket
from pathlib import Path

import pytest
from builders import tiny_run
from run_folders import finish

from slviz.cli import main
from slviz.datasets import GeneGraph
from slviz.disk.locks import take
from slviz.runs.store import RunStore


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunStore:
    monkeypatch.setenv("SLVIZ_MODELS", str(tmp_path / "models"))
    monkeypatch.setenv("SLVIZ_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("SLVIZ_DATA", raising=False)
    monkeypatch.setattr("slviz.runs.store.SHIPPED", tmp_path / "shipped")
    monkeypatch.setattr("slviz.doctor.left_overs.own_data", lambda: tmp_path / "data")
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path / "tmp"))
    return RunStore.default()


def said(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    status = main(["doctor", *words])
    printed = capsys.readouterr()
    assert printed.err == ""
    return status, printed.out


def test_where_all_is_well_nothing_needs_doing(
    store: RunStore, graph: GeneGraph, capsys: pytest.CaptureFixture[str]
) -> None:
    assert said(capsys)[0] == 0, "a models folder that is not there yet is no fault"
    finish(store, tiny_run(graph))
    before = sorted(store.root.rglob("*"))
    status, out = said(capsys)
    assert status == 0
    assert re.search(r"versions +slviz .*Python 3\.", out)
    assert re.search(r"libraries +.*numpy \d.*torch \d", out)
    assert re.search(r"device +trains on (cpu|cuda|mps)", out)
    assert str(store.root) in out
    assert "free for runs" in out
    assert re.search(r"proxy +(HAProxy version \d.* at /|no HAProxy here)", out)
    assert "scheduler        none named" in out
    assert "data set         demo: " in out
    assert "1 finished" in out
    assert "left-overs       none" in out
    assert out.endswith("Nothing needs doing.\n")
    assert "→" not in out
    assert sorted(store.root.rglob("*")) == before


def test_left_overs_are_told_with_size_and_age_and_cleared(
    store: RunStore, graph: GeneGraph, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = finish(store, tiny_run(graph))
    (folder / "checkpoint.safetensors").write_bytes(b"x" * 2500)
    status, out = said(capsys)
    assert status == 1
    assert re.search(
        r"left-over .*checkpoint\.safetensors: a file of the training of a finished run, 2\.5 kB, new", out
    )
    assert "doctor --clear" in out
    assert out.endswith("1 thing needs something done.\n")
    status, out = said(capsys, "--clear")
    assert status == 0
    assert "cleared" in out
    assert not (folder / "checkpoint.safetensors").exists()
    assert said(capsys)[0] == 0


def test_a_living_workers_files_are_neither_told_nor_cleared(
    store: RunStore, graph: GeneGraph, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = finish(store, tiny_run(graph))
    (folder / "projections").mkdir()
    (folder / "projections" / ".pca-1.progress").touch()
    held = take(folder / "projections" / ".pca-1.lock")
    assert said(capsys, "--clear")[0] == 0
    assert (folder / "projections" / ".pca-1.progress").exists()
    held.give_back()
    assert said(capsys)[0] == 1


def test_interrupted_and_damaged_runs_are_told_with_a_command(
    store: RunStore, graph: GeneGraph, capsys: pytest.CaptureFixture[str]
) -> None:
    stopped, damaged = tiny_run(graph), tiny_run(graph, task="confidence")
    with store.writing(stopped.spec):
        pass
    path = finish(store, damaged) / "weights.safetensors"
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    status, out = said(capsys)
    assert status == 1
    assert f"interrupted run  {stopped.run_id}" in out
    assert f"python -m slviz train --resume {stopped.run_id}" in out
    assert re.search(rf"damaged file +{damaged.run_id}: weights\.safetensors", out)
    assert f"python -m slviz runs show {damaged.run_id}" in out
    assert out.endswith("2 things need something done.\n")
    assert "weights" not in said(capsys, "--quick")[1], "its size is right"
    shutil.rmtree(store.folder(damaged.run_id))
    store.remove(stopped.run_id)
    assert said(capsys)[0] == 0


def test_places_that_cannot_be_used_are_told(
    store: RunStore, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLVIZ_DATA", "nowhere")
    store.root.write_text("a file")
    status, out = said(capsys)
    assert status == 1
    assert "is a file" in out
    assert "Set SLVIZ_MODELS to a folder." in out
    assert "nowhere is opened by default and is not here" in out
    store.root.unlink()
    store.root.mkdir()

    def refuse(*_: object, **__: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(os, "open", refuse)
    status, out = said(capsys)
    assert status == 1
    assert "cannot be written: Read-only file system" in out


def test_a_full_disk_is_told(
    store: RunStore, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage("/")
    monkeypatch.setattr("slviz.doctor.checkup.shutil.disk_usage", lambda _: usage._replace(free=5_000_000))
    status, out = said(capsys)
    assert status == 1
    assert "5.0 MB free for runs" in out
    assert "Make room" in out


def test_a_scheduler_is_asked_for_a_connection(
    store: RunStore, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        address = f"tcp://127.0.0.1:{listening.getsockname()[1]}"
        monkeypatch.setenv("SLVIZ_SCHEDULER", address)
        status, out = said(capsys)
        assert (status, f"scheduler        {address} takes connections" in out) == (0, True)
    status, out = said(capsys)
    assert status == 1
    assert f"{address} does not answer" in out
    assert "→ Start it with `dask scheduler`" in out
    monkeypatch.setenv("SLVIZ_SCHEDULER", "10.0.0.2")
    status, out = said(capsys)
    assert status == 1
    assert "→ Correct SLVIZ_SCHEDULER" in out
