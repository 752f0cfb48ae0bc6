"""A search led: asked, trained, stopped early, told by validation metrics alone, resumed.

A stand-in trains here: it writes the record of epochs that a worker would write, so that what the leader
does with it can be held exactly. `tests/cli/test_cli_tune.py` has real workers.
"""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from builders import tiny_run

from slviz.datasets import GeneGraph
from slviz.errors import InvalidSetting, RunAlreadyRunning, RunNotFound, RunNotSaved
from slviz.runs import RunSpec
from slviz.runs.spec_validation import SpecValidation
from slviz.runs.store import RunStore
from slviz.sweeps.runner import Ending, Job
from slviz.tuning.search import Search, make_search
from slviz.tuning.studies import StudyFolder, about, trials_table
from slviz.tuning.tuner import Tuner, best_trial

NAMES = {"task": "link", "network": "mlp", "features": "none", "split": "pairs", "optimiser": "adam"}
EPOCHS = 10


class StandIn:
    """A runner whose runs reach `figure(spec)`, one epoch a wait, their test metrics set by `test_auc`."""

    def __init__(
        self,
        store: RunStore,
        graph: GeneGraph,
        figure: Callable[[RunSpec], float],
        *,
        test_auc: Callable[[RunSpec], float] = lambda spec: 0.5,
        stop_after: int = 10**9,
    ) -> None:
        self.store, self.graph, self.figure, self.test_auc = store, graph, figure, test_auc
        self.workers = 1
        self.waits = 0
        self.stop_after = stop_after
        self.under_way: dict[str, tuple[RunSpec, Any, Any, int]] = {}

    def start(self, jobs: Sequence[Job]) -> None:
        for job in jobs:
            holding = contextlib.ExitStack()
            if self.store.find(job.spec) is None:
                writer = holding.enter_context(self.store.writing(job.spec))
                writer.begin(tiny_run(self.graph).predictions)
            else:
                writer = None
            self.under_way[job.run_id] = (job.spec, writer, holding, 0)

    def wait(self, seconds: float) -> list[Ending]:
        self.waits += 1
        if self.waits > self.stop_after:
            for _, _, holding, _ in self.under_way.values():
                holding.close()
            raise KeyboardInterrupt
        return [ending for run_id in list(self.under_way) if (ending := self._one_epoch(run_id)) is not None]

    def _one_epoch(self, run_id: str) -> Ending | None:
        spec, writer, holding, done = self.under_way[run_id]
        if writer is None:
            return self._end(run_id, "finished")
        if self.store.state(run_id) == "running" and (writer.folder / "cancel").exists():
            return self._end(run_id, "cancelled")
        share = (done + 1) / EPOCHS
        row = {"epoch": done + 1, "train_loss": 1.0, "validation_loss": 1.0, "seconds": 0.1}
        writer.record({**row, "ap": self.figure(spec) * share})
        self.under_way[run_id] = (spec, writer, holding, done + 1)
        if done + 1 < EPOCHS:
            return None
        history = self.store.progress(run_id)
        run = tiny_run(self.graph)
        metrics = run.metrics.assign(value=self.test_auc(spec))
        writer.finish(dataclasses.replace(run, spec=spec, history=history, metrics=metrics))
        return self._end(run_id, "finished")

    def _end(self, run_id: str, end: Any) -> Ending:
        self.under_way.pop(run_id)[2].close()
        return Ending(run_id, end)

    def running(self) -> list[str]:
        return list(self.under_way)

    def __enter__(self) -> StandIn:
        return self

    def __exit__(self, *_: object) -> None:
        return


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    return RunStore(tmp_path / "models")


def search(graph: GeneGraph, *words: str, **more: Any) -> Search:
    return make_search(graph, NAMES, [f"epochs={EPOCHS}", *words], source="x", **more)


def led(store: RunStore, graph: GeneGraph, what: Search, runner: StandIn, said: list[str] | None = None):
    tuner = Tuner(
        what,
        store,
        runner,
        job_of=Job,
        validation=SpecValidation(graph),
        tell=(said if said is not None else []).append,
    )
    return tuner.run()


@pytest.fixture(autouse=True)
def folder(store: RunStore) -> StudyFolder:
    studies = StudyFolder(store.root)
    studies.folder.mkdir(parents=True)
    return studies


def by_width(spec: RunSpec) -> float:
    return {8: 0.6, 16: 0.9, 32: 0.7}[spec.network.width]


