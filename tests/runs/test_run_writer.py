"""The one process that writes a run: what it records, how it ends, and what a disk that refuses does."""

from __future__ import annotations

import dataclasses
import errno
import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from builders import tiny_graph, tiny_run
from run_folders import CHECKOUT, finish

from slviz.datasets import GeneGraph
from slviz.errors import RunAlreadyRunning, RunCancelled, RunNotSaved, TrainingDiverged
from slviz.runs import Run
from slviz.runs.folder import CHECKPOINT, ERROR, LOCK
from slviz.runs.store import RunStore
from slviz.runs.worker import StoredCheckpoint


def an_epoch(number: int, loss: float = 0.5) -> dict[str, float]:
    return {"epoch": number, "train_loss": loss, "validation_loss": 2 * loss, "ap": 0.7, "seconds": 0.1}


def a_checkpoint(run: Run, epoch: int) -> StoredCheckpoint:
    history = pd.DataFrame([an_epoch(number) for number in range(1, epoch + 1)])
    return StoredCheckpoint(epoch, {"w": run.embedding, "step": np.array(3.0)}, history)


def test_epochs_can_be_followed_while_they_come(store: RunStore, run: Run):
    with store.writing(run.spec) as writer:
        writer.begin(run.predictions)
        assert len(store.progress(run.run_id)) == 0
        assert list(store.progress(run.run_id).columns[:3]) == ["epoch", "train_loss", "validation_loss"]
        writer.record(an_epoch(1))
        writer.record(an_epoch(2, loss=float("nan")))
        seen = store.progress(run.run_id)
    assert seen["epoch"].tolist() == [1, 2]
    assert seen["ap"].tolist() == [0.7, 0.7]
    assert np.isnan(seen["train_loss"][1])


@pytest.mark.parametrize("half", ['{"epoch": 3, "train_', "{", '{"epoch": 3}x', "\x00\x00", "[1]", '"epoch"'])
def test_a_line_that_is_not_finished_is_skipped(store: RunStore, run: Run, half: str):
    with store.writing(run.spec) as writer:
        writer.begin(run.predictions)
        writer.record(an_epoch(1))
        writer.record(an_epoch(2))
        with (writer.folder / "progress.jsonl").open("a") as file:
            file.write(half)
    assert store.progress(run.run_id)["epoch"].tolist() == [1, 2]


def test_an_unexpected_error_is_recorded_with_its_traceback(store: RunStore, run: Run):
    with pytest.raises(ZeroDivisionError), store.writing(run.spec) as writer:  # noqa: PT012
        writer.begin(run.predictions)
        writer.record(an_epoch(1))
        1 / 0  # noqa: B018
    assert store.state(run.run_id) == "failed"
    assert "defect of slviz" in store.failure(run.run_id)
    assert "ZeroDivisionError" in store.failure(run.run_id)
    assert "Traceback" in store.log(run.run_id)
    assert len(store.progress(run.run_id)) == 1


def test_divergence_is_told_and_its_epochs_are_kept(store: RunStore, run: Run):
    with pytest.raises(TrainingDiverged), store.writing(run.spec) as writer:  # noqa: PT012
        writer.begin(run.predictions)
        writer.record(an_epoch(1))
        raise TrainingDiverged(2, float("inf"))
    assert store.state(run.run_id) == "failed"
    assert store.failure(run.run_id) == str(TrainingDiverged(2, float("inf")))
    assert "Traceback" not in store.log(run.run_id)
    assert len(store.progress(run.run_id)) == 1


def test_cancel_reaches_the_worker_at_its_next_epoch(store: RunStore, run: Run):
    with pytest.raises(RunCancelled), store.writing(run.spec) as writer:  # noqa: PT012
        writer.begin(run.predictions)
        writer.record(an_epoch(1))
        store.cancel(run.run_id)
        assert store.state(run.run_id) == "running"
        writer.record(an_epoch(2))
    assert store.state(run.run_id) == "cancelled"
    assert store.failure(run.run_id) == ""
    assert len(store.progress(run.run_id)) == 2


