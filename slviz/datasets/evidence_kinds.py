"""What evidence of a pair is called for a person: a file joins several kinds by ";", a page by commas."""

from __future__ import annotations

from collections.abc import Iterable


def evidence_words(kinds: str) -> str:
    """The kinds of evidence of a pair, such as "GenomeRNAi, Text Mining" for "GenomeRNAi;Text Mining"; "" for none."""
    return ", ".join(kind.strip() for kind in kinds.split(";") if kind.strip())


def all_in_words(kinds: Iterable[object]) -> list[str]:
    """`evidence_words` of each pair."""
    return [evidence_words(str(of_pair)) for of_pair in kinds]
