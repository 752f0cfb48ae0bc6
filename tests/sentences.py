"""What a reader says of a damaged file."""

from __future__ import annotations

from collections.abc import Callable

from slviz.errors import SlvizError


def sentence_of(read: Callable[[], object]) -> str:
    """The sentence in which reading ends; "" where it ends in a value. Any other error goes on."""
    try:
        read()
    except SlvizError as error:
        return str(error)
    return ""
