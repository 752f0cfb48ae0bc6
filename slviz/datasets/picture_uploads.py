"""Files of pictures that came through the browser, one by one or in a zip with a folder a class: made one `.npz`.

Nothing is ever written under a name of the upload: names and folders become texts in the arrays.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import PurePosixPath, PureWindowsPath

import numpy as np

from slviz.datasets.content import Content
from slviz.datasets.layout import PICTURE_ENDINGS, WELL_KNOWN
from slviz.datasets.read_pictures import checked_names, decoded_pictures, labels_and_names
from slviz.datasets.report import Report
from slviz.errors import MalformedData
from slviz.files.limits import PICTURE_FILES, shown
from slviz.files.zips import opened_zip

PICTURES = "pictures.npz"
"""What the pictures of an upload are kept as."""
TABLES = (".tsv", ".csv", ".gmt", ".gz", ".npz")
"""Beside files that end so, pictures are no data: a logo in a data folder is none."""
OF_GENES = frozenset({*WELL_KNOWN["genes"], *WELL_KNOWN["pairs"]})


def is_picture(name: str) -> bool:
    """Whether a file's name ends as that of a picture."""
    return PurePosixPath(name).suffix.lower() in PICTURE_ENDINGS


def are_beside_data(names: Mapping[str, bytes]) -> bool:
    """Whether files with these names are a data folder by themselves, so that pictures beside them mean nothing."""
    return any(name in OF_GENES or name.lower().endswith(TABLES) for name in names)


def unpacked_pictures(content: bytes, name: str, *, most_bytes: int) -> dict[str, bytes]:
    """The pictures in a zip by their path in it; raises `MalformedData` for one that would lie outside of it."""
    with opened_zip(content, name, most=PICTURE_FILES) as archive:
        chosen = {_path(member.filename): member for member in archive.every if is_picture(member.filename)}
        _refuse_leading_out(list(chosen), name)
        visible = {member.filename for member in archive.members}
        inside = {path: member for path, member in chosen.items() if member.filename in visible}
        if sum(member.file_size for member in inside.values()) > most_bytes:
            raise MalformedData(
                f"{archive.name} unpacks to more than {most_bytes >> 20:,} MiB. Take a sample of the pictures."
            )
        return {path: archive.read(member) for path, member in inside.items()}


def as_arrays(pictures: Mapping[str, bytes], *, folder: str) -> bytes:
    """An `.npz` of pictures: `images` uint8 [N, h, w] or [N, h, w, 3], `names` [N], and `labels` [N] by their folders.

    Args:
        pictures: content by path, whose last folder is the class; in the order of their paths.
        folder: what to call them together in a report.

    Raises `MalformedData`, whose text is the report, for damaged pictures, unequal sizes and too many pixels.
    """
    if len(pictures) > PICTURE_FILES.value:
        raise MalformedData(f"The upload has {len(pictures):,} pictures. {PICTURE_FILES.raised()}")
    report = Report(folder)
    paths = _in_order(pictures)
    images = decoded_pictures({path: Content(path, pictures[path]) for path in paths}, paths, report)
    label, names = labels_and_names(paths)
    if images is not None:
        checked_names(names, "", report)
    if report.fatal or images is None:
        raise MalformedData(report.text(), report=report)
    arrays = {"images": images, "names": np.array(names, dtype=str)}
    if label is not None:
        arrays["labels"] = label.astype(str)
    packed = io.BytesIO()
    np.savez(packed, **arrays)  # type: ignore[arg-type]
    return packed.getvalue()


def _in_order(pictures: Mapping[str, bytes]) -> list[str]:
    """As a data folder is read: folder after folder, in each by name."""

    def place(path: str) -> tuple[str, str]:
        return PurePosixPath(path).parent.as_posix(), path

    return sorted(pictures, key=place)


def _path(name: str) -> str:
    return name.replace("\\", "/")


def _refuse_leading_out(paths: list[str], name: str) -> None:
    for path in paths:
        if path.startswith("/") or PureWindowsPath(path).drive or ".." in path.split("/"):
            raise MalformedData(
                f"{shown(name)}: '{shown(path)}' names a place outside the zip, so nothing of it is read. Zip the "
                "folder of the pictures itself."
            )
