"""How a file of a run is written whole or not at all, and how damage to it is noticed."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import safetensors.numpy

from slviz.disk.whole_files import remove_unused, unfinished_in, write_whole
from slviz.errors import RunNotSaved
from slviz.runs.damage import damaged
from slviz.runs.parsing import LONGEST_HEADER, Header, making_sense, parse_arrays, parse_header, parse_json
from slviz.runs.plain_files import open_plain, read_if_there

T = TypeVar("T")

REFUSALS = {
    errno.ENOSPC: "the disk is full; make room and start it again",
    errno.EDQUOT: "your share of the disk is used up; make room and start it again",
    errno.EFBIG: "the file would be larger than this account may write",
    errno.EROFS: "the place is read-only; set SLVIZ_MODELS to a folder that you may write to",
    errno.EACCES: "you may not write there; set SLVIZ_MODELS to a folder that you may write to",
    errno.EPERM: "you may not write there; set SLVIZ_MODELS to a folder that you may write to",
    errno.ENOENT: "there is no such folder; make it, or name one that is there",
    errno.EISDIR: "a folder of that name is there; give another name",
    errno.ENOTDIR: "a file is in the way; set SLVIZ_MODELS to a folder that you may write to",
    errno.EEXIST: "a file is in the way; set SLVIZ_MODELS to a folder that you may write to",
    errno.ENAMETOOLONG: "the name is too long for this disk; give a shorter one",
    errno.EMFILE: "this process has too many files open; close some pages, or raise `ulimit -n`",
    errno.EIO: "the disk does not answer as it should; see that it is well",
    errno.ENOSYS: "this file system has no locks; set SLVIZ_MODELS to a folder on another",
    errno.ENOLCK: "this file system has no locks; set SLVIZ_MODELS to a folder on another",
    errno.EOPNOTSUPP: "this file system has no locks; set SLVIZ_MODELS to a folder on another",
}


@contextlib.contextmanager
def saving(place: Path) -> Iterator[None]:
    """Turn a refusal of the disk while `place` is written into a sentence: `RunNotSaved`."""
    try:
        yield
    except OSError as error:
        reason = REFUSALS.get(error.errno or 0, f"{error.strerror or error}; see that the disk is well")
        raise RunNotSaved(f"{place.name} could not be saved in {place.parent}: {reason}.") from error


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file that is there whole or not at all, on the disk when this returns; raises `RunNotSaved`."""
    with saving(path):
        write_whole(path, content)


def make_folder(folder: Path, *, within: Path | None) -> None:
    """Make a folder with those above it up to `within`, which is not made: a run that was removed stays away.

    Raises `OSError`, as where `within` is not there; makes all of them where `within` is None.
    """
    if within is None:
        folder.mkdir(parents=True, exist_ok=True)
        return
    missing = [folder, *folder.parents]
    for ancestor in reversed(missing[: missing.index(within)]):
        ancestor.mkdir(exist_ok=True)


def remove_unfinished(folder: Path) -> None:
    """Clear away what a killed writer left of `write_atomically`."""
    for left in unfinished_in(folder):
        remove_unused(left)


def read_whole(path: Path) -> bytes:
    """The content of a file of a run; raises `DamagedRun` where it is missing or cannot be read."""
    content = read_if_there(path)
    if content is None:
        raise damaged(path, "is missing")
    return content


def to_json(content: Any) -> bytes:
    """Indented JSON; numbers that are not finite are refused, so write None for them."""
    return (json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()


def sha256(content: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def pack_arrays(arrays: Mapping[str, np.ndarray], metadata: Mapping[str, str] | None = None) -> bytes:
    """Arrays as safetensors: names, shapes, types and raw values, nothing that could run."""
    whole = {name: np.asarray(array, order="C") for name, array in arrays.items()}
    return safetensors.numpy.save(whole, dict(metadata) if metadata else None)


def unpack_arrays(content: bytes, path: Path) -> dict[str, np.ndarray]:
    """The arrays that `pack_arrays` packed; raises `DamagedRun` naming `path`."""
    return parse_arrays(content, path)[0]


def pack_checksummed(arrays: Mapping[str, np.ndarray], about: Mapping[str, Any]) -> bytes:
    """Arrays with a description and a SHA-256 over both, for a file that no manifest lists."""
    text = json.dumps(about, sort_keys=True, allow_nan=False)
    return pack_arrays(arrays, {"about": text, "sha256": _checksum(arrays, text)})


def unpack_checksummed(content: bytes, path: Path, about: type[T]) -> tuple[dict[str, np.ndarray], T]:
    """The arrays and the description of `pack_sealed`, the latter by its schema `about`.

    Raises `DamagedRun` where the checksum does not hold, or the description is none.
    """
    arrays, metadata = parse_arrays(content, path)
    about_text = metadata.get("about", "")
    with making_sense(path):
        if metadata.get("sha256") != _checksum(arrays, about_text):
            raise damaged(path, "is cut or altered: its content does not match its own SHA-256")
        return arrays, parse_json(about_text.encode(), about, path)


def read_description(path: Path, about: type[T]) -> T:
    """The description in a checksummed file, read from its first bytes and not checked against its checksum.

    Raises `DamagedRun` where there is none, or the file is not of the size that it declares.
    """
    return parse_json(read_header(path).metadata.get("about", "").encode(), about, path)


def read_header(path: Path) -> Header:
    """The header of a file of arrays, its first bytes alone; raises `DamagedRun`."""
    try:
        with open_plain(path) as file:
            size_bytes = os.fstat(file.fileno()).st_size
            length = int.from_bytes(file.read(8), "little")
            if size_bytes < 8 or length > min(LONGEST_HEADER, size_bytes - 8):
                raise damaged(path, "is cut or altered: it is not safetensors")
            return parse_header(file.read(length), size_bytes - 8 - length, path)
    except FileNotFoundError:
        raise damaged(path, "is missing") from None
    except OSError as error:
        raise damaged(path, f"cannot be read ({error.strerror})") from error


def _checksum(arrays: Mapping[str, np.ndarray], about: str) -> str:
    digest = hashlib.sha256(about.encode())
    for name in sorted(arrays):
        array = np.asarray(arrays[name], order="C")
        digest.update(f"{name}:{array.dtype.str}:{array.shape}:".encode())
        digest.update(array.tobytes())
    return digest.hexdigest()
