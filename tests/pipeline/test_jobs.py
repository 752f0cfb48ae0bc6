from __future__ import annotations

import dataclasses
import os
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from builders import tiny_graph, tiny_run, tiny_spec
from run_folders import environment, wait_until, write_data_folder

from slviz.datasets import GeneGraph
from slviz.errors import InvalidSetting, RunAlreadyRunning, RunCancelled, RunNotFound
from slviz.optimisers import OPTIMISERS
from slviz.pipeline import jobs, slots, time_left
from slviz.runs.store import RunStore


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunStore:
    for name, value in environment(tmp_path / "models").items():
        monkeypatch.setenv(name, value)
    return RunStore.default()


def test_time_left_is_what_recent_epochs_took():
    history = pd.DataFrame({"epoch": np.arange(1, 51), "seconds": [9.0] * 30 + [0.5] * 20})
    assert time_left.seconds_left(history, 200) == pytest.approx(75)
    assert time_left.seconds_left(history, 50) == 0
    assert np.isnan(time_left.seconds_left(history.head(0), 200))


def test_as_many_slots_as_asked_for(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SLVIZ_SLOTS", "3")
    assert slots.slots() == 3
    for nonsense in ("0", "-1", "many", "1.5"):
        monkeypatch.setenv("SLVIZ_SLOTS", nonsense)
        with pytest.raises(InvalidSetting, match="SLVIZ_SLOTS"):
            slots.slots()
    monkeypatch.delenv("SLVIZ_SLOTS")
    assert slots.slots() == max(1, (os.cpu_count() or 1) // 4)


def test_without_a_free_slot_a_run_waits_and_can_be_cancelled(
    store: RunStore, graph: GeneGraph, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("SLVIZ_SLOTS", "1")
    first, second = (tiny_run(graph, task=task).spec for task in ("link", "confidence"))
    seen = []

    def look_and_cancel(_seconds: float) -> None:
        seen.append(store.state(second.run_id))
        store.cancel(second.run_id)

    monkeypatch.setattr(slots.time, "sleep", look_and_cancel)
    with store.writing(first) as busy, slots.slot(busy, store):
        assert store.state(first.run_id) == "running"
        with pytest.raises(RunCancelled), store.writing(second) as writer, slots.slot(writer, store):
            pytest.fail("there was no free slot")
    assert seen == ["waiting"]
    assert store.state(second.run_id) == "cancelled"
    with store.writing(second) as writer, slots.slot(writer, store):
        assert store.state(second.run_id) == "running"


def test_two_slots_train_two(store: RunStore, graph: GeneGraph, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SLVIZ_SLOTS", "2")
    first, second = (tiny_run(graph, task=task).spec for task in ("link", "confidence"))
    with (
        store.writing(first) as one,
        slots.slot(one, store),
        store.writing(second) as two,
        slots.slot(two, store),
    ):
        assert store.state(first.run_id) == store.state(second.run_id) == "running"


def test_a_run_that_was_never_made_cannot_be_resumed(store: RunStore):
    with pytest.raises(RunNotFound):
        jobs.resume("gat-both-link-00000000")


def test_a_worker_that_dies_before_it_begins_leaves_its_reason(store: RunStore, graph: GeneGraph, tmp_path: Path):
    spec = tiny_spec(graph)
    jobs.start_training(spec, source=str(tmp_path / "nowhere"))
    assert store.state(spec.run_id) == "waiting", "from the moment on that it was asked for"
    wait_until(lambda: store.state(spec.run_id) == "failed")
    assert "no such folder exists" in store.failure(spec.run_id)
    store.request(spec)
    assert store.state(spec.run_id) == "waiting", "a second try begins afresh"


@pytest.mark.slow
def test_a_job_trains_in_a_process_of_its_own_from_any_folder(
    store: RunStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    folder = write_data_folder(tmp_path / "data", tiny_graph())
    monkeypatch.chdir(tmp_path)
    from slviz.datasets.sources import open_dataset

    opened = open_dataset(str(folder))
    spec = dataclasses.replace(tiny_spec(opened), data_source=str(folder), optimiser=OPTIMISERS.make("adam", epochs=3))
    started = time.monotonic()
    jobs.start_training(spec, source=str(folder), device="cpu")
    assert time.monotonic() - started < 2, "a page does not wait"
    wait_until(lambda: store.state(spec.run_id) == "running")
    with pytest.raises(RunAlreadyRunning):
        jobs.start_training(spec, source=str(folder))
    wait_until(lambda: store.state(spec.run_id) == "finished")
    assert store.open(spec.run_id).spec.data_source == str(folder)
    assert len(store.progress(spec.run_id)) == 3
    wait_until(lambda: len(store.artifacts(spec.run_id).maps()) == 3)
    assert [method.name for method, _ in store.artifacts(spec.run_id).maps()] == ["pca", "tsne", "umap"]
