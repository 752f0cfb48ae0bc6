"""Which data sets a visitor may open, and what an address calls them.

They are the known data sets, the folders that `SLVIZ_DATA` and `SLVIZ_DATA_FOLDERS` list, and what was uploaded to
this server. Any folder may be typed where nobody but this machine can reach the server and the list is not set.
An address that asks for anything else gets one and the same sentence, and nothing is looked up on the disk for it.

Where any folder may be typed an address holds its path; elsewhere its name, or of an upload the start of its content's
SHA-256, so that no path of the server is in any address.
"""

from __future__ import annotations

import dataclasses
import hashlib
import os
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from slviz.datasets.cache import cache_folder
from slviz.datasets.report import shown
from slviz.datasets.sources import NAMED, DatasetEntry, is_list_set, known_datasets, title_of
from slviz.datasets.uploads import UPLOADS
from slviz.errors import MissingDataFile
from slviz.runs import RunSpec
from slviz.runs.sources import with_path
from slviz.ui import access

UPLOAD = re.compile(r"upload-([0-9a-f]{32})")


def any_folder() -> bool:
    """Whether a visitor may type the path of any folder."""
    return access.current().alone and not is_list_set()


def source_of(name: str) -> str:
    """The source that an address or a box asks for, as `open_dataset` takes it.

    Raises `MissingDataFile` for what may not be opened, whether or not it is there.
    """
    known = known_datasets()
    named = {_name(entry, known): entry.source for entry in known}
    if name in named.values():
        return name
    if name in named:
        return named[name]
    if (folder := _upload_of(name)) is not None:
        return str(folder)
    if any_folder():
        return name
    raise MissingDataFile(
        f"There is no data set “{shown(name)}” to open here. There are: {', '.join(named) or 'none'}. The owner of "
        "this server adds data folders with SLVIZ_DATA_FOLDERS."
    )


def is_listed(source: str) -> bool:
    """Whether a source is one of the named data sets, here or not, of the folders that are listed, or an upload."""
    listed = {*NAMED, *(entry.source for entry in known_datasets()), os.environ.get("SLVIZ_DATA", "")}
    return source in listed or bool(_as_upload(Path(source)))


def permitted(name: str) -> str | None:
    """The same, or None for what may not be opened."""
    try:
        return source_of(name)
    except MissingDataFile:
        return None


def name_in_address(source: str) -> str:
    """What the address calls a source that may be opened; it leads back to it by `source_of`."""
    if any_folder():
        return source
    known = known_datasets()
    for entry in known:
        if entry.source == source:
            return _name(entry, known)
    return _as_upload(Path(source)) or Path(source).name


def title(name: str) -> str:
    """What a person calls what an address asks for; its own words for what may not be opened."""
    source = permitted(name)
    return name if source is None else title_of(source)


def source_of_run(spec: RunSpec, root: Path) -> str:
    """The source of a run's data set; raises `MissingDataFile` where this server may not open it.

    Where a run was trained here, the place of its data was noted then, which the owner chose; a run that came from
    elsewhere opens no folder that a visitor may not open.
    """
    noted = with_path(root, dataclasses.replace(spec, data_source="")).data_source
    return spec.data_source if noted == spec.data_source else source_of(spec.data_source)


def _name(entry: DatasetEntry, entries: Sequence[DatasetEntry]) -> str:
    """A named data set's name; of a folder its own name, told from others of that name by a hash of its path."""
    own = Path(entry.source).name or entry.source
    names = Counter(Path(known_entry.source).name for known_entry in entries)
    return own if names[own] == 1 else f"{own}-{hashlib.sha256(entry.source.encode()).hexdigest()[:8]}"


def _as_upload(folder: Path) -> str:
    """What an address calls an upload; "" for another folder."""
    return f"upload-{folder.parent.name[:32]}" if folder.parent.parent == cache_folder() / UPLOADS else ""


def _upload_of(name: str) -> Path | None:
    """Where an upload lies that an address names; None where there is none."""
    named = UPLOAD.fullmatch(name)
    if named is None:
        return None
    folders = (cache_folder() / UPLOADS).glob(f"{named[1]}*/*")
    return next((folder for folder in sorted(folders) if folder.is_dir()), None)
