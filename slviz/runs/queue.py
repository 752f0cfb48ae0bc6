"""Runs that were handed to a cluster: each waits in its folder until a worker of the cluster takes its lock."""

from __future__ import annotations

from pathlib import Path

from slviz.disk.left_over import folders_in
from slviz.runs.files import saving, write_atomically
from slviz.runs.folder import QUEUED, RUN_NAME
from slviz.runs.plain_files import read_text_if_there

LONGEST_ADDRESS = 300


def enter_queue(folder: Path, address: str) -> None:
    """Note that the run in `folder` was handed to the cluster of this scheduler; it shows as waiting.

    The worker that takes the run removes the note. Raises `RunNotSaved` where the disk refuses.
    """
    write_atomically(folder / QUEUED, address.encode())


def leave_queue(folder: Path) -> None:
    """Note that no cluster has the run any more: it shows as interrupted, and can be resumed."""
    with saving(folder / QUEUED):
        (folder / QUEUED).unlink(missing_ok=True)


def runs_in_queue(root: Path, address: str) -> list[str]:
    """The runs in the models folder `root` that this cluster was handed and has not begun."""
    folders = [folder for folder in folders_in(root) if RUN_NAME.fullmatch(folder.name)]
    return sorted(folder.name for folder in folders if queue_of(folder) == address)


def queue_of(folder: Path) -> str:
    """The address of the scheduler that has the run in its queue; "" where none has."""
    if not (folder / QUEUED).is_file():
        return ""
    return read_text_if_there(folder / QUEUED, most_bytes=LONGEST_ADDRESS)
