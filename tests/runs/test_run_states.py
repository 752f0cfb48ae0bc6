"""The state of a run is derived: every combination of what can lie in its folder."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from run_folders import CHECKOUT, a_map, finish

from slviz.disk.locks import Held
from slviz.errors import RunAlreadyRunning, RunError, RunNotFound, RunNotSaved
from slviz.projections import PCA
from slviz.runs import Run
from slviz.runs.artifacts.maps import save_map
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


def test_what_was_asked_for_in_the_future_is_not_waited_for(tmp_path: Path):
    (tmp_path / "spec.json").write_text("{}")
    for ahead, state in ((START_SECONDS / 2, "interrupted"), (10 * START_SECONDS, "interrupted"), (1, "waiting")):
        os.utime(tmp_path / "spec.json", (time.time() + ahead,) * 2)
        assert state_of(tmp_path) == state, f"{ahead} s from the future"


def test_a_cancel_of_long_ago_is_not_meant_for_the_next_worker(store: RunStore, run: Run):
    store.request(run.spec)
    store.cancel(run.run_id)
    cancel = store.folder(run.run_id) / CANCEL
    os.utime(cancel, (time.time() - START_SECONDS - 1,) * 2)
    with store.writing(run.spec) as writer:
        writer.stop_if_cancelled()


def test_a_request_gives_the_lock_away_while_it_is_held(store: RunStore, run: Run, monkeypatch: pytest.MonkeyPatch):
    """Two workers once trained one run: the request removed a lock that a worker had taken meanwhile."""
    seen = []
    real = Held.give_back

    def give_back(held: Held, *, remove: bool = False) -> None:
        seen.append((held.path.name, is_held(held.path), remove))
        real(held, remove=remove)

    monkeypatch.setattr(Held, "give_back", give_back)
    store.request(run.spec)
    assert seen == [(LOCK, True, True)]
    assert not (store.folder(run.run_id) / LOCK).exists()


REQUESTS = """
import sys, time
sys.path.insert(0, "tests")
from pathlib import Path
from builders import tiny_graph, tiny_run
from slviz.errors import RunAlreadyRunning
from slviz.runs.store import RunStore
import slviz.runs.folder
import slviz.disk.locks
from slviz.disk.locks import Held
slviz.disk.locks.POLL_SECONDS = 0.0005
slviz.runs.folder.PATIENCE_SECONDS = 0.2
real = Held.give_back
def give_back(held, *, remove=False):
    real(held, remove=remove)
    time.sleep(0.005)  # a worker comes in this moment
Held.give_back = give_back
store, run = RunStore(Path(sys.argv[1])), tiny_run(tiny_graph())
print("ready", flush=True)
sys.stdin.readline()
for _ in range(100):
    try:
        store.request(run.spec)
    except RunAlreadyRunning:
        pass
"""

WORKERS = """
import os, sys, time
sys.path.insert(0, "tests")
from pathlib import Path
from builders import tiny_graph, tiny_run
from slviz.errors import RunAlreadyRunning
from slviz.runs.store import RunStore
import slviz.disk.locks
slviz.disk.locks.POLL_SECONDS = 0.001
store, run = RunStore(Path(sys.argv[1])), tiny_run(tiny_graph())
inside = Path(sys.argv[1]) / "inside"
print("ready", flush=True)
sys.stdin.readline()
for _ in range(100):
    try:
        with store.writing(run.spec):
            os.close(os.open(inside, os.O_CREAT | os.O_EXCL))  # fails where another worker is inside, too
            time.sleep(0.002)
            inside.unlink()
    except RunAlreadyRunning:
        pass
    time.sleep(0.004)
print("alone")
"""


@pytest.mark.slow
def test_workers_and_requests_at_once_leave_one_worker_at_a_time(store: RunStore):
    store.root.mkdir(parents=True)
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(store.root)],
            cwd=CHECKOUT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for code in (REQUESTS, WORKERS, WORKERS)
    ]
    for each in processes:
        assert each.stdout is not None
        assert each.stdout.readline() == "ready\n"
    for each in processes:
        assert each.stdin is not None
        each.stdin.write("go\n")
        each.stdin.flush()
    said = [each.communicate(timeout=120) for each in processes]
    assert [error for _, error in said] == ["", "", ""]
    assert [out for out, _ in said[1:]] == ["alone\n", "alone\n"]


def test_a_run_is_not_removed_while_a_map_of_it_is_made(store: RunStore, run: Run):
    folder = finish(store, run)
    with (
        store.artifacts(run.run_id).map_artifact(PCA(), 0).making(busy=""),
        pytest.raises(RunAlreadyRunning, match="Another process is making pca"),
    ):
        store.remove(run.run_id)
    assert store.state(run.run_id) == "finished"
    assert not (folder / LOCK).exists()
    store.remove(run.run_id)
    assert list(store.root.iterdir()) == []


def test_what_is_made_of_a_run_that_was_removed_does_not_bring_its_folder_back(store: RunStore, run: Run):
    folder = finish(store, run)
    work = store.artifacts(run.run_id).map_artifact(PCA(), 0)
    store.remove(run.run_id)
    with pytest.raises(RunNotSaved), work.making(busy=""):
        pytest.fail("there is no run any more")
    with pytest.raises(RunNotSaved):
        save_map(folder, a_map(run))
    assert not folder.exists()


def test_a_wish_to_stop_a_killed_edge_ablation_does_not_stop_the_next(store: RunStore, run: Run):
    finish(store, run)
    work = store.artifacts(run.run_id).ablation_artifact(3)
    work.path.parent.mkdir()
    work.path.with_name(".gene-3.cancel").touch()  # its worker was killed before it saw it
    with work.making(busy="") as tell:
        tell(0.5, "gene 1 of 2")
    assert list(work.path.parent.iterdir()) == []
