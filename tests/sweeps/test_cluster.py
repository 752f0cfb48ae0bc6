"""A sweep on a real Dask cluster: a scheduler and two worker processes on this machine, one of them killed."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from builders import tiny_graph
from run_folders import environment, write_data_folder

from slviz.cli import main
from slviz.runs.folder import CHECKPOINT
from slviz.runs.store import RunStore

pytest.importorskip("distributed", reason="Dask is not installed")
QUIET = ("--no-dashboard",)


def start(models: Path, module: str, *arguments: str) -> subprocess.Popen[bytes]:
    """A process of the cluster, left running; it writes its log beside the models."""
    log = models.parent / f"{module}-{len(list(models.parent.glob('*.log')))}.log"
    with log.open("wb") as output:
        return subprocess.Popen(
            [sys.executable, "-m", f"distributed.cli.dask_{module}", *arguments, *QUIET],
            env=environment(models),
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=models.parent,
        )


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, value in environment(tmp_path / "models").items():
        monkeypatch.setenv(name, value)
    (tmp_path / "models").mkdir()
    return tmp_path / "models"


@pytest.fixture
def cluster(models: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """The address of a scheduler, and its two workers of one thread each."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    scheduler = start(models, "scheduler", "--host", "127.0.0.1", "--port", str(port))
    worker = (address, "--host", "127.0.0.1", "--nthreads", "1", "--no-nanny", "--death-timeout", "60")
    workers = [start(models, "worker", *worker, "--local-directory", str(models.parent)) for _ in range(2)]
    yield address, workers
    for process in (*workers, scheduler):
        process.kill()
        process.wait()


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
