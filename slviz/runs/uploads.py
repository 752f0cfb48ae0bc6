"""Files of held-out pairs that came through the browser, kept where a worker, and a typed command, find them.

`<models>/.held-out/<SHA-256>.tsv` holds the plain text, so the same file uploaded twice lies there once. A
run needs it only until it has frozen its split; old ones go when there are many.
"""

from __future__ import annotations

import contextlib
import gzip
import io
import time
import zlib
from pathlib import Path

from slviz.errors import MalformedData
from slviz.runs.files import saving, sha256, write_atomically

HELD_OUT = ".held-out"
MOST_MEBIBYTES = 20
MOST_FILES = 100
KEPT_DAYS = 7.0
GZIP = b"\x1f\x8b"


def stage(root: Path, content: bytes, *, name: str) -> Path:
    """Keep an uploaded file below the models folder `root`; where it lies from now on.

    Args:
        root: the models folder.
        content: of the file, plain or packed with gzip.
        name: what the visitor calls it, for the sentence of an error.

    Raises:
        MalformedData: it is too large, or its gzip is broken.
        RunNotSaved: the disk refuses it.
    """
    text = _unpacked(content, name=name)
    path = (root / HELD_OUT / f"{sha256(text)}.tsv").absolute()
    with saving(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_file():
            path.touch()  # used again
            return path
    write_atomically(path, text)
    _tidy(path.parent)
    return path


def _unpacked(content: bytes, *, name: str) -> bytes:
    most = MOST_MEBIBYTES << 20
    if content.startswith(GZIP):
        try:
            with gzip.open(io.BytesIO(content)) as packed:
                content = packed.read(most + 1)  # never more, however small a file claims to be
        except (OSError, EOFError, zlib.error) as error:
            raise MalformedData(f"{name} is packed with gzip and broken ({error}). Upload it unpacked.") from error
    if len(content) > most:
        raise MalformedData(f"{name} is larger than {MOST_MEBIBYTES} MiB. Upload only the pairs that you hold out.")
    return content


def _tidy(folder: Path) -> None:
    """Remove the oldest where there are many; what is younger than a week may still be needed."""
    with contextlib.suppress(OSError):
        files = sorted(folder.glob("*.tsv"), key=lambda path: path.stat().st_mtime, reverse=True)
        for old in files[MOST_FILES:]:
            if time.time() - old.stat().st_mtime > KEPT_DAYS * 86400:
                old.unlink(missing_ok=True)
