"""A real Dask cluster: a scheduler and two worker processes on this machine, one of them killed.

A sweep waits for it; the pages leave runs to it.
"""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from builders import tiny_graph
from cluster_processes import dask_cluster, trained_by, until
from run_folders import environment, write_data_folder

from slviz.cli import main
from slviz.runs.folder import CHECKPOINT
from slviz.runs.queue import enter_queue, queue_of
from slviz.runs.store import RunStore
from slviz.sweeps.cluster_watch import ClusterState, ClusterWatch, ClusterWorker
from slviz.ui.training import cluster_panel

pytest.importorskip("distributed", reason="Dask is not installed")


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, value in environment(tmp_path / "models").items():
        monkeypatch.setenv(name, value)
    (tmp_path / "models").mkdir()
    return tmp_path / "models"


@pytest.fixture
def cluster(models: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """The address of a scheduler, and its two workers of one thread each."""
    with dask_cluster(models) as processes:
        yield processes


@pytest.mark.slow
def test_a_killed_worker_of_the_cluster_costs_no_run(
    models: Path, cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    address, workers = cluster
    folder = write_data_folder(tmp_path / "tiny", tiny_graph())
    store = RunStore.default()
    killed: list[str] = []

    def kill_one_in_the_middle() -> None:
        """The first worker, once a run of it has a checkpoint and is still under way."""
        import psutil

        first = psutil.Process(workers[0].pid)
        held = {Path(file.path).parent.name for file in first.open_files() if file.path.endswith(".lock")}
        for run_id in held & set(store.run_ids()):
            if (store.root / run_id / CHECKPOINT).is_file() and store.state(run_id) == "running":
                os.kill(workers[0].pid, signal.SIGKILL)
                workers[0].wait()
                killed.append(run_id)
                assert store.state(run_id) in ("interrupted", "running"), "or the other worker has it by now"

    from slviz.sweeps.display import Display

    show = Display.show
    monkeypatch.setattr(
        Display, "show", lambda self, running: (killed or kill_one_in_the_middle(), show(self, running))[1]
    )
    words = ["--network", "gat", "gcn", "--fold", "0", "1", "--data", str(folder), "--device", "cpu"]
    assert main(["sweep", *words, "--scheduler", address, "width=8", "epochs=200"]) == 0, capsys.readouterr().err
    assert killed, "no worker was killed in the middle: nothing was tested"
    names = [name for name in store.run_ids() if (models / name).is_dir()]
    assert len(names) == 4
    assert {store.state(name) for name in names} == {"finished"}
    assert [store.check(name) for name in names] == [[]] * 4
    assert "resumes after epoch" in store.log(killed[0])
    assert all(len(store.progress(name)) == 200 for name in names)
    said = capsys.readouterr()
    assert said.err.count("finished ") == 4
    assert "link · pairs · 2 folds" in said.out


def test_a_scheduler_that_does_not_answer_is_a_sentence(
    models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr("slviz.sweeps.cluster.CONNECT_SECONDS", 1)
    folder = write_data_folder(tmp_path / "tiny", tiny_graph())
    assert main(["sweep", "--data", str(folder), "--scheduler", "tcp://127.0.0.1:9"]) == 1
    assert "No Dask scheduler answers at tcp://127.0.0.1:9" in capsys.readouterr().err
    assert not any(models.glob("*/spec.json"))


@pytest.mark.slow
def test_runs_are_left_to_the_cluster_and_none_is_lost_with_its_worker(
    models: Path, cluster, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    address, workers = cluster
    folder = write_data_folder(tmp_path / "tiny", tiny_graph())
    store = RunStore.default()

    def hand_over(seed: int, epochs: int) -> str:
        words = ["--network", "gcn", "--data", str(folder), "--device", "cpu", "--seed", str(seed), "--no-projections"]
        assert main(["train", *words, "--scheduler", address, "width=8", f"epochs={epochs}"]) == 0
        return capsys.readouterr().out.split()[1]

    watch = ClusterWatch(address, store.root)
    try:
        until(lambda: watch.latest is not None and len(watch.latest.workers) == 2, "both workers are seen")
        first, second = hand_over(0, 300), hand_over(1, 300)
        until(lambda: [store.state(run_id) for run_id in (first, second)] == ["running"] * 2, "both are trained")
        assert queue_of(store.folder(first)) == ""
        third, unwanted = hand_over(2, 5), hand_over(3, 5)
        assert hand_over(2, 5) == third, "asked for twice, it is one run"
        assert [store.state(run_id) for run_id in (third, unwanted)] == ["waiting"] * 2
        store.cancel(unwanted)
        assert store.state(unwanted) == "cancelled"

        def seen() -> bool:
            state = watch.latest
            assert state is not None
            training = {run_id for worker in state.workers for run_id in worker.runs}
            return training == {first, second} and set(state.waiting) == {third, unwanted}

        until(seen, "two runs are trained and two wait")

        lost = next(run_id for run_id in (first, second) if run_id in trained_by(workers[0], store))
        until(lambda: (store.root / lost / CHECKPOINT).is_file(), "there is a checkpoint")
        os.kill(workers[0].pid, signal.SIGKILL)
        workers[0].wait()
        until(lambda: {store.state(run_id) for run_id in (first, second, third)} == {"finished"}, "all are finished")
        assert "resumes after epoch" in store.log(lost)
        assert len(store.progress(lost)) == 300
        assert store.state(unwanted) == "cancelled", "a run that was cancelled in the queue is not trained"

        forgotten = store.folder(unwanted)
        (forgotten / "cancel").unlink()
        enter_queue(forgotten, address)
        assert store.state(unwanted) == "waiting"
        until(lambda: store.state(unwanted) == "interrupted", "what the scheduler does not know can be resumed")
    finally:
        watch.close()


def test_what_is_no_address_of_a_scheduler_is_a_sentence(capsys: pytest.CaptureFixture[str]):
    assert main(["train", "--scheduler", "http://somewhere"]) == 1
    assert "'http://somewhere' is not the address of a Dask scheduler" in capsys.readouterr().err


def test_the_panel_says_what_the_cluster_is_at():
    gibibyte = 1 << 30
    workers = (ClusterWorker("a", ("x",), gibibyte, 4 * gibibyte), ClusterWorker("b", (), 300 << 20, 4 * gibibyte))
    state = ClusterState("tcp://a:1", workers, ("y", "z"))
    told = "Cluster: 2 workers, 1 run in training, 2 waiting, 1.3 GiB of 8.0 GiB of memory"
    assert cluster_panel.title(state) == told
    assert cluster_panel.workers_table(workers)["Trains"].tolist() == ["x", "–"]
