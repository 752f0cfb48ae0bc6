"""The glossary: its terms, and the Markdown that leads from a help text to one of them."""

from __future__ import annotations

import functools
import re
import unicodedata
from dataclasses import dataclass

from slviz import places

FILE = "docs/glossary.md"
PAGE = "glossary"
_HEADING = re.compile(r"^(?P<marks>###?) (?P<title>.+)$", re.MULTILINE)
_CUT_OFF = re.compile(r"@[0-9]+$")


@dataclass(frozen=True)
class Entry:
    """One term of the glossary.

    Attributes:
        term: its heading.
        text: what it means, as Markdown, with its source.
        group: the heading above it.
    """

    term: str
    text: str
    group: str


def anchor(heading: str) -> str:
    """The anchor of a heading, as Python-Markdown makes it, so that it is the same here and on the built site."""
    plain = unicodedata.normalize("NFKD", heading).encode("ascii", "ignore").decode()
    return re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", plain).strip().lower())


def glossary_link(term: str) -> str:
    """Markdown that leads from a help text to a term; cut-offs such as NDCG@10 share the entry NDCG@k."""
    return f"[Glossary]({PAGE}#{anchor(_CUT_OFF.sub('@k', term))})"


@functools.cache
def entries() -> tuple[Entry, ...]:
    """The terms of docs/glossary.md in their order; none where the file is missing."""
    file = places.program() / FILE
    text = file.read_text(encoding="utf-8") if file.is_file() else ""
    headings = list(_HEADING.finditer(text))
    terms, group = [], ""
    for heading, following in zip(headings, [*headings[1:], None], strict=True):
        if heading["marks"] == "##":
            group = heading["title"]
        else:
            body = text[heading.end() : following.start() if following else len(text)]
            terms.append(Entry(term=heading["title"], text=" ".join(body.split()), group=group))
    return tuple(terms)
