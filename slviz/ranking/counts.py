"""How many there are of something, as a sentence says it."""

from __future__ import annotations

from slviz.datasets.nouns import plural


def some(count: int, noun: str) -> str:
    """Such as "1 shared partner" or "1,200 shared partners"."""
    return f"{count:,} {noun if count == 1 else plural(noun)}"
