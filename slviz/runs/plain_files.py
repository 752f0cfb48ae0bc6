"""Reading a file of the models folder: a plain file of a size that can be meant, and nothing else.

A link is not followed, a pipe or a device is not waited for, and no more is read than there may be.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO

from slviz.runs.damage import damaged

MEBIBYTE = 1 << 20
LARGEST = {
    ".json": 64 * MEBIBYTE,
    ".jsonl": 64 * MEBIBYTE,
    ".parquet": 4096 * MEBIBYTE,
    ".safetensors": 16384 * MEBIBYTE,
}
"""Bytes of the largest file of each kind; far more than slviz writes."""
LARGEST_OTHER = 16 * MEBIBYTE
NO_LINK = "is a link, and slviz follows none"
NO_FILE = "is no plain file"


def open_plain(path: Path) -> BinaryIO:
    """The file at `path`, opened to read; `OSError` where it is a link, a folder, a pipe, a device or a socket.

    Never waits, as opening a pipe that nobody writes to would.
    """
    flags = os.O_RDONLY
    for name in ("O_NONBLOCK", "O_NOFOLLOW", "O_CLOEXEC", "O_BINARY"):  # not every system has all
        flags |= getattr(os, name, 0)
    try:
        descriptor = os.open(path, flags)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise OSError(errno.ELOOP, NO_LINK) from error
        raise
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, NO_FILE)
    return os.fdopen(descriptor, "rb")


def is_plain(path: Path) -> bool:
    """Whether a plain file lies at `path`; false, too, where nobody may look."""
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except (OSError, ValueError):
        return False


def is_folder(path: Path) -> bool:
    """Whether a folder, or a link to one, lies at `path`; false, too, where nobody may look."""
    try:
        return path.is_dir()
    except OSError:
        return False


def read_if_there(path: Path) -> bytes | None:
    """The content of a file; None where there is none; raises `DamagedRun` where it cannot be read."""
    most = LARGEST.get(path.suffix, LARGEST_OTHER)
    try:
        with open_plain(path) as file:
            size_bytes = os.fstat(file.fileno()).st_size
            if size_bytes > most:
                raise damaged(path, f"has {size_bytes:,} bytes, and such a file has {most:,} at most")
            return file.read(size_bytes)
    except FileNotFoundError:
        return None
    except OSError as error:
        if error.strerror in (NO_LINK, NO_FILE):
            raise damaged(path, error.strerror) from error
        raise damaged(path, f"cannot be read ({error.strerror})") from error
    except ValueError as error:  # a name with a zero byte
        raise damaged(path, "cannot be read (no file can have such a name)") from error
    except MemoryError as error:
        raise damaged(path, "is larger than the memory of this machine") from error


def read_text_if_there(path: Path, *, most_bytes: int = LARGEST_OTHER) -> str:
    """The last `most_bytes` of a text for people, such as a log; "" where there is none or it cannot be read."""
    try:
        with open_plain(path) as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - most_bytes))
            return file.read(most_bytes).decode("utf-8", errors="replace")
    except (OSError, ValueError):
        return ""
