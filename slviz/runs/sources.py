"""Where on this machine a run's data set lies: kept beside the runs, so that no run holds a path.

A run folder may be copied, shipped and published, and its data set is told by fingerprint. The path that
it was opened from is true on one machine only: `<models>/.sources/<fingerprint>` holds it there.
"""

from __future__ import annotations

import contextlib
import dataclasses
from pathlib import Path

from slviz.errors import RunNotSaved
from slviz.runs.files import saving, write_atomically
from slviz.runs.plain_files import is_folder, read_text_if_there
from slviz.runs.spec import RunSpec

SOURCES = ".sources"
NAMED = ("demo", "synlethdb")
LONGEST_PATH = 32_768


def without_path(spec: RunSpec) -> RunSpec:
    """The spec as it is written into a run: of a folder's path only the last part."""
    return spec if spec.data_source in NAMED else dataclasses.replace(spec, data_source=Path(spec.data_source).name)


def remember_source(root: Path, spec: RunSpec) -> None:
    """Note where the data set of `spec` lies, when it is a folder of this machine."""
    if spec.data_source in NAMED or not is_folder(Path(spec.data_source)):
        return
    with contextlib.suppress(RunNotSaved):  # without the note a run still opens; it only asks for its data
        with saving(root / SOURCES):
            (root / SOURCES).mkdir(parents=True, exist_ok=True)
        write_atomically(root / SOURCES / spec.data_fingerprint, str(Path(spec.data_source).resolve()).encode())


def with_path(root: Path, spec: RunSpec) -> RunSpec:
    """The spec with the folder that its data set was last opened from on this machine, where that is known."""
    known = read_text_if_there(root / SOURCES / spec.data_fingerprint, most_bytes=LONGEST_PATH)
    try:
        return dataclasses.replace(spec, data_source=known) if known and Path(known).is_dir() else spec
    except (OSError, ValueError):  # the note is no path
        return spec
