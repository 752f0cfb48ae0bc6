"""Work in a process of its own: the command that a person could type, started and left alone.

A job writes into its run folder and nowhere else, so whoever looks there sees it: after a reload, in
a second browser, after a restart of the server.
"""

from __future__ import annotations

import contextlib
import os
import platform
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from slviz import places
from slviz.choices import Choice
from slviz.disk.ages import is_old
from slviz.disk.left_over import LeftOver, entries_in
from slviz.disk.locks import Held, LockBusy, take
from slviz.errors import DamagedRun, InvalidSetting, RunError, RunNotFound
from slviz.runs.files import saving
from slviz.runs.folder import ERROR, LOCK
from slviz.runs.spec import TABLES, RunSpec
from slviz.runs.store import RunStore
from slviz.runs.typed import words_of
from slviz.runs.worker import RunWriter, write_failure

JOBS = ".jobs"
SLOTS = ".slots"
FROM_A_FILE = frozenset({"test_pairs", "test_negatives"})
LOG_DAYS = 7.0
SLOT_POLL_SECONDS = 0.5
RECENT_EPOCHS = 20


def train_command(
    spec: RunSpec,
    *,
    source: str,
    device: str = "auto",
    test_pairs: Path | str | None = None,
    test_negatives: Path | str | None = None,
) -> list[str]:
    """What a person could type after `python -m slviz` to train `spec`; defaults are left out.

    Args:
        spec: what to train.
        source: where the data set is opened from, as `open_dataset` takes it.
        device: "auto", "cpu", "cuda" or "mps".
        test_pairs, test_negatives: the user's own files, for the split `file`.
    """
    if spec.split.name == "file" and test_pairs is None:
        raise InvalidSetting("The split 'file' needs its file of test pairs: give it with --test-pairs FILE.")
    command = ["train", "--data", source]
    for part in ("task", "network", "features"):
        command += [f"--{part}", getattr(spec, part).name]
    if spec.split.name == "file":
        command += ["--test-pairs", str(test_pairs)]
        command += ["--test-negatives", str(test_negatives)] if test_negatives is not None else []
    else:
        command += ["--split", spec.split.name]
    if spec.optimiser.name != next(iter(TABLES["optimiser"])):
        command += ["--optimiser", spec.optimiser.name]
    if spec.seed:
        command += ["--seed", str(spec.seed)]
    if device != "auto":
        command += ["--device", device]
    return command + words_of({part: getattr(spec, part) for part in TABLES}, leave_out=FROM_A_FILE)


def project_command(run_id: str, method: Choice, *, seed: int = 0, seeds: int = 1) -> list[str]:
    """What a person could type after `python -m slviz` to make a map of a run, or that of several seeds."""
    command = ["project", run_id, "--method", method.name]
    command += ["--seed", str(seed)] if seed else []
    command += ["--seeds", str(seeds)] if seeds > 1 else []
    return command + words_of({"method": method})


def controls_command(run_id: str, kinds: Sequence[str], method: Choice, *, seed: int = 0) -> list[str]:
    """What a person could type after `python -m slviz` to make controls of a run and a map of each."""
    command = ["controls", run_id, *(word for kind in kinds for word in ("--of", kind)), "--method", method.name]
    command += ["--seed", str(seed)] if seed else []
    return command + words_of({"method": method})


def deletion_command(run_id: str, gene: str | None = None) -> list[str]:
    """What a person could type after `python -m slviz` to test the attention of a run, or of one gene of it."""
    return ["deletion", run_id, *(["--gene", gene] if gene is not None else [])]


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
    threading.Thread(target=_see_off, args=(process, store, run_id, log), daemon=True).start()


def start_training(
    spec: RunSpec,
    *,
    source: str,
    device: str = "auto",
    test_pairs: Path | str | None = None,
    test_negatives: Path | str | None = None,
) -> None:
    """Start training; the run shows as waiting from this moment on.

    Raises `RunAlreadyRunning` where a worker has it already, `RunNotSaved` where the disk refuses.
    """
    arguments = train_command(spec, source=source, device=device, test_pairs=test_pairs, test_negatives=test_negatives)
    RunStore.default().request(spec, device=device)
    start(arguments, run_id=spec.run_id)


def resume(run_id: str) -> None:
    """Start a worker that goes on with an unfinished run, from its checkpoint and on its device.

    Raises `RunNotFound`, and `DamagedRun` where nothing says what it was to train.
    """
    summary = RunStore.default().summary(run_id)
    if summary.spec is None:
        raise DamagedRun(summary.problem)
    start(["train", "--resume", run_id], run_id=run_id)


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


def _see_off(process: subprocess.Popen[bytes], store: RunStore, run_id: str | None, log: Path) -> None:
    """Wait for the worker's end; leave a failure when it died before it could write one itself."""
    if process.wait() == 0 or run_id is None:
        return
    with contextlib.suppress(RunNotFound):
        folder = store.folder(run_id)
        if not (folder / LOCK).exists() and not (folder / ERROR).exists():
            said = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
            sentence = said[-1] if said else f"The worker ended with status {process.returncode} before it began."
            write_failure(folder / ERROR, RunError(sentence.removeprefix("slviz: ")))


@contextlib.contextmanager
def slot(writer: RunWriter, root: Path, *, places: int | None = None) -> Iterator[None]:
    """One of this machine's places to train in, held for as long as the block runs.

    There are `places` of them, or as many as `slots()` says. Where all are taken the run shows as waiting;
    raises `RunCancelled` when it is cancelled meanwhile.
    """
    places = slots() if places is None else places
    taken = _free_slot(root, places)
    if taken is None:
        with writer.waiting():
            while (taken := _free_slot(root, places)) is None:
                writer.stop_if_cancelled()
                time.sleep(SLOT_POLL_SECONDS)
    try:
        yield
    finally:
        taken.give_back(remove=True)


def _free_slot(root: Path, places: int) -> Held | None:
    with saving(root / SLOTS):
        for number in range(places):
            with contextlib.suppress(LockBusy):
                return take(root / SLOTS / f"{platform.node() or 'here'}-{number}.lock", make_folder=True)
    return None


def left_over_jobs(root: Path) -> list[LeftOver]:
    """Places to train in that killed workers left, and logs of last week, in the models folder `root`."""
    places = [path for path in entries_in(root / SLOTS) if path.suffix == ".lock"]
    found = [LeftOver(path, "a place to train in that nobody holds", guard=path) for path in places]
    logs = [path for path in entries_in(root / JOBS) if path.suffix == ".log"]
    found += [LeftOver(path, "a log of last week") for path in logs if is_old(path, LOG_DAYS * 86400)]
    return [each for each in found if not each.is_in_use]


def slots() -> int:
    """How many runs this machine trains at once: SLVIZ_SLOTS, else one for every four processors."""
    asked = os.environ.get("SLVIZ_SLOTS", "").strip()
    if not asked:
        return max(1, (os.cpu_count() or 1) // 4)
    if not asked.isdecimal() or int(asked) < 1:
        raise InvalidSetting(f"SLVIZ_SLOTS={asked!r} is not a whole number from 1 on.")
    return int(asked)


def seconds_left(history: pd.DataFrame, epochs: int) -> float:
    """About how long training still takes, from the median of recent epochs; NaN before the first."""
    if not len(history):
        return float("nan")
    remaining = max(epochs - int(history["epoch"].iloc[-1]), 0)
    return float(np.median(history["seconds"].to_numpy()[-RECENT_EPOCHS:])) * remaining
