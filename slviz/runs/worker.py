"""RunWriter: the one process that may write a run, from the lock to the manifest."""

from __future__ import annotations

import contextlib
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from slviz import former_names
from slviz.disk.ages import is_recent
from slviz.errors import DamagedRun, RunCancelled, RunNotSaved, SlvizError
from slviz.runs.contents import (
    LOG,
    PROGRESS,
    SPEC,
    SPLIT,
    contents_of,
    history_to_lines,
    lines_to_history,
    parquet_to_table,
    progress_line,
    read_history,
    table_to_parquet,
)
from slviz.runs.files import (
    pack_checksummed,
    read_whole,
    remove_unfinished,
    saving,
    to_json,
    unpack_checksummed,
    write_atomically,
)
from slviz.runs.folder import (
    CANCEL,
    CHECKPOINT,
    DEVICE,
    ERROR,
    EVALUATING,
    LOCK,
    OF_THE_UNFINISHED,
    QUEUED,
    START_SECONDS,
    WAITING,
    holding,
)
from slviz.runs.manifest import MANIFEST, Manifest
from slviz.runs.parsing import parse_json
from slviz.runs.plain_files import read_if_there
from slviz.runs.run import Run
from slviz.runs.schemas import AboutCheckpoint, StoredEvaluation, StoredFailure
from slviz.runs.spec import RunSpec
from slviz.text import sentences


@dataclass(frozen=True)
class StoredCheckpoint:
    """Where training stood: enough to resume bit for bit.

    Attributes:
        epoch: the last epoch that was done, counted from 1.
        arrays: what training needs, by name.
        history: one row for every epoch done, as `Run.history`.
    """

    epoch: int
    arrays: Mapping[str, np.ndarray]
    history: pd.DataFrame


