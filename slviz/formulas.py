"""Cells that a spreadsheet would run as a formula: an apostrophe is put before them, and taken off again.

The guard is one apostrophe at the very front of the cell, and nothing else. `unguarded` takes off exactly what
`guarded` put there: `unguarded(guarded(text)) == text` for every text, those that begin with an apostrophe included.
"""

from __future__ import annotations

import re

from slviz.text import is_unseen

GUARD = "'"
STARTS = frozenset("=+-@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b")
"""What begins a formula: the signs of ASCII, and the full-width and small ones, which Excel folds to them."""
BREAKS = frozenset("\t\r\n")
"""At the front of a cell: a program that drops them sees what comes after as the beginning."""
QUOTES = frozenset("\"'`\u00b4\u00ab\u00bb\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f\u2039\u203a\uff02\uff07")
NUMBER = re.compile(r"[+-]?(\d[\d.,]*|[.,]\d+)([eE][+-]?\d+)?\s*%?|[+-]?(inf|infinity|nan)", re.ASCII | re.IGNORECASE)
LONE_SIGNS = ("+", "-")
"""Such as the strand of a gene, or a mark of what is missing: no program runs them."""


def guarded(cell: str) -> str:
    """The cell, with an apostrophe before it where a spreadsheet might run it; numbers such as -0.5 stay numbers."""
    return GUARD + cell if is_formula(cell) else cell


def unguarded(cell: str) -> str:
    """The cell without the apostrophe that `guarded` put before it; every other apostrophe stays."""
    return cell[1:] if cell.startswith(GUARD) and is_formula(cell[1:]) else cell


def is_formula(cell: str) -> bool:
    """Whether a spreadsheet may run the cell: a sign that begins a formula is at its front, or behind quotes or blanks.

    Full-width signs count, and so does a tab or a line break at the front. A number does not, nor does a sign alone.
    """
    if not cell:
        return False
    if cell[0] in BREAKS:
        return True
    inner = cell
    for place, letter in enumerate(cell):
        if not (letter.isspace() or letter in QUOTES or is_unseen(letter)):
            inner = cell[place:]
            break
    else:
        return False
    return inner[0] in STARTS and inner not in LONE_SIGNS and not NUMBER.fullmatch(inner.rstrip())
