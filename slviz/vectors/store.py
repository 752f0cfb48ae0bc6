"""VectorStore: vector sets on disk, each a folder named for its content, and their maps.

`<models>/.vectors/<id>/`: `vectors.safetensors` (checksummed: vectors, images, maps that came with them, what the
set is called), `points.parquet` (names and columns, whose SHA-256 stands in the first) and `projections/`, as beside a
run.
"""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from slviz.disk.ages import last_used
from slviz.disk.left_over import LeftOver, aside_of, folders_in, half_written, left_over_removals
from slviz.disk.whole_files import remove_any
from slviz.errors import DamagedRun, MalformedData, RunError, RunNotFound, nearest
from slviz.runs.artifacts import ArtifactStore
from slviz.runs.checks import is_text_column, require
from slviz.runs.contents import parquet_to_table, table_to_parquet
from slviz.runs.damage import damaged, readable
from slviz.runs.files import (
    pack_checksummed,
    read_description,
    read_whole,
    saving,
    sha256,
    unpack_checksummed,
    write_atomically,
)
from slviz.runs.folder import LOCK, PROJECTIONS, holding, is_held
from slviz.runs.left_over import left_over_artifacts
from slviz.runs.plain_files import is_plain
from slviz.runs.schemas import Sha256, Size, Stored, Text
from slviz.runs.store import RunStore
from slviz.vectors.mapping import make_map
from slviz.vectors.reference import REFERENCES
from slviz.vectors.vector_set import VectorSet

FOLDER = ".vectors"
VECTORS = "vectors.safetensors"
POINTS = "points.parquet"
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,48}-[0-9a-f]{8}")
IMAGES, GIVEN = "images", "map."
DIGITS_IN_NAME = 8


@dataclass(frozen=True)
class VectorSummary:
    """What a list of vector sets shows of one; `problem` says what is wrong with a damaged one, and is "" else."""

    id: str
    name: str
    title: str
    points: int
    width: int
    origin: str
    problem: str = ""


class AboutVectors(Stored):
    """The description in the file of a vector set."""

    name: Text
    title: Text
    origin: Text
    points: Size
    width: Size
    columns: tuple[Text, ...]
    fingerprint: Sha256
    points_sha256: Sha256


class VectorStore:
    """The vector sets beside the runs.

    Attributes:
        root: the folder that holds one folder a set.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    @classmethod
    def default(cls) -> VectorStore:
        """Beside the runs, where `SLVIZ_MODELS` says or in the repository's `models/`."""
        return cls(RunStore.default().root / FOLDER)

    def folder(self, id: str) -> Path:
        """The folder of a set; raises `RunNotFound` for a name that no set has."""
        if NAME.fullmatch(id) and (self.root / id).is_dir():
            return self.root / id
        known = [summary.id for summary in self.summaries()]
        shown = readable(id, most=60)
        if id in REFERENCES:
            raise RunNotFound(
                f"The reference set '{shown}' comes with slviz, but is not among these vectors yet."
                f"{nearest(shown, known)} Open it on the Vectors page, or with `python -m slviz vectors add {shown}`."
            )
        raise RunNotFound(f"No vectors are called '{shown}'.{nearest(shown, known)} Bring the file in again.")

    def summaries(self) -> list[VectorSummary]:
        """All sets, the newest first, and the damaged ones last; never raises for a folder that is no set."""
        dated = []
        for path in self.root.glob(f"*/{VECTORS}"):
            if NAME.fullmatch(path.parent.name):
                with contextlib.suppress(OSError):  # removed a moment ago
                    dated.append((last_used(path), _summary(path)))
        ordered = sorted(dated, key=lambda entry: (bool(entry[1].problem), -entry[0]))
        return [summary for _, summary in ordered]

    def keep(self, points: VectorSet) -> str:
        """Write a set, unless it lies there already; its id. Raises `RunNotSaved` where the disk refuses."""
        folder = self.root / points.id
        busy = f"Somebody else is bringing in the vectors {points.id} right now. Wait for the end."
        with holding(folder / LOCK, busy=busy, tidy=lambda: True, make_folder=True):
            if self._is_there(points):
                with contextlib.suppress(OSError):  # only its place in the list depends on it
                    (folder / VECTORS).touch()
            else:
                _write(folder, points)
        return points.id

    def _is_there(self, points: VectorSet) -> bool:
        """Whether the set lies there whole, as far as its first bytes say; a damaged one is written again."""
        folder = self.root / points.id
        with contextlib.suppress(DamagedRun):
            about = read_description(folder / VECTORS, AboutVectors)
            return about.fingerprint == points.fingerprint and is_plain(folder / POINTS)
        return False

    def open(self, id: str) -> VectorSet:
        """The set, checked; raises `RunNotFound`, or `DamagedRun` where a file of it is missing, cut or altered."""
        folder = self.folder(id)
        try:
            arrays, about = unpack_checksummed(read_whole(folder / VECTORS), folder / VECTORS, AboutVectors)
            parquet = read_whole(folder / POINTS)
            if sha256(parquet) != about.points_sha256:
                raise DamagedRun(f"{POINTS} does not match its SHA-256.")
            return _vector_set(arrays, about, parquet_to_table(parquet, folder / POINTS), folder)
        except (DamagedRun, MalformedData) as error:
            raise DamagedRun(
                f"The vectors {id} cannot be read: a file of theirs is missing, cut or altered. Remove the folder "
                f"{FOLDER}/{id} and bring the file in again."
            ) from error

    def remove(self, id: str) -> None:
        """Remove a set with its maps; it is gone at once or not at all. Raises `RunError` while a map is made."""
        folder = self.folder(id)
        busy = f"Somebody else is bringing in the vectors {id} right now. Wait for the end."
        aside = aside_of(folder)
        with saving(folder), holding(folder / LOCK, busy=busy, tidy=lambda: True):
            if any(is_held(lock) for lock in (folder / PROJECTIONS).glob(".*.lock")):
                raise RunError(f"A map of the vectors {id} is being made. Wait for its end.")
            folder.replace(aside)
        remove_any(aside)  # what stays of it is cleared by the next start

    def artifacts(self, id: str) -> ArtifactStore:
        """What is made of a set: its maps and their quality; raises `RunNotFound`."""
        return ArtifactStore(
            self.folder(id),
            owner=id,
            vectors=lambda: self.open(id).vectors,
            fit=lambda method, seed, on_progress: make_map(self.open(id), method, seed, on_progress=on_progress),
        )


