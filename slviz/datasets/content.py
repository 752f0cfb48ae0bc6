"""From a file to text: what a file holds in bytes, unpacked and decoded, or why it cannot be."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from pathlib import Path

from slviz.datasets.report import Report
from slviz.errors import MalformedData
from slviz.files.gz import unpack_if_gzip
from slviz.files.limits import shown
from slviz.files.regular import leads_out

LARGEST_BYTES = 1 << 30  # unpacked; a text of a gibibyte is no gene table, and it fills the memory
SIGNATURES = {
    b"PK\x03\x04": "a zip archive or an Excel workbook",
    b"PK\x05\x06": "an empty zip archive",
    b"\xd0\xcf\x11\xe0": "an old Excel or Word file",
    b"%PDF": "a PDF",
    b"\x89PNG": "a PNG picture",
    b"BZh": "a bzip2 archive",
    b"\xfd7zXZ": "an xz archive",
    b"\x28\xb5\x2f\xfd": "a zstd archive",
    b"\x93NUMPY": "a NumPy array",
    b"\x89HDF": "an HDF5 file",
    b"PAR1": "a parquet file",
}
SAVE_AS_TEXT = "Save it as plain text (UTF-8), with tabs between the columns."
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(frozen=True)
class Content:
    """A file's name inside the folder and its bytes as they lie on the disk."""

    name: str
    raw: bytes


def read_bytes(folder: Path, name: str, report: Report) -> Content | None:
    """The bytes of a file; None, with a fatal problem in the report, when they cannot be had."""
    path = folder / name
    if leads_out(path, folder):
        what = "is a link to a place outside its folder, which slviz does not follow"
        report.add(name, what, "Put the file itself there.")
    elif path.is_dir():
        report.add(name, "is a folder, not a file", "Put a text file of that name in its place.")
    elif not path.is_file():
        report.add(name, "is not a file that can be read", "Put a text file of that name in its place.")
    else:
        try:
            if path.stat().st_size > LARGEST_BYTES:
                report.add(name, *_too_large())
                return None
            return Content(name, path.read_bytes())
        except OSError as error:
            reason = (error.strerror or type(error).__name__).lower()
            report.add(name, f"cannot be read ({reason})", "Check the permissions of the file and the disk.")
    return None


def read_text(content: Content, report: Report) -> str | None:
    """The file as text with "\\n" line ends; None, with a fatal problem in the report, when it is no text.

    Unpacks gzip; takes UTF-8 with or without a byte-order mark, and UTF-16 with one. Any other encoding is
    refused, since a guess could change a gene's name.
    """
    raw = _unpacked(content, report)
    if raw is None:
        return None
    kind = next((kind for signature, kind in SIGNATURES.items() if raw.startswith(signature)), None)
    if kind is not None:
        report.add(content.name, f"is {kind}, not a text file", SAVE_AS_TEXT)
        return None
    text = _decoded(raw, content.name, report)
    if text is None:
        return None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    found = CONTROL.search(text)
    if found:
        line = text.count("\n", 0, found.start()) + 1
        value = text.split("\n", line)[line - 1]
        what = f"holds the control character {found.group()!r}, so it is damaged or no text"
        report.add(content.name, what, SAVE_AS_TEXT, line=line, value=value)
        return None
    if not text.strip():
        report.add(content.name, "is empty", "Fill it, or remove it if the data set can do without.")
        return None
    return text


def _unpacked(content: Content, report: Report) -> bytes | None:
    try:
        return unpack_if_gzip(content.raw, content.name, most_bytes=LARGEST_BYTES)
    except MalformedData as error:
        what, _, remedy = str(error).removeprefix(f"{shown(content.name)} ").partition(". ")
        report.add(content.name, what, remedy)
        return None


def _decoded(raw: bytes, name: str, report: Report) -> str | None:
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            text = raw.decode("utf-16")
        except UnicodeDecodeError:
            report.add(name, "begins as UTF-16 and is damaged", SAVE_AS_TEXT)
            return None
        report.add(name, "is written in UTF-16 and was read as such", "Save it as UTF-8 to be safe.", fatal=False)
        return text
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        body = raw[3:] if raw.startswith(codecs.BOM_UTF8) else raw
        line = body.count(b"\n", 0, error.start) + 1
        value = body.split(b"\n", line)[line - 1].decode("latin-1").strip()
        byte = body[error.start]
        what = f"is not UTF-8 text (byte 0x{byte:02x}); it may be Latin-1, Windows-1252, or UTF-16 without its mark"
        report.add(name, what, "Save it as UTF-8.", line=line, value=value)
        return None


def _too_large() -> tuple[str, str]:
    return f"holds more than {LARGEST_BYTES >> 20:,} MiB", "Check that it is the right file, and cut it down."
