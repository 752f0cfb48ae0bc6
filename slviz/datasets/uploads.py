"""Data folders that came through the browser: checked, unpacked, and kept by their content under the cache.

`<cache>/uploads/<SHA-256>/<name>/` holds the files of one upload, so the same files lie there once, under one
path, which a run and a typed command can name. They stay until somebody removes them: runs may need them.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from slviz.datasets.cache import cache_folder, load_folder
from slviz.datasets.layout import PICTURE_ENDINGS
from slviz.datasets.picture_uploads import PICTURES, are_beside_data, as_arrays, is_picture, unpacked_pictures
from slviz.disk.left_over import LeftOver, entries_in, folders_in
from slviz.disk.whole_files import folder_in_work
from slviz.errors import MalformedData
from slviz.files.limits import PICTURE_FILES, shown
from slviz.files.regular import read_regular
from slviz.files.zips import read_members

UPLOADS = "uploads"
WRITING = ".writing-"
MOST_FILES = 60
MOST_MEBIBYTES = 400
ENDINGS = (".txt", ".tsv", ".csv", ".gmt", ".gz", ".toml", ".npz")
OFFERED = (*ENDINGS, *sorted(PICTURE_ENDINGS), ".zip")
"""What may be uploaded."""
DIGEST = re.compile(r"[0-9a-f]{64}")
NAME = re.compile(r"[\w][\w .()+-]{0,99}")


def keep_upload(files: Mapping[str, bytes]) -> Path:
    """Keep uploaded files as a data folder; where it lies from now on.

    Args:
        files: content by name; one or more zips are unpacked, folders in them left out. Files of pictures become one
            `.npz`; the folder in which one lies in its zip is its class.

    Raises `MalformedData` for a broken, locked or too large zip, for two files of one name, for a name
    that is no plain file name, for pictures that make no data set, and where no file is left that slviz could read.
    """
    return _kept(files, _data_files(files))


def _kept(files: Mapping[str, bytes], unpacked: Mapping[str, bytes]) -> Path:
    place = cache_folder() / UPLOADS / _digest(unpacked) / _called(files)
    if not place.is_dir():
        _write(place, unpacked)
    return place


def _data_files(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The data files among uploads, unpacked; raises `MalformedData` where there are none."""
    unpacked = _unpacked(files)
    if not are_beside_data(unpacked) and (pictures := _pictures(files)):
        return {**unpacked, PICTURES: as_arrays(pictures, folder=_called(files))}
    if not unpacked:
        given = ", ".join(map(shown, sorted(files)[:MOST_FILES])) or "what was uploaded"
        raise MalformedData(
            f"There is no data file among {given}. A data folder has a list of genes and one of pairs, "
            f"or pictures, as an .npz or as files; files end in {', '.join(ENDINGS)}, those of pictures in "
            f"{', '.join(sorted(PICTURE_ENDINGS))}."
        )
    return unpacked


def keep_and_read(files: Mapping[str, Path]) -> Path:
    """Read uploaded files once, so that the cache has them, then keep them as `keep_upload` does; where they lie.

    What cannot be read, or not within the bounds of the process that reads, is never kept: nobody can open it later.

    Args:
        files: where each upload lies, by its own name.

    Raises `MalformedData` or `MissingDataFile` where they make no data set.
    """
    content = {name: read_regular(path) for name, path in files.items()}
    with tempfile.TemporaryDirectory(dir=next((path.parent for path in files.values()), None)) as place:
        folder = Path(place) / _called(content)
        folder.mkdir()
        unpacked = _data_files(content)
        for name, data in unpacked.items():
            (folder / name).write_bytes(data)
        load_folder(folder)
    return _kept(content, unpacked)


def _pictures(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Files of pictures among uploads by their path in a zip, or by their name; raises `MalformedData`."""

    def inside(name: str, content: bytes, room: int) -> Mapping[str, bytes]:
        if _is_zip(name):
            return unpacked_pictures(content, name, most_bytes=room)
        return {name: content} if is_picture(name) else {}

    return _joined(files, inside, twice="Two pictures are called {} and differ. Give each a name of its own.")


def _unpacked(files: Mapping[str, bytes]) -> dict[str, bytes]:
    def inside(name: str, content: bytes, room: int) -> Mapping[str, bytes]:
        members = {name: content}
        if _is_zip(name):
            members = read_members(content, name, wanted=_is_data, most_bytes=room, most=PICTURE_FILES)
        members = {member: data for member, data in members.items() if _is_data(member)}
        for member in members:
            _refuse_name(member)
        return members

    members = _joined(files, inside, twice="Two files are called {} and differ. Upload the one that you mean.")
    if len(members) > MOST_FILES:
        raise MalformedData(f"The upload has {len(members)} files; a data folder needs no more than {MOST_FILES}.")
    return members


def _joined(
    files: Mapping[str, bytes], inside: Callable[[str, bytes, int], Mapping[str, bytes]], *, twice: str
) -> dict[str, bytes]:
    """What is inside all uploads, by name.

    Args:
        files: the uploads, by name.
        inside: what is inside one: of its name, its content, and the bytes that there is room for.
        twice: the sentence for two that differ, with {} for their name.

    Raises `MalformedData` with that sentence, and for more than `MOST_MEBIBYTES` together.
    """
    members: dict[str, bytes] = {}
    room = MOST_MEBIBYTES << 20
    for name, content in files.items():
        for member, data in inside(name, content, max(room, 0)).items():
            if members.get(member, data) != data:
                raise MalformedData(twice.format(shown(member)))
            members[member] = data
            room -= len(data)
    if room < 0:
        raise MalformedData(f"The upload is larger than {MOST_MEBIBYTES} MiB. Put it on the machine and type its path.")
    return members


def _is_zip(name: str) -> bool:
    return name.lower().endswith(".zip")


def _is_data(name: str) -> bool:
    return name.lower().endswith(ENDINGS)


def _refuse_name(name: str) -> None:
    if not NAME.fullmatch(name):
        raise MalformedData(f"'{shown(name)}' is no name for a data file. Use letters, digits, '-', '_' and '.'.")


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
    left_overs: list[LeftOver] = []
    for place in folders_in(cache / UPLOADS):
        if not DIGEST.fullmatch(place.name):
            continue
        unfinished = _unfinished(place)
        left_overs += unfinished
        if len(entries_in(place)) == len(unfinished):
            left_overs.append(LeftOver(place, "the place of an upload that holds nothing", only_if_empty=True))
    return left_overs


def _unfinished(place: Path) -> list[LeftOver]:
    paths = sorted(place.glob(f"{WRITING}*"))
    left_overs = [LeftOver(path, "an upload that was not written to its end") for path in paths]
    return [left_over for left_over in left_overs if not left_over.is_in_use]
