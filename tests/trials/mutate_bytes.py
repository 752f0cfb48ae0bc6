"""Damage that any file can suffer: flipped, cut, doubled, inserted and foreign bytes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

Mutator = Callable[[bytes, Random, Sequence[bytes]], bytes]
"""From a content, a source of chance and other contents of the same kind: the content, damaged."""

LARGEST_BYTES = 2_000_000
INTERESTING = (b"\x00", b"\xff", b"\x7f", b"\x80", b"\xff\xff\xff\xff", b"\x00\x00\x00\x00", b"\x00\x00\x00\x80", b"\n")


def flip_bits(content: bytes, random: Random, others: Sequence[bytes]) -> bytes:
    changed = bytearray(content)
    for _ in range(random.choice((1, 1, 2, 8, 32))):
        if changed:
            changed[random.randrange(len(changed))] ^= 1 << random.randrange(8)
    return bytes(changed)


def set_bytes(content: bytes, random: Random, others: Sequence[bytes]) -> bytes:
    changed = bytearray(content)
    for _ in range(random.choice((1, 2, 4, 16))):
        if changed:
            changed[random.randrange(len(changed))] = random.randrange(256)
    return bytes(changed)


def cut_end(content: bytes, random: Random, others: Sequence[bytes]) -> bytes:
    return content[: random.randrange(len(content) + 1)]


def cut_start(content: bytes, random: Random, others: Sequence[bytes]) -> bytes:
    return content[random.randrange(len(content) + 1) :]


def remove_block(content: bytes, random: Random, others: Sequence[bytes]) -> bytes:
    start, stop = _span(content, random)
    return content[:start] + content[stop:]


def double_block(content: bytes, random: Random, others: Sequence[bytes]) -> bytes:
    start, stop = _span(content, random)
    return content[:stop] + content[start:stop] * random.choice((1, 1, 2, 50)) + content[stop:]


def swap_blocks(content: bytes, random: Random, others: Sequence[bytes]) -> bytes:
    start, stop = _span(content, random)
    middle = (start + stop) // 2
    return content[:start] + content[middle:stop] + content[start:middle] + content[stop:]


def insert_bytes(content: bytes, random: Random, others: Sequence[bytes]) -> bytes:
    place = random.randrange(len(content) + 1)
    inserted = random.choice(INTERESTING) if random.random() < 0.6 else random.randbytes(random.choice((1, 4, 64)))
    return content[:place] + inserted + content[place:]


def blank_block(content: bytes, random: Random, others: Sequence[bytes]) -> bytes:
    start, stop = _span(content, random)
    return content[:start] + random.choice((b"\x00", b"\xff", b" ")) * (stop - start) + content[stop:]


def splice(content: bytes, random: Random, others: Sequence[bytes]) -> bytes:
    other = random.choice(others) if others else content
    return content[: random.randrange(len(content) + 1)] + other[random.randrange(len(other) + 1) :]


def nothing_left(content: bytes, random: Random, others: Sequence[bytes]) -> bytes:
    return random.choice(
        (b"", b"\x00", b"\n", b" \n \n", b"\xef\xbb\xbf", b"\x1f\x8b", b"PK\x03\x04", b"\x89HDF\r\n\x1a\n")
    )


def _span(content: bytes, random: Random) -> tuple[int, int]:
    if not content:
        return 0, 0
    start = random.randrange(len(content))
    return start, min(len(content), start + random.choice((1, 2, 8, 64, 1024)))


MUTATORS: dict[str, Mutator] = {
    each.__name__: each
    for each in (
        flip_bits,
        set_bytes,
        cut_end,
        cut_start,
        remove_block,
        double_block,
        swap_blocks,
        insert_bytes,
        blank_block,
        splice,
        nothing_left,
    )
}
