"""The state of a run, derived from its folder: who holds the lock, and which files are there."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal, get_args

import filelock

from slviz.errors import RunAlreadyRunning
from slviz.runs.contents import PROGRESS, SPEC
from slviz.runs.files import saving
from slviz.runs.manifest import MANIFEST
from slviz.runs.plain_files import open_plain

LOCK = ".lock"
CANCEL = "cancel"
ERROR = "error.json"
CHECKPOINT = "checkpoint.safetensors"
WAITING = "waiting"
PROJECTIONS = "projections"
CONTROLS = "controls"
DEVICE = "device"
EVENTS = "tensorboard"

RunState = Literal["finished", "running", "waiting", "failed", "cancelled", "interrupted", "damaged"]
STATES: tuple[str, ...] = get_args(RunState)

START_SECONDS = 60.0
"""So long after it was asked for, a worker may be still on its way to the lock."""
PATIENCE_SECONDS = 2.0
"""So long a worker tries for the lock, since a reader holds it for a moment when it looks."""


def state_of(folder: Path) -> RunState:
    """Where the run in `folder` stands; nothing is stored, so nothing can be out of date.

    manifest → finished; lock held → running, or waiting for others to finish; error.json → failed;
    cancel → cancelled; asked for a moment ago and never begun → waiting; else interrupted, and can be
    resumed or removed. A folder without a spec is no run: damaged.
    """
    if (folder / MANIFEST).is_file():
        return "finished"
    if is_held(folder / LOCK):
        return "waiting" if (folder / WAITING).is_file() else "running"
    if (folder / MANIFEST).is_file():  # it finished between the two looks
        return "finished"
    if not (folder / SPEC).is_file():
        return "damaged"
    if (folder / ERROR).is_file():
        return "failed"
    if (folder / CANCEL).is_file():
        return "cancelled"
    return "waiting" if _asked_for_just_now(folder) else "interrupted"


def _asked_for_just_now(folder: Path) -> bool:
    try:
        age_seconds = time.time() - (folder / SPEC).stat().st_mtime
    except OSError:
        return False
    begun = any((folder / name).exists() for name in (LOCK, PROGRESS))
    return not begun and age_seconds < START_SECONDS


def is_held(lock: Path) -> bool:
    """Whether a living process holds the lock; a killed one does not, even as a zombie."""
    try:
        import fcntl
    except ImportError:  # not Unix
        return _is_held_elsewhere(lock)
    try:
        with open_plain(lock) as file:
            # A shared lock, so that two who look at once do not take each other for a worker.
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def _is_held_elsewhere(lock: Path) -> bool:
    if not lock.exists():
        return False
    try:
        with filelock.FileLock(lock, timeout=0):
            return False
    except filelock.Timeout:
        return True


@contextlib.contextmanager
def holding(lock: Path, *, busy: str, tidy: Callable[[], bool] = lambda: False) -> Iterator[None]:
    """Hold a lock for as long as the block runs; raises `RunAlreadyRunning(busy)` where another holds it.

    The file of the lock is removed afterwards where `tidy` then says so. Who waits for a removed file
    notices (filelock looks at its link count) and tries again with a new one.
    """
    with saving(lock):
        guard = filelock.FileLock(lock, thread_local=False)
        try:
            guard.acquire(timeout=PATIENCE_SECONDS, poll_interval=0.02)
        except filelock.Timeout:
            raise RunAlreadyRunning(busy) from None
    try:
        yield
    finally:
        if tidy():
            lock.unlink(missing_ok=True)
        guard.release()
