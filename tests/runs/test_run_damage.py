"""A file of a finished run that is missing, cut, altered or foreign is named, and nothing else is harmed."""

from __future__ import annotations

import dataclasses
import json
import shutil
from pathlib import Path

import pytest
from builders import tiny_run
from run_folders import a_map, finish

from slviz.datasets import GeneGraph
from slviz.errors import DamagedRun, RunUnfinished
from slviz.projections import PCA
from slviz.runs import Run
from slviz.runs.store import RunStore

READ_BY_OPEN = ("spec.json", "progress.jsonl", "arrays.safetensors", "predictions.parquet", "metrics.json")
FILES = (*READ_BY_OPEN, "split.parquet", "weights.safetensors", "log.txt")
MAP = "projections/pca-*.safetensors"


def _remove(path: Path, _other: Path) -> None:
    path.unlink()


def _cut(path: Path, _other: Path) -> None:
    path.write_bytes(path.read_bytes()[:-5])


def _empty(path: Path, _other: Path) -> None:
    path.write_bytes(b"")


def _alter(path: Path, _other: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-3] ^= 1
    path.write_bytes(content)


def _take_from_another_run(path: Path, other: Path) -> None:
    shutil.copyfile(other, path)


def _replace_by_a_folder(path: Path, _other: Path) -> None:
    path.unlink()
    path.mkdir()


BREAK = (_remove, _cut, _empty, _alter, _take_from_another_run, _replace_by_a_folder)


@pytest.fixture
def run(store: RunStore, graph: GeneGraph) -> Run:
    run = dataclasses.replace(tiny_run(graph), weights={"w": tiny_run(graph).embedding})
    finish(store, run)
    store.artifacts(run.run_id).save_map(a_map(run))
    return run


@pytest.fixture
def other(store: RunStore, graph: GeneGraph) -> Run:
    other = tiny_run(graph, seed=5, width=7)
    changed = dataclasses.replace(other.spec, seed=5)
    other = dataclasses.replace(
        other,
        spec=changed,
        weights={"w": other.embedding},
        metrics=other.metrics.assign(value=[0.6, 0.5]),
        history=other.history.assign(seconds=0.2),
    )
    finish(store, other)
    store.artifacts(other.run_id).save_map(a_map(other, seed=0))
    return other


@pytest.mark.parametrize("how", BREAK)
@pytest.mark.parametrize("name", FILES)
def test_a_broken_file_is_named(store: RunStore, run: Run, other: Run, name: str, how):
    folder = store.folder(run.run_id)
    source = store.folder(other.run_id) / name
    if name == "log.txt":
        source.write_text("another log")
    how(folder / name, source)

    broken = store.check(run.run_id)
    assert len(broken) == 1
    assert name in broken[0]
    assert run.run_id in broken[0]
    if name in READ_BY_OPEN:
        with pytest.raises(DamagedRun, match=name):
            store.open(run.run_id)
    else:
        store.open(run.run_id)
    if name == "weights.safetensors":
        with pytest.raises(DamagedRun, match=name):
            store.open_weights(run.run_id)
    if name == "split.parquet":
        with pytest.raises(DamagedRun, match=name):
            store.open_split(run.run_id)
    states = {each.run_id: each.state for each in store.summaries()}
    assert len(states) == 2
    assert store.open(other.run_id).run_id == other.run_id


@pytest.mark.parametrize("name", FILES)
def test_a_card_shows_what_is_missing_or_cut_without_reading_it(store: RunStore, run: Run, name: str):
    path = store.folder(run.run_id) / name
    _cut(path, path)
    summary = store.summary(run.run_id)
    assert summary.state == "damaged"
    assert f"{name} of run {run.run_id} is cut" in summary.problem
    assert store.find(run.spec) is None
    path.unlink()
    assert f"{name} of run {run.run_id} is missing" in store.summary(run.run_id).problem


