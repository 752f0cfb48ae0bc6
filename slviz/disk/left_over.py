"""LeftOver: something that a killed process left, and how it is cleared without taking it from a living one."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path

from slviz.disk.ages import age_seconds
from slviz.disk.locks import LockBusy, is_held, take
from slviz.disk.whole_files import remove_any, remove_unused, unfinished_in

REMOVED = re.compile(r"\.removed-(?:.+-[0-9a-f]{8}|[a-z0-9][a-z0-9_-]*-[0-9a-f]{8}-[0-9]+)")
"""Earlier versions wrote the number of a process behind the name of a run or of vectors."""


@dataclass(frozen=True)
class LeftOver:
    """Something that a killed process left.

    Attributes:
        path: the file or folder.
        what: what it was, in words, such as "a checkpoint of a finished run".
        guard: the lock that is held while it is cleared; None where the file or folder itself is held by its user.
        only_if_empty: of a folder: whether it goes only where nothing lies in it.
    """

    path: Path
    what: str
    guard: Path | None = None
    only_if_empty: bool = False

    @property
    def is_in_use(self) -> bool:
        """Whether a living process has it."""
        return is_held(self.guard or self.path)

    @property
    def size_bytes(self) -> int:
        """Of the file, or of all files in the folder."""
        try:
            if self.path.is_dir() and not self.path.is_symlink():
                return sum(path.lstat().st_size for path in self.path.rglob("*") if not path.is_dir())
            return self.path.lstat().st_size
        except OSError:
            return 0

    @property
    def age_seconds(self) -> float | None:
        """Seconds since it was written; negative where the clock was set back, None where it is gone."""
        return age_seconds(self.path)

    def clear(self) -> bool:
        """Remove it unless a living process has it; whether it is gone. Never raises for what the disk refuses."""
        if self.only_if_empty:
            with contextlib.suppress(OSError):  # what cannot be removed is still there, which is the answer
                self.path.rmdir()
            return not os.path.lexists(self.path)
        if self.guard is None:
            return remove_unused(self.path)
        return _clear_under(self.guard, self.path)


def _clear_under(guard: Path, path: Path) -> bool:
    """Remove `path` while its lock is held by us; a lock that was there before stays, unless it is what is removed."""
    stays = os.path.lexists(guard) and guard != path
    try:
        held = take(guard)
    except (LockBusy, OSError):
        return not os.path.lexists(path)
    try:
        if path.is_dir() and not path.is_symlink():
            _remove_folder(path)
        elif guard != path:
            remove_any(path)
    finally:
        held.give_back(remove=not stays)
    return not os.path.lexists(path)


def _remove_folder(folder: Path) -> None:
    """Remove a folder that is ours by the lock in it: aside first, so that nobody begins in what is being removed."""
    aside = aside_of(folder)
    with contextlib.suppress(OSError):  # what cannot be removed is still there, which is the answer
        folder.replace(aside)
        remove_any(aside)


def aside_of(folder: Path) -> Path:
    """Where a folder is put that is to be removed: under a name that `REMOVED` knows."""
    return folder.with_name(f".removed-{folder.name}-{secrets.token_hex(4)}")


def left_over_removals(place: Path) -> list[LeftOver]:
    """Folders in `place` that were put aside to be removed, and whose removal did not come to its end."""
    what = "something that was removed and is not gone"
    return [LeftOver(folder, what) for folder in folders_in(place) if REMOVED.fullmatch(folder.name)]


def folders_in(place: Path, *, begin: str = "") -> list[Path]:
    """Folders in a folder whose names begin so, links left aside; [] where there is none or it cannot be read."""
    return [entry for entry in entries_in(place, begin=begin) if entry.is_dir() and not entry.is_symlink()]


def entries_in(place: Path, *, begin: str = "") -> list[Path]:
    """What lies in a folder and whose name begins so, by name; [] where there is none or it cannot be read."""
    try:
        return sorted(entry for entry in place.iterdir() if entry.name.startswith(begin))
    except OSError:
        return []


def half_written(folder: Path) -> list[LeftOver]:
    """Files in a folder that were never written to their end."""
    return [LeftOver(path, "a file that was not written to its end") for path in unfinished_in(folder)]
