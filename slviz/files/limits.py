"""The limits on files from outside: one table, each limit an environment variable with a default."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import NoReturn

from slviz.errors import InvalidSetting, MalformedData

MEBIBYTE = 1 << 20


@dataclass(frozen=True)
class Limit:
    """A whole number that bounds what a file may ask for.

    Attributes:
        variable: the environment variable that changes it.
        usual: its value where the variable is not set.
        meaning: what it bounds, for the table in the documents.
    """

    variable: str
    usual: int
    meaning: str

    @property
    def value(self) -> int:
        """The value in force; raises `InvalidSetting` where the variable is no whole number from 1 on."""
        given = os.environ.get(self.variable, "").strip()
        if not given:
            return self.usual
        if not (given.isascii() and given.isdigit()) or not 0 < int(given[:18]) < 10**12 or len(given) > 12:
            raise InvalidSetting(f"{self.variable}={given[:40]!r} is not a whole number from 1 to 999,999,999,999.")
        return int(given)

    def raised(self) -> str:
        """The sentence on how to go beyond this limit."""
        return f"If you trust the file, set {self.variable} higher (it is {self.value:,}) and start slviz again."


FILE_MB = Limit("SLVIZ_FILE_MB", 2048, "MiB of the largest file that is read")
UNPACKED_MB = Limit("SLVIZ_UNPACKED_MB", 2048, "MiB that any file may hold when it is unpacked")
SMALL_MB = Limit("SLVIZ_UNPACKED_SMALL_MB", 128, "MiB that even the smallest file may hold when it is unpacked")
RATIO = Limit("SLVIZ_UNPACKED_RATIO", 8, "how many times its size on disk a larger file may hold when it is unpacked")
MEMBERS = Limit("SLVIZ_MEMBERS", 1000, "files in a zip, arrays in an npz")
PICTURE_FILES = Limit("SLVIZ_PICTURE_FILES", 20_000, "files of pictures in an upload, and files in a zip of them")
GZIP_PARTS = Limit("SLVIZ_GZIP_PARTS", 100_000, "separately compressed parts of a gzip file")
OBJECTS = Limit("SLVIZ_HDF5_OBJECTS", 20_000, "groups, data sets and attributes in an HDF5 file")
COLUMNS = Limit("SLVIZ_COLUMNS", 20_000, "columns of a table, numbers of a vector")
CELLS = Limit("SLVIZ_CELLS", 3_000_000, "cells that a table of text may have in a file of up to 15 MB")
CELL = Limit("SLVIZ_CELL", 100_000, "letters in one cell of a table")
MEMORY_MB = Limit("SLVIZ_READ_MEMORY_MB", 4096, "MiB of memory that reading an upload may take")
SMALL_MEMORY_MB = Limit(
    "SLVIZ_READ_SMALL_MEMORY_MB", 320, "MiB of memory that reading even the smallest upload may take"
)
SECONDS = Limit("SLVIZ_READ_SECONDS", 300, "seconds of computing that reading an upload may take")
SMALL_SECONDS = Limit(
    "SLVIZ_READ_SMALL_SECONDS", 10, "seconds of computing that reading even the smallest upload may take"
)

LIMITS = (
    FILE_MB, UNPACKED_MB, SMALL_MB, RATIO, MEMBERS, PICTURE_FILES, GZIP_PARTS, OBJECTS, COLUMNS, CELLS, CELL,
    MEMORY_MB, SMALL_MEMORY_MB, SECONDS, SMALL_SECONDS,
)  # fmt: skip


def allowed_bytes(size_bytes: int) -> int:
    """How many bytes a file of this size may hold when it is unpacked."""
    return min(UNPACKED_MB.value * MEBIBYTE, max(SMALL_MB.value * MEBIBYTE, RATIO.value * size_bytes))


def _binding(size_bytes: int) -> Limit:
    """The limit that decides `allowed_bytes`."""
    small, scaled, most = SMALL_MB.value * MEBIBYTE, RATIO.value * size_bytes, UNPACKED_MB.value * MEBIBYTE
    if max(small, scaled) >= most:
        return UNPACKED_MB
    return RATIO if scaled > small else SMALL_MB


class Budget:
    """Bytes that reading one file may still take; each part is charged before it is read.

    Attributes:
        name: what to call the file in a sentence.
        size_bytes: of the file as it lies on the disk.
        left_bytes: what may still be taken.
    """

    def __init__(self, name: str, size_bytes: int) -> None:
        self.name = shown(name)
        self.size_bytes = size_bytes
        self.left_bytes = allowed_bytes(size_bytes)

    def charge(self, count: int, part: str = "") -> None:
        """Take `count` bytes for `part` of the file; raises `MalformedData` where they exceed what is left."""
        if count > self.left_bytes:
            self.refuse(part)
        self.left_bytes -= count

    def check(self, count: int, part: str = "") -> None:
        """Raises `MalformedData` where `count` bytes at once are more than the whole file may hold."""
        if count > allowed_bytes(self.size_bytes):
            self.refuse(part)

    def refuse(self, part: str = "") -> NoReturn:
        """Raises the sentence that names the limit."""
        where = f" (at '{shown(part)}')" if part else ""
        most = f"{allowed_bytes(self.size_bytes) >> 20:,} MiB"
        raise MalformedData(
            f"{self.name} would take more than {most} when it is unpacked{where}, which is the most for a file of "
            f"{megabytes(self.size_bytes)}. {_binding(self.size_bytes).raised()}"
        )


def megabytes(size_bytes: int) -> str:
    """A size for a sentence, such as "0.3 MB"."""
    return f"{size_bytes / 1e6:,.1f} MB"


def shown(text: object, most: int = 60) -> str:
    """A foreign word for a sentence: cut to `most` letters, what does not print replaced by "�"."""
    letters = str(text)
    cut = letters if len(letters) <= most else letters[: most - 1] + "…"
    return "".join(letter if letter.isprintable() else "�" for letter in cut)
