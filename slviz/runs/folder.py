"""The state of a run, derived from its folder: who holds the lock, and which files are there."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal, get_args

from slviz.disk.ages import is_recent
from slviz.disk.locks import LockBusy, is_held, take
from slviz.disk.whole_files import UNFINISHED
from slviz.errors import RunAlreadyRunning
from slviz.runs.contents import LOG, PROGRESS, SPEC
from slviz.runs.files import saving
from slviz.runs.manifest import MANIFEST

RUN_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,80}-[0-9a-f]{8}")
LOCK = ".lock"
CANCEL = "cancel"
ERROR = "error.json"
CHECKPOINT = "checkpoint.safetensors"
WAITING = "waiting"
QUEUED = "queued"
"""Handed to a cluster, whose workers have not begun it."""
EVALUATING = "evaluating.json"
PROJECTIONS = "projections"
CONTROLS = "controls"
DEVICE = "device"
EVENTS = "tensorboard"

OF_THE_UNFINISHED = (CHECKPOINT, CANCEL, ERROR, WAITING, QUEUED, EVALUATING, DEVICE)
"""Files that say something of an unfinished run, and nothing of a finished one."""

RunState = Literal["finished", "running", "waiting", "failed", "cancelled", "interrupted", "damaged"]
STATES: tuple[str, ...] = get_args(RunState)

QUEUE_SECONDS = 7 * 86_400.0
"""So long a cluster may leave a run in its queue before it counts as forgotten there."""
START_SECONDS = 60.0
"""So long after it was asked for, a worker may be still on its way to the lock."""
PATIENCE_SECONDS = 2.0
"""So long a worker tries for the lock, since a reader holds it for a moment when it looks."""


def state_of(folder: Path) -> RunState:
    """Where the run in `folder` stands; nothing is stored, so nothing can be out of date.

    manifest → finished; lock held → running, or waiting for others to finish; error.json → failed;
    cancel → cancelled; asked for a moment ago and never begun, or in the queue of a cluster → waiting; else
    interrupted, and can be resumed or removed. A folder without a spec is no run: damaged, unless it holds what a
    worker makes first and nothing else. What lies there from the future, since a clock was set back, was not made a
    moment ago.
    """
    if (folder / MANIFEST).is_file():
        return "finished"
    if is_held(folder / LOCK):
        return "waiting" if (folder / WAITING).is_file() else "running"
    if (folder / MANIFEST).is_file():  # it finished between the two looks
        return "finished"
    if not (folder / SPEC).is_file() and not is_before_its_spec(folder):
        return "damaged"
    if (folder / ERROR).is_file():
        return "failed"
    if (folder / CANCEL).is_file():
        return "cancelled"
    if is_recent(folder / QUEUED, QUEUE_SECONDS) or _asked_for_just_now(folder):
        return "waiting"
    return "interrupted"


def _asked_for_just_now(folder: Path) -> bool:
    begun = any((folder / name).exists() for name in (LOCK, PROGRESS))
    return not begun and is_recent(folder / SPEC, START_SECONDS)


def is_before_its_spec(folder: Path) -> bool:
    """Whether a worker was stopped between making this folder and writing its spec: nothing is lost with it."""
    if not RUN_NAME.fullmatch(folder.name) or not folder.is_dir():
        return False
    first = {LOCK, WAITING, QUEUED, CANCEL, ERROR, DEVICE, LOG}
    with contextlib.suppress(OSError):
        return all(path.name in first or UNFINISHED.fullmatch(path.name) for path in folder.iterdir())
    return False


@contextlib.contextmanager
def holding(
    lock: Path, *, busy: str, tidy: Callable[[], bool] = lambda: False, make_folder: bool = False
) -> Iterator[None]:
    """Hold a lock for as long as the block runs; raises `RunAlreadyRunning(busy)` where another holds it.

    The file of the lock is removed afterwards where `tidy` then says so, while it is still held: who waits for a
    removed file notices and tries again with a new one. With `make_folder` its folder is made. Raises `RunNotSaved`
    where the disk refuses.
    """
    with saving(lock):
        try:
            held = take(lock, patience_seconds=PATIENCE_SECONDS, make_folder=make_folder)
        except LockBusy:
            raise RunAlreadyRunning(busy) from None
    try:
        yield
    finally:
        held.give_back(remove=tidy())
