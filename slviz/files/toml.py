"""TOML from outside, read in bounded time: no file beyond a size, no key with more parts than anybody writes."""

from __future__ import annotations

import re
import tomllib
from typing import Any

MOST_BYTES = 1 << 16
"""Of a file of settings that a person wrote."""
MOST_PARTS = 32
"""Of a dotted key; the time that tomllib takes grows with the square of it."""
BASIC, LITERAL = r'"(?:[^"\\\n]|\\.)*+"', r"'[^'\n]*+'"
LONG_BASIC, LONG_LITERAL = r'"""(?:[^"\\]|\\.|"{1,2}(?!"))*+"{3,5}', r"'''(?:[^']|'{1,2}(?!'))*+'{3,5}"
PART = rf"(?:[A-Za-z0-9_-]++|{BASIC}|{LITERAL})[ \t]*+\.[ \t]*+"
TOKEN = re.compile(
    rf"(?P<deep>(?:{PART}){{{MOST_PARTS}}})|{LONG_BASIC}|{LONG_LITERAL}|{BASIC}|{LITERAL}"
    r"|(?P<open>[\"'])|\#[^\n]*+|[A-Za-z0-9_-]++|[^\w\"'#-]++|.",
    re.DOTALL,
)
"""Texts and comments are passed over whole, so that only keys and numbers are looked at."""


class UnreadableToml(ValueError):
    """A text that is no TOML, or more of it than is read.

    Attributes:
        reason: what is wrong, for a sentence.
        line: where, counted from 1; None where the whole text is meant.
    """

    def __init__(self, reason: str, line: int | None = None) -> None:
        self.reason, self.line = reason, line
        super().__init__(reason if line is None else f"{reason} at line {line}")


def parse_toml(text: str, *, most_bytes: int = MOST_BYTES) -> dict[str, Any]:
    """What a text in TOML says; raises `UnreadableToml` and nothing else."""
    if len(text) > most_bytes or len(text.encode("utf-8", "surrogatepass")) > most_bytes:
        raise UnreadableToml(f"it is larger than {most_bytes >> 10:,} KiB")
    _refuse_deep_keys(text)
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"\(at line (\d+),", str(error))
        raise UnreadableToml(str(error).rpartition(" (at ")[0], int(line.group(1)) if line else None) from error
    except RecursionError as error:
        raise UnreadableToml("brackets are nested too deep") from error
    except ValueError as error:  # such as a number with thousands of digits
        raise UnreadableToml("a value in it is too large") from error


def _refuse_deep_keys(text: str) -> None:
    for token in TOKEN.finditer(text):
        if token["open"]:
            return  # a text without an end, at which tomllib stops as well
        if token["deep"]:
            raise UnreadableToml(f"a key has more than {MOST_PARTS} parts", text.count("\n", 0, token.start()) + 1)
