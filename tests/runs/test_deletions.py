"""Deletion tests beside a run: sealed, followed, cancelled, and noticed when damaged."""

from __future__ import annotations

import numpy as np
import pytest
from builders import tiny_graph, tiny_run
from run_folders import finish

from slviz.errors import DamagedRun, RunAlreadyRunning, RunCancelled, RunError
from slviz.runs.deletions import DeletionFiles, DeletionTest


@pytest.fixture
def files(store):
    run = tiny_run(tiny_graph())
    finish(store, run)
    return store.deletions(run.run_id)


def a_test():
    return DeletionTest(
        genes=np.array([3, 7]),
        edges=np.array([9, 4]),
        removed=np.array([3, 1]),
        score=np.array([0.5, 0.6], dtype=np.float32),
        fall_top=np.array([0.1, 0.2], dtype=np.float32),
        fall_random=np.arange(6, dtype=np.float32).reshape(2, 3),
    )


def test_what_was_saved_comes_back_and_the_run_is_whole(store, files):
    assert (files.state(), files.read()) == ("none", None)
    with files.working():
        files.save(a_test())
    back = files.read()
    assert back is not None
    assert files.state() == "finished"
    assert np.array_equal(back.fall_random, a_test().fall_random)
    one = back.of(7)
    assert one is not None
    assert one.edges.tolist() == [4]
    assert back.of(5) is None
    assert store.check(files.folder.name) == []


def test_progress_can_be_followed_and_cancelled(files):
    with files.working():
        files.tell(2, 40)
        assert files.state() == "running"
        assert files.progress() == (2, 40)
        files.cancel()
        with pytest.raises(RunCancelled, match="after 3 of 40"):
            files.tell(3, 40)
    assert files.state() == "none"
    assert files.progress() == (0, 0)
    assert not list(files.path.parent.glob(".*cancel"))
    with pytest.raises(RunError, match="nothing to cancel"):
        files.cancel()


def test_one_process_at_a_time(files, monkeypatch):
    monkeypatch.setattr("slviz.runs.folder.PATIENCE_SECONDS", 0.1)
    with files.working(), pytest.raises(RunAlreadyRunning), files.working():
        pass


def test_a_failure_leaves_its_reason_until_the_next_try(files):
    with pytest.raises(ValueError, match="no luck"), files.working():
        raise ValueError("no luck")
    assert files.state() == "failed"
    assert "no luck" in files.failure()
    with files.working():
        files.save(a_test())
    assert (files.state(), files.failure()) == ("finished", "")


def test_a_cut_or_foreign_test_is_noticed(store, files):
    with files.working():
        files.save(a_test())
    whole = files.path.read_bytes()
    files.path.write_bytes(whole[:-4] + b"\0\0\0\1")
    with pytest.raises(DamagedRun, match=r"sample\.safetensors is cut or altered"):
        files.read()
    assert "sample.safetensors" in store.check(files.folder.name)[0]
    other = DeletionFiles(files.folder, 7)
    foreign = whole.replace(files.folder.name.encode(), b"gat-both-link-00000000"[: len(files.folder.name)])
    other.path.write_bytes(foreign)
    with pytest.raises(DamagedRun):
        other.read()