def _write(folder: Path, points: VectorSet) -> None:
    """The table first: what the vectors say of it is true from the moment on that they are there."""
    table = points.columns.copy()
    table.columns = [str(place) for place in range(table.shape[1])]
    table.insert(0, "name", np.array(points.names, dtype=object))
    parquet = table_to_parquet(table)
    write_atomically(folder / POINTS, parquet)
    arrays = {"vectors": points.vectors, **{GIVEN + name: place for name, place in points.maps.items()}}
    if points.images is not None:
        arrays[IMAGES] = points.images
    write_atomically(folder / VECTORS, pack_checksummed(arrays, _about(points) | {"points_sha256": sha256(parquet)}))


def _about(points: VectorSet) -> dict[str, Any]:
    count, width = points.vectors.shape
    return {
        "name": points.name,
        "title": points.title or points.name,
        "origin": points.origin,
        "points": count,
        "width": width,
        "columns": [str(title) for title in points.columns.columns],
        "fingerprint": points.fingerprint,
    }


def _summary(path: Path) -> VectorSummary:
    """The summary of a set, from the first bytes of its file at `path`."""
    id = path.parent.name
    try:
        about = read_description(path, AboutVectors)
        if about.fingerprint[:DIGITS_IN_NAME] != id[-DIGITS_IN_NAME:]:
            raise damaged(path, "belongs to another set")
        if not is_plain(path.with_name(POINTS)):
            raise damaged(path.with_name(POINTS), "is missing")
    except DamagedRun as error:
        return VectorSummary(id, id, id, 0, 0, "", problem=str(error))
    return VectorSummary(id, about.name, about.title, about.points, about.width, about.origin)


def _vector_set(arrays: dict[str, np.ndarray], about: AboutVectors, table: pd.DataFrame, folder: Path) -> VectorSet:
    """The set in these arrays and this table; raises `DamagedRun` or `MalformedData` where they do not go together."""
    path = folder / VECTORS
    vectors = require(arrays, "vectors", path, kind="f", shape=[about.points, about.width])
    maps = {name.removeprefix(GIVEN): arrays[name] for name in sorted(arrays) if name.startswith(GIVEN)}
    for name in maps:
        require(arrays, GIVEN + name, path, kind="f", shape=[about.points, None])
    if IMAGES in arrays:
        require(arrays, IMAGES, path, kind="u", shape=[about.points, None, None])
        if arrays[IMAGES].dtype != np.uint8 or not arrays[IMAGES].size:
            raise damaged(path, "is altered: its images are no pictures")
    if "name" not in table or len(table) != about.points or table.shape[1] != len(about.columns) + 1:
        raise damaged(folder / POINTS, "is altered: its rows or columns are not those of the vectors")
    if not is_text_column(pd.Series(table["name"])):
        raise damaged(folder / POINTS, "is altered: the names of the points are no texts")
    names = tuple(table.pop("name"))
    points = VectorSet(
        name=about.name,
        names=names,
        vectors=vectors,
        columns=table.set_axis(about.columns, axis=1),
        maps=maps,
        images=arrays.get(IMAGES),
        title=about.title,
        origin=about.origin,
        fingerprint=about.fingerprint,
    )
    if points.id != folder.name:
        raise damaged(path, "belongs to another set")
    return points


def left_over_vectors(root: Path) -> list[LeftOver]:
    """What killed workers left among the vector sets of the models folder `root`."""
    left_overs = left_over_removals(root / FOLDER)
    for folder in folders_in(root / FOLDER):
        if not NAME.fullmatch(folder.name):
            continue
        if not (folder / VECTORS).is_file():
            left_overs.append(LeftOver(folder, "a vector set that was not written to its end", guard=folder / LOCK))
            continue
        left_overs += half_written(folder) + left_over_artifacts(folder / PROJECTIONS)
        if (folder / LOCK).is_file():
            left_overs.append(LeftOver(folder / LOCK, "a lock", guard=folder / LOCK))
    return [left_over for left_over in left_overs if not left_over.is_in_use]
