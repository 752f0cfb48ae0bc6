"""Files that came through the browser, kept where a worker, a typed command, or a reload of the page finds them.

`<models>/.held-out/<SHA-256>.tsv` holds the plain text of held-out pairs, so the same file uploaded twice lies there
once. A run needs it only until it has frozen its split; old ones go when there are many. A visitor's own tables of
genes lie in `.own-tables`, files of terms in `.terms`: the address of a page names them by their SHA-256.
"""

from __future__ import annotations

import contextlib
from pathlib import Path

from slviz.disk.ages import is_old, last_used
from slviz.errors import MalformedData
from slviz.files.gz import unpack_if_gzip
from slviz.files.limits import shown
from slviz.runs.files import saving, sha256, write_atomically
from slviz.runs.plain_files import is_plain

HELD_OUT = ".held-out"
OWN_TABLES = ".own-tables"
TERMS = ".terms"
MOST_MEBIBYTES = 20
MOST_FILES = 100
KEPT_DAYS = 7.0


def staged(root: Path, key: str, *, place: str) -> Path | None:
    """Where a staged file lies, by the first 16 or more digits of its SHA-256; None where it is gone."""
    if not (16 <= len(key) <= 64 and set(key) <= set("0123456789abcdef")):
        return None
    return next((path for path in sorted((root / place).glob(f"{key}*.tsv")) if is_plain(path)), None)


def stage(root: Path, content: bytes, *, name: str, place: str = HELD_OUT) -> Path:
    """Keep an uploaded file below the models folder `root`; where it lies from now on.

    Args:
        root: the models folder.
        content: of the file, plain or packed with gzip.
        name: what the visitor calls it, for the sentence of an error.
        place: the folder for files of its kind.

    Raises:
        MalformedData: it is too large, or its gzip is broken.
        RunNotSaved: the disk refuses it.
    """
    text = _unpacked(content, name=name)
    path = (root / place / f"{sha256(text)}.tsv").absolute()
    with saving(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        if is_plain(path):
            path.touch()  # used again
            return path
    write_atomically(path, text)
    _tidy(path.parent)
    return path


def _unpacked(content: bytes, *, name: str) -> bytes:
    most = MOST_MEBIBYTES << 20
    if len(content) > most:
        raise MalformedData(f"{shown(name)} is larger than {MOST_MEBIBYTES} MiB. Upload only the rows that are needed.")
    return unpack_if_gzip(content, name, most_bytes=most)


def _tidy(folder: Path) -> None:
    """Remove the oldest where there are many; what is younger than a week may still be needed."""
    with contextlib.suppress(OSError):
        files = sorted(folder.glob("*.tsv"), key=last_used, reverse=True)
        for old in files[MOST_FILES:]:
            if is_old(old, KEPT_DAYS * 86400):
                old.unlink(missing_ok=True)
