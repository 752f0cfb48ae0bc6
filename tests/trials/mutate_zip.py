"""ZIP archives and gzip: names that lead elsewhere, locked and lying members, members doubled, cut or foreign."""

from __future__ import annotations

import gzip
import io
import stat
import struct
import warnings
import zipfile
import zlib
from collections.abc import Sequence
from random import Random

from trials import mutate_bytes, mutate_text
from trials.mutate_bytes import Mutator

NAMES = (
    *(
        "../genes.txt",
        "/etc/passwd",
        "a/b/genes.txt",
        "genes.txt",
        "GENES.TXT",
        ".hidden",
        "__MACOSX/genes.txt",
        "x.zip",
    ),
    *(
        "",
        ".",
        "..",
        "con",
        "a" * 240 + ".tsv",
        "é.tsv",
        "\u202etsv.txt",
        "a\nb.tsv",
        "a\x1bb.tsv",
        "C:\\x.tsv",
        "a\\b.tsv",
    ),
    *("genes.txt.gz", "pairs.csv", "dataset.toml", "metadata.tsv", "vectors.tsv", "provenance.txt", " .tsv", "-.tsv"),
)
LOCAL, CENTRAL = b"PK\x03\x04", b"PK\x01\x02"


def zip_member(content: bytes, random: Random, others: Sequence[bytes]) -> bytes:
    """A member is renamed, removed, doubled, damaged, a link or a folder."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            members = [(each.filename, packed.read(each)) for each in packed.infolist()]
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, EOFError, RuntimeError, NotImplementedError):
        return content
    if not members:
        return content
    place = random.randrange(len(members))
    name, body = members[place]
    change = random.randrange(6)
    link = False
    if change == 0:
        members[place] = (random.choice(NAMES), body)
    elif change == 1:
        del members[place]
    elif change == 2:
        members += [(random.choice((*NAMES, name)), body)] * random.choice((1, 1, 70))
    elif change == 3:
        text = random.choice(list(mutate_text.MUTATORS.values()))
        members[place] = (name, text(body, random, [body]))
    elif change == 4:
        members[place], link = (name, b"/etc/passwd"), True
    else:
        members[place] = (f"folder/{name}", random.choice(list(mutate_bytes.MUTATORS.values()))(body, random, [body]))
    return _packed(members, link=place if link else None, random=random)


def zip_record(content: bytes, random: Random, others: Sequence[bytes]) -> bytes:
    """A field of a member's record says something else: lock, method, checksum, sizes, offset, lengths."""
    changed = bytearray(content)
    signature, fields = random.choice(
        (
            (LOCAL, {6: "<H", 8: "<H", 14: "<I", 18: "<I", 22: "<I", 26: "<H", 28: "<H"}),
            (CENTRAL, {8: "<H", 10: "<H", 16: "<I", 20: "<I", 24: "<I", 28: "<H", 30: "<H", 42: "<I"}),
            (b"PK\x05\x06", {8: "<H", 10: "<H", 12: "<I", 16: "<I", 20: "<H"}),
        )
    )
    places = [at for at in range(len(content) - 46) if content.startswith(signature, at)] or [
        at for at in range(max(0, len(content) - 46), len(content) - 21) if content.startswith(signature, at)
    ]
    if not places:
        return content
    for _ in range(random.choice((1, 1, 2))):
        field = random.choice(list(fields))
        most = 0xFFFF if fields[field] == "<H" else 0xFFFFFFFF
        value = random.choice((0, 1, 8, 9, 12, 14, 93, 99, 0x800, 0x801, most, most - 1, most // 2 + 1))
        start = random.choice(places) + field
        raw = struct.pack(fields[field], value & most)
        if start + len(raw) <= len(changed):
            changed[start : start + len(raw)] = raw
    return bytes(changed)


def _packed(members: Sequence[tuple[str, bytes]], *, link: int | None, random: Random) -> bytes:
    buffer = io.BytesIO()
    kind = random.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA))
    with zipfile.ZipFile(buffer, "w", kind) as packed, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of names that are there twice
        for place, (name, body) in enumerate(members):
            about = zipfile.ZipInfo(name or "x")
            about.compress_type = kind
            if place == link:
                about.external_attr = (stat.S_IFLNK | 0o777) << 16
            packed.writestr(about, body)
    return buffer.getvalue()


def unpacked_text(content: bytes, random: Random, others: Sequence[bytes]) -> bytes:
    """What is packed with gzip, damaged as text and packed again."""
    try:
        body = gzip.decompress(content)
    except (OSError, EOFError, zlib.error):
        return content
    return gzip.compress(random.choice(list(mutate_text.MUTATORS.values()))(body, random, [body]), 1, mtime=0)


def gzip_again(content: bytes, random: Random, others: Sequence[bytes]) -> bytes:
    """Packed twice, in two members, with rubbish behind it, or not at all."""
    return random.choice(
        (
            lambda: gzip.compress(content, 1, mtime=0),
            lambda: content + content,
            lambda: content + random.randbytes(20),
            lambda: content + b"\x00" * 512,
            lambda: content[:10] + b"\x00" + content[11:],
            lambda: content[:-8] + random.randbytes(8),
            lambda: content[:-4],
            lambda: zlib.decompress(content, wbits=31) if content[:2] == b"\x1f\x8b" else content,
        )
    )()


def gzip_safely(content: bytes, random: Random, others: Sequence[bytes]) -> bytes:
    """As `gzip_again`; what is too damaged to be unpacked stays as it is."""
    try:
        return gzip_again(content, random, others)
    except zlib.error:
        return content


OF_ZIP: dict[str, Mutator] = {"zip_member": zip_member, "zip_record": zip_record}
OF_GZIP: dict[str, Mutator] = {"unpacked_text": unpacked_text, "gzip_again": gzip_safely}