def test_a_grid_is_tried_whole_and_the_best_is_found(store: RunStore, graph: GeneGraph):
    study = led(store, graph, search(graph, "width=8,16,32", sampler="grid"), StandIn(store, graph, by_width))
    best = best_trial(study)
    assert best is not None
    assert (best.params, best.value) == ({"width": 16}, pytest.approx(0.9))
    assert sorted(trial.params["width"] for trial in study.trials) == [8, 16, 32]
    assert store.state(best.user_attrs["run_id"]) == "finished", "a trial is a run like any other"
    table = trials_table(study)
    assert table["metric"].tolist() == pytest.approx([0.6, 0.9, 0.7])
    assert set(table["state"]) == {"finished"}
    told = about(study)
    assert (told.metric, told.higher_is_better, told.synthetic) == ("ap", True, True)


def test_only_validation_figures_decide(store: RunStore, graph: GeneGraph, tmp_path: Path):
    """Whatever the test pairs say, the same trials are tried, in the same order, with the same figures."""
    found = []
    for place, test_auc in (("a", lambda spec: 0.5), ("b", lambda spec: 1.0 - by_width(spec))):
        own = RunStore(tmp_path / place)
        StudyFolder(own.root).folder.mkdir(parents=True)
        runner = StandIn(own, graph, by_width, test_auc=test_auc)
        study = led(own, graph, search(graph, "width=8,16,32", trials=9), runner)
        found.append([(trial.params, trial.value, trial.state) for trial in study.trials])
        tested = [each.metrics["value"].iloc[0] for each in own.summaries() if each.state == "finished"]
        assert (len(set(tested)) > 1) == (place == "b"), "the test metrics do differ"
    assert found[0] == found[1]


def test_a_search_never_opens_a_result(store: RunStore, graph: GeneGraph, monkeypatch: pytest.MonkeyPatch):
    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("the search looked at a result")

    for name in ("open", "open_split", "open_weights"):
        monkeypatch.setattr(RunStore, name, refuse)
    runner = StandIn(store, graph, by_width)
    find = runner.store.find
    monkeypatch.setattr(RunStore, "summaries", refuse)
    assert find is not None
    study = led(store, graph, search(graph, "width=8,16", sampler="grid"), runner)
    assert len(study.trials) == 2


def test_trials_that_lag_are_stopped_and_keep_their_epochs(store: RunStore, graph: GeneGraph):
    def by_rate(spec: RunSpec) -> float:
        return 0.9 if spec.optimiser.learning_rate < 0.0055 else 0.1

    rates = ",".join(f"{rate:.4f}" for rate in (0.001, 0.002, 0.003, 0.004, 0.005, 0.006, 0.007))
    study = led(store, graph, search(graph, f"learning_rate={rates}", sampler="grid"), StandIn(store, graph, by_rate))
    states = {trial.params["learning_rate"]: trial.state.name for trial in study.trials}
    assert [states[rate] for rate in sorted(states)] == ["COMPLETE"] * 5 + ["PRUNED"] * 2
    stopped = next(trial for trial in study.trials if trial.state.name == "PRUNED")
    assert store.state(stopped.user_attrs["run_id"]) == "cancelled"
    assert 2 <= len(store.progress(stopped.user_attrs["run_id"])) < EPOCHS


def test_without_pruning_all_go_to_their_end(store: RunStore, graph: GeneGraph):
    rates = ",".join(f"{rate:.4f}" for rate in (0.001, 0.002, 0.003, 0.004, 0.005, 0.006, 0.007))
    what = search(graph, f"learning_rate={rates}", sampler="grid", prune=False)
    study = led(store, graph, what, StandIn(store, graph, lambda spec: 1 - spec.optimiser.learning_rate))
    assert {trial.state.name for trial in study.trials} == {"COMPLETE"}


def test_a_search_goes_on_where_it_was(store: RunStore, graph: GeneGraph):
    what = search(graph, "width=8,16,32", sampler="grid")
    with pytest.raises(KeyboardInterrupt):
        led(store, graph, what, StandIn(store, graph, by_width, stop_after=15))
    interrupted = StudyFolder(store.root).open(what.name)
    assert [trial.state.name for trial in interrupted.trials] == ["COMPLETE", "RUNNING", "WAITING"]
    study = led(store, graph, what, StandIn(store, graph, by_width))
    finished = [trial for trial in study.trials if trial.state.name == "COMPLETE"]
    assert sorted(trial.params["width"] for trial in finished) == [8, 16, 32]
    assert len(store.run_ids()) == 3, "no settings were trained twice"
    runner = StandIn(store, graph, by_width)
    led(store, graph, what, runner)
    assert runner.waits == 0, "there is nothing left to do"


