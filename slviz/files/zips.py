"""ZIP archives: members counted, sized and checked from the directory before any is unpacked."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from slviz.errors import MalformedData
from slviz.files.limits import MEMBERS, Budget, Limit, shown

END_RECORD = b"PK\x05\x06"
END_BYTES = 22
LONGEST_COMMENT = 1 << 16
ENTRY_BYTES = 1024
"""More than an entry of the directory takes, its name included."""
LOCKED = 0x1
DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,  # also UnicodeDecodeError; a directory that points before the file
    OverflowError,
    OSError,
    struct.error,
    KeyError,
)
"""What zipfile raises for a damaged or foreign archive."""


@contextmanager
def opened_zip(source: Path | bytes, name: str, *, most: Limit = MEMBERS) -> Iterator[Zip]:
    """An archive of at most so many files; raises `MalformedData` for more, and where it is none or is damaged."""
    try:
        size = source.stat().st_size if isinstance(source, Path) else len(source)
        with source.open("rb") if isinstance(source, Path) else io.BytesIO(source) as file:
            _refuse_long_directory(file, size, name, most)
            with zipfile.ZipFile(file) as archive:
                yield Zip(archive, name, Budget(name, size), most=most)
    except DAMAGE as error:
        raise MalformedData(
            f"{shown(name)} cannot be unpacked: it is no zip, or it is damaged ({shown(error)}). Zip the files again."
        ) from error


class Zip:
    """A zip archive that is open.

    Attributes:
        name: what to call it in a sentence.
        every: its files.
        members: those without folders and what some systems hide in it (`__MACOSX`, `.DS_Store`).
        budget: what may still be unpacked.
    """

    def __init__(self, archive: zipfile.ZipFile, name: str, budget: Budget, *, most: Limit = MEMBERS) -> None:
        self._archive = archive
        self.name = shown(name)
        self.budget = budget
        if not all(entry.filename for entry in archive.infolist()):
            raise MalformedData(f"{self.name} holds a file without a name, so it is damaged. Zip the files again.")
        self.every = [entry for entry in archive.infolist() if not entry.is_dir()]
        self.members = [entry for entry in self.every if not _is_hidden(entry.filename)]
        if len(archive.infolist()) > most.value:
            raise MalformedData(f"{self.name} holds more than {most.value:,} files. {most.raised()}")

    def read(self, member: zipfile.ZipInfo) -> bytes:
        """The content of a file, charged to the budget first; raises `MalformedData`."""
        self.check(member)
        self.budget.charge(member.file_size, member.filename)
        content = self._archive.read(member)
        if len(content) != member.file_size:
            raise MalformedData(f"{self.name} is damaged: '{shown(member.filename)}' has another size than it says.")
        return content

    @contextmanager
    def opened(self, member: zipfile.ZipInfo) -> Iterator[io.BufferedIOBase]:
        """A file of the archive as a stream, which never yields more than the size that the directory gives."""
        self.check(member)
        with self._archive.open(member) as stream:
            yield stream  # type: ignore[misc]

    def check(self, member: zipfile.ZipInfo) -> None:
        """Raises `MalformedData` for a file that is locked, a link, or packed in a way that has no bound."""
        called = shown(member.filename)
        if member.flag_bits & LOCKED:
            raise MalformedData(f"{self.name} is locked with a password ('{called}'). Zip the files without one.")
        if stat.S_ISLNK(member.external_attr >> 16):
            raise MalformedData(f"{self.name}: '{called}' is a link, not a file. Zip the file itself.")
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise MalformedData(
                f"{self.name}: '{called}' is packed by method {member.compress_type}, which slviz does not unpack. "
                "Zip the files with the usual method (deflate)."
            )


def read_members(
    source: Path | bytes,
    name: str,
    *,
    wanted: Callable[[str], bool],
    most_bytes: int | None = None,
    most: Limit = MEMBERS,
) -> dict[str, bytes]:
    """The files of an archive whose last name is wanted, by that name; folders in it are left out.

    `most_bytes` is a limit of the caller's own on all of them, beside the one that every file has; `most` one on all
    files of the archive. Raises
    `MalformedData` where the archive is damaged, locked or too large, or two such files have the same name.
    """
    with opened_zip(source, name, most=most) as archive:
        chosen = [member for member in archive.members if wanted(last_name(member.filename))]
        if most_bytes is not None and sum(member.file_size for member in chosen) > most_bytes:
            raise MalformedData(
                f"{archive.name} unpacks to more than {most_bytes >> 20:,} MiB. Leave out what is not needed."
            )
        twice = _named_twice([last_name(member.filename) for member in chosen])
        if twice is not None:
            raise MalformedData(f"{archive.name} has two files called {shown(twice)}. Zip one folder at a time.")
        return {last_name(member.filename): archive.read(member) for member in chosen}


def last_name(path: str) -> str:
    """The name of a file without the folders before it, whichever slashes they are written with."""
    return path.replace("\\", "/").rpartition("/")[2]


def _named_twice(names: list[str]) -> str | None:
    seen: set[str] = set()
    return next((name for name in names if name in seen or seen.add(name)), None)  # type: ignore[func-returns-value]


def _is_hidden(path: str) -> bool:
    """Such as `__MACOSX/._genes.txt`, which some systems add."""
    return any(part.startswith((".", "__")) for part in path.replace("\\", "/").split("/"))


def _refuse_long_directory(file: io.BufferedIOBase, size: int, name: str, most: Limit) -> None:
    """Raises `MalformedData` for a directory of very many entries, each of which would take a kilobyte of memory.

    The end record is looked for where zipfile looks for it.
    """
    file.seek(max(0, size - LONGEST_COMMENT - END_BYTES))
    tail = file.read()
    last = tail[-END_BYTES:]
    start = len(tail) - END_BYTES if last.startswith(END_RECORD) and last.endswith(b"\0\0") else tail.rfind(END_RECORD)
    if start < 0 or len(tail) - start < END_BYTES:
        raise MalformedData(
            f"{shown(name)} cannot be unpacked: it is no zip, or its end is missing. Zip the files again, and "
            "copy it whole."
        )
    (directory_bytes,) = struct.unpack_from("<L", tail, start + 12)
    if directory_bytes == 0xFFFFFFFF:  # zip64: the record before the end says it
        at = tail.rfind(b"PK\x06\x06", 0, start)
        directory_bytes = struct.unpack_from("<Q", tail, at + 40)[0] if 0 <= at <= len(tail) - 48 else directory_bytes
    if directory_bytes > most.value * ENTRY_BYTES:
        raise MalformedData(f"{shown(name)} holds more than {most.value:,} files. {most.raised()}")
    file.seek(0)
