"""Data folders that came through the browser: checked, unpacked, and kept by their content under the cache.

`<cache>/uploads/<SHA-256>/<name>/` holds the files of one upload, so the same files lie there once, under one
path, which a run and a typed command can name. They stay until somebody removes them: runs may need them.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import re
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from slviz.datasets.cache import cache_folder
from slviz.disk.left_over import LeftOver, entries_in, folders_in
from slviz.disk.whole_files import folder_in_work
from slviz.errors import MalformedData

UPLOADS = "uploads"
WRITING = ".writing-"
MOST_FILES = 60
MOST_MEBIBYTES = 400
ENDINGS = (".txt", ".tsv", ".csv", ".gmt", ".gz", ".toml")
DIGEST = re.compile(r"[0-9a-f]{64}")
NAME = re.compile(r"[\w][\w .()+-]{0,99}")


def keep_upload(files: Mapping[str, bytes]) -> Path:
    """Keep uploaded files as a data folder; where it lies from now on.

    Args:
        files: content by name; one or more zips are unpacked, folders in them left out.

    Raises `MalformedData` for a broken, locked or too large zip, for two files of one name, for a name
    that is no plain file name, and where no file is left that slviz could read.
    """
    unpacked = _unpacked(files)
    if not unpacked:
        raise MalformedData(
            f"There is no data file among {', '.join(sorted(files)) or 'what was uploaded'}. A data folder has a list "
            f"of genes and one of pairs; files end in {', '.join(ENDINGS)}."
        )
    place = cache_folder() / UPLOADS / _digest(unpacked) / _called(files)
    if not place.is_dir():
        _write(place, unpacked)
    return place


def _unpacked(files: Mapping[str, bytes]) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    room = MOST_MEBIBYTES << 20
    for name, content in files.items():
        inside = _members(name, content, room) if name.lower().endswith(".zip") else {name: content}
        for member, data in inside.items():
            if not member.lower().endswith(ENDINGS):
                continue
            _refuse_name(member)
            if found.get(member, data) != data:
                raise MalformedData(f"Two files are called {member} and differ. Upload the one that you mean.")
            found[member] = data
            room -= len(data)
    if room < 0:
        raise MalformedData(f"The upload is larger than {MOST_MEBIBYTES} MiB. Put it on the machine and type its path.")
    if len(found) > MOST_FILES:
        raise MalformedData(f"The upload has {len(found)} files; a data folder needs no more than {MOST_FILES}.")
    return found


def _members(name: str, content: bytes, room: int) -> dict[str, bytes]:
    """Plain files of a zip by their last name, never more than `room` bytes of them."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            wanted = [each for each in packed.infolist() if not each.is_dir() and not _is_hidden(each.filename)]
            if sum(each.file_size for each in wanted) > room:
                raise MalformedData(f"{name} unpacks to more than {MOST_MEBIBYTES} MiB. Leave out what is not data.")
            found: dict[str, bytes] = {}
            for each in wanted[: MOST_FILES + 1]:
                last = PurePosixPath(each.filename).name
                if last in found:
                    raise MalformedData(f"{name} has two files called {last}. Zip one data folder at a time.")
                found[last] = packed.read(each)
            return found
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise MalformedData(
            f"{name} cannot be unpacked ({error}). Zip the folder again, without a password."
        ) from error


def _is_hidden(path: str) -> bool:
    """Such as `__MACOSX/._genes.txt`, which some systems add."""
    return any(part.startswith((".", "__")) for part in PurePosixPath(path).parts)


def _refuse_name(name: str) -> None:
    if not NAME.fullmatch(name):
        raise MalformedData(f"'{name[:60]}' is no name for a data file. Use letters, digits, '-', '_' and '.'.")


def _digest(files: Mapping[str, bytes]) -> str:
    digest = hashlib.sha256()
    for name in sorted(files):
        digest.update(f"{name}\n{len(files[name])}\n".encode())
        digest.update(files[name])
    return digest.hexdigest()


def _called(files: Mapping[str, bytes]) -> str:
    """The name of a single zip, in letters that every file system takes; else "uploaded"."""
    zips = [name for name in files if name.lower().endswith(".zip")]
    stem = re.sub(r"[^\w-]+", "-", zips[0][:-4]).strip("-")[:40] if len(zips) == 1 else ""
    return stem or "uploaded"


def _write(place: Path, files: Mapping[str, bytes]) -> None:
    """All files or none; of two who write the same, either may win."""
    try:
        for left in _unfinished(place.parent):
            left.clear()
        with folder_in_work(place, prefix=WRITING) as folder:
            for name, content in files.items():
                (folder / name).write_bytes(content)
    except OSError as error:
        with contextlib.suppress(OSError):  # only where nothing lies there
            place.parent.rmdir()
        reason = error.strerror or type(error).__name__
        raise MalformedData(f"The upload could not be kept in the cache ({reason}). Make room there.") from error


def left_over_uploads(cache: Path) -> list[LeftOver]:
    """Folders of uploads below the cache that were never written to their end, and places that hold nothing."""
    found: list[LeftOver] = []
    for place in folders_in(cache / UPLOADS):
        if not DIGEST.fullmatch(place.name):
            continue
        unfinished = _unfinished(place)
        found += unfinished
        if len(entries_in(place)) == len(unfinished):
            found.append(LeftOver(place, "the place of an upload that holds nothing", only_if_empty=True))
    return found


def _unfinished(place: Path) -> list[LeftOver]:
    paths = sorted(place.glob(f"{WRITING}*"))
    found = [LeftOver(path, "an upload that was not written to its end") for path in paths]
    return [each for each in found if not each.is_in_use]
