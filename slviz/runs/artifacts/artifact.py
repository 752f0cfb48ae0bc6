"""Artifact: one file that is made beside a finished run, or beside vectors, by one process at a time.

    <name>.safetensors      what is made, checksummed
    .<name>.lock            held while it is made
    .<name>.progress        how far it is, while it is made
    .<name>.cancel          somebody asked to stop
    <name>.error.json       why it could not be made

As with a run, the state is derived from what lies there, and a worker that was killed frees its lock.
"""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from slviz.errors import DamagedRun, RunCancelled
from slviz.projections.method import OnProgress
from slviz.runs.damage import readable
from slviz.runs.files import make_folder, saving
from slviz.runs.folder import holding, is_held
from slviz.runs.parsing import parse_json
from slviz.runs.plain_files import is_plain, read_if_there
from slviz.runs.schemas import StoredProgress
from slviz.runs.worker import read_failure, write_failure

WorkState = Literal["finished", "running", "failed", "none"]
TELL_SECONDS = 0.3
ENDINGS = ("progress", "progress.part", "cancel")
"""Of hidden files that mean something while the lock is held, and nothing afterwards."""


@dataclass(frozen=True)
class Progress:
    """How far a work is: `share` from 0 to 1, and in words what is being done."""

    share: float
    doing: str


class Artifact:
    """A file that is there, being made, failed or not asked for yet; its work is followed and cancelled here."""

    def __init__(self, path: Path, *, within: Path | None = None) -> None:
        """The file at `path`; `within` is the folder that is never made for it: one that was removed stays away."""
        self.path = path
        self.within = within

    def _hidden(self, ending: str) -> Path:
        return self.path.with_name(f".{self.path.stem}.{ending}")

    @property
    def lock(self) -> Path:
        return self._hidden("lock")

    @property
    def error(self) -> Path:
        return self.path.with_name(f"{self.path.stem}.error.json")

    @property
    def state(self) -> WorkState:
        if is_held(self.lock):
            return "running"
        if is_plain(self.path):
            return "finished"
        return "failed" if is_plain(self.error) else "none"

    @property
    def failure(self) -> str:
        """Why it could not be made, as a sentence; "" where nothing is known."""
        return read_failure(self.error)

    @property
    def progress(self) -> Progress:
        """How far the worker is; at the very beginning where it has not said anything."""
        path = self._hidden("progress")
        with contextlib.suppress(DamagedRun):
            content = read_if_there(path)
            if content is not None:
                stored = parse_json(content, StoredProgress, path)
                return Progress(min(max(stored.share, 0.0), 1.0), readable(stored.doing))
        return Progress(0.0, "starting")

    def forget_failure(self) -> None:
        """Clear away why it could not be made, before another try; raises `RunNotSaved`."""
        with saving(self.error):
            self.error.unlink(missing_ok=True)

    def cancel(self) -> None:
        """Ask the worker to stop; where none works this does nothing."""
        if self.state == "running":
            with saving(self.path):
                self._hidden("cancel").touch()

    @contextlib.contextmanager
    def making(self, *, busy: str) -> Iterator[OnProgress]:
        """The right to make the file for as long as the block runs; gives what the work tells its progress to.

        That raises `RunCancelled` when somebody asked to stop. Any other error is left for `failure`.
        Raises `RunAlreadyRunning(busy)` while another process makes it.
        """
        with saving(self.path):
            make_folder(self.path.parent, within=self.within)
        with holding(self.lock, busy=busy, tidy=lambda: True):
            with saving(self.path):
                self._forget()
                self.error.unlink(missing_ok=True)
            try:
                yield self._tell()
            except RunCancelled:
                raise
            except Exception as error:
                write_failure(self.error, error)
                raise
            finally:
                with contextlib.suppress(OSError):  # the next maker, or the next start, clears what stays
                    self._forget()

    def _forget(self) -> None:
        for ending in ENDINGS:
            self._hidden(ending).unlink(missing_ok=True)

    def _tell(self) -> OnProgress:
        last = 0.0

        def tell(share: float, doing: str) -> None:
            nonlocal last
            if self._hidden("cancel").exists():
                raise RunCancelled(f"{self.path.stem} was cancelled; nothing of it is kept.")
            if time.monotonic() - last > TELL_SECONDS:
                last = time.monotonic()
                with saving(self.path):
                    part = self._hidden("progress.part")
                    part.write_text(json.dumps({"share": share, "doing": doing}), encoding="utf-8")
                    part.replace(self._hidden("progress"))

        return tell
