"""From a packed file to its bytes: gzip of several members, never more than a limit."""

from __future__ import annotations

import zlib

from slviz.tables.text import UnreadableText

GZIP = b"\x1f\x8b"
MOST_BYTES = 1 << 28
"""Unpacked; a text of 256 MiB is no table of a visitor's, and it fills the memory."""
AGAIN = "Copy or download it again."


def unpacked(raw: bytes, file: str, *, most: int = MOST_BYTES) -> bytes:
    """The bytes of a file, unpacked where they are gzip.

    Raises `UnreadableText` where the gzip is damaged or cut off, or where more than `most` bytes come out.
    """
    if not raw.startswith(GZIP):
        return raw
    whole, rest = b"", raw
    try:
        while rest.startswith(GZIP):  # a gzip file may have several members
            unpacker = zlib.decompressobj(wbits=31)
            whole += unpacker.decompress(rest, most + 1 - len(whole))
            if len(whole) > most:
                raise UnreadableText(file, f"holds more than {most >> 20:,} MiB", "Check it, and cut it down.")
            if not unpacker.eof:
                raise UnreadableText(file, "is a gzip file that was cut off", AGAIN)
            rest = unpacker.unused_data
    except zlib.error as error:
        raise UnreadableText(file, "is a damaged gzip file", AGAIN) from error
    return whole
