"""No path of the server in what a browser shows: of each only the last part is left."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path, PurePosixPath, PureWindowsPath

from slviz.datasets.cache import cache_folder
from slviz.runs.store import RunStore
from slviz.ui import access

PLACEHOLDER = "FOLDER"
_BEFORE = r"(?<![\w/\\:.<&;-])"
_QUOTED = re.compile(r"(?P<open>['\"“‘`])(?P<path>(?:/|[A-Za-z]:[\\/]|\\\\)[^'\"”’`\n]*)(?=['\"”’`])")
_POSIX = re.compile(_BEFORE + r"(?:file://|sqlite:///)?/(?!/)(?:[^\s/'\"“”‘’`()<>|,;:*?]+/)+[^\s/'\"“”‘’`()<>|,;:*?]*")
_WINDOWS = re.compile(_BEFORE + r"(?:[A-Za-z]:[\\/]|\\\\)[^\s'\"“”‘’`()<>|,;:*?]*")


def without_paths(text: object) -> str:
    """A sentence or a log in which every absolute path is its last part alone, such as "genes.txt"."""
    said = str(text)
    for root in _roots():
        said = re.sub(re.escape(root) + r"(?=[/\\]\w)", "/in", said).replace(root, last_part(root))
    said = _QUOTED.sub(lambda match: match["open"] + last_part(match["path"]), said)
    said = _POSIX.sub(lambda match: _in_text(match[0]), said)
    return _WINDOWS.sub(lambda match: _in_text(match[0]), said)


def typed(command: Sequence[str]) -> list[str]:
    """A command as a page shows it: whole on this machine alone, elsewhere with names in the place of paths."""
    if access.current().alone:
        return list(command)
    return [last_part(word) if _is_path(word) else word for word in command]


def last_part(path: str) -> str:
    """The last part of a path of either kind of system; a word for the root of all."""
    pure = PureWindowsPath(path) if re.match(r"[A-Za-z]:|\\\\", path) else PurePosixPath(path)
    return pure.name or PLACEHOLDER


def _in_text(path: str) -> str:
    """The same with the full stop of its sentence."""
    bare = path.rstrip(".!")
    return last_part(bare) + path[len(bare) :]


def _is_path(word: str) -> bool:
    return PurePosixPath(word).is_absolute() or PureWindowsPath(word).is_absolute()


def _roots() -> list[str]:
    """Folders of this server, longest first: a blank in their paths could not be told from the end of a path."""
    places = (RunStore.default().root, cache_folder(), Path.cwd())
    return sorted({str(place) for place in places if len(place.parts) > 2}, key=len, reverse=True)
