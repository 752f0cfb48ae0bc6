"""Reading a file that is a plain file, lies where it seems to lie, and is not too large."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import BinaryIO

from slviz.errors import MalformedData, MissingDataFile
from slviz.files.limits import FILE_MB, MEBIBYTE, shown

PART_BYTES = 1 << 20


def check_regular(path: Path, *, within: Path | None = None, most_bytes: int | None = None) -> int:
    """The size of a plain file in bytes.

    Args:
        path: of the file.
        within: a folder that the file has to lie in after all links are followed; the folder may itself be a link.
        most_bytes: how large the file may be; `FILE_MB` where left out.

    Raises `MissingDataFile` where there is none, and `MalformedData` for a folder, a device or a pipe, for a link that
    leads out of `within`, and for a file that is too large.
    """
    name = shown(path.name)
    if within is not None and leads_out(path, within):
        raise MalformedData(
            f"{name} is a link to a place outside its folder, which slviz does not follow. Put the file itself there."
        )
    try:
        status = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        raise MissingDataFile(f"There is no file {shown(path, 200)}.") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "its name cannot be used"
        raise MalformedData(f"{name} cannot be read ({reason}). Check its permissions and the disk.") from error
    if not stat.S_ISREG(status.st_mode):
        raise MalformedData(f"{name} is {_kind(status.st_mode)}, not a file. Put a file of that name in its place.")
    limit = FILE_MB.value * MEBIBYTE if most_bytes is None else most_bytes
    if status.st_size > limit:
        remedy = FILE_MB.raised() if most_bytes is None else "Take only the part that is needed."
        raise MalformedData(f"{name} is larger than {limit >> 20:,} MiB, the most that is read of it. {remedy}")
    return status.st_size


def read_regular(path: Path, *, within: Path | None = None, most_bytes: int | None = None) -> bytes:
    """The bytes of a plain file; arguments and errors are those of `check_regular`."""
    size = check_regular(path, within=within, most_bytes=most_bytes)
    try:
        # O_NONBLOCK: should a pipe have taken the file's place meanwhile, opening it does not wait for a writer.
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0))
        with open(handle, "rb") as file:  # noqa: PTH123
            return file.read(size + 1)[:size]
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise MalformedData(
            f"{shown(path.name)} cannot be read ({reason}). Check its permissions and the disk."
        ) from error


def read_at_most(file: BinaryIO, most_bytes: int) -> bytes:
    """What is left in a file, a pipe or a device, and no more than `most_bytes`: memory follows from what is there."""
    parts, room = [], most_bytes
    while room and (part := file.read(min(room, PART_BYTES))):
        parts.append(part)
        room -= len(part)
    return b"".join(parts)


def leads_out(path: Path, folder: Path) -> bool:
    """Whether a path inside `folder` ends outside of it once all links are followed, or goes round in a circle."""
    try:
        return not path.resolve(strict=False).is_relative_to(folder.resolve(strict=False))
    except (OSError, RuntimeError, ValueError):  # a circle of links, or a name that no file can have
        return True


def _kind(mode: int) -> str:
    kinds = {stat.S_IFDIR: "a folder", stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket"}
    return kinds.get(stat.S_IFMT(mode), "a device")
