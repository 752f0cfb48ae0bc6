"""Foreign words in a figure, shown letter by letter: Plotly reads tags, entities and templates in all its texts."""

from __future__ import annotations

import re
from collections.abc import Iterable

from slviz.text import spelt_out

MARKS = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "$": "&#36;"})
"""Tags and entities, and formulas between dollars, where a page has MathJax."""
TEMPLATE, NO_TEMPLATE = "%{", "&#37;{"
HARMLESS = re.compile(r"[\w .,:;()/+*'-]*", re.ASCII)


def written(text: object) -> str:
    """A text for a title, a tick, a legend, an annotation, a hover or its template that is shown as it is written.

    Marks that nobody sees are spelt out, as `slviz.text` does. Two different texts stay different.
    """
    said = str(text)
    if HARMLESS.fullmatch(said):
        return said
    return spelt_out(said, blanks=False).translate(MARKS).replace(TEMPLATE, NO_TEMPLATE)


def all_written(texts: Iterable[object]) -> list[str]:
    """`written` of each."""
    return [written(text) for text in texts]
