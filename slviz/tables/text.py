"""From bytes to text: encoding, byte-order mark, line ends and control characters."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from slviz.errors import MalformedData

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
ONE_BYTE = ("cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "mac_roman")
SEVERAL_BYTES = ("shift_jis", "gb18030", "big5", "euc_kr")
SPOKEN = {"cp1252": "Windows-1252", "mac_roman": "Mac Roman"}
FEWEST_LETTERS_TO_GUESS = 32
"""With fewer letters beyond ASCII, what programs of Western Europe and America write is the best guess."""


class UnreadableText(MalformedData):
    """A file that is no text.

    Attributes:
        what, remedy: what is wrong with it, and what to do.
        line: line counted from 1, or None.
        value: what stands there.
    """

    def __init__(self, file: str, what: str, remedy: str, *, line: int | None = None, value: str = "") -> None:
        self.what, self.remedy, self.line, self.value = what, remedy, line, value
        place = file if line is None else f"{file}, line {line:,}"
        super().__init__(f"{place} {what}. {remedy}")


@dataclass(frozen=True)
class Text:
    """A file as text with "\\n" line ends.

    Attributes:
        text: without a byte-order mark.
        encoding: how it was written, as a person says it: "UTF-8", "UTF-16", "Windows-1252", ….
        first_guessed: line of the first letter that hangs on a guessed encoding, and that line; None where nothing
            was guessed.
    """

    text: str
    encoding: str
    first_guessed: tuple[int, str] | None = None


def read_text(raw: bytes, file: str) -> Text:
    """The bytes of a file, unpacked, as text.

    UTF-8 and, with or without its byte-order mark, UTF-16 are sure; text of an older encoding (Excel's
    Windows-1252) is read by the likeliest, and the first letter that hangs on it is told. Raises `UnreadableText`
    for what is no text, is damaged UTF-8, holds control characters, or is empty.
    """
    kind = next((kind for signature, kind in SIGNATURES.items() if raw.startswith(signature)), None)
    if kind is not None:
        raise UnreadableText(file, f"is {kind}, not a text file", SAVE_AS_TEXT)
    text, encoding = _decoded(raw, file)
    text = text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\x1a")  # DOS marked the end of a file so
    control = CONTROL.search(text)
    if control:
        line, value = _line_at(text, control.start())
        what = f"holds the control character {control.group()!r}, so it is damaged or no text"
        raise UnreadableText(file, what, SAVE_AS_TEXT, line=line, value=value)
    if not text.strip():
        raise UnreadableText(file, "is empty", "Fill it, or leave it out.")
    return Text(text, encoding, None if encoding.startswith("UTF") else _first_beyond_ascii(text))


def _decoded(raw: bytes, file: str) -> tuple[str, str]:
    for mark, encoding in ((codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32")):
        if raw.startswith(mark):
            return _strictly(raw, encoding, file), "UTF-32"
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _strictly(raw, "utf-16", file), "UTF-16"
    if b"\0" in raw[:1000] and (without_mark := _as_utf16(raw)) is not None:
        return without_mark, "UTF-16"
    try:
        return raw.decode("utf-8-sig"), "UTF-8"
    except UnicodeDecodeError as error:
        return _of_older_encoding(raw, error, file)


def _strictly(raw: bytes, encoding: str, file: str) -> str:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise UnreadableText(file, f"begins as {encoding.upper()} and is damaged", SAVE_AS_TEXT) from error


def _as_utf16(raw: bytes) -> str | None:
    """UTF-16 without a byte-order mark: every other byte of what is mostly ASCII is zero."""
    sample = raw[:1000]
    for place, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        if sample[place::2].count(0) > 0.7 * (len(sample) // 2) and 0 not in sample[1 - place :: 2]:
            try:
                return raw.decode(encoding)
            except UnicodeDecodeError:
                return None
    return None


def _of_older_encoding(raw: bytes, error: UnicodeDecodeError, file: str) -> tuple[str, str]:
    body = raw.removeprefix(codecs.BOM_UTF8)
    beyond_ascii = sum(byte > 0x7F for byte in body)
    if raw is not body or _has_letters_of_utf8(body):
        line, value = _line_at(body.decode("latin-1"), error.start)
        what = f"is UTF-8 text with a damaged letter (byte 0x{body[error.start]:02x})"
        raise UnreadableText(file, what, "Save it as UTF-8 again.", line=line, value=value)
    encodings = ["cp1252"]
    if beyond_ascii >= FEWEST_LETTERS_TO_GUESS:
        import charset_normalizer  # few files need it

        guessed = charset_normalizer.from_bytes(body, cp_isolation=[*ONE_BYTE, *SEVERAL_BYTES]).best()
        encodings = [guessed.encoding, *encodings] if guessed is not None else encodings
    for encoding in [*encodings, "latin-1"]:
        try:
            return body.decode(encoding), SPOKEN.get(encoding, encoding.replace("cp", "Windows-").replace("_", "-"))
        except UnicodeDecodeError:
            continue
    raise AssertionError("Latin-1 decodes every byte")


def _has_letters_of_utf8(body: bytes) -> bool:
    """Whether some letters beyond ASCII are whole UTF-8: then a byte that is not is damage, no other encoding."""
    decoded = body.decode("utf-8", errors="replace")
    broken = decoded.count("\ufffd")
    return sum(letter > "\x7f" for letter in decoded) - broken > broken


def _line_at(text: str, place: int) -> tuple[int, str]:
    line = text.count("\n", 0, place) + 1
    return line, text.split("\n", line)[line - 1].strip()


def _first_beyond_ascii(text: str) -> tuple[int, str] | None:
    letter = re.search(r"[^\x00-\x7f]", text)
    return None if letter is None else _line_at(text, letter.start())
