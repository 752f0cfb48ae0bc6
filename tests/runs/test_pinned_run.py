"""The run that pages open first: pinned, or the best of those that can be compared."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pandas as pd
import pytest
from builders import tiny_run
from run_folders import finish

from slviz.cli import main
from slviz.datasets import GeneGraph
from slviz.errors import RunNotFound
from slviz.networks import NETWORKS
from slviz.results.first_run import best_comparable
from slviz.runs import Run
from slviz.runs.store import RunStore
from slviz.splits import SPLITS


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunStore:
    monkeypatch.setenv("SLVIZ_MODELS", str(tmp_path / "models"))
    return RunStore(tmp_path / "models")


def with_auc(run: Run, auc: float, *, fold: int = 0, network: str = "gat", protocol: str = "pairs") -> Run:
    spec = dataclasses.replace(run.spec, network=NETWORKS.make(network), split=SPLITS.make(protocol, fold=fold), seed=0)
    return dataclasses.replace(run, spec=spec, metrics=run.metrics.assign(value=[auc, 0.5]))


def test_a_pin_is_kept_refused_for_no_run_and_forgotten_with_it(
    store: RunStore, graph: GeneGraph, capsys: pytest.CaptureFixture[str]
) -> None:
    run = tiny_run(graph)
    with pytest.raises(RunNotFound):
        store.pin(run.run_id)
    assert store.pinned() == ""
    finish(store, run)
    assert main(["runs", "pin", run.run_id]) == 0
    assert store.pinned() == run.run_id
    assert run.run_id in capsys.readouterr().out
    assert [each.run_id for each in store.summaries()] == [run.run_id], "the pin is no run"
    assert main(["runs", "unpin"]) == 0
    assert store.pinned() == ""
    store.pin(run.run_id)
    store.remove(run.run_id)
    assert store.pinned() == ""


@pytest.mark.parametrize("content", [b"", b"../../etc\n", b"\xff\xfe" * 500, b"gat-both-link-00000000"])
def test_a_pin_that_names_no_run_is_none(store: RunStore, graph: GeneGraph, content: bytes) -> None:
    finish(store, tiny_run(graph))
    (store.root / ".pinned").write_bytes(content)
    assert store.pinned() == ""


def test_the_best_on_the_pairs_of_most_models_comes_first(store: RunStore, graph: GeneGraph) -> None:
    run = tiny_run(graph)
    made = {
        "other fold": with_auc(run, 0.99, fold=1),  # alone on its pairs
        "best": with_auc(run, 0.9),
        "second": with_auc(run, 0.8, network="gcn"),
        "formula": with_auc(run, 0.95, network="max_degree"),
        "coursework": with_auc(run, 0.97, network="coursework_gat"),
        "easier question": with_auc(run, 0.98, protocol="one-new"),
        "newest": with_auc(run, 0.6, network="mlp"),
    }
    for each in made.values():
        finish(store, each)
    assert best_comparable(store.summaries()) == made["best"].run_id
    assert best_comparable([]) is None


def test_a_formula_opens_where_there_is_nothing_else(store: RunStore, graph: GeneGraph) -> None:
    only = with_auc(tiny_run(graph), 0.9, network="max_degree")
    finish(store, dataclasses.replace(only, metrics=pd.DataFrame(only.metrics.iloc[:0])))
    assert best_comparable(store.summaries()) == only.run_id
