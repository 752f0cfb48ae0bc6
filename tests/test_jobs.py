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

from slviz import jobs
from slviz.cli import parse
from slviz.cli.train import spec_of
from slviz.datasets import GeneGraph
from slviz.errors import InvalidSetting, RunAlreadyRunning, RunCancelled, RunNotFound
from slviz.projections import PROJECTIONS, UMAP
from slviz.runs import RunSpec
from slviz.runs.spec import TABLES
from slviz.runs.store import RunStore
from slviz.splits import HeldOut


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunStore:
    for name, value in environment(tmp_path / "models").items():
        monkeypatch.setenv(name, value)
    return RunStore.default()


def typed(command: list[str], graph: GeneGraph) -> RunSpec:
    """The spec that the command line makes of a command."""
    asked = parse(command)
    held_out = None
    if asked.test_pairs is not None:
        held_out = HeldOut.read(graph, asked.test_pairs, negatives=asked.test_negatives)
    return spec_of(asked, graph, source=asked.data, held_out=held_out)


@pytest.mark.parametrize("network", TABLES["network"])
@pytest.mark.parametrize("task", TABLES["task"])
@pytest.mark.parametrize("features", TABLES["features"])
def test_a_command_makes_the_run_that_it_was_made_from(graph: GeneGraph, network: str, task: str, features: str):
    spec = tiny_spec(graph, task=task, network=network, features=features)
    command = jobs.train_command(spec, source=spec.data_source)
    assert command == [
        *("train", "--data", "tiny", "--task", task, "--network", network),
        *("--features", spec.features.name, "--split", "pairs"),
    ]
    assert typed(command, graph) == spec


def test_a_command_holds_all_that_differs_from_the_defaults(graph: GeneGraph):
    spec = dataclasses.replace(
        tiny_spec(graph),
        network=TABLES["network"].make("gat", heads=2, v2=True),
        optimiser=TABLES["optimiser"].make("adam", epochs=7, learning_rate=1 / 3, weight_decay=1e-6),
        split=TABLES["split"].make("pairs", fold=4),
        seed=11,
    )
    command = jobs.train_command(spec, source="a folder", device="cpu")
    assert command[-8:] == [
        *(
            "--device",
            "cpu",
            "heads=2",
            "v2=true",
            "fold=4",
            "epochs=7",
            "learning_rate=0.3333333333333333",
            "weight_decay=1e-06",
        )
    ]
    assert typed(command, graph).run_id == spec.run_id


def test_a_file_of_test_pairs_is_part_of_the_command(graph: GeneGraph, tmp_path: Path):
    pairs, others = tmp_path / "pairs.tsv", tmp_path / "others.tsv"
    pairs.write_text("GENE0\tGENE1\nGENE2\tGENE3\n")
    others.write_text("GENE4\tGENE5\n")
    held_out = HeldOut.read(graph, pairs, negatives=others)
    spec = dataclasses.replace(tiny_spec(graph), split=held_out.split(split_seed=3))
    with pytest.raises(InvalidSetting, match="--test-pairs FILE"):
        jobs.train_command(spec, source="tiny")
    command = jobs.train_command(spec, source="tiny", test_pairs=pairs, test_negatives=others)
    assert typed(command, graph) == spec
    assert not any(word.startswith("test_pairs=") for word in command)


@pytest.mark.parametrize("method", PROJECTIONS)
def test_a_map_has_a_command(method: str):
    command = jobs.project_command("gat-both-link-3f9c2a81", PROJECTIONS.make(method), seed=2)
    asked = parse(command)
    assert (asked.run, asked.method, asked.seed, asked.settings) == ("gat-both-link-3f9c2a81", method, 2, [])
    changed = parse(jobs.project_command("r", UMAP(neighbours=7)))
    assert changed.settings == ["neighbours=7"]


def test_time_left_is_what_recent_epochs_took():
    history = pd.DataFrame({"epoch": np.arange(1, 51), "seconds": [9.0] * 30 + [0.5] * 20})
    assert jobs.seconds_left(history, 200) == pytest.approx(75)
    assert jobs.seconds_left(history, 50) == 0
    assert np.isnan(jobs.seconds_left(history.head(0), 200))


def test_as_many_slots_as_asked_for(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SLVIZ_SLOTS", "3")
    assert jobs.slots() == 3
    for nonsense in ("0", "-1", "many", "1.5"):
        monkeypatch.setenv("SLVIZ_SLOTS", nonsense)
        with pytest.raises(InvalidSetting, match="SLVIZ_SLOTS"):
            jobs.slots()
    monkeypatch.delenv("SLVIZ_SLOTS")
    assert jobs.slots() == max(1, (os.cpu_count() or 1) // 4)


def test_without_a_free_slot_a_run_waits_and_can_be_cancelled(
    store: RunStore, graph: GeneGraph, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("SLVIZ_SLOTS", "1")
    first, second = (tiny_run(graph, task=task).spec for task in ("link", "confidence"))
    seen = []

    def look_and_cancel(_seconds: float) -> None:
        seen.append(store.state(second.run_id))
        store.cancel(second.run_id)

    monkeypatch.setattr(jobs.time, "sleep", look_and_cancel)
    with store.writing(first) as busy, jobs.slot(busy, store.root):
        assert store.state(first.run_id) == "running"
        with pytest.raises(RunCancelled), store.writing(second) as writer, jobs.slot(writer, store.root):
            pytest.fail("there was no free slot")
    assert seen == ["waiting"]
    assert store.state(second.run_id) == "cancelled"
    with store.writing(second) as writer, jobs.slot(writer, store.root):
        assert store.state(second.run_id) == "running"


def test_two_slots_train_two(store: RunStore, graph: GeneGraph, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SLVIZ_SLOTS", "2")
    first, second = (tiny_run(graph, task=task).spec for task in ("link", "confidence"))
    with (
        store.writing(first) as one,
        jobs.slot(one, store.root),
        store.writing(second) as two,
        jobs.slot(two, store.root),
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
    spec = dataclasses.replace(
        tiny_spec(opened), data_source=str(folder), optimiser=TABLES["optimiser"].make("adam", epochs=3)
    )
    started = time.monotonic()
    jobs.start_training(spec, source=str(folder), device="cpu")
    assert time.monotonic() - started < 2, "a page does not wait"
    wait_until(lambda: store.state(spec.run_id) == "running")
    with pytest.raises(RunAlreadyRunning):
        jobs.start_training(spec, source=str(folder))
    wait_until(lambda: store.state(spec.run_id) == "finished")
    assert store.open(spec.run_id).spec.data_source == str(folder)
    assert len(store.progress(spec.run_id)) == 3
    wait_until(lambda: len(store.projections(spec.run_id)) == 3)
    assert [method.name for method, _ in store.projections(spec.run_id)] == ["pca", "tsne", "umap"]