@pytest.mark.parametrize("how", [_cut, _empty, _alter, _take_from_another_run])
def test_a_broken_manifest_is_named(store: RunStore, run: Run, other: Run, how):
    how(store.folder(run.run_id) / "manifest.json", store.folder(other.run_id) / "manifest.json")
    with pytest.raises(DamagedRun, match=r"manifest\.json"):
        store.open(run.run_id)
    assert store.summary(run.run_id).state == "damaged"


def test_any_value_in_the_manifest_is_sealed(store: RunStore, run: Run):
    path = store.folder(run.run_id) / "manifest.json"
    stored = json.loads(path.read_text())
    stored["device"] = "cuda"
    path.write_text(json.dumps(stored))
    with pytest.raises(DamagedRun, match="does not match its own SHA-256"):
        store.open(run.run_id)


def test_without_its_manifest_a_run_is_not_finished(store: RunStore, run: Run):
    (store.folder(run.run_id) / "manifest.json").unlink()
    assert store.state(run.run_id) in ("interrupted", "waiting")
    with pytest.raises(RunUnfinished):
        store.open(run.run_id)


def test_a_folder_under_another_runs_name_is_told(store: RunStore, run: Run):
    renamed = store.root / "gat-both-link-00000000"
    store.folder(run.run_id).rename(renamed)
    with pytest.raises(DamagedRun, match=f"belongs to run {run.run_id}"):
        store.open(renamed.name)
    assert store.summary(renamed.name).state == "damaged"


def test_an_unfinished_run_under_another_name_is_told(store: RunStore, graph: GeneGraph):
    run = tiny_run(graph, task="confidence")
    with store.writing(run.spec):
        pass
    renamed = store.root / "gat-both-link-00000000"
    store.folder(run.run_id).rename(renamed)
    summary = store.summary(renamed.name)
    assert summary.state == "damaged"
    assert f"belongs to run {run.run_id}" in summary.problem


def test_a_file_that_is_no_part_is_told_and_does_no_harm(store: RunStore, run: Run):
    (store.folder(run.run_id) / "weights.pkl").write_bytes(b"\x80\x04")
    assert [problem.split(" ")[0] for problem in store.check(run.run_id)] == ["weights.pkl"]
    assert store.open(run.run_id).run_id == run.run_id


@pytest.mark.parametrize("how", [_cut, _empty, _alter, _take_from_another_run])
def test_a_broken_map_is_named_and_the_run_opens(store: RunStore, run: Run, other: Run, how):
    path = next(store.folder(run.run_id).glob(MAP))
    how(path, next(store.folder(other.run_id).glob(MAP)))
    with pytest.raises(DamagedRun, match=path.name):
        store.artifacts(run.run_id).open_map(PCA(), 0)
    assert path.name in store.check(run.run_id)[0]
    assert store.open(run.run_id).run_id == run.run_id


def test_a_map_that_is_missing_was_never_made(store: RunStore, run: Run):
    next(store.folder(run.run_id).glob(MAP)).unlink()
    assert store.artifacts(run.run_id).open_map(PCA(), 0) is None
    assert store.check(run.run_id) == []


def test_a_damaged_map_is_made_again(store: RunStore, run: Run):
    path = next(store.folder(run.run_id).glob(MAP))
    _cut(path, path)
    made = store.artifacts(run.run_id).make_map(PCA(), 0)
    assert made.coordinates.shape == (len(run.genes), 2)
    assert store.check(run.run_id) == []


def test_nothing_is_a_pickle(store: RunStore, run: Run):
    for path in store.folder(run.run_id).rglob("*"):
        assert path.is_dir() or not path.read_bytes().startswith(b"\x80"), path.name


@pytest.mark.parametrize("name", ["spec.json", "metrics.json"])
def test_damage_after_a_first_look_is_seen(store: RunStore, run: Run, name: str) -> None:
    assert store.summary(run.run_id).state == "finished", "what was read is remembered from here on"
    _alter(store.folder(run.run_id) / name, Path())
    assert store.summary(run.run_id).state == "damaged"
