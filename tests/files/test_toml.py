"""TOML from outside ends in a value or in one kind of error, in a short time."""

import contextlib
import time

import pytest

from slviz.files.toml import MOST_PARTS, UnreadableToml, parse_toml

SIZE = 60_000


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a.b." * (SIZE // 4) + "c = 1", "a key has more than 32 parts at line 1"),
        ("x = 1\n[a" + " . b" * SIZE + "]", "it is larger than 64 KiB"),
        ("x = 1\n[a" + " . b" * 200 + "]", "a key has more than 32 parts at line 2"),
        ("'a'.\"b\"." * 40 + "c = 1", "a key has more than 32 parts at line 1"),
        ("x = {" + "a." * 40 + "c = 1}", "a key has more than 32 parts at line 1"),
        ("é" * 40_000, "it is larger than 64 KiB"),
        ("x = " + "[" * SIZE, "brackets are nested too deep"),
        ("x = " + "{a = " * (SIZE // 5), "brackets are nested too deep"),
        ("x = " + "9" * 5_000, "a value in it is too large"),
        ("x = 1\nx = 2", "Cannot overwrite a value"),
        ("\0", "Invalid statement at line 1"),
        ("x = 'a' \ud800", "at line 1"),
    ],
)
def test_what_cannot_be_read_is_told_at_once(text: str, reason: str) -> None:
    began = time.process_time()
    with pytest.raises(UnreadableToml) as told:
        parse_toml(text)
    assert reason in str(told.value)
    assert time.process_time() - began < 2


def test_a_text_of_many_dotted_words_is_no_deep_key() -> None:
    remark = ". ".join(["word"] * 100)
    for quote in ('"', "'", '"""', "'''"):
        assert parse_toml(f"# {remark}\nremark = {quote}{remark}{quote}")["remark"] == remark


def test_a_key_of_as_many_parts_as_allowed_is_read() -> None:
    assert parse_toml(".".join(["a"] * MOST_PARTS) + " = 1")["a"]


@pytest.mark.parametrize(
    "letter", ['"', "'", "a", " ", "a ", "'a' ", "#", "\n", "[", "{", "\\", '\\"', '"""\\"', "'''", "x.", "''."]
)
def test_no_letter_repeated_takes_long(letter: str) -> None:
    began = time.process_time()
    with contextlib.suppress(UnreadableToml):
        parse_toml(letter * (SIZE // len(letter)))
    assert time.process_time() - began < 2
