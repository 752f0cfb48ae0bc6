"""gzip, unpacked part by part and never beyond what a file of its size may hold."""

from __future__ import annotations

import io
import zlib

from slviz.errors import MalformedData
from slviz.files.limits import GZIP_PARTS, MEBIBYTE, Budget, shown

SIGNATURE = b"\x1f\x8b"
STEP_BYTES = 1 << 20
FEED_BYTES = 1 << 14


def is_gzip(content: bytes) -> bool:
    """Whether the content begins as gzip does."""
    return content.startswith(SIGNATURE)


def unpack_gzip(content: bytes, name: str, *, most_bytes: int | None = None) -> bytes:
    """What a gzip file holds; it may consist of several parts, as bgzip and `cat` make it.

    Args:
        content: of the file.
        name: what to call it in a sentence.
        most_bytes: a limit of the caller's own, beside the one that every file has.

    Raises `MalformedData` where it is damaged, was cut off, or holds more than it may.
    """
    budget = Budget(name, len(content))
    most = budget.left_bytes if most_bytes is None else min(budget.left_bytes, most_bytes)
    unpacked, place, parts = io.BytesIO(), 0, 0
    while place < len(content):
        if parts and content[place] == 0 and not content[place:].strip(b"\0"):
            break  # some programs fill the last block with zeros
        parts += 1
        if parts > GZIP_PARTS.value:
            raise MalformedData(
                f"{budget.name} consists of more than {GZIP_PARTS.value:,} gzip parts. {GZIP_PARTS.raised()}"
            )
        place = _unpack_part(content, place, into=unpacked, most=most, budget=budget, own_limit=most_bytes)
    return unpacked.getvalue()


def _unpack_part(
    content: bytes, place: int, *, into: io.BytesIO, most: int, budget: Budget, own_limit: int | None
) -> int:
    """Unpack the part that begins at `place`; where the next one begins."""
    unpacker = zlib.decompressobj(wbits=31)
    try:
        while not unpacker.eof:
            waiting = unpacker.unconsumed_tail
            if not waiting:
                waiting = content[place : place + FEED_BYTES]
                place += len(waiting)
                if not waiting:
                    raise MalformedData(f"{budget.name} is a gzip file that was cut off. Copy or download it again.")
            into.write(unpacker.decompress(waiting, STEP_BYTES))
            if into.tell() > most:
                _refuse(budget, most, own_limit)
    except zlib.error as error:
        raise MalformedData(f"{budget.name} is a damaged gzip file. Copy or download it again.") from error
    return place - len(unpacker.unused_data)


def _refuse(budget: Budget, most: int, own_limit: int | None) -> None:
    if own_limit is not None and most == own_limit:
        raise MalformedData(
            f"{budget.name} holds more than {max(own_limit // MEBIBYTE, 1):,} MiB when it is unpacked. "
            "Take only the part that is needed."
        )
    budget.refuse()


def unpack_if_gzip(content: bytes, name: str, *, most_bytes: int | None = None) -> bytes:
    """The content, unpacked where it is gzip, whatever its name; raises `MalformedData`.

    A name that ends in `.gz` over a content that is not packed is refused.
    """
    if is_gzip(content):
        return unpack_gzip(content, name, most_bytes=most_bytes)
    if name.lower().endswith(".gz") and content:
        raise MalformedData(
            f"{shown(name)} is not packed with gzip, as its name says. Pack it again, or drop the '.gz' from its name."
        )
    return content
