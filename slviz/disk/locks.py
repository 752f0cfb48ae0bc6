"""Locks that die with their process (flock), and that nobody holds by a file which is no longer there.

A lock is a file that is held, not one that exists. It may be removed by its holder alone, and the folder that it
lies in may be moved by its holder alone. Who waited meanwhile is given a file that no path leads to: `take` compares
the file that it was given with the one that lies at the path, and tries again.
"""

from __future__ import annotations

import contextlib
import errno
import os
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import filelock

POLL_SECONDS = 0.02
MOST_REPLACED = 100
"""So often in a row the file of a lock may be replaced under a waiting process before that gives up."""


class LockBusy(Exception):
    """Another process, or another part of this one, holds the lock."""


class _Replaced(Exception):
    """The file that was locked is no longer the one at the path."""


@dataclass(frozen=True)
class Held:
    """A lock in our hands; `give_back` ends it.

    Attributes:
        path: of its file.
        file: device and number of the file on the disk.
        guard: of filelock.
    """

    path: Path
    file: tuple[int, int]
    guard: filelock.BaseFileLock

    def give_back(self, *, remove: bool = False) -> None:
        """Free the lock; with `remove` its file goes first, while nobody else can hold it."""
        try:
            if remove and _file_at(self.path) == self.file:
                with contextlib.suppress(OSError):  # as on Windows: a free lock that stays there harms nothing
                    self.path.unlink()
        finally:
            self.guard.release()


def take(lock: Path, *, patience_seconds: float = 0.0, make_folder: bool = False) -> Held:
    """Take a lock, waiting at most so long.

    Args:
        lock: its file; made when missing.
        patience_seconds: how long a lock that another holds is waited for.
        make_folder: whether its folder is made, also again when another removes it meanwhile.

    Raises `LockBusy` while another holds it, `OSError` where the disk refuses or has no locks, or where the folder
    is missing and is not to be made.
    """
    end = time.monotonic() + patience_seconds
    for _ in range(MOST_REPLACED):
        if make_folder:
            lock.parent.mkdir(parents=True, exist_ok=True)
        elif not lock.parent.is_dir():  # filelock would make it
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(lock.parent))
        seen: list[tuple[int, int]] = []
        guard = filelock.FileLock(
            lock, thread_local=False, fallback_to_soft=False, on_acquired=partial(_compare, lock, seen)
        )
        try:
            guard.acquire(timeout=max(end - time.monotonic(), 0.0), poll_interval=POLL_SECONDS)
        except filelock.Timeout:
            raise LockBusy from None
        except _Replaced:
            continue
        except FileNotFoundError:
            if not make_folder:
                raise
            continue
        return Held(lock, seen[0], guard)
    raise LockBusy


def _compare(lock: Path, seen: list[tuple[int, int]], descriptor: int) -> None:
    """Refuse a lock whose file was removed, or whose folder was moved, while it was waited for."""
    given = os.fstat(descriptor)
    if _file_at(lock) != (given.st_dev, given.st_ino):
        raise _Replaced
    seen.append((given.st_dev, given.st_ino))


def _file_at(path: Path) -> tuple[int, int] | None:
    try:
        there = path.stat()
    except OSError:
        return None
    return there.st_dev, there.st_ino


def is_held(path: Path) -> bool:
    """Whether a living process holds the lock, or uses the file or folder; a killed one does not, even as a zombie."""
    try:
        import fcntl
    except ImportError:  # not Unix
        return _is_held_elsewhere(path)
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    except OSError:
        return False
    try:
        # A shared lock, so that two who look at once do not take each other for a worker.
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return False


def _is_held_elsewhere(lock: Path) -> bool:
    if not lock.is_file():
        return False
    try:
        with filelock.FileLock(lock, timeout=0, preserve_lock_file=True):
            return False
    except filelock.Timeout:
        return True


def use(descriptor: int) -> bool:
    """Mark an open file or folder as used until it is closed; False where another has it, or removed it already."""
    try:
        import fcntl
    except ImportError:  # not Unix
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a file system without locks for this; there only the age of what lies there tells
        return True
    return os.fstat(descriptor).st_nlink > 0
