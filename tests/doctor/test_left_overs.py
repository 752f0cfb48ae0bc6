"""Every kind of left-over is found where it lies, cleared, and left alone while a living process has it."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from builders import tiny_graph, tiny_run
from run_folders import finish

from slviz.disk.locks import take
from slviz.doctor.left_overs import UPLOAD_SECONDS, Places, clear_at_start, left_overs
from slviz.gene_sets import GeneSet, GeneSets
from slviz.projections import PCA
from slviz.runs.store import RunStore

RUN = "gat-both-link-0a1b2c3d"
SET = "digits-0a1b2c3d"
DIGEST = "0123456789abcdef" * 4


@pytest.fixture
def places(tmp_path: Path) -> Places:
    found = Places(tmp_path / "models", tmp_path / "cache", tmp_path / "data" / "synlethdb", tmp_path / "tmp")
    for place in (found.models, found.cache, found.fetched.parent, found.temporary):
        place.mkdir(parents=True)
    return found


def lay(path: Path, *, days_old: float = 0.0) -> Path:
    """A file that was written so many days ago."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x")
    os.utime(path, (time.time() - days_old * 86400,) * 2)
    return path


KINDS = {
    "a removal": "models/.removed-gat-both-link-0a1b2c3d-77/spec.json",
    "a removal of vectors": f"models/.vectors/.removed-{SET}-00ff00ff/points.parquet",
    "a part of a run": f"models/{RUN}/.weights.safetensors.12ab34cd.part",
    "a part of a map": f"models/{RUN}/projections/.pca-1.safetensors.12ab34cd.part",
    "the lock of a map": f"models/{RUN}/projections/.pca-1.lock",
    "the progress of a map": f"models/{RUN}/projections/.pca-1.progress",
    "half a progress": f"models/{RUN}/projections/.pca-1.progress.part",
    "a wish about a map": f"models/{RUN}/projections/.pca-1.cancel",
    "a control": f"models/{RUN}/controls/shuffled/.embedding.lock",
    "the map of a control": f"models/{RUN}/controls/shuffled/projections/.pca-1.lock",
    "an edge ablation": f"models/{RUN}/deletions/.gene-7.cancel",
    "a staged upload": f"models/.held-out/.{DIGEST}.tsv.12ab34cd.part",
    "a selection": "models/.gene-sets/0123456789abcdef/.lock",
    "half a selection": "models/.gene-sets/0123456789abcdef/.ab.json.12ab34cd.part",
    "half a vector set": f"models/.vectors/{SET}/points.parquet",
    "a search": "models/.studies/gat.lock",
    "a wish about a search": "models/.studies/gat.cancel",
    "a sweep on a cluster": "models/.sweeps/0123456789abcdef0123456789abcdef",
    "a place to train in": "models/.slots/here-0.lock",
    "half an entry of the cache": "cache/.abc.slviz.12ab34cd.part",
    "half an entry of earlier versions": "cache/.writing-abcd1234",
    "half an upload": f"cache/uploads/{DIGEST}/.writing-abcd1234/genes.txt",
    "half a data set": "data/synlethdb.ready-abcd1234/ppi_edges.tsv",
    "half a download": "data/synlethdb.part/pairs.txt.partial",
}


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_found_and_cleared(places: Places, tmp_path: Path, kind: str) -> None:
    run = places.models / RUN
    run.mkdir()
    (run / "spec.json").write_text("{}")
    lay(tmp_path / KINDS[kind])
    found = left_overs(places)
    assert found
    assert all(left.what and left.size_bytes >= 0 and left.age_seconds is not None for left in found)
    assert all(left.clear() for left in found)
    assert left_overs(places) == []
    assert not (tmp_path / KINDS[kind]).exists()
    assert (run / "spec.json").exists()


def test_old_logs_and_uploads_of_killed_servers_go(places: Places) -> None:
    old, new = (lay(places.models / ".jobs" / f"train-{days}.log", days_old=days) for days in (30, 0))
    folders = [places.temporary / f"slviz-upload-{name}" for name in ("old", "new")]
    for folder in folders:
        folder.mkdir()
    os.utime(folders[0], (time.time() - 2 * UPLOAD_SECONDS,) * 2)
    assert {left.path for left in left_overs(places)} == {old, folders[0]}
    clear_at_start(places)
    assert [path.exists() for path in (old, new, *folders)] == [False, True, False, True]


