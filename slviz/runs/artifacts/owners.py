"""Whose an artifact is: each says the run, or the vectors, that it was made from."""

from __future__ import annotations

import contextlib
from pathlib import Path

from slviz.errors import DamagedRun
from slviz.runs.damage import readable
from slviz.runs.files import read_header, read_whole, unpack_checksummed
from slviz.runs.schemas import Owned


def points_of(folder: Path) -> int | None:
    """How many genes a run, or points a set of vectors, has, from the first bytes of its arrays; None where unknown."""
    for name, array in (("arrays.safetensors", "embedding"), ("vectors.safetensors", "vectors")):
        with contextlib.suppress(DamagedRun):
            shape = read_header(folder / name).shapes.get(array, ())
            return shape[0] if shape else None
    return None


def foreign(path: Path, folder: Path) -> str:
    """A sentence on a checksummed file that is cut, altered, or is of another run than `folder`; else ""."""
    try:
        _, about = unpack_checksummed(read_whole(path), path, Owned)
    except DamagedRun as error:
        return str(error)
    return "" if about.run_id == folder.name else f"{readable(path.name)} belongs to {about.run_id}. Remove it."
