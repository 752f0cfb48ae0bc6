"""LZF, one of the ways in which h5py packs a chunk: unpacked with a bound, which the library does not have."""

from __future__ import annotations

LITERAL_RUN = 32
LONG = 7


def lzf_unpack(packed: bytes, *, most_bytes: int) -> bytes:
    """The content of an LZF stream, no more than `most_bytes` of it and one run beyond.

    Raises `ValueError` where it is damaged. The format (Marc Lehmann's LibLZF): a control byte below 32 is followed by
    that many bytes and one more; otherwise its upper three bits are a length, its lower five and the next byte a
    distance back.
    """
    unpacked, place = bytearray(), 0
    while place < len(packed) and len(unpacked) <= most_bytes:
        control = packed[place]
        place += 1
        if control < LITERAL_RUN:
            unpacked += packed[place : place + control + 1]
            place += control + 1
            continue
        length = control >> 5
        if length == LONG:
            length += _byte(packed, place)
            place += 1
        distance = ((control & 0x1F) << 8 | _byte(packed, place)) + 1
        place += 1
        start = len(unpacked) - distance
        if start < 0:
            raise ValueError("an LZF stream refers to what lies before it")
        for at in range(start, start + length + 2):  # may overlap with what it writes
            unpacked.append(unpacked[at])
    return bytes(unpacked)


def _byte(packed: bytes, place: int) -> int:
    if place >= len(packed):
        raise ValueError("an LZF stream was cut off")
    return packed[place]
