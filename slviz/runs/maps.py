"""Maps on disk: one sealed file a projection, which may come long after the run was finished.

The manifest lists what training gave. Maps are made from it at any later time, by several processes at
once, so each carries its own SHA-256 and the run it belongs to, and a finished run is never written again.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from slviz.choices import Choice
from slviz.errors import DamagedRun, SlvizError
from slviz.projections.projection import Projection
from slviz.runs.files import pack_sealed, read_description, read_whole, saving, unpack_sealed, write_atomically
from slviz.runs.folder import PROJECTIONS

SUFFIX = ".safetensors"


def map_path(folder: Path, method: Choice, seed: int, *, dimensions: int = 2) -> Path:
    """Where the map by this method and seed lies: `projections/<method>-<hash>.safetensors`."""
    wanted = json.dumps({**_key(method, seed), "dimensions": dimensions}, sort_keys=True)
    return folder / PROJECTIONS / f"{method.name}-{hashlib.sha256(wanted.encode()).hexdigest()[:8]}{SUFFIX}"


def save_map(folder: Path, projection: Projection) -> None:
    """Write a map into the run's folder; raises `RunNotSaved`."""
    path = map_path(folder, projection.method, projection.seed, dimensions=projection.coordinates.shape[1])
    about = {**_key(projection.method, projection.seed), "run_id": folder.name, "axes": list(projection.axes)}
    with saving(path):
        path.parent.mkdir(exist_ok=True)
    write_atomically(path, pack_sealed({"coordinates": projection.coordinates, "kept": projection.kept}, about))


def read_map(folder: Path, method: Choice, seed: int, *, dimensions: int = 2) -> Projection | None:
    """The map, checked; None where it was never made; raises `DamagedRun` naming the file."""
    path = map_path(folder, method, seed, dimensions=dimensions)
    if not path.is_file():
        return None
    arrays, about = unpack_sealed(read_whole(path), path)
    expected = {**_key(method, seed), "run_id": folder.name}
    if {key: about.get(key) for key in expected} != expected:
        raise DamagedRun(
            f"{path.name} in run {folder.name} belongs to {about.get('run_id', 'another run')}. "
            f"Remove it from {PROJECTIONS}/ and make the map again."
        )
    return Projection(
        method=method, seed=seed, coordinates=arrays["coordinates"], axes=tuple(about["axes"]), kept=arrays["kept"]
    )


def list_maps(folder: Path) -> list[tuple[Choice, int]]:
    """Method and seed of every 2-D map of the run, unchecked, in the order of the table of projections."""
    from slviz.projections import PROJECTIONS as METHODS

    found = []
    for path in sorted((folder / PROJECTIONS).glob(f"*{SUFFIX}")):
        about = read_description(path)
        try:
            method, seed = METHODS.from_json(about["method"]), int(about["seed"])
        except (SlvizError, KeyError, TypeError, ValueError):
            continue
        if path == map_path(folder, method, seed):
            found.append((method, seed))
    order = list(METHODS)
    return sorted(found, key=lambda each: (order.index(each[0].name), each[1]))


def damaged_maps(folder: Path) -> list[str]:
    """A sentence for every file among the maps that is cut, altered or foreign."""
    found = []
    for path in sorted((folder / PROJECTIONS).glob("[!.]*")):
        if path.name.endswith(".error.json"):
            continue
        try:
            _, about = unpack_sealed(read_whole(path), path)
            if about.get("run_id") != folder.name:
                found.append(f"{path.name} belongs to {about.get('run_id', 'another run')}. Remove it.")
        except DamagedRun as error:
            found.append(str(error))
    return found


def _key(method: Choice, seed: int) -> dict[str, Any]:
    return {"method": method.to_json(), "seed": seed}
