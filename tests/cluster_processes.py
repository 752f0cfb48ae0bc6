"""A Dask scheduler and its workers as processes of this machine, for the tests that kill some of them."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from run_folders import environment

from slviz.runs.store import RunStore

QUIET = ("--no-dashboard",)
PATIENCE_SECONDS = 240.0


@contextlib.contextmanager
def dask_cluster(models: Path, *, workers: int = 2) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """The address of a scheduler, and its workers of one thread each; all are gone afterwards."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    words = (address, "--host", "127.0.0.1", "--nthreads", "1", "--no-nanny", "--death-timeout", "60")
    processes = [_start(models, "scheduler", "--host", "127.0.0.1", "--port", str(port))]
    try:
        for _ in range(workers):
            processes.append(_start(models, "worker", *words, "--local-directory", str(models.parent)))
        yield address, processes[1:]
    finally:
        for process in reversed(processes):
            process.kill()
            process.wait()


def _start(models: Path, module: str, *arguments: str) -> subprocess.Popen[bytes]:
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


def until(true: Callable[[], bool], what: str, *, seconds: float = PATIENCE_SECONDS) -> None:
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"not in time: {what}"
        time.sleep(0.1)


def trained_by(process: subprocess.Popen[bytes], store: RunStore) -> set[str]:
    """The runs whose locks a process holds."""
    import psutil

    held = {
        Path(file.path).parent.name for file in psutil.Process(process.pid).open_files() if file.path.endswith(".lock")
    }
    return held & set(store.run_ids())
