"""Files that are there whole or not at all, and the removal of what a killed writer left of one.

A file is written as `.<name>.<random digits>.part` beside its place and moved there in one step. The writer holds that
file as a lock until it is moved, so what nobody holds was left by a killed one.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import secrets
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

from slviz.disk.ages import is_old
from slviz.disk.locks import use

UNFINISHED = re.compile(r"\.(?P<name>.+)\.[0-9a-f]+\.part")
MOST_TRIES = 20
ABANDONED_SECONDS = 3600.0
"""So old is what was left, where a file system cannot say whether somebody uses it."""
MOVES_OPEN_FILES = os.name != "nt"


def write_whole(path: Path, content: bytes, *, durable: bool = True) -> None:
    """Write a file that is there whole or not at all.

    With `durable` it is on the disk when this returns. What a killed writer of the same file left is removed.
    Raises `OSError`, and leaves nothing behind then.
    """
    for left in unfinished_in(path.parent, name=path.name):
        remove_unused(left)
    unfinished, descriptor = _begin(path)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            if durable:
                os.fsync(file.fileno())
            if MOVES_OPEN_FILES:  # in our hands until it has its name
                unfinished.replace(path)
        if not MOVES_OPEN_FILES:
            unfinished.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            unfinished.unlink(missing_ok=True)
        raise


def _begin(path: Path) -> tuple[Path, int]:
    """A new file beside `path`, open and in our hands."""
    for _ in range(MOST_TRIES):
        unfinished = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
        descriptor = os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666)
        if use(descriptor):
            return unfinished, descriptor
        os.close(descriptor)  # one who clears away was quicker
    raise OSError(f"what is written to {path.parent} is downloaded again and again")


@contextlib.contextmanager
def folder_in_work(place: Path, *, prefix: str) -> Iterator[Path]:
    """A new folder beside `place`, in our hands, which is moved there when the block has filled it.

    It is gone where the block fails, or where another has put the same in place meanwhile. Raises `OSError`.
    """
    folder, descriptor = _begin_folder(place.parent, prefix)
    try:
        yield folder
        folder.chmod(0o755)
        folder.replace(place)
    except OSError as error:
        if error.errno not in (errno.ENOTEMPTY, errno.EEXIST) or not place.is_dir():
            raise
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if descriptor is not None:
            os.close(descriptor)


def _begin_folder(parent: Path, prefix: str) -> tuple[Path, int | None]:
    """A new folder in `parent`, which is made, and what holds it as ours; None where folders cannot be held."""
    for _ in range(MOST_TRIES):
        with contextlib.suppress(FileNotFoundError):  # one who clears away was quicker
            parent.mkdir(parents=True, exist_ok=True)
            folder = Path(tempfile.mkdtemp(dir=parent, prefix=prefix))
            if os.name == "nt":
                return folder, None
            descriptor = os.open(folder, os.O_RDONLY)
            if use(descriptor):
                return folder, descriptor
            os.close(descriptor)
    raise OSError(f"what is written to {parent} is downloaded again and again")


def unfinished_in(folder: Path, *, name: str | None = None) -> Iterator[Path]:
    """What `write_whole` has in work in a folder, or what was left of it; with `name` of that file alone."""
    try:
        with os.scandir(folder) as entries:
            names = sorted(entry.name for entry in entries if entry.name.endswith(".part"))
    except OSError:
        return
    for file_name in names:
        named = UNFINISHED.fullmatch(file_name)
        if named and name in (None, named["name"]):
            yield folder / file_name


def remove_unused(path: Path) -> bool:
    """Remove a file or a folder unless a living process uses it; whether it is gone. Links are left alone."""
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except FileNotFoundError:
        return True
    except OSError:  # not ours to open; Windows does not open folders
        return not path.is_symlink() and _is_abandoned(path) and remove_any(path)
    try:
        if not _is_free(descriptor, path):
            return False
        if MOVES_OPEN_FILES:  # while nobody else can take it
            return remove_any(path)
    finally:
        os.close(descriptor)
    return remove_any(path)


def _is_free(descriptor: int, path: Path) -> bool:
    """Whether we hold the file by now and it is still the one at the path."""
    try:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except (ImportError, OSError):
        return _is_abandoned(path)
    try:
        return os.path.samestat(os.fstat(descriptor), path.lstat())
    except OSError:
        return False


def _is_abandoned(path: Path) -> bool:
    return is_old(path, ABANDONED_SECONDS)


def remove_any(path: Path) -> bool:
    """Remove a file, a link or a folder with all that is in it; whether it is gone. Never raises."""
    with contextlib.suppress(OSError):  # what cannot be removed is still there, which is the answer
        if stat.S_ISDIR(path.lstat().st_mode):
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    return not os.path.lexists(path)
