"""Maps on disk: one checksummed file a projection and one for its quality, made after the run was finished.

The manifest lists what training gave. Maps are made from it at any later time, by several processes at
once, so each carries its own SHA-256 and the run it belongs to, and a finished run is never written again.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np

from slviz import former_names
from slviz.errors import DamagedRun, SlvizError
from slviz.projections.map_quality import MapQuality
from slviz.projections.method import ProjectionMethod
from slviz.projections.projection import Projection
from slviz.runs.artifacts.owners import points_of
from slviz.runs.checks import require
from slviz.runs.damage import damaged, readable
from slviz.runs.files import (
    make_folder,
    pack_checksummed,
    read_description,
    read_whole,
    saving,
    unpack_checksummed,
    write_atomically,
)
from slviz.runs.folder import CONTROLS, PROJECTIONS
from slviz.runs.plain_files import is_plain
from slviz.runs.schemas import AboutMap

SUFFIX = ".safetensors"
KIND = "projection"
"""What the table of the methods is called in the table of former names."""
QUALITY = "quality-"
MEASURES = ("trustworthiness", "continuity", "recall")
TRAINED = "trained"
"""The run's own embedding; any other is a control: see `slviz.runs.artifacts.controls`."""


def maps_folder(folder: Path, *, of: str = TRAINED) -> Path:
    """Where the maps of the run's own embedding lie, or of one of its controls."""
    return folder / PROJECTIONS if of == TRAINED else folder / CONTROLS / of / PROJECTIONS


def map_path(folder: Path, method: ProjectionMethod, seed: int, *, of: str = TRAINED) -> Path:
    """Where the map by this method and seed lies: `projections/<method>-<hash>.safetensors`."""
    hashed = {"method": former_names.as_hashed(KIND, method.to_json()), "seed": seed, "dimensions": method.dimensions}
    wanted = json.dumps(hashed, sort_keys=True)
    name = f"{method.name}-{hashlib.sha256(wanted.encode()).hexdigest()[:8]}{SUFFIX}"
    return maps_folder(folder, of=of) / name


def map_quality_path(folder: Path, method: ProjectionMethod, seed: int, *, of: str = TRAINED) -> Path:
    """Where the quality of that map lies, under its former name where it was measured by an earlier version."""
    path = map_path(folder, method, seed, of=of)
    named = [path.with_name(prefix + path.name) for prefix in (QUALITY, *former_names.of_file(QUALITY))]
    return next((candidate for candidate in named if is_plain(candidate)), named[0])


def save_map(folder: Path, projection: Projection, *, of: str = TRAINED) -> None:
    """Write a map into the run's folder; raises `RunNotSaved`."""
    path = map_path(folder, projection.method, projection.seed, of=of)
    about = {**_key(projection.method, projection.seed), **_owner(folder, of), "axes": list(projection.axes)}
    with saving(path):
        make_folder(path.parent, within=folder)
    write_atomically(path, pack_checksummed({"coordinates": projection.coordinates, "kept": projection.kept}, about))


def read_map(folder: Path, method: ProjectionMethod, seed: int, *, of: str = TRAINED) -> Projection | None:
    """The map, checked; None where it was never made; raises `DamagedRun` naming the file."""
    path = map_path(folder, method, seed, of=of)
    read = _read(folder, path, method, seed, of=of)
    if read is None:
        return None
    arrays, about = read
    points = points_of(folder)
    require(arrays, "coordinates", path, kind="f", shape=[points, len(about.axes)])
    kept = require({"kept": np.nan_to_num(arrays.get("kept", np.empty(0)))}, "kept", path, kind="f", shape=[points])
    if len(about.axes) not in (2, 3) or kept.min(initial=0) < 0 or kept.max(initial=0) > 1:
        raise damaged(path, "is altered: its axes or shares are none")
    return Projection(method=method, seed=seed, coordinates=arrays["coordinates"], axes=about.axes, kept=arrays["kept"])


def save_map_quality(folder: Path, projection: Projection, quality: MapQuality, *, of: str = TRAINED) -> None:
    """Write the quality of a map beside it; raises `RunNotSaved`."""
    about = {**_key(projection.method, projection.seed), **_owner(folder, of), "neighbours": quality.neighbours}
    arrays = {
        "trustworthiness": quality.trustworthiness,
        "continuity": quality.continuity,
        "recall": quality.recall,
    }
    write_atomically(
        map_quality_path(folder, projection.method, projection.seed, of=of), pack_checksummed(arrays, about)
    )


def read_map_quality(folder: Path, method: ProjectionMethod, seed: int, *, of: str = TRAINED) -> MapQuality | None:
    """The quality of that map, checked; None where it was not measured; raises `DamagedRun`."""
    path = map_quality_path(folder, method, seed, of=of)
    read = _read(folder, path, method, seed, of=of)
    if read is None:
        return None
    arrays, about = read
    points = points_of(folder)
    measures = {name: arrays[name] for name in MEASURES if name in arrays}
    for name in MEASURES:  # NaN where a gene was not measured
        require(
            {measure: np.nan_to_num(array) for measure, array in measures.items()}, name, path, kind="f", shape=[points]
        )
    if not 1 <= about.neighbours < len(arrays["recall"]):
        raise damaged(path, f"is altered: it looks at {about.neighbours:,} nearest genes")
    return MapQuality(**measures, neighbours=about.neighbours)


def list_maps(folder: Path, *, of: str = TRAINED) -> list[tuple[ProjectionMethod, int]]:
    """Method and seed of every map of the run, unchecked, in the order of the table of projections."""
    from slviz.projections import PROJECTIONS as METHODS

    maps = []
    for path in sorted(maps_folder(folder, of=of).glob(f"*{SUFFIX}")):
        with contextlib.suppress(SlvizError):  # what is damaged, or of a later version, is told by `damaged_maps`
            about = read_description(path, AboutMap)
            method = METHODS.from_json(about.method)
            if path == map_path(folder, method, about.seed, of=of):
                maps.append((method, about.seed))
    order = list(METHODS)
    return sorted(
        maps, key=lambda stored_map: (stored_map[0].dimensions, order.index(stored_map[0].name), stored_map[1])
    )


def _read(
    folder: Path, path: Path, method: ProjectionMethod, seed: int, *, of: str
) -> tuple[dict[str, np.ndarray], AboutMap] | None:
    if not is_plain(path):
        return None
    arrays, about = unpack_checksummed(read_whole(path), path, AboutMap)
    expected = {**_key(method, seed), **_owner(folder, of)}
    if {
        "method": former_names.todays(KIND, about.method),
        "seed": about.seed,
        "run_id": about.run_id,
        "of": about.of or TRAINED,
    } != {
        "of": TRAINED,
        **expected,
    }:
        raise DamagedRun(
            f"{path.name} in run {readable(folder.name)} belongs to {about.run_id}, or to another map. "
            f"Remove it from {path.parent.name}/ and make it again."
        )
    return arrays, about


def _key(method: ProjectionMethod, seed: int) -> dict[str, Any]:
    return {"method": method.to_json(), "seed": seed}


def _owner(folder: Path, of: str) -> dict[str, Any]:
    """Whose map it is; maps of the run's own embedding say no more than the run, as they always did."""
    return {"run_id": folder.name} if of == TRAINED else {"run_id": folder.name, "of": of}
