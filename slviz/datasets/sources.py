"""Where data sets come from: demo, digits and karate club in the repository, SynLethDB, or any folder."""

from __future__ import annotations

import functools
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from slviz import places
from slviz.datasets.cache import load_folder
from slviz.datasets.graph import GeneGraph
from slviz.datasets.layout import SETTINGS
from slviz.datasets.report import Report, shown
from slviz.errors import DataError, MissingDataFile, nearest
from slviz.files.regular import read_regular
from slviz.files.toml import MOST_BYTES, parse_toml

DATA_FOLDERS = "SLVIZ_DATA_FOLDERS"
NAMED = ("demo", "synlethdb", "karate", "digits", "human-sl")
"""Data sets that have names, be they here or not."""
PAIRS_OF_SYNLETHDB = "SL_Human_FinalCheck.txt"


@dataclass(frozen=True)
class DatasetEntry:
    """A data set that is there to be opened.

    Attributes:
        source: what `open_dataset` takes: "demo", "synlethdb", "digits", "karate" or a folder.
        path: its folder.
        title: for a person, from `dataset.toml`; the folder's name where it says none.
        synthetic: true where no measurement stands behind it.
    """

    source: str
    path: Path
    title: str
    synthetic: bool


def open_dataset(source: str | None = None) -> GeneGraph:
    """The data set of a source: "demo", "synlethdb", "digits", "karate", or a folder; None: `SLVIZ_DATA`, else demo.

    Raises `MissingDataFile` when there is no such source, and `MalformedData` when it cannot be used.
    """
    return open_with_report(source)[0]


def open_with_report(source: str | None = None) -> tuple[GeneGraph, Report]:
    """As `open_dataset`, with the report of what was read and what was left out."""
    name, folder = locate(source)
    graph, report = load_folder(folder)
    return (graph if graph.name == name else replace(graph, name=name)), report


def locate(source: str | None = None) -> tuple[str, Path]:
    """Name and folder of a source; raises `MissingDataFile` when there is no such source."""
    source = (source or os.environ.get("SLVIZ_DATA") or "demo").strip()
    named = _named_places()
    if source in named:
        return source, named[source]
    folder = _path(source)
    if _is_folder(folder):
        known = {path.resolve(): name for name, path in named.items()}
        return known.get(folder.resolve(), folder.resolve().name), folder
    if source in ("synlethdb", "human-sl"):
        raise MissingDataFile(
            f"The data set '{source}' is not here. Fetch it with `python -m slviz data fetch {source}`, or set "
            "SLVIZ_DATA to the folder that holds it."
        )
    if source == "demo":
        raise MissingDataFile("The demo is not here. Make it anew with `python -m slviz data demo`.")
    if _is_file(folder):
        raise MissingDataFile(
            f"'{shown(source)}' is a file, and a data set is a folder. Put it into a folder of its own, and give that."
        )
    raise MissingDataFile(
        f"No data set is called '{shown(source)}', and no such folder exists.{nearest(source[:60], named)} "
        f"There are: {', '.join(named) or 'none'}; or give the path of a folder with genes and pairs."
    )


def known_datasets() -> tuple[DatasetEntry, ...]:
    """The data sets that are present: those with a name, and the folders in `SLVIZ_DATA` and `SLVIZ_DATA_FOLDERS`."""
    listed = {name: (name, path) for name, path in _named_places().items()}
    for source in (os.environ.get("SLVIZ_DATA", ""), *listed_folders()):
        if source and source not in listed and _is_folder(_path(source)):
            folder = _path(source)
            if folder.resolve() not in {path.resolve() for _, path in listed.values()}:
                listed[source] = (str(folder), folder)
    return tuple(_entry(source, path) for source, path in listed.values())


def listed_folders() -> tuple[str, ...]:
    """The data folders that `SLVIZ_DATA_FOLDERS` lists, with the system's mark for paths (":" or ";") between them."""
    return tuple(folder.strip() for folder in os.environ.get(DATA_FOLDERS, "").split(os.pathsep) if folder.strip())


def is_list_set() -> bool:
    """Whether `SLVIZ_DATA_FOLDERS` says which folders the pages may open, were it none beside the named ones."""
    return DATA_FOLDERS in os.environ


def title_of(source: str) -> str:
    """What a person calls a source: its title, or the last part of its path."""
    return _entry(source, _path(source)).title or source


def is_of(source: str, *, stored: str) -> bool:
    """Whether a run whose data came from `stored` was trained on this source; no file of either is read."""
    try:
        name, folder = locate(source)
    except MissingDataFile:
        return source == stored
    return stored in (source, name) or _path(stored).absolute() == folder.absolute()


def default_source() -> str:
    """What `open_dataset(None)` opens: `SLVIZ_DATA`, else "demo"."""
    return os.environ.get("SLVIZ_DATA") or "demo"


def _named_places() -> dict[str, Path]:
    """Folder of each source that has a name and is there."""
    source = os.environ.get("SLVIZ_DATA", "")
    carried, own = places.carried_data(), places.own_data()
    folders_of: dict[str, list[Path]] = {
        "demo": [carried / "demo", own / "demo"],
        "synlethdb": [],
        "karate": [carried / "karate"],
        "digits": [carried / "digits"],
        "human-sl": [],
    }
    if source and source not in folders_of:
        folders_of["human-sl" if _says_more(_path(source)) else "synlethdb"].append(_path(source))
    folders_of["synlethdb"].append(own / "synlethdb")
    folders_of["human-sl"].append(own / "human-sl")
    sign = dict.fromkeys(folders_of, SETTINGS) | dict.fromkeys(("synlethdb", "human-sl"), PAIRS_OF_SYNLETHDB)
    return {
        name: present[0]
        for name, folders in folders_of.items()
        if (present := [folder for folder in folders if _is_folder(folder) and (folder / sign[name]).is_file()])
    }


def _says_more(folder: Path) -> bool:
    """Whether a folder with the pairs of SynLethDB brings relations, too, as `human-sl` does."""
    return "relations" in _told_by(folder)


def _told_by(path: Path) -> Mapping[str, Any]:
    """What `dataset.toml` says; nothing where it is not there or cannot be read."""
    try:
        content = read_regular(path / SETTINGS, most_bytes=MOST_BYTES)
        return _parsed(content)
    except (DataError, ValueError):
        return {}


@functools.lru_cache(maxsize=64)
def _parsed(content: bytes) -> Mapping[str, Any]:
    """Every page lists the data sets with every click, and hardly ever has one of them changed."""
    return MappingProxyType(parse_toml(content.decode("utf-8-sig")))


def _path(text: str) -> Path:
    try:
        return Path(text).expanduser()
    except RuntimeError:  # "~" and no such person
        return Path(text)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a name that no file can have
        return False


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):  # a name too long for the file system, or with a zero byte in it
        return False


def _entry(source: str, path: Path) -> DatasetEntry:
    """Reads only the heading of `dataset.toml`: a list must not fail for one broken folder."""
    settings = _told_by(path)
    title = settings.get("title")
    return DatasetEntry(
        source, path, title if isinstance(title, str) and title else path.name, settings.get("synthetic") is True
    )
