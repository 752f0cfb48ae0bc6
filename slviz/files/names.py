"""Names of files, made of any text."""

from __future__ import annotations

import re
import unicodedata

LONGEST_STEM_BYTES, LONGEST_ENDING = 140, 10
DEVICE = re.compile(r"con|prn|aux|nul|com\d|lpt\d", re.IGNORECASE)


def safe_file_name(name: str) -> str:
    """A file's name, made of any text, that every file system takes: letters, digits, points and dashes.

    It begins with neither a point nor a dash, is none of the names that Windows keeps for devices, and takes at most
    150 bytes; its ending stays.
    """
    stem, point, ending = unicodedata.normalize("NFC", name).rpartition(".")
    if not point:
        stem, ending = ending, ""
    ending = re.sub(r"[^\w]+", "", ending)[:LONGEST_ENDING]
    stem = re.sub(r"[^\w.-]+", "-", stem).strip("-.")
    stem = stem.encode()[:LONGEST_STEM_BYTES].decode(errors="ignore").rstrip("-.") or "slviz"
    if DEVICE.fullmatch(stem.partition(".")[0]):
        stem = f"{stem}-file"
    return f"{stem}{point}{ending}"
