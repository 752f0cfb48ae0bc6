"""NumPy's `.npy` and `.npz`: the header is parsed and held against the size of the data before an array is made."""

from __future__ import annotations

import ast
import math
import re
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from slviz.errors import MalformedData
from slviz.files.limits import Budget, shown
from slviz.files.zips import Zip, opened_zip

MAGIC = b"\x93NUMPY"
LONGEST_HEADER = 1 << 16
MOST_DIMENSIONS = 32
AGAIN = "Save it again with numpy.save or numpy.savez, and copy it whole."


@dataclass(frozen=True)
class NpyHeader:
    """What an array in a file is said to be.

    Attributes:
        dtype: of its elements; never one that holds objects.
        shape: of the array.
        by_column: whether the elements lie column by column.
        start: where the data begin in the file.
    """

    dtype: np.dtype
    shape: tuple[int, ...]
    by_column: bool
    start: int

    @property
    def size_bytes(self) -> int:
        """Bytes of the data."""
        return math.prod(self.shape) * self.dtype.itemsize


def read_npy(path: Path, name: str) -> np.ndarray:
    """The array of an `.npy` file; raises `MalformedData`."""
    size = path.stat().st_size
    budget = Budget(name, size)
    with path.open("rb") as file:
        header = read_header(file, size, name=budget.name)
        return _read_data(file, header, budget=budget, name=budget.name)


def npy_header(path: Path, name: str) -> NpyHeader:
    """The header of an `.npy` file, without its array; raises `MalformedData`."""
    with path.open("rb") as file:
        return read_header(file, path.stat().st_size, name=shown(name))


def read_npz(
    path: Path | bytes, name: str, *, wanted: Callable[[str, NpyHeader], bool] = lambda key, header: True
) -> dict[str, np.ndarray]:
    """The arrays of an `.npz` file by name, of those that are wanted by name and header; raises `MalformedData`.

    Arrays of Python objects are refused, since they would have to be run.
    """
    arrays = {}
    with opened_zip(path, name) as archive:
        for key, member in _arrays(archive).items():
            called = f"{archive.name}: '{shown(member.filename)}'"
            with archive.opened(member) as stream:
                header = read_header(stream, member.file_size, name=called)
                if wanted(key, header):
                    arrays[key] = _read_data(stream, header, budget=archive.budget, name=called)
    return arrays


def npz_shapes(path: Path, name: str) -> dict[str, NpyHeader]:
    """The headers of the arrays in an `.npz` file by name, without the arrays; raises `MalformedData`."""
    headers = {}
    with opened_zip(path, name) as archive:
        for key, member in _arrays(archive).items():
            with archive.opened(member) as stream:
                headers[key] = read_header(stream, member.file_size, name=f"{archive.name}: '{shown(member.filename)}'")
    return headers


def _arrays(archive: Zip) -> dict[str, zipfile.ZipInfo]:
    """The members that are arrays, by their name without its ending."""
    members = {
        member.filename.removesuffix(".npy"): member for member in archive.members if member.filename.endswith(".npy")
    }
    if not members:
        raise MalformedData(f"{archive.name} holds no array of NumPy. {AGAIN}")
    return members


def _read_data(file: Any, header: NpyHeader, *, budget: Budget, name: str) -> np.ndarray:
    """The array whose header was just read from a stream."""
    budget.charge(header.size_bytes)
    content = file.read(header.size_bytes)
    if len(content) < header.size_bytes:
        raise MalformedData(f"{name} was cut off: its end is missing. {AGAIN}")
    if header.dtype.itemsize == 0:
        return np.zeros(header.shape, dtype=header.dtype)
    array = np.frombuffer(content, dtype=header.dtype, count=math.prod(header.shape))
    _refuse_no_letters(array, name)
    return array.reshape(header.shape, order="F" if header.by_column else "C")


def _refuse_no_letters(array: np.ndarray, name: str) -> None:
    """`MalformedData` for a text with numbers that are no letters: NumPy makes texts of them that crash Python."""
    for field in array.dtype.names or ():
        _refuse_no_letters(np.ascontiguousarray(array[field]).ravel(), name)
    if array.dtype.kind == "U" and array.size:
        letters = array.view(np.dtype("u4").newbyteorder(array.dtype.byteorder))
        if int(letters.max(initial=0)) > sys.maxunicode:
            raise MalformedData(f"{name} holds text with letters that do not exist, so it is damaged. {AGAIN}")


def read_header(file: Any, size: int, *, name: str) -> NpyHeader:
    """The header of an array, with the file at the first byte of its data.

    Args:
        file: a binary stream at the beginning of the array.
        size: how many bytes the stream has.
        name: what to call it in a sentence.

    Raises `MalformedData` where it is none, holds objects, or says more elements than there are bytes.
    """
    beginning = file.read(8)
    if not beginning.startswith(MAGIC) or len(beginning) < 8:
        raise MalformedData(f"{name} is no array of NumPy (pickles are refused). {AGAIN}")
    counted = 2 if beginning[6] == 1 else 4
    length = int.from_bytes(file.read(counted), "little")
    if length > LONGEST_HEADER or length > size:
        raise MalformedData(f"{name} has a header of {length:,} bytes, so it is damaged. {AGAIN}")
    text = file.read(length).decode("latin-1" if beginning[6] < 3 else "utf-8", "replace")
    dtype, shape, by_column = _parsed(text, name)
    header = NpyHeader(dtype, shape, by_column, 8 + counted + length)
    if header.size_bytes > size - header.start:
        raise MalformedData(
            f"{name} says that it has the shape {shown(shape)} and holds {size - header.start:,} bytes, too few "
            f"for it. {AGAIN}"
        )
    return header


def _parsed(text: str, name: str) -> tuple[np.dtype, tuple[int, ...], bool]:
    """Type, shape and order in the text of a header: a Python literal."""
    try:
        said = ast.literal_eval(re.sub(r"(?<=\d)L\b", "", text).strip())  # Python 2 wrote 10L
        dtype = np.lib.format.descr_to_dtype(said["descr"])
        shape, by_column = said["shape"], said["fortran_order"]
    except (
        ValueError,
        TypeError,
        KeyError,
        IndexError,
        SyntaxError,
        AttributeError,
        RecursionError,
        MemoryError,
    ) as error:
        raise MalformedData(f"{name} has a header that is damaged. {AGAIN}") from error
    fits = isinstance(shape, tuple) and len(shape) <= MOST_DIMENSIONS and isinstance(by_column, bool)
    if not fits or not all(type(length) is int and length >= 0 for length in shape):
        raise MalformedData(f"{name} has a header that is damaged: its shape is no list of lengths. {AGAIN}")
    if dtype.hasobject:
        raise MalformedData(
            f"{name} holds objects that Python would have to run, which are refused. Save plain numbers and texts: "
            "names with numpy.array(names, dtype=str)."
        )
    if dtype.itemsize == 0 and math.prod(shape) > 0 and dtype.kind not in "SU":
        raise MalformedData(f"{name} holds elements without any bytes. {AGAIN}")
    if math.prod(shape) > 1 << 40:
        raise MalformedData(f"{name} says that it has the shape {shown(shape)}, so it is damaged. {AGAIN}")
    return dtype, shape, by_column
