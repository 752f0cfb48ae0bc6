"""Work beside a run: one maker, progress that others see, cancel, and a reason for a failure."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from builders import tiny_run
from run_folders import finish, start_slviz, wait_until

from slviz.datasets import GeneGraph
from slviz.errors import DamagedRun, DataError, RunAlreadyRunning, RunCancelled
from slviz.projections import PCA, TSNE
from slviz.runs import Run
from slviz.runs.artifacts import Artifact, Progress
from slviz.runs.store import RunStore


@pytest.fixture
def run(store: RunStore, graph: GeneGraph) -> Run:
    made = tiny_run(graph)
    finish(store, made)
    return made


def test_progress_is_seen_by_others_and_gone_afterwards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("slviz.runs.artifacts.artifact.TELL_SECONDS", 0.0)
    work = Artifact(tmp_path / "deep" / "map.safetensors")
    assert work.state == "none"
    with work.making(busy="") as tell:
        assert Artifact(work.path).state == "running"
        assert Artifact(work.path).progress == Progress(0.0, "starting")
        tell(0.4, "step 4 of 10")
        assert Artifact(work.path).progress == Progress(0.4, "step 4 of 10")
        work.path.write_bytes(b"made")
    assert work.state == "finished"
    assert [each.name for each in work.path.parent.iterdir()] == ["map.safetensors"]


def test_a_cancel_ends_the_work_and_leaves_no_failure(tmp_path: Path) -> None:
    work = Artifact(tmp_path / "map.safetensors")
    seen: list[str] = []

    def stopped_on_its_way() -> None:
        with work.making(busy="") as tell:
            tell(0.1, "finding")
            seen.append("before")
            Artifact(work.path).cancel()
            tell(0.2, "finding")
            seen.append("after")

    with pytest.raises(RunCancelled):
        stopped_on_its_way()
    assert seen == ["before"]
    assert work.state == "none"
    assert list(tmp_path.iterdir()) == []
    with work.making(busy="") as tell:
        tell(0.1, "an old wish to stop does not stop the next one")


def test_a_cancel_where_nothing_works_is_no_wish_for_later(tmp_path: Path) -> None:
    work = Artifact(tmp_path / "map.safetensors")
    work.cancel()
    assert list(tmp_path.iterdir()) == []


def test_a_failure_is_told_until_the_next_try(tmp_path: Path) -> None:
    work = Artifact(tmp_path / "map.safetensors")
    with pytest.raises(DataError), work.making(busy=""):
        raise DataError("Two genes are too few.")
    assert (work.state, work.failure) == ("failed", "Two genes are too few.")
    with work.making(busy=""):
        assert work.failure == ""


def test_only_one_process_makes_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("slviz.runs.folder.PATIENCE_SECONDS", 0.05)
    work = Artifact(tmp_path / "map.safetensors")
    with (
        work.making(busy=""),
        pytest.raises(RunAlreadyRunning, match="somebody else"),
        Artifact(work.path).making(busy="somebody else"),
    ):
        pass


def test_map_quality_is_kept_with_its_map_and_checked(store: RunStore, run: Run) -> None:
    assert store.artifacts(run.run_id).open_map_quality(PCA(), 0) is None
    measured = store.artifacts(run.run_id).measure_map_quality(PCA(), 0)
    found = store.artifacts(run.run_id).open_map_quality(PCA(), 0)
    assert found is not None
    np.testing.assert_array_equal(found.continuity, measured.continuity)
    assert found.neighbours == measured.neighbours
    assert store.artifacts(run.run_id).maps() == [(PCA(), 0)], "it is no map"
    assert store.check(run.run_id) == []
    path = store.artifacts(run.run_id).map_quality_artifact(PCA(), 0).path
    path.write_bytes(path.read_bytes()[:-3])
    with pytest.raises(DamagedRun, match="quality-pca"):
        store.artifacts(run.run_id).open_map_quality(PCA(), 0)
    assert any("quality-pca" in each for each in store.check(run.run_id))
    again = store.artifacts(run.run_id).measure_map_quality(PCA(), 0)
    np.testing.assert_array_equal(again.recall, measured.recall)


def test_a_worker_is_followed_and_cancelled_from_another_process(store: RunStore, run: Run) -> None:
    method = TSNE(iterations=10_000)
    worker = start_slviz(store.root, "project", run.run_id, "--method", "tsne", "iterations=10000")
    work = store.artifacts(run.run_id).map_artifact(method, 0)
    wait_until(lambda: work.progress.doing.startswith("step ") or worker.poll() is not None)
    assert work.state == "running"
    assert 0 < work.progress.share < 1
    work.cancel()
    _, said = worker.communicate(timeout=60)
    assert worker.returncode != 0
    assert "cancelled" in said
    assert "Traceback" not in said
    assert work.state == "none"
    assert store.artifacts(run.run_id).open_map(method, 0) is None
