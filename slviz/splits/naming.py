"""What a split holds out, in words for a figure, a table and a file."""

from __future__ import annotations

from slviz.splits.split import Split


def in_words(split: Split) -> str:
    """Such as "random pairs (fold 0 of 5)" or "PubMed 25171417, 5 negatives per pair"."""
    return split.held_out() + (f", {split.ratio} negatives per pair" if split.ratio > 1 else "")
