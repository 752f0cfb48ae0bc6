"""From a file to text: what a file holds in bytes, unpacked and decoded, or why it cannot be."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from slviz import tables
from slviz.datasets.report import Report
from slviz.errors import MalformedData
from slviz.files.gz import unpack_if_gzip
from slviz.files.limits import shown
from slviz.files.regular import leads_out
from slviz.files.table_limits import TableTooLarge, check_cells, check_columns
from slviz.tables import UnreadableText

LARGEST_BYTES = 1 << 30  # unpacked; a text of a gibibyte is no gene table, and it fills the memory


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

    Unpacks gzip. An encoding that is not UTF-8 is said, with the first letter that hangs on it.
    """
    raw = _unpacked(content, report)
    if raw is None:
        return None
    try:
        check_cells(raw, content.name, size_bytes=len(content.raw))
        text = tables.read_text(raw, content.name)
        if not is_of_sets(content.name):
            check_columns(text.text, content.name)
    except (UnreadableText, TableTooLarge) as error:
        report.add(content.name, error.what, error.remedy, line=error.line, value=error.value)
        return None
    if text.first_guessed is not None:
        line, value = text.first_guessed
        what = f"holds letters beyond ASCII and was read as {text.encoding}, which is a guess"
        report.add(content.name, what, "Save the file as UTF-8 to be safe.", line=line, value=value, fatal=False)
    elif text.encoding != "UTF-8":
        what = f"is written in {text.encoding} and was read as such"
        report.add(content.name, what, "Save it as UTF-8 to be safe.", fatal=False)
    return text.text


def _unpacked(content: Content, report: Report) -> bytes | None:
    try:
        return unpack_if_gzip(content.raw, content.name, most_bytes=LARGEST_BYTES)
    except MalformedData as error:
        report.add(content.name, *without_file(error, content.name))
        return None


def is_of_sets(name: str) -> bool:
    """Whether a file holds sets of genes, whose lines have a cell a gene, and no columns."""
    return name.lower().removesuffix(".gz").endswith(".gmt")


def without_file(error: MalformedData, name: str) -> tuple[str, str]:
    """What is wrong and what to do, of a sentence that begins with the name of the file."""
    what, _, remedy = str(error).removeprefix(f"{shown(name)} ").partition(". ")
    return what, remedy


def _too_large() -> tuple[str, str]:
    return f"holds more than {LARGEST_BYTES >> 20:,} MiB", "Check that it is the right file, and cut it down."
