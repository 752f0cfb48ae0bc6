"""Maps on disk: one sealed file a projection and one for how far it can be trusted, made after the run was finished.

The manifest lists what training gave. Maps are made from it at any later time, by several processes at
once, so each carries its own SHA-256 and the run it belongs to, and a finished run is never written again.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from slviz.errors import DamagedRun, SlvizError
from slviz.projections.method import ProjectionMethod
from slviz.projections.projection import Projection
from slviz.projections.trust import Trust
from slviz.runs.files import (
    make_folder,
    pack_sealed,
    read_description,
    read_whole,
    saving,
    unpack_sealed,
    write_atomically,
)
from slviz.runs.folder import CONTROLS, PROJECTIONS

SUFFIX = ".safetensors"
TRUST = "trust-"
TRAINED = "trained"
"""The run's own embedding; any other is a control: see `slviz.runs.controls`."""


def maps_folder(folder: Path, *, of: str = TRAINED) -> Path:
    """Where the maps of the run's own embedding lie, or of one of its controls."""
    return folder / PROJECTIONS if of == TRAINED else folder / CONTROLS / of / PROJECTIONS


def map_path(folder: Path, method: ProjectionMethod, seed: int, *, of: str = TRAINED) -> Path:
    """Where the map by this method and seed lies: `projections/<method>-<hash>.safetensors`."""
    wanted = json.dumps({**_key(method, seed), "dimensions": method.dimensions}, sort_keys=True)
    name = f"{method.name}-{hashlib.sha256(wanted.encode()).hexdigest()[:8]}{SUFFIX}"
    return maps_folder(folder, of=of) / name


def trust_path(folder: Path, method: ProjectionMethod, seed: int, *, of: str = TRAINED) -> Path:
    """Where it lies how far that map can be trusted."""
    path = map_path(folder, method, seed, of=of)
    return path.with_name(TRUST + path.name)


def save_map(folder: Path, projection: Projection, *, of: str = TRAINED) -> None:
    """Write a map into the run's folder; raises `RunNotSaved`."""
    path = map_path(folder, projection.method, projection.seed, of=of)
    about = {**_key(projection.method, projection.seed), **_owner(folder, of), "axes": list(projection.axes)}
    with saving(path):
        make_folder(path.parent, within=folder)
    write_atomically(path, pack_sealed({"coordinates": projection.coordinates, "kept": projection.kept}, about))


def read_map(folder: Path, method: ProjectionMethod, seed: int, *, of: str = TRAINED) -> Projection | None:
    """The map, checked; None where it was never made; raises `DamagedRun` naming the file."""
    found = _read(folder, map_path(folder, method, seed, of=of), {**_key(method, seed), **_owner(folder, of)})
    if found is None:
        return None
    arrays, about = found
    return Projection(
        method=method, seed=seed, coordinates=arrays["coordinates"], axes=tuple(about["axes"]), kept=arrays["kept"]
    )


def save_trust(folder: Path, projection: Projection, trust: Trust, *, of: str = TRAINED) -> None:
    """Write how far a map can be trusted beside it; raises `RunNotSaved`."""
    about = {**_key(projection.method, projection.seed), **_owner(folder, of), "neighbours": trust.neighbours}
    arrays = {
        "trustworthiness": trust.trustworthiness,
        "continuity": trust.continuity,
        "recall": trust.recall,
    }
    write_atomically(trust_path(folder, projection.method, projection.seed, of=of), pack_sealed(arrays, about))


def read_trust(folder: Path, method: ProjectionMethod, seed: int, *, of: str = TRAINED) -> Trust | None:
    """How far that map can be trusted, checked; None where it was not measured; raises `DamagedRun`."""
    found = _read(folder, trust_path(folder, method, seed, of=of), {**_key(method, seed), **_owner(folder, of)})
    return None if found is None else Trust(**found[0], neighbours=int(found[1]["neighbours"]))


def list_maps(folder: Path, *, of: str = TRAINED) -> list[tuple[ProjectionMethod, int]]:
    """Method and seed of every map of the run, unchecked, in the order of the table of projections."""
    from slviz.projections import PROJECTIONS as METHODS

    found = []
    for path in sorted(maps_folder(folder, of=of).glob(f"*{SUFFIX}")):
        about = read_description(path)
        try:
            method, seed = METHODS.from_json(about["method"]), int(about["seed"])
        except (SlvizError, KeyError, TypeError, ValueError):
            continue
        if path == map_path(folder, method, seed, of=of):
            found.append((method, seed))
    order = list(METHODS)
    return sorted(found, key=lambda each: (each[0].dimensions, order.index(each[0].name), each[1]))


def damaged_maps(folder: Path) -> list[str]:
    """A sentence for every file among the maps and the controls that is cut, altered or foreign."""
    found = []
    places = [
        folder / PROJECTIONS,
        *sorted((folder / CONTROLS).glob("*")),
        *sorted((folder / CONTROLS).glob(f"*/{PROJECTIONS}")),
    ]
    for path in (each for place in places for each in sorted(place.glob("[!.]*")) if each.is_file()):
        if path.name.endswith(".error.json"):
            continue
        try:
            _, about = unpack_sealed(read_whole(path), path)
            if about.get("run_id") != folder.name:
                found.append(f"{path.name} belongs to {about.get('run_id', 'another run')}. Remove it.")
        except DamagedRun as error:
            found.append(str(error))
    return found


def _read(folder: Path, path: Path, expected: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]] | None:
    if not path.is_file():
        return None
    arrays, about = unpack_sealed(read_whole(path), path)
    if {key: about.get(key) for key in expected} != expected:
        raise DamagedRun(
            f"{path.name} in run {folder.name} belongs to {about.get('run_id', 'another run')}. "
            f"Remove it from {path.parent.name}/ and make it again."
        )
    return arrays, about


def _key(method: ProjectionMethod, seed: int) -> dict[str, Any]:
    return {"method": method.to_json(), "seed": seed}


def _owner(folder: Path, of: str) -> dict[str, Any]:
    """Whose map it is; maps of the run's own embedding say no more than the run, as they always did."""
    return {"run_id": folder.name} if of == TRAINED else {"run_id": folder.name, "of": of}