def test_a_checkpoint_comes_back_as_it_was(store: RunStore, run: Run):
    wanted = a_checkpoint(run, 20)
    with store.writing(run.spec) as writer:
        writer.begin(run.predictions)
        for number in range(1, 24):
            writer.record(an_epoch(number))
        writer.save_checkpoint(wanted)
    assert store.can_resume(run.run_id)
    with store.writing(run.spec) as writer:
        found = writer.stored_checkpoint()
        assert found is not None
        pd.testing.assert_frame_equal(writer.stored_split(), run.predictions)
        writer.begin(run.predictions, after_epoch=found.epoch)
    assert len(store.progress(run.run_id)) == 20, "what came after the checkpoint is done again"
    assert found.arrays["step"].shape == ()
    np.testing.assert_array_equal(found.arrays["w"], wanted.arrays["w"])
    pd.testing.assert_frame_equal(found.history, wanted.history)


@pytest.mark.parametrize("how", ["cut", "foreign"])
def test_a_checkpoint_that_cannot_be_trusted_is_not_used(store: RunStore, run: Run, how: str):
    other = dataclasses.replace(run, spec=dataclasses.replace(run.spec, seed=9))
    for each in (run, other):
        with store.writing(each.spec) as writer:
            writer.save_checkpoint(a_checkpoint(run, 20))
    path = store.folder(run.run_id) / CHECKPOINT
    content = path.read_bytes()[:-4] if how == "cut" else (store.folder(other.run_id) / CHECKPOINT).read_bytes()
    path.write_bytes(content)
    with store.writing(run.spec) as writer:
        assert writer.stored_checkpoint() is None
    assert "Training begins again" in store.log(run.run_id)


def test_a_finished_run_keeps_nothing_of_how_it_was_made(store: RunStore, run: Run):
    with store.writing(run.spec) as writer:
        writer.begin(run.predictions)
        writer.save_checkpoint(a_checkpoint(run, 20))
        (writer.folder / ".arrays.safetensors.1.part").write_bytes(b"left by a killed worker")
    finish(store, run)
    assert sorted(path.name for path in store.folder(run.run_id).iterdir()) == [
        "arrays.safetensors",
        "log.txt",
        "manifest.json",
        "metrics.json",
        "predictions.parquet",
        "progress.jsonl",
        "spec.json",
        "split.parquet",
        "weights.safetensors",
    ]


def test_what_goes_wrong_after_the_end_leaves_the_finished_run_alone(store: RunStore, run: Run):
    with pytest.raises(KeyError), store.writing(run.spec) as writer:  # noqa: PT012
        writer.begin(run.predictions)
        writer.finish(run)
        raise KeyError("a map that cannot be made")
    assert store.state(run.run_id) == "finished"
    assert store.check(run.run_id) == []


