"""A pasted list of genes, split into its names: never inside a name, whatever program wrote the list.

Understood are names with blanks, commas, semicolons, bars, tabs or lines between them; quotes of any kind; R's
`c("A", "B")` and what R prints; Python, JSON; bullets and numbered lines; rows and columns of a spreadsheet.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from slviz.datasets.gene_names import folded, forms, parts_of
from slviz.tables import is_missing, is_number

BETWEEN = re.compile(r"[\s,;|]+")
ATOM = re.compile(r"[^\s,;|]+")
QUOTED = re.compile(
    r"""(?:[\w.]{0,30}\(){0,3}[\[({]{0,3}(?P<mark>["'`])(?P<body>.{1,120}?)(?P=mark)[\])}]*(?=[\s,;|:]|$)"""
)
CALL = re.compile(
    r"\s*(?:[\w.$]+\s*(?:<-|=|:)\s*)?(?:(?:c|list|set|tuple|array|frozenset|unique|sort|vector|factor|Index|Series"
    r"|(?:np|pd)\.\w+|as\.\w+)\()+"
)
TYPE = re.compile(
    r",\s*dtype\s*=\s*[\w'\"<>.]+|^[^\S\n]*(?:Name: [^,\n]*, )?(?:Length: \d+, )?dtype: \w+[^\S\n]*$", re.MULTILINE
)
CLOSING = ")]}"
ASSIGNED = re.compile(r"(?<![\w.$])[\w.$]{1,100}\s{0,20}(?:<-|=)\s{0,20}(?=[\[({\"'])")
KEY = re.compile(r"""(["'])[^"']*\1\s*:\s*(?=[\[{"'])""")
PRINTED = re.compile(r"(?<!\s)\s*\[\d+\]\s+")
NUMBERED = re.compile(r"\s*(\d{1,6})[.):]?\s+(?=\S)")
MOST_PARTS = 8
MOST_LETTERS = 300_000
"""Of a pasted text, about 40,000 genes; what comes after is left out, and said."""
MANY_IN_ONE = 3
"""Into how many pieces sp|P04637|P53_HUMAN falls."""
JOINING = frozenset({"and", "und", "et", "or"})
HEADINGS = frozenset(
    [
        "gene",
        "genes",
        "symbol",
        "symbols",
        "gene_symbol",
        "gene_symbols",
        "gene_name",
        "gene_names",
        "gene_id",
        "hgnc_symbol",
        "genesymbol",
        "ensembl_gene_id",
        "ensembl_id",
        "entrez_id",
        "entrezgene",
        "uniprot_id",
    ]
)
FEWEST_NAMES = 0.1
"""A column of a pasted table with a smaller share of names has none but by chance."""


@dataclass(frozen=True)
class KnownNames:
    """What a list may name.

    Attributes:
        is_exact: whether a text is a name of any kind, letter by letter.
        is_symbol: whether it is a symbol, letter by letter.
        is_name: whether it is a name but for case.
        most_parts: into how many pieces the name with most commas and blanks falls.
    """

    is_exact: Callable[[str], bool]
    is_symbol: Callable[[str], bool]
    is_name: Callable[[str], bool]
    most_parts: int


@dataclass(frozen=True)
class Pasted:
    """Entries of a list in its order, and sentences on what was left out of it."""

    entries: list[str]
    remarks: tuple[str, ...] = ()


def names_in(text: str, known: KnownNames) -> Pasted:
    """The names in a pasted text; what is no name of the data set is an entry as well, to be told as missing."""
    text = text.replace("\ufeff", "").replace("\r\n", "\n").replace("\r", "\n")
    if _is_whole_name(text.strip(), known):
        return Pasted([text.strip()])
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    if all(known.is_exact(line) and not _is_rather_a_list(line, known) for line in lines):
        return Pasted(lines)
    if len(text) > MOST_LETTERS:
        kept = text[:MOST_LETTERS].rsplit(None, 1)[0]
        said = f"Only the first {MOST_LETTERS:,} letters of the pasted text were read: cut it down."
        return Pasted(names_in(kept, known).entries, (said,))
    lines = [line for line in _without_code(text).split("\n") if line.strip() and not _is_comment(line, known)]
    lines, remarks = _columns_of_names(_without_numbers(lines, known), known)
    entries = [entry for line in lines for entry in _of_line(line, known)]
    if (
        len(lines) > 1
        and entries
        and folded(entries[0]).replace(" ", "_") in HEADINGS
        and not known.is_name(entries[0])
    ):
        remarks.append(f"'{entries[0]}' was read as a heading.")
        entries = entries[1:]
    return Pasted(entries, tuple(remarks))


def _without_code(text: str) -> str:
    """The text without what R, Python and JSON write around a list."""
    text = TYPE.sub("", text)
    call, end = CALL.match(text), text.rstrip(" \n;,.")
    if call is not None and end[-1:] in CLOSING:
        return end[call.end() :].rstrip(CLOSING)
    text = ASSIGNED.sub("", text, count=1)
    return KEY.sub("", text) if text.lstrip()[:1] in ("{", "[") else text


def _is_comment(line: str, known: KnownNames) -> bool:
    """Whether a line is "# …", as slviz and others write what they know of a list."""
    if not line.startswith(("# ", "##")) or known.is_name(line):
        return False
    return not any(known.is_name(part) for part in BETWEEN.split(line[1:]) if part)


def _without_numbers(lines: list[str], known: KnownNames) -> list[str]:
    """The lines without numbers that count them (1. 2. 3., or 0 1 2 as pandas prints) and without R's "[1]"."""
    lines = [PRINTED.sub("", line, count=1) for line in lines]
    counted = [NUMBERED.match(line) for line in lines]
    numbers = [int(match.group(1)) for match in counted if match is not None]
    if (
        len(numbers) != len(lines)
        or numbers[:1] not in ([0], [1])
        or numbers != [numbers[0] + n for n in range(len(lines))]
    ):
        return lines
    if len(lines) == 1 and not re.match(r"\s*\d+[.):]\s", lines[0]):
        return lines
    return [line[match.end() :] for line, match in zip(lines, counted, strict=True) if match is not None]


def _columns_of_names(lines: list[str], known: KnownNames) -> tuple[list[str], list[str]]:
    """The lines without columns that name no gene, where they are the rows of a table; and a sentence on that."""
    for mark in ("\t", ";", ","):
        rows = [line.split(mark) for line in lines]
        width = max((len(row) for row in rows), default=0)
        if len(rows) < 2 or width < 2 or any(len(row) != width for row in rows):
            continue
        if mark != "\t" and any(known.is_name(line) or f"{mark} " in line for line in lines):
            continue
        of_genes = [_names_genes([row[place] for row in rows], known) for place in range(width)]
        kept = [place for place, names in enumerate(of_genes) if names]
        if kept and len(kept) < width:
            left = [str(place + 1) for place, names in enumerate(of_genes) if not names]
            return [mark.join(row[place] for place in kept) for row in rows], [_left_out(left)]
        return lines, []
    return lines, []


def _left_out(columns: list[str]) -> str:
    if len(columns) == 1:
        return f"Column {columns[0]} of the pasted table names no gene and was left out."
    listed = f"{', '.join(columns[:-1])} and {columns[-1]}"
    return f"Columns {listed} of the pasted table name no gene and were left out."


def _names_genes(cells: Sequence[str], known: KnownNames) -> bool:
    filled = [bare for cell in cells if not is_missing(bare := _nearest_form(cell, known))]
    if not filled or sum(map(is_number, filled)) > len(filled) / 2:
        return False
    return sum(known.is_name(cell) or parts_of(cell) is not None for cell in filled) >= FEWEST_NAMES * len(filled)


def _of_line(line: str, known: KnownNames) -> list[str]:
    """The entries of one line, or of one cell."""
    line = line.strip()
    if not line or _is_whole_name(line, known):
        return [line] if line else []
    if "\t" in line:
        return [entry for cell in line.split("\t") for entry in _of_line(cell, known)]
    entries: list[str] = []
    place = 0
    while (start := ATOM.search(line, place)) is not None:
        more, place = _entry_at(line, start.start(), known)
        entries += more
    return [entry for entry in entries if entry]


def _entry_at(line: str, start: int, known: KnownNames) -> tuple[list[str], int]:
    """The entries that begin at a place of a line, and where the rest begins."""
    ends = _ends(line, start, most=max(known.most_parts, MANY_IN_ONE))
    for end in reversed(ends[1:]):
        window = line[start:end]
        if (known.is_exact(window) and not _is_rather_a_list(window, known)) or parts_of(window) is not None:
            return [window], end
    if known.is_exact(line[start : ends[0]]):
        return [line[start : ends[0]]], ends[0]
    quoted = QUOTED.match(line, start)
    if quoted is not None:
        body = quoted.group("body").replace('""', '"')
        return ([body] if known.is_name(body) else _of_line(body, known)), quoted.end()
    for end in reversed(ends[1:]):
        window = line[start:end]
        if _is_whole_name(window, known):
            return [window], end
    return _of_piece(line[start : ends[0]], known), ends[0]


def _of_piece(piece: str, known: KnownNames) -> list[str]:
    """The entries of a piece without blanks and commas: one, but for "TP53/BRCA1", and none for "and"."""
    name = _nearest_form(piece, known)
    if known.is_name(name):
        return [name]
    if "/" in name and all(map(known.is_name, name.split("/"))) and not is_missing(name):
        return name.split("/")
    return [] if name.casefold() in JOINING else [name]


def _ends(line: str, start: int, *, most: int) -> list[int]:
    """Where the first, second, … piece from `start` on ends."""
    ends: list[int] = []
    for atom in ATOM.finditer(line, start):
        ends.append(atom.end())
        if len(ends) == min(most, MOST_PARTS):
            break
    return ends


def _is_whole_name(text: str, known: KnownNames) -> bool:
    return known.is_name(text) and not _is_rather_a_list(text, known)


def _is_rather_a_list(window: str, known: KnownNames) -> bool:
    """Whether an alias with a comma or a blank in it falls into symbols, each of which is a gene."""
    parts = BETWEEN.split(window)
    return len(parts) > 1 and not known.is_symbol(window) and all(map(known.is_symbol, parts))


def _nearest_form(text: str, known: KnownNames) -> str:
    """The first form of a piece that is a name; else what is left when all around it is taken off."""
    last = ""
    for form in forms(text):
        if known.is_name(form) or parts_of(form) is not None:
            return form
        last = form or last
    return last if any(letter.isalnum() for letter in last) else ""
