"""What a division holds out, in words for a figure, a table and a file."""

from __future__ import annotations

from typing import Any

from slviz.splits.publication import SMALL
from slviz.splits.split import Split

LARGEST = ""
WORDS = {
    "pairs": "random pairs",
    "one-new": "pairs with one new gene",
    "both-new": "pairs of two new genes",
    "near-duplicate-free": "random pairs without near-duplicates",
    "file": "the pairs of a file",
}
GROUPS = {LARGEST: "the publication with most pairs", SMALL: "the small publications"}


def in_words(split: Split) -> str:
    """Such as "random pairs (fold 0 of 5)" or "PubMed 25171417, 5 non-pairs a pair"."""
    return _held_out(split) + (f", {split.ratio} non-pairs a pair" if split.ratio > 1 else "")


def publication_words(ids: str) -> str:
    """PubMed ids with + between them in words; names of other kinds, such as those of the demo, as they are."""
    if ids.strip() in GROUPS:
        return GROUPS[ids.strip()]
    each = ids.replace("+", " ").split()
    return f"PubMed {' + '.join(each)}" if all(one.isdigit() for one in each) else f"publication {' + '.join(each)}"


def _held_out(split: Split) -> str:
    settings: dict[str, Any] = split.to_json()
    if "publication" in settings:
        return publication_words(settings["publication"])
    what = WORDS.get(split.name, split.name)
    return f"{what} (fold {settings['fold']} of {settings['folds']})" if "fold" in settings else what
