"""Bytes become text by the encoding they are in, or a sentence says why not."""

from __future__ import annotations

import pytest

from slviz.tables import UnreadableText, read_text

WORDS = "gene\tnote\nTP53\tcafé – naïve\n"


@pytest.mark.parametrize(
    ("encoding", "said"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "UTF-8"),
        ("utf-16", "UTF-16"),
        ("utf-32", "UTF-32"),
        ("cp1252", "Windows-1252"),
    ],
)
def test_encodings(encoding: str, said: str) -> None:
    text = read_text(WORDS.encode(encoding), "a.tsv")
    assert text.text == WORDS
    assert text.encoding == said


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_without_its_mark(encoding: str) -> None:
    assert read_text("gene\tv\nTP53\t1\n".encode(encoding), "a.tsv").text == "gene\tv\nTP53\t1\n"


def test_a_guess_is_told_with_its_first_letter() -> None:
    assert read_text("a\nb é\n".encode("cp1252"), "a.txt").first_guessed == (2, "b é")
    assert read_text("a\nb é\n".encode(), "a.txt").first_guessed is None


def test_letters_of_another_alphabet() -> None:
    russian = "ген\tзаметка\n" + "ТП53\tопухолевый супрессор и его партнёры\n" * 5
    assert read_text(russian.encode("cp1251"), "a.tsv").text == russian


@pytest.mark.parametrize("end", ["\r\n", "\r", "\n"])
def test_line_ends(end: str) -> None:
    assert read_text(f"a{end}b{end}".encode(), "a.txt").text == "a\nb\n"


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"", "is empty"),
        (b" \n\n", "is empty"),
        (b"PK\x03\x04rest", "zip archive or an Excel workbook"),
        (b"a\x00b\n", "control character '\\\\x00'"),
        (b"a\n\x1bb\n", "line 2 holds the control character"),
        ("éàü".encode() + b"\xe9\n", "damaged letter"),
        (b"\xff\xfea\x00b", "begins as UTF-16 and is damaged"),
    ],
)
def test_what_is_no_text(raw: bytes, says: str) -> None:
    with pytest.raises(UnreadableText, match=says):
        read_text(raw, "a.txt")
