"""gzip and zip: read within bounds, damage and bombs refused in a sentence."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
from functools import partial
from pathlib import Path

import pytest
from sentences import sentence_of

from slviz.errors import MalformedData
from slviz.files.gz import unpack_gzip, unpack_if_gzip
from slviz.files.zips import opened_zip, read_members

TEXT = b"gene\tx\n" + b"TP53\t1.5\n" * 500


def _zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def _read(content: bytes) -> dict[str, bytes]:
    return read_members(content, "data.zip", wanted=lambda name: name.endswith(".txt"))


@pytest.mark.parametrize("parts", [1, 2, 1000])
def test_gzip_of_one_or_many_parts_is_read_whole(parts: int) -> None:
    assert unpack_gzip(gzip.compress(TEXT, mtime=0) * parts, "a.gz") == TEXT * parts
    assert unpack_gzip(gzip.compress(TEXT, mtime=0) * parts + bytes(512), "a.gz") == TEXT * parts  # padded with zeros


def test_what_is_not_packed_stays_as_it_is_unless_its_name_says_gz() -> None:
    assert unpack_if_gzip(TEXT, "a.tsv") == TEXT
    assert unpack_if_gzip(gzip.compress(TEXT, mtime=0), "a.tsv") == TEXT
    with pytest.raises(MalformedData, match="is not packed with gzip, as its name says"):
        unpack_if_gzip(TEXT, "a.tsv.gz")


def test_every_cut_and_every_damaged_byte_of_gzip_ends_in_a_sentence_or_the_text() -> None:
    packed = gzip.compress(TEXT, mtime=0)
    for length in range(2, len(packed)):
        with pytest.raises(MalformedData, match=r"cut off|damaged"):
            unpack_gzip(packed[:length], "a.gz")
    for place in range(len(packed)):
        damaged = packed[:place] + bytes([packed[place] ^ 0x55]) + packed[place + 1 :]
        assert sentence_of(partial(unpack_gzip, damaged, "a.gz")).isprintable()
    with pytest.raises(MalformedData, match="damaged"):
        unpack_gzip(packed + b"rubbish", "a.gz")


def test_gzip_that_unpacks_to_too_much_names_the_limit() -> None:
    with pytest.raises(MalformedData, match=r"more than 128 MiB .* SLVIZ_UNPACKED_SMALL_MB higher"):
        unpack_gzip(gzip.compress(bytes(129 << 20), 1, mtime=0), "zeros.gz")
    with pytest.raises(MalformedData, match="more than 1 MiB when it is unpacked"):
        unpack_gzip(gzip.compress(bytes(2 << 20), mtime=0), "zeros.gz", most_bytes=1 << 20)
    with pytest.raises(MalformedData, match=r"more than 100,000 gzip parts.*SLVIZ_GZIP_PARTS"):
        unpack_gzip(gzip.compress(b"", mtime=0) * 100_001, "parts.gz")


def test_zip_members_are_read_by_their_last_name(monkeypatch: pytest.MonkeyPatch) -> None:
    found = _read(_zipped({"set/genes.txt": TEXT, "set/": b"", "__MACOSX/._genes.txt": b"x", "readme.md": b"x"}))
    assert found == {"genes.txt": TEXT}
    monkeypatch.setenv("SLVIZ_MEMBERS", "2")
    with pytest.raises(MalformedData, match=r"more than 2 files.*SLVIZ_MEMBERS"):
        _read(_zipped({f"{n}.txt": b"x" for n in range(3)}))


def _locked() -> bytes:
    content = bytearray(_zipped({"genes.txt": TEXT}))
    content[6] |= 1  # of the local header and of the directory
    content[content.find(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


def _link() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        link = zipfile.ZipInfo("genes.txt")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"no zip at all", "is no zip"),
        (b"", "is no zip"),
        (_locked(), "locked with a password"),
        (_link(), "is a link, not a file"),
        (_zipped({"genes.txt": TEXT}, zipfile.ZIP_BZIP2), "packed by method 12"),
        (_zipped({"genes.txt": TEXT}, zipfile.ZIP_LZMA), "packed by method 14"),
        (_zipped({"a/genes.txt": b"1", "b/genes.txt": b"2"}), "two files called genes.txt"),
        (_zipped({"genes.txt": bytes(129 << 20)}), "SLVIZ_UNPACKED_SMALL_MB"),
        (_zipped({f"{n}.txt": bytes(30 << 20) for n in range(5)}), "SLVIZ_UNPACKED_SMALL_MB"),
    ],
)
def test_zip_that_may_not_be_unpacked_is_refused_in_a_sentence(content: bytes, said: str) -> None:
    with pytest.raises(MalformedData, match=said) as refused:
        _read(content)
    assert str(refused.value).isprintable()


def test_a_directory_of_very_many_entries_is_refused_before_it_is_read() -> None:
    content = bytearray(_zipped({"genes.txt": TEXT}))
    struct.pack_into("<L", content, len(content) - 10, 14_000_000)
    with pytest.raises(MalformedData, match="more than 1,000 files"):
        _read(bytes(content))


def test_every_damaged_byte_of_a_zip_ends_in_a_value_or_a_sentence() -> None:
    packed = _zipped({"genes.txt": TEXT, "pairs.txt": TEXT[:40]})
    for place in range(len(packed)):
        for change in (0x01, 0x80, 0xFF):
            damaged = packed[:place] + bytes([packed[place] ^ change]) + packed[place + 1 :]
            assert sentence_of(partial(_read, damaged)).isprintable()
    assert all(sentence_of(partial(_read, packed[:length])) for length in range(len(packed)))


def test_a_zip_on_the_disk_is_read_as_one_in_memory(tmp_path: Path) -> None:
    path = tmp_path / "data.zip"
    path.write_bytes(_zipped({"genes.txt": TEXT}))
    with opened_zip(path, "data.zip") as archive:
        assert [archive.read(each) for each in archive.members] == [TEXT]
