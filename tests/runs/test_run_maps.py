from __future__ import annotations

import numpy as np
import pytest
from builders import tiny_run
from run_folders import a_map, finish

from slviz.datasets import GeneGraph
from slviz.errors import DataError, RunAlreadyRunning, RunUnfinished
from slviz.projections import PCA, TSNE, UMAP
from slviz.runs import Run
from slviz.runs.artifacts.maps import map_path
from slviz.runs.folder import holding
from slviz.runs.store import RunStore


@pytest.fixture
def run(store: RunStore, graph: GeneGraph) -> Run:
    run = tiny_run(graph)
    finish(store, run)
    return run


def test_a_map_comes_back_as_it_was(store: RunStore, run: Run):
    wanted = a_map(run, seed=3)
    assert store.artifacts(run.run_id).open_map(PCA(), 3) is None
    store.artifacts(run.run_id).save_map(wanted)
    found = store.artifacts(run.run_id).open_map(PCA(), 3)
    assert found is not None
    np.testing.assert_array_equal(found.coordinates, wanted.coordinates)
    np.testing.assert_array_equal(found.kept, wanted.kept)
    assert (found.method, found.seed, found.axes) == (PCA(), 3, wanted.axes)


def test_settings_seed_and_dimensions_make_different_maps(store: RunStore, run: Run):
    folder = store.folder(run.run_id)
    paths = {
        map_path(folder, TSNE(), 0),
        map_path(folder, TSNE(perplexity=10.0), 0),
        map_path(folder, TSNE(), 1),
        map_path(folder, TSNE(dimensions=3), 0),
        map_path(folder, UMAP(), 0),
    }
    assert len(paths) == 5
    assert all(path.parent.name == "projections" for path in paths)


def test_maps_are_listed_in_the_order_of_the_table(store: RunStore, run: Run):
    for seed in (2, 0):
        store.artifacts(run.run_id).save_map(a_map(run, seed=seed))
    store.artifacts(run.run_id).save_map(a_map(run, seed=1, dimensions=3))
    (store.folder(run.run_id) / "projections" / "pca-00000000.safetensors").write_bytes(b"junk")
    assert store.artifacts(run.run_id).maps() == [(PCA(), 0), (PCA(), 2), (PCA(dimensions=3), 1)]


def test_a_later_map_leaves_the_finished_run_as_it_was(store: RunStore, run: Run):
    before = (store.folder(run.run_id) / "manifest.json").read_bytes()
    store.artifacts(run.run_id).make_map(PCA(), 0)
    assert (store.folder(run.run_id) / "manifest.json").read_bytes() == before
    assert store.check(run.run_id) == []


def test_project_makes_a_map_once(store: RunStore, run: Run):
    first = store.artifacts(run.run_id).make_map(PCA(), 0)
    path = map_path(store.folder(run.run_id), PCA(), 0)
    written = path.stat().st_mtime_ns
    again = store.artifacts(run.run_id).make_map(PCA(), 0)
    assert path.stat().st_mtime_ns == written
    np.testing.assert_array_equal(first.coordinates, again.coordinates)
    assert [entry.name for entry in path.parent.iterdir()] == [path.name], "no lock stays behind"


def test_one_process_makes_a_map_at_a_time(store: RunStore, run: Run, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("slviz.runs.folder.PATIENCE_SECONDS", 0.05)
    path = map_path(store.folder(run.run_id), PCA(), 0)
    path.parent.mkdir()
    with holding(path.with_name(f".{path.stem}.lock"), busy=""):
        assert store.artifacts(run.run_id).map_artifact(PCA(), 0).state == "running"
        with pytest.raises(RunAlreadyRunning, match="Another process is making this pca map"):
            store.artifacts(run.run_id).make_map(PCA(), 0)
    assert store.artifacts(run.run_id).map_artifact(PCA(), 0).state == "none"


def test_why_a_map_could_not_be_made_is_kept(store: RunStore, run: Run, monkeypatch: pytest.MonkeyPatch):
    def refuse(*_args: object, **_settings: object) -> None:
        raise DataError("All genes have the same vector.")

    with monkeypatch.context() as broken:
        broken.setattr(PCA, "fit", refuse)
        with pytest.raises(DataError):
            store.artifacts(run.run_id).make_map(PCA(), 0)
    assert store.artifacts(run.run_id).map_artifact(PCA(), 0).state == "failed"
    assert store.artifacts(run.run_id).map_artifact(PCA(), 0).failure == "All genes have the same vector."
    assert store.check(run.run_id) == []
    store.artifacts(run.run_id).make_map(PCA(), 0)
    assert store.artifacts(run.run_id).map_artifact(PCA(), 0).state == "finished"
    assert store.artifacts(run.run_id).map_artifact(PCA(), 0).failure == ""


def test_an_unfinished_run_has_no_map(store: RunStore, graph: GeneGraph):
    run = tiny_run(graph, task="confidence")
    with store.writing(run.spec):
        pass
    with pytest.raises(RunUnfinished):
        store.artifacts(run.run_id).make_map(PCA(), 0)
