"""Work in a process of its own: the command that a person could type, started and left alone.

A job writes into its run folder and nowhere else, so whoever looks there sees it: after a reload, in
a second browser, after a restart of the server.
"""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
import threading
import time
from pathlib import Path

from slviz import activity, places
from slviz.disk.ages import is_old
from slviz.disk.left_over import LeftOver, entries_in
from slviz.errors import DamagedRun, RunError, RunNotFound
from slviz.pipeline import commands, scheduler
from slviz.pipeline.slots import SLOTS
from slviz.runs.files import saving
from slviz.runs.folder import ERROR, LOCK
from slviz.runs.spec import RunSpec
from slviz.runs.store import RunStore
from slviz.runs.worker import write_failure

JOBS = ".jobs"
LOG_DAYS = 7.0


def start(arguments: list[str], *, run_id: str | None = None) -> None:
    """Start `python -m slviz` with these arguments and return at once.

    It has its own session, so it outlives this process; no shell reads the arguments. What it prints
    goes to `<models>/.jobs/`. Where `run_id` says which run it will write, a worker that dies before it
    has begun leaves the reason as that run's failure. Raises `RunNotSaved` where the log cannot be written.
    """
    store = RunStore.default()
    log = fresh_log(store.root / JOBS, run_id or arguments[0])
    with saving(log), log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "slviz", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment(),
            start_new_session=True,
        )
    # Somebody has to wait for a child, or it stays behind as a zombie.
    what, session = run_id or arguments[0], activity.session()
    activity.note("work", what=what, event="started")
    threading.Thread(target=_reap, args=(process, store, run_id, log, what, session), daemon=True).start()


def start_training(
    spec: RunSpec,
    *,
    source: str,
    device: str = "auto",
    **files: Path | str | None,
) -> None:
    """Start training; the run shows as waiting from this moment on.

    `files` are those that `commands.train` takes for the split `file`. Where a cluster is named it trains the run,
    unless there are files of a user: these are here.

    Raises `RunAlreadyRunning` where a worker has it already, `RunNotSaved` where the disk refuses.
    """
    arguments = commands.train(spec, source=source, device=device, **files)
    if not any(files.values()):
        arguments += scheduler.option()
    RunStore.default().request(spec, device=device)
    start(arguments, run_id=spec.run_id)


def resume(run_id: str) -> None:
    """Start a worker that goes on with an unfinished run, from its checkpoint and on its device.

    Raises `RunNotFound`, and `DamagedRun` where nothing says what it was to train.
    """
    summary = RunStore.default().summary(run_id)
    if summary.spec is None:
        raise DamagedRun(summary.problem)
    start([*commands.resume(run_id), *scheduler.option()], run_id=run_id)


def environment(**more: str) -> dict[str, str]:
    """What a process that runs `python -m slviz` is started with: this one's, with slviz where Python finds it."""
    path = os.pathsep.join(filter(None, [str(places.importable()), os.environ.get("PYTHONPATH")]))
    return {**os.environ, "PYTHONPATH": path, **more}


def fresh_log(folder: Path, name: str) -> Path:
    """Where a new process may write what it prints; logs of last week are cleared away. Raises `RunNotSaved`."""
    with saving(folder):
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob("*.log"):
            if is_old(old, LOG_DAYS * 86400):
                old.unlink(missing_ok=True)
    return folder / f"{re.sub(r'[^a-z0-9-]', '-', name)}-{time.time_ns()}.log"


def _reap(
    process: subprocess.Popen[bytes], store: RunStore, run_id: str | None, log: Path, what: str, session: str
) -> None:
    """Wait for the worker's end and note it; leave a failure when it died before it could write one itself."""
    began = time.monotonic()
    status = process.wait()
    activity.note("work", of=session, what=what, event="ended", seconds=time.monotonic() - began, status=status)
    if status == 0 or run_id is None:
        return
    with contextlib.suppress(RunNotFound):
        folder = store.folder(run_id)
        if not (folder / LOCK).exists() and not (folder / ERROR).exists():
            said = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
            sentence = said[-1] if said else f"The worker ended with status {process.returncode} before it began."
            write_failure(folder / ERROR, RunError(sentence.removeprefix("slviz: ")))


def left_over_jobs(root: Path) -> list[LeftOver]:
    """Places to train in that killed workers left, and logs of last week, in the models folder `root`."""
    places = [path for path in entries_in(root / SLOTS) if path.suffix == ".lock"]
    left_overs = [LeftOver(path, "a place to train in that nobody holds", guard=path) for path in places]
    logs = [path for path in entries_in(root / JOBS) if path.suffix == ".log"]
    left_overs += [LeftOver(path, "a log of last week") for path in logs if is_old(path, LOG_DAYS * 86400)]
    return [left_over for left_over in left_overs if not left_over.is_in_use]
