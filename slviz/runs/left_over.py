"""What killed workers left in the folder of a run, beside it, and in the models folder; nothing of a living one."""

from __future__ import annotations

import re
from pathlib import Path

from slviz.disk.left_over import LeftOver, entries_in, folders_in, half_written, left_over_removals
from slviz.runs.artifacts.artifact import ENDINGS
from slviz.runs.artifacts.store import places_of_artifacts
from slviz.runs.folder import (
    LOCK,
    OF_THE_UNFINISHED,
    RUN_NAME,
    WAITING,
    is_before_its_spec,
    state_of,
)
from slviz.runs.manifest import MANIFEST
from slviz.runs.sources import SOURCES
from slviz.runs.uploads import HELD_OUT, OWN_TABLES, TERMS

BESIDE = re.compile(r"\.(?P<stem>.+?)\.(?:lock|" + "|".join(re.escape(ending) for ending in ENDINGS) + ")")
STAGED = (HELD_OUT, OWN_TABLES, TERMS, SOURCES)


def left_over_in_models(root: Path) -> list[LeftOver]:
    """What was left in the models folder `root` and in the runs in it."""
    left_overs = left_over_removals(root)
    for folder in folders_in(root):
        if RUN_NAME.fullmatch(folder.name):
            left_overs += left_over_in_run(folder)
    for place in STAGED:
        left_overs += half_written(root / place)
    return [left_over for left_over in left_overs if not left_over.is_in_use]


def left_over_in_run(folder: Path) -> list[LeftOver]:
    """What was left in the folder of one run."""
    if is_before_its_spec(folder):
        if state_of(folder) != "interrupted":
            return []
        return [LeftOver(folder, "a run that was stopped before it had begun", guard=folder / LOCK)]
    left_overs = half_written(folder)
    if (folder / MANIFEST).is_file():
        names = {**dict.fromkeys(OF_THE_UNFINISHED, "a file of the training of a finished run"), LOCK: "a lock"}
    else:
        names = {WAITING: "the mark of a worker that waited"}
    left_overs += [
        LeftOver(folder / name, what, guard=folder / LOCK) for name, what in names.items() if (folder / name).is_file()
    ]
    for place in places_of_artifacts(folder):
        left_overs += left_over_artifacts(place)
    return [left_over for left_over in left_overs if not left_over.is_in_use]


def left_over_artifacts(place: Path) -> list[LeftOver]:
    """What makers of artifacts left in the folder that these lie in."""
    left_overs = half_written(place)
    for path in entries_in(place):
        named = BESIDE.fullmatch(path.name)
        if named:
            guard = place / f".{named['stem']}.lock"
            what = "a lock" if path == guard else "what a killed maker said of its progress, or was asked"
            left_overs.append(LeftOver(path, what, guard=guard))
    return [left_over for left_over in left_overs if not left_over.is_in_use]
