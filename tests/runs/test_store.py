from __future__ import annotations

import dataclasses
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from builders import tiny_graph, tiny_run, tiny_spec
from run_folders import CHECKOUT, finish

from slviz.datasets import GeneGraph
from slviz.errors import RunAlreadyRunning, RunError, RunNotFound, RunUnfinished
from slviz.networks import NETWORKS
from slviz.runs import Run
from slviz.runs.store import SHIPPED, RunStore


@pytest.mark.parametrize("task", ["link", "confidence"])
def test_a_run_comes_back_as_it_was(store: RunStore, graph: GeneGraph, task: str):
    decoder = {"bilinear": np.arange(6, dtype=np.float32).reshape(2, 3), "bounds": np.empty(0, np.float32)}
    weights = {"layer.weight": np.ones((2, 3), np.float32), "steps": np.array(7, dtype=np.int64)}
    run = dataclasses.replace(
        tiny_run(graph, task=task), decoder=decoder, weights=weights, device="cuda:1", train_seconds=1.5
    )
    finish(store, run)
    found = store.open(run.run_id)
    assert found.spec == run.spec
    assert found.genes == run.genes
    assert (found.device, found.train_seconds, found.weights) == ("cuda:1", 1.5, None)
    np.testing.assert_array_equal(found.embedding, run.embedding)
    for table in ("predictions", "metrics", "history"):
        pd.testing.assert_frame_equal(getattr(found, table), getattr(run, table))
    assert found.attention is not None
    assert run.attention is not None
    np.testing.assert_array_equal(found.attention.edges, run.attention.edges)
    np.testing.assert_array_equal(found.attention.weight, run.attention.weight)
    assert set(found.decoder) == set(decoder)
    np.testing.assert_array_equal(found.decoder["bilinear"], decoder["bilinear"])
    stored = store.open_weights(run.run_id)
    assert stored["steps"].shape == ()
    np.testing.assert_array_equal(stored["layer.weight"], weights["layer.weight"])


def test_a_run_without_attention_and_with_figures_that_are_missing(store: RunStore, run: Run):
    metrics = run.metrics.assign(value=[0.9, np.nan])
    history = run.history.assign(ap=[np.nan, 0.1, 0.2, 0.3, 0.4])
    finish(store, dataclasses.replace(run, attention=None, metrics=metrics, history=history))
    found = store.open(run.run_id)
    assert found.attention is None
    pd.testing.assert_frame_equal(found.metrics, metrics)
    pd.testing.assert_frame_equal(found.history, history)


def test_what_is_opened_cannot_be_changed_by_a_page(store: RunStore, run: Run):
    finish(store, run)
    with pytest.raises(ValueError, match="read-only"):
        store.open(run.run_id).embedding[0, 0] = 1


def test_the_real_size_opens_quickly(store: RunStore):
    graph = tiny_graph(6375, 19_668)
    run = tiny_run(graph, width=64)
    finish(store, run)
    store.open(run.run_id)  # the first also imports the reader of Parquet
    started = time.process_time()
    store.open(run.run_id)
    assert time.process_time() - started < 0.2


def test_a_list_of_hundreds_of_runs_is_quick_and_sorted(store: RunStore, graph: GeneGraph):
    run = tiny_run(graph)
    for seed in range(100):
        finish(store, dataclasses.replace(run, spec=dataclasses.replace(run.spec, seed=seed)))
    unfinished = dataclasses.replace(run.spec, seed=1000)
    with store.writing(unfinished):
        pass
    started = time.process_time()  # not the clock on the wall: others may be at work on this machine
    found = store.summaries()
    assert time.process_time() - started < 1.0
    assert len(found) == 101
    assert found[0].run_id == unfinished.run_id
    times = [each.finished for each in found[1:]]
    assert times == sorted(times, reverse=True)  # type: ignore[type-var]
    assert all(len(each.metrics) == 2 for each in found[1:])


def test_junk_among_the_runs_is_reported_and_never_raises(store: RunStore, run: Run):
    finish(store, run)
    for name in ("notes", "gat-both-link-00000000", ".hidden"):
        (store.root / name).mkdir()
    (store.root / "README.md").write_text("a file is no run")
    (store.root / "gat-both-link-00000000" / "spec.json").write_text("[1, 2")
    other = store.root / "gat-both-link-11111111"
    other.mkdir()
    (other / "manifest.json").write_text("{}")
    found = {each.run_id: each for each in store.summaries()}
    assert set(found) == {run.run_id, "notes", "gat-both-link-00000000", "gat-both-link-11111111"}
    assert found[run.run_id].state == "finished"
    for name in set(found) - {run.run_id}:
        assert found[name].state == "damaged"
        assert found[name].problem.endswith(".")
        assert name in found[name].problem