def test_the_same_settings_twice_are_one_run(store: RunStore, graph: GeneGraph):
    study = led(store, graph, search(graph, "width=8,16", trials=6, sampler="random"), StandIn(store, graph, by_width))
    assert len(study.trials) == 6
    assert len(store.run_ids()) == 2


def test_settings_that_cannot_be_trained_fail_their_trial_with_a_sentence(store: RunStore, graph: GeneGraph):
    what = search(graph, "fold=0,9", sampler="grid")
    said: list[str] = []
    study = led(store, graph, what, StandIn(store, graph, lambda spec: 0.5), said)
    assert [trial.state.name for trial in study.trials] == ["COMPLETE", "FAIL"]
    assert "fold=9 is outside" in study.trials[1].user_attrs["failure"]
    assert any("is left out: fold=9 is outside" in each for each in said)


def test_a_search_can_be_asked_to_stop(store: RunStore, graph: GeneGraph, folder: StudyFolder):
    what = search(graph, "width=8,16,32", sampler="grid")
    runner = StandIn(store, graph, by_width)
    wait = runner.wait

    def cancel_then_wait(seconds: float) -> list[Ending]:
        if runner.waits == 3:
            folder.cancel(what.name)
        return wait(seconds)

    runner.wait = cancel_then_wait  # type: ignore[method-assign]
    with folder.leading(what.name):
        assert folder.state(what.name) == "running"
        with pytest.raises(RunAlreadyRunning, match="led by another process"), folder.leading(what.name):
            pass
        study = led(store, graph, what, runner)
    assert runner.waits < EPOCHS
    assert folder.state(what.name) == "resting"
    assert best_trial(study) is None
    for _, _, holding, _ in runner.under_way.values():
        holding.close()


def test_the_same_search_has_the_same_name(graph: GeneGraph):
    one = search(graph, "width=8,16", "layers=1..2")
    assert search(graph, "layers=1..2", "width=8,16").name == one.name
    assert search(graph, "width=8,16", "layers=1..3").name != one.name
    assert search(graph, "width=8,16", "layers=1..2", seed=1).name != one.name
    assert one.name.startswith("mlp-none-link-")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"sampler": "genetic"}, "No sampler is called 'genetic'"),
        ({"trials": 0}, "--trials 0 is not a number from 1 on"),
    ],
)
def test_what_cannot_be_searched_is_a_sentence(graph: GeneGraph, more: dict[str, Any], said: str):
    with pytest.raises(InvalidSetting, match=said):
        search(graph, "width=8,16", **more)


def test_a_study_that_is_not_there_or_is_none(folder: StudyFolder):
    with pytest.raises(RunNotFound, match="No search is called 'gat'"):
        folder.open("gat")
    with pytest.raises(InvalidSetting, match="is not a name for a search"):
        folder.open("../../etc/passwd")
    folder.path("broken").write_bytes(b"not a database at all")
    with pytest.raises(RunNotFound, match="cannot be read"):
        folder.open("broken")


def test_a_baseline_has_nothing_to_search(graph):
    with pytest.raises(InvalidSetting, match="nothing to search"):
        make_search(graph, NAMES | {"network": "l3"}, [], source="x")


@pytest.mark.parametrize("content", [b"no database at all " * 100, b"SQLite format 3\0" + b"\xff" * 4_000])
def test_a_database_that_cannot_be_written_is_a_sentence(
    store: RunStore, graph: GeneGraph, folder: StudyFolder, content: bytes
):
    what = search(graph, "width=8,16", sampler="grid")
    folder.folder.mkdir(parents=True, exist_ok=True)
    folder.path(what.name).write_bytes(content)
    with pytest.raises(RunNotSaved, match=rf"'{what.name}' cannot be kept") as told, folder.leading(what.name):
        led(store, graph, what, StandIn(store, graph, by_width))
    assert "\n" not in str(told.value)


def test_a_disk_that_is_full_while_searching_is_a_sentence(
    store: RunStore, graph: GeneGraph, folder: StudyFolder, monkeypatch: pytest.MonkeyPatch
):
    import sqlite3

    import sqlalchemy.exc

    what = search(graph, "width=8,16", sampler="grid")

    def refuse(*_: object) -> None:
        full = sqlite3.OperationalError("database or disk is full")
        raise sqlalchemy.exc.OperationalError("INSERT", {}, full)

    runner = StandIn(store, graph, by_width)
    monkeypatch.setattr(runner, "wait", refuse)
    with pytest.raises(RunNotSaved, match="database or disk is full"), folder.leading(what.name):
        led(store, graph, what, runner)
    assert folder.state(what.name) == "resting"