class RunWriter:
    """Writes one run folder while it holds the folder's lock; made by `RunStore.writing`."""

    def __init__(self, folder: Path, spec: RunSpec) -> None:
        self.folder = folder
        self.spec = spec

    @classmethod
    @contextlib.contextmanager
    def holding_lock(cls, folder: Path, spec: RunSpec, *, hand_over: bool = False) -> Iterator[RunWriter]:
        """Hold the lock of `folder` and keep a record of what ends the block other than success.

        With `hand_over` the folder is left as one that was never locked, for the worker that comes next.
        Raises `RunAlreadyRunning` where another worker holds it, `RunNotSaved` where the disk refuses.
        """
        had_another_life = (folder / LOCK).exists()
        busy = f"Run {folder.name} is being trained by another process already. Look at its progress."
        handed_over = False

        def lock_goes() -> bool:
            return handed_over or (folder / MANIFEST).is_file()

        with holding(folder / LOCK, busy=busy, tidy=lock_goes, make_folder=True):
            writer = cls(folder, spec)
            with saving(folder):
                # A folder that was never locked was prepared for this worker: a new cancel in it is meant for us.
                meant_for_us = not had_another_life and is_recent(folder / CANCEL, START_SECONDS)
                writer.forget_the_end(of_cancel=not meant_for_us)
                remove_unfinished(folder)
            try:
                yield writer
                handed_over = hand_over
            except RunCancelled:
                writer.log("cancelled")
                raise
            except Exception as error:
                if not (folder / MANIFEST).is_file():  # what is finished stays as it is
                    writer._record_failure(error)
                raise

    def forget_the_end(self, *, of_cancel: bool = True) -> None:
        """Clear away how an earlier worker ended, and with `of_cancel` that somebody asked it to stop."""
        if not (self.folder / MANIFEST).is_file():
            for name in (ERROR, WAITING, QUEUED, EVALUATING, LOG, *([CANCEL] if of_cancel else [])):
                (self.folder / name).unlink(missing_ok=True)

    def write_spec(self) -> None:
        """Write spec.json, first of all files."""
        write_atomically(self.folder / SPEC, to_json(self.spec.to_json()))

    def note_device(self, device: str) -> None:
        """Note which device was asked for, so that resuming asks for it too; the manifest says which it was."""
        write_atomically(self.folder / DEVICE, device.encode())

    @contextlib.contextmanager
    def waiting(self) -> Iterator[None]:
        """Show as waiting for as long as the block runs."""
        with saving(self.folder / WAITING):
            (self.folder / WAITING).touch()
        self.log("waiting until other runs have finished")
        try:
            yield
        finally:
            with contextlib.suppress(OSError):  # it says nothing once the lock is free
                (self.folder / WAITING).unlink(missing_ok=True)

    def stored_split(self) -> pd.DataFrame | None:
        """The split that an earlier start froze, or None."""
        path = self.folder / SPLIT
        return parquet_to_table(read_whole(path), path) if path.is_file() else None

    def begin(self, split: pd.DataFrame, *, after_epoch: int = 0) -> None:
        """Freeze the split and start the record of epochs, keeping those up to `after_epoch`."""
        write_atomically(self.folder / SPLIT, table_to_parquet(split))
        kept = self._epochs_up_to(after_epoch)
        write_atomically(self.folder / PROGRESS, history_to_lines(kept).encode())
        self.log(f"resumes after epoch {after_epoch}" if after_epoch else "begins")

    def _epochs_up_to(self, epoch: int) -> pd.DataFrame:
        history = read_progress(self.folder)
        return history.loc[history["epoch"] <= epoch]

    def record(self, epoch: Mapping[str, Any]) -> None:
        """Append one epoch's metrics to the record; raises `RunCancelled` when somebody asked to stop."""
        with saving(self.folder / PROGRESS), (self.folder / PROGRESS).open("a", encoding="utf-8") as file:
            file.write(progress_line(epoch))
        self.stop_if_cancelled()

    def note_evaluation(self, share: float, seconds_left: float) -> None:
        """Leave for others how far the evaluation has come; raises `RunCancelled` when somebody asked to stop."""
        known = seconds_left if np.isfinite(seconds_left) else None
        write_atomically(self.folder / EVALUATING, to_json({"share": share, "seconds_left": known}))
        self.stop_if_cancelled()

    def stop_if_cancelled(self) -> None:
        """Raise `RunCancelled` when somebody asked to stop."""
        if (self.folder / CANCEL).exists():
            raise RunCancelled(f"Run {self.spec.run_id} was cancelled.")

    def save_checkpoint(self, checkpoint: StoredCheckpoint) -> None:
        """Keep where training stands, so that a killed worker can be resumed."""
        about = {
            "run_id": self.spec.run_id,
            "epoch": checkpoint.epoch,
            "history": history_to_lines(checkpoint.history),
        }
        write_atomically(self.folder / CHECKPOINT, pack_checksummed(checkpoint.arrays, about))

    def stored_checkpoint(self) -> StoredCheckpoint | None:
        """Where an earlier worker stood; None where there is none or it is damaged, which is logged."""
        path = self.folder / CHECKPOINT
        if not path.is_file():
            return None
        try:
            arrays, about = unpack_checksummed(read_whole(path), path, AboutCheckpoint)
            if about.run_id != self.spec.run_id:
                raise DamagedRun(f"{CHECKPOINT} belongs to run {about.run_id}.")
            history = read_history(about.history.encode(), path)
        except DamagedRun as error:
            self.log(f"{error} Training begins again.")
            return None
        return StoredCheckpoint(about.epoch, former_names.arrays(arrays), history)

    def finish(self, run: Run) -> None:
        """Write all that the run is, and the manifest last; raises `RunNotSaved` and leaves it unfinished."""
        self.log(f"finished after {len(run.history)} epochs on {run.device}")
        contents = contents_of(run)
        for name, content in contents.items():
            write_atomically(self.folder / name, content)
        written = {name: read_whole(self.folder / name) for name in (SPEC, SPLIT, LOG)}
        seconds = round(run.train_seconds, 3) if np.isfinite(run.train_seconds) else None
        Manifest.of(self.spec.run_id, {**written, **contents}, device=run.device, seconds=seconds).write(self.folder)
        with contextlib.suppress(OSError):  # it is finished; what stays is cleared by the next start
            for name in OF_THE_UNFINISHED:
                (self.folder / name).unlink(missing_ok=True)

    def log(self, line: str) -> None:
        """Add a line with the time to log.txt; a disk that refuses it is no reason to stop."""
        with contextlib.suppress(OSError), (self.folder / LOG).open("a", encoding="utf-8") as file:
            file.write(f"{datetime.now().isoformat(sep=' ', timespec='seconds')} {line}\n")

    def _record_failure(self, error: Exception) -> None:
        if not isinstance(error, SlvizError):
            self.log("".join(traceback.format_exception(error)))
        write_failure(self.folder / ERROR, error)


def write_failure(path: Path, error: Exception) -> None:
    """Leave the reason of a failure for others to read; where the disk refuses even that, only the state tells."""
    kind = type(error).__name__
    expected = isinstance(error, SlvizError)
    sentence = str(error) if expected else f"A defect of slviz stopped the work ({kind}: {error}). See its log."
    with contextlib.suppress(RunNotSaved):
        write_atomically(path, to_json({"error": kind, "message": sentence}))


def read_failure(path: Path) -> str:
    """The sentence that `write_failure` left; "" where there is none, and where it is damaged a sentence on that."""
    try:
        content = read_if_there(path)
        return "" if content is None else _told(parse_json(content, StoredFailure, path).message)
    except DamagedRun as error:
        return f"Why it failed is not known. {error}"


def _told(sentence: str) -> str:
    """What another process wrote, line by line, without what a terminal would act on."""
    return sentences("\n".join(sentence.splitlines()))


def read_evaluation(folder: Path) -> StoredEvaluation | None:
    """How far the evaluation of a run in `folder` has come; None where it has not begun, or nothing can be read."""
    with contextlib.suppress(DamagedRun):
        content = read_if_there(folder / EVALUATING)
        return None if content is None else parse_json(content, StoredEvaluation, folder / EVALUATING)
    return None


def read_progress(folder: Path) -> pd.DataFrame:
    """The epochs that a run in `folder` has done so far, as `Run.history`; empty where nothing can be read."""
    with contextlib.suppress(DamagedRun):
        return lines_to_history(read_if_there(folder / PROGRESS) or b"")
    return lines_to_history(b"")