def test_a_second_worker_is_turned_away(store: RunStore, run: Run, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("slviz.runs.folder.PATIENCE_SECONDS", 0.05)
    with store.writing(run.spec) as writer:
        writer.begin(run.predictions)
        for attempt in (store.writing(run.spec).__enter__, lambda: store.request(run.spec)):
            with pytest.raises(RunAlreadyRunning, match="being trained by another process"):
                attempt()
        assert store.state(run.run_id) == "running"
        assert store.failure(run.run_id) == ""


TWO_AT_ONCE = """
import sys, time
sys.path.insert(0, "tests")
from builders import tiny_graph, tiny_run
from pathlib import Path
from slviz.errors import RunAlreadyRunning
from slviz.runs.store import RunStore
import slviz.runs.folder
slviz.runs.folder.PATIENCE_SECONDS = 0.1
run = tiny_run(tiny_graph())
print("ready", flush=True)
sys.stdin.readline()
try:
    with RunStore(Path(sys.argv[1])).writing(run.spec) as writer:
        writer.begin(run.predictions)
        time.sleep(1.5)
        writer.finish(run)
    print("wrote")
except RunAlreadyRunning:
    print("turned away")
"""


def test_of_two_processes_at_once_one_writes(store: RunStore, run: Run):
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", TWO_AT_ONCE, str(store.root)],
            cwd=CHECKOUT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for worker in workers:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "ready\n"
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write("go\n")
        worker.stdin.flush()
    said = sorted(worker.communicate(timeout=60)[0].strip() for worker in workers)
    assert said == ["turned away", "wrote"]
    assert store.check(run.run_id) == []


# --- a disk that refuses -----------------------------------------------------------------------------------


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 3 MiB; skipped where none can be mounted."""
    place = tmp_path / "disk"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(place)]
    try:
        mounted = subprocess.run(command, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        mounted = False
    if not mounted:
        pytest.skip("no small disk can be mounted here (needs root on Linux)")
    try:
        yield place
    finally:
        subprocess.run(["umount", str(place)], check=True)


def test_a_full_disk_stops_one_run_and_harms_no_other(small_disk: Path, run: Run):
    store = RunStore(small_disk / "models")
    finish(store, run)
    large = tiny_run(tiny_graph(6000, 100), width=256)
    with pytest.raises(RunNotSaved, match="the disk is full; make room"):
        finish(store, large)
    assert store.state(large.run_id) in ("failed", "interrupted")
    assert not list(store.root.rglob("*.part"))
    assert store.check(run.run_id) == []
    store.remove(large.run_id)
    assert [each.state for each in store.summaries()] == ["finished"]


@pytest.mark.parametrize("full", [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
def test_at_whichever_file_the_disk_becomes_full_nothing_looks_finished(
    store: RunStore, run: Run, graph: GeneGraph, monkeypatch: pytest.MonkeyPatch, full: int
):
    finish(store, run)
    other = tiny_run(graph, task="confidence")
    written = 0
    real = os.fsync

    def fsync(file: int) -> None:
        nonlocal written
        written += 1
        if written > full:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(file)

    monkeypatch.setattr(os, "fsync", fsync)
    if full < 9:  # spec, split, empty progress, five contents, manifest
        with pytest.raises(RunNotSaved, match="the disk is full"):
            finish(store, other)
        assert store.state(other.run_id) != "finished"
    else:
        finish(store, other)
        assert store.check(other.run_id) == []
    assert store.check(run.run_id) == []
    assert not list(store.root.rglob("*.part"))
    monkeypatch.setattr(os, "fsync", real)
    finish(store, other)
    assert store.check(other.run_id) == []


def test_a_limit_on_file_size_is_a_sentence(tmp_path: Path):
    code = """
import resource, signal, sys
sys.path.insert(0, "tests")
from builders import tiny_graph, tiny_run
from run_folders import finish
from pathlib import Path
from slviz.runs.store import RunStore
run = tiny_run(tiny_graph(), width=400)
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, 30_000))
finish(RunStore(Path(sys.argv[1])), run)
"""
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], cwd=CHECKOUT, capture_output=True, text=True, check=False
    )
    assert "RunNotSaved: arrays.safetensors could not be saved" in done.stderr
    assert "larger than this account may write" in done.stderr
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] != 30_000


@pytest.mark.parametrize(("number", "said"), [(errno.EROFS, "read-only"), (errno.EACCES, "may not write")])
def test_a_place_that_may_not_be_written_is_a_sentence(
    store: RunStore, run: Run, monkeypatch: pytest.MonkeyPatch, number: int, said: str
):
    def refuse(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(RunNotSaved, match=said) as refused:
        finish(store, run)
    assert "SLVIZ_MODELS" in str(refused.value)


def test_a_file_in_the_way_is_a_sentence(tmp_path: Path, run: Run):
    (tmp_path / "models").write_text("not a folder")
    store = RunStore(tmp_path / "models")
    assert store.summaries() == []
    with pytest.raises(RunNotSaved, match="a file is in the way"):
        finish(store, run)


def test_the_lock_is_free_after_a_failure(store: RunStore, run: Run):
    with pytest.raises(ZeroDivisionError), store.writing(run.spec):
        1 / 0  # noqa: B018
    folder = store.folder(run.run_id)
    assert (folder / LOCK).exists()
    assert (folder / ERROR).exists()
    finish(store, run)
    assert store.state(run.run_id) == "finished"