def test_what_came_from_the_future_is_old(places: Places) -> None:
    log = lay(places.models / ".jobs" / "train-1.log", days_old=-30)
    (left,) = left_overs(places)
    assert left.path == log
    assert left.age_seconds is not None
    assert left.age_seconds < 0


FOREIGN = (
    "models/.removed",
    "models/.removed-notes-12",
    "models/notes.part",
    "models/.hidden.part",
    "models/README.md",
    "models/my-folder/.lock",
    "models/my-folder/checkpoint.safetensors",
    "models/.vectors/notes/points.parquet",
    "models/.studies/gat.db",
    "models/.studies/gat.db-journal",
    "models/.sweeps/notes",
    "models/.slots/notes.txt",
    "models/.jobs/train-1.log",
    "cache/other/.writing-x",
    "cache/uploads/mine/genes.txt",
    f"cache/uploads/{DIGEST}/uploaded/genes.txt",
    "data/synlethdb2.part/x",
    "data/mine.ready/x",
    "tmp/tmpabc/x",
    "tmp/slviz-upload-x",
)


def test_nothing_else_is_touched(places: Places, tmp_path: Path) -> None:
    for name in FOREIGN:
        lay(tmp_path / name)
    clear_at_start(places)
    for left in left_overs(places):
        left.clear()
    assert [name for name in FOREIGN if not (tmp_path / name).exists()] == []


def test_the_files_of_a_finished_run_stay_and_those_of_its_training_go(places: Places) -> None:
    store, run = RunStore(places.models), tiny_run(tiny_graph())
    folder = finish(store, run)
    store.artifacts(run.run_id).make_map(PCA(), 0)
    before = sorted(folder.rglob("*"))
    for name in ("checkpoint.safetensors", "cancel", "error.json", "waiting", "device", ".lock"):
        lay(folder / name)
    held = take(folder / ".lock")
    assert left_overs(places) == [], "a worker makes its maps"
    held.give_back()
    assert len(left_overs(places)) == 6
    clear_at_start(places)
    assert sorted(folder.rglob("*")) == before
    assert store.check(run.run_id) == []


def test_an_unfinished_run_keeps_what_it_goes_on_with(places: Places) -> None:
    store, run = RunStore(places.models), tiny_run(tiny_graph())
    with store.writing(run.spec) as writer:
        writer.begin(run.predictions)
        lay(writer.folder / "checkpoint.safetensors")
        lay(writer.folder / "waiting")
        assert left_overs(places) == []
    before = {path.name for path in (places.models / run.run_id).iterdir()}
    assert [left.path.name for left in left_overs(places)] == ["waiting"]
    clear_at_start(places)
    assert {path.name for path in (places.models / run.run_id).iterdir()} == before - {"waiting"}
    assert store.state(run.run_id) == "interrupted"


def test_a_run_that_waits_for_its_worker_is_left(places: Places) -> None:
    store, run = RunStore(places.models), tiny_run(tiny_graph())
    store.request(run.spec)
    assert left_overs(places) == []
    clear_at_start(places)
    assert store.state(run.run_id) == "waiting"


def test_a_run_stopped_before_its_spec_is_interrupted_and_goes(places: Places) -> None:
    store = RunStore(places.models)
    (places.models / RUN).mkdir()
    assert store.state(RUN) == "interrupted"
    (places.models / RUN / ".lock").touch()
    assert store.state(RUN) == "interrupted"
    (summary,) = store.summaries()
    assert summary.spec is None
    assert "Start it again" in summary.problem
    held = take(places.models / RUN / ".lock")
    assert store.state(RUN) == "running"
    assert left_overs(places) == []
    held.give_back()
    clear_at_start(places)
    assert list(places.models.iterdir()) == []


def test_a_download_to_go_on_with_outlives_a_start(places: Places, tmp_path: Path) -> None:
    lay(tmp_path / KINDS["half a download"])
    clear_at_start(places)
    (left,) = left_overs(places)
    assert left.clear()


def test_a_kept_selection_leaves_no_lock(places: Places) -> None:
    graph = tiny_graph()
    GeneSets(places.models, graph.fingerprint).keep(GeneSet.of("lasso", graph, [1, 2]))
    assert left_overs(places) == []
    assert not list(places.models.rglob(".lock"))


def test_folders_that_are_not_there_hold_nothing(tmp_path: Path) -> None:
    nowhere = Places(tmp_path / "a", tmp_path / "b", tmp_path / "c" / "d", tmp_path / "e")
    assert left_overs(nowhere) == []
    assert clear_at_start(nowhere) == 0
