"""TOML of a size that a person writes: the parser of Python takes hours for a megabyte of nested keys."""

from __future__ import annotations

import tomllib
from typing import Any

LARGEST_LETTERS = 64_000
MOST_POINTS = 200
"""In one line; a key of as many parts as `a.a.a` takes the square of their number."""


class NotToml(ValueError):
    """A text that is not TOML, or more of it than anybody writes; the message is a reason, such as "too long"."""


def parse_toml(text: str) -> dict[str, Any]:
    """The tables of a text; raises `NotToml`."""
    if len(text) > LARGEST_LETTERS:
        raise NotToml(f"it has {len(text):,} letters, and settings have {LARGEST_LETTERS:,} at most")
    for number, line in enumerate(text.split("\n"), 1):
        if line.count(".") > MOST_POINTS:
            raise NotToml(
                f"it has {line.count('.'):,} points in one line, and {MOST_POINTS} are the most (at line {number})"
            )
    try:
        return tomllib.loads(text)
    except RecursionError as error:
        raise NotToml("it is nested too deeply") from error
    except ValueError as error:  # also of numbers with thousands of digits
        raise NotToml(str(error)) from error