def test_junk_can_be_removed_by_its_name(store: RunStore):
    (store.root / "notes").mkdir(parents=True)
    store.remove("notes")
    assert store.summaries() == []


@pytest.mark.parametrize(
    "name",
    ["../../etc", "a b%00", "", ".", "..", "/", "gat\x00-both-link-3f9c2a81", "x" * 5000, "gat-both-link-3F9C2A81"],
)
def test_a_name_that_is_none_is_refused_in_a_sentence(store: RunStore, run: Run, name: str):
    finish(store, run)
    for attempt in (store.open, store.state, store.cancel, store.remove, store.progress, store.summary):
        with pytest.raises(RunNotFound) as refused:
            attempt(name)
        assert len(str(refused.value)) < 250
    assert store.state(run.run_id) == "finished"


def test_a_name_nearly_right_names_the_right_one(store: RunStore, run: Run):
    finish(store, run)
    wrong = run.run_id[:-1] + ("0" if run.run_id[-1] != "0" else "1")
    with pytest.raises(RunNotFound, match=f"Did you mean '{run.run_id}'"):
        store.open(wrong)


def test_a_finished_run_of_the_same_spec_is_found(store: RunStore, run: Run):
    assert store.find(run.spec) is None
    with store.writing(run.spec):
        assert store.find(run.spec) is None
    finish(store, run)
    found = store.find(run.spec)
    assert found is not None
    assert found.run_id == run.run_id
    assert store.find(dataclasses.replace(run.spec, seed=1)) is None


def test_shipped_runs_are_found_and_not_removed(tmp_path: Path, run: Run):
    shipped = RunStore(tmp_path / "shipped")
    finish(shipped, run)
    store = RunStore(tmp_path / "mine", shipped=(tmp_path / "shipped",))
    assert [(each.run_id, each.shipped) for each in store.summaries()] == [(run.run_id, True)]
    assert store.open(run.run_id).run_id == run.run_id
    with pytest.raises(RunError, match="came with slviz"):
        store.remove(run.run_id)
    assert shipped.state(run.run_id) == "finished"
    finish(store, run)
    assert [each.shipped for each in store.summaries()] == [False]
    store.remove(run.run_id)
    assert shipped.state(run.run_id) == store.state(run.run_id) == "finished"


def test_the_environment_names_the_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.delenv("SLVIZ_MODELS", raising=False)
    assert RunStore.default().root == SHIPPED == CHECKOUT / "models"
    assert RunStore.default().shipped == ()
    monkeypatch.setenv("SLVIZ_MODELS", str(tmp_path / "elsewhere"))
    assert RunStore.default().root == tmp_path / "elsewhere"
    assert RunStore.default().shipped == (SHIPPED,)
    assert not (tmp_path / "elsewhere").exists(), "looking makes no folder"
    RunStore.default().summaries()


def test_an_unfinished_run_is_not_opened(store: RunStore, run: Run):
    with store.writing(run.spec), pytest.raises(RunUnfinished, match="still being trained"):
        store.open(run.run_id)
    with pytest.raises(RunUnfinished, match="Train it again to resume"):
        store.open(run.run_id)


def test_remove_takes_all_and_spares_a_run_at_work(store: RunStore, run: Run):
    with store.writing(run.spec):
        with pytest.raises(RunAlreadyRunning, match="Cancel it first"):
            store.remove(run.run_id)
        assert store.state(run.run_id) == "running"
    store.remove(run.run_id)
    assert list(store.root.iterdir()) == []


def test_no_run_holds_a_path_and_this_machine_still_finds_the_data(store: RunStore, run: Run, tmp_path: Path):
    folder = tmp_path / "my data"
    folder.mkdir()
    spec = dataclasses.replace(run.spec, data_source=str(folder))
    written = finish(store, dataclasses.replace(run, spec=spec))
    for path in written.rglob("*"):
        assert path.is_dir() or str(tmp_path).encode() not in path.read_bytes(), path.name
    assert store.open(run.run_id).spec.data_source == str(folder)
    assert store.summary(run.run_id).spec.data_source == str(folder)  # type: ignore[union-attr]
    folder.rmdir()
    assert store.open(run.run_id).spec.data_source == "my data"


def test_looking_at_runs_imports_neither_torch_nor_streamlit():
    code = (
        "import sys; from slviz.runs.store import RunStore; RunStore.default().summaries(); import slviz.pipeline.jobs;"
        "print([m for m in ('torch', 'torch_geometric', 'streamlit', 'umap', 'numba', 'openTSNE') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=CHECKOUT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("network", list(NETWORKS))
def test_a_run_of_every_network_has_a_name_that_opens_it(store, graph, network):
    run = dataclasses.replace(tiny_run(graph), spec=tiny_spec(graph, network=network))
    finish(store, run)
    assert store.open(run.run_id).run_id == run.run_id
