"""Identifiers of publications beside the known pairs: those that cannot be right, or hardly are, are told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import numpy as np

from slviz.datasets.report import Report
from slviz.datasets.rows import report_some
from slviz.tables import Table

LONGEST = 8
"""Digits of a PubMed number: the newest have eight."""
BEFORE_SCREENS = 9_000_000
"""PubMed numbers below were given out before 1997, when no laboratory screened pairs of genes in human cells."""
MANY = 20
"""Records from which a single publication must be a screen or a computation, no paper on a few pairs."""
MOST_OTHERS = 0.9
"""A data set in which this share of the other records is newer is one of screens."""
REMEDY = "Look it up in PubMed and correct it: publications are held out, coloured and dated by it."


def report_odd_publications(table: Table, report: Report, *, column: str = "pubmed") -> None:
    """Notes PMC ids, numbers too long for PubMed, and many records that cite one number of the time before screens.

    Records are used all the same. A cell may hold several identifiers, joined by ";".
    """
    cells = [[word.strip() for word in cell.split(";") if word.strip()] for cell in table.cells[column].tolist()]
    pmc = np.array([any(word.upper().startswith("PMC") for word in words) for words in cells], dtype=bool)
    report_some(
        table, pmc, [column], "is an identifier of PubMed Central, not of PubMed", REMEDY, report, left_out=False
    )
    long = np.array([any(_number(word) >= 10**LONGEST for word in words) for words in cells], dtype=bool)
    report_some(table, long, [column], "is longer than any PubMed number", REMEDY, report, left_out=False)
    records = Counter(word for words in cells for word in dict.fromkeys(words) if _number(word) > 0)
    for word, count in _early_ones(records).items():
        line = int(table.lines[next(row for row, words in enumerate(cells) if word in words)])
        what = (
            f"is the PubMed number of {count:,} records, and it was given out before 1997: no paper of that time "
            f"screened so many pairs. Perhaps it is the PubMed Central id PMC{word}"
        )
        report.add(table.file, what, REMEDY, line=line, value=word, fatal=False)


def _early_ones(records: Mapping[str, int]) -> dict[str, int]:
    """Numbers from before screens that many records cite, in a data set whose other records are newer."""
    total = sum(records.values())
    early = {word: count for word, count in records.items() if _number(word) < BEFORE_SCREENS and count >= MANY}
    later = sum(count for word, count in records.items() if _number(word) >= BEFORE_SCREENS)
    others = total - sum(early.values())
    return early if others and later >= MOST_OTHERS * others else {}


def _number(word: str) -> int:
    """A whole number; -1 for any other text, such as a DOI."""
    return int(word) if word.isascii() and word.isdigit() and len(word) <= 2 * LONGEST else -1
