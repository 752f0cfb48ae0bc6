"""The state of a run is derived: every combination of what can lie in its folder."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from run_folders import finish

from slviz.errors import RunError, RunNotFound
from slviz.runs import Run
from slviz.runs.folder import CANCEL, CHECKPOINT, ERROR, LOCK, START_SECONDS, WAITING, holding, is_held, state_of
from slviz.runs.store import RunStore


@pytest.mark.parametrize(
    ("files", "held", "state"),
    [
        ((), True, "running"),
        ((CHECKPOINT,), True, "running"),
        ((CANCEL,), True, "running"),
        ((ERROR,), True, "running"),
        ((WAITING,), True, "waiting"),
        ((LOCK,), False, "interrupted"),
        ((LOCK, CHECKPOINT), False, "interrupted"),
        ((LOCK, WAITING), False, "interrupted"),
        ((LOCK, CANCEL), False, "cancelled"),
        ((LOCK, ERROR), False, "failed"),
        ((LOCK, ERROR, CANCEL), False, "failed"),
        ((LOCK, "manifest.json"), False, "finished"),
        (("manifest.json", CANCEL, ERROR), True, "finished"),
        ((), False, "waiting"),
        (("progress.jsonl",), False, "interrupted"),
        ((CANCEL,), False, "cancelled"),
        ((ERROR,), False, "failed"),
    ],
)
def test_the_table_of_states(tmp_path: Path, files: tuple[str, ...], held: bool, state: str):
    for name in ("spec.json", *files):
        (tmp_path / name).write_text("{}")
    if held:
        with holding(tmp_path / LOCK, busy=""):
            assert state_of(tmp_path) == state
    else:
        assert state_of(tmp_path) == state


def test_what_was_asked_for_long_ago_and_never_began_was_interrupted(tmp_path: Path):
    (tmp_path / "spec.json").write_text("{}")
    long_ago = time.time() - START_SECONDS - 1
    os.utime(tmp_path / "spec.json", (long_ago, long_ago))
    assert state_of(tmp_path) == "interrupted"


def test_a_folder_without_a_spec_is_no_run(tmp_path: Path):
    assert state_of(tmp_path) == "damaged"


def test_looking_at_a_lock_neither_takes_nor_makes_it(tmp_path: Path):
    lock = tmp_path / LOCK
    assert not is_held(lock)
    assert not lock.exists()
    with holding(lock, busy=""):
        assert is_held(lock)
        assert is_held(lock)
    assert not is_held(lock)


def test_a_requested_run_waits_until_its_worker_comes(store: RunStore, run: Run):
    store.request(run.spec)
    assert store.state(run.run_id) == "waiting"
    with store.writing(run.spec):
        assert store.state(run.run_id) == "running"
    assert store.state(run.run_id) == "interrupted"


def test_a_cancel_before_the_worker_came_is_heeded(store: RunStore, run: Run):
    store.request(run.spec)
    store.cancel(run.run_id)
    assert store.state(run.run_id) == "cancelled"
    with pytest.raises(RunError, match="was cancelled"), store.writing(run.spec) as writer:
        writer.stop_if_cancelled()
    assert store.state(run.run_id) == "cancelled"


def test_a_run_asked_for_again_forgets_how_it_ended(store: RunStore, run: Run):
    with pytest.raises(RunError), store.writing(run.spec) as writer:  # noqa: PT012
        store.cancel(run.run_id)
        writer.stop_if_cancelled()
    assert store.state(run.run_id) == "cancelled"
    store.request(run.spec)
    assert store.state(run.run_id) == "waiting"
    with store.writing(run.spec) as writer:
        writer.stop_if_cancelled()


def test_requesting_a_finished_run_leaves_it(store: RunStore, run: Run):
    finish(store, run)
    store.request(run.spec)
    assert store.state(run.run_id) == "finished"
    assert store.check(run.run_id) == []


def test_only_what_is_at_work_can_be_cancelled(store: RunStore, run: Run):
    with pytest.raises(RunNotFound):
        store.cancel(run.run_id)
    finish(store, run)
    with pytest.raises(RunError, match="it is finished"):
        store.cancel(run.run_id)
    assert store.check(run.run_id) == []
