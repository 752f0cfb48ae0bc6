"""The lines of a GMT file: name, description and members of each set, whoever wrote them; what the description is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from slviz.datasets.report import SHOWN, Report
from slviz.tables import is_missing, unguarded

OURS = re.compile(r"\bslviz \d")
"""Stands in the description of every set that slviz wrote; such a line is taken letter by letter."""
ADDRESS = re.compile(r"(?:https?|ftp)://\S*|www\.\S+", re.IGNORECASE)
IDENTIFIER = re.compile(
    r"[A-Za-z][\w.-]*:\S+|R-[A-Z]{3}-\d+|(?:[a-z]{2,4}|ko|map)\d{5}|(?:WP|PF|PS|PR|SM|IPR|SMP|HSA|PWY|DOID|HP|TF)_?\d{2,}"
    r"|M\d{3,}"
)
"""Of a term in g:Profiler, KEGG, Reactome, WikiPathways, Pfam, PROSITE, InterPro, MSigDB, …."""
KNOWN_GROUPS = frozenset(
    ["BP", "MF", "CC", "GO:BP", "GO:MF", "GO:CC", "biological_process", "molecular_function", "cellular_component"]
)
MOST_GROUPS = 30
LONGEST_GROUP = 40
MOSTLY = 0.8
HALF = 0.5


@dataclass(frozen=True)
class SetLine:
    """One set as it is written.

    Attributes:
        line: counted from 1.
        title: its first cell.
        second: its second cell, a description; "" where it says nothing.
        members: its other cells that are not empty.
        ours: whether slviz wrote it, so that nothing in it is anything but what it says.
    """

    line: int
    title: str
    second: str
    members: tuple[str, ...]
    ours: bool


def set_lines(text: str, file: str, report: Report) -> list[SetLine]:
    """All lines that are sets; the others are reported, blank ones and comments apart."""
    lines = text.split("\n")
    sets: list[SetLine] = []
    odd: list[int] = []
    for number, line in enumerate(lines, 1):
        made = _set_line(number, line)
        if made is not None:
            sets.append(made)
        elif line.strip() and not line.startswith("#"):
            odd.append(number)
    if odd and not sets and not any("\t" in line for line in lines):
        report.add(
            file,
            "has no tab between its cells, so it is no GMT file",
            "Write one set a line: name, tab, description, tab, genes with tabs between them.",
            line=odd[0],
            value=lines[odd[0] - 1],
        )
        return []
    report.add_rows(
        file,
        "is not a term with its genes",
        "Write: name, tab, group, tab, genes with tabs between them.",
        lines=odd,
        values=[lines[number - 1] for number in odd[:SHOWN]],
    )
    report.skip(file, len(odd))
    return sets


def groups_of(sets: Sequence[SetLine]) -> list[str]:
    """The group of each set: its description where that is one of a few which several sets share, else ""."""
    said = [
        "" if gene_set.ours or ADDRESS.match(gene_set.second) or is_missing(gene_set.second) else gene_set.second
        for gene_set in sets
    ]
    count = Counter(filter(None, said))
    if count and set(count) <= KNOWN_GROUPS:
        return said
    shared = sum(size for size in count.values() if size > 1)
    few = 1 < len(count) <= MOST_GROUPS and 2 * len(count) <= sum(count.values())
    short = all(len(name) <= LONGEST_GROUP for name in count)
    return said if few and short and shared >= HALF * len(sets) else [""] * len(sets)


def are_id_first(sets: Sequence[SetLine]) -> bool:
    """Whether titles are identifiers and descriptions are the names, as g:Profiler, KEGG and Reactome write."""
    foreign = [gene_set for gene_set in sets if not gene_set.ours]
    named = [gene_set for gene_set in foreign if _is_name(gene_set.second) and IDENTIFIER.fullmatch(gene_set.title)]
    names = {gene_set.second for gene_set in named}
    return bool(foreign) and len(named) >= MOSTLY * len(foreign) and len(names) >= MOSTLY * len(named)


def _set_line(number: int, line: str) -> SetLine | None:
    cells = [cell.strip(" \r") for cell in line.split("\t")]
    if len(cells) < 3 or not cells[0]:
        return None
    ours = OURS.search(cells[1]) is not None
    title, second = (unguarded(cell) if ours or unguarded(cell) != cell else _unquoted(cell) for cell in cells[:2])
    members = tuple(cell for cell in cells[2:] if cell)
    return SetLine(number, title, second, members, ours) if title else None


def _unquoted(cell: str) -> str:
    """The cell without the quotation marks that a spreadsheet puts around one with a comma or a mark in it."""
    inner = cell[1:-1]
    if len(cell) < 2 or cell[0] != '"' or cell[-1] != '"' or '"' in inner.replace('""', ""):
        return cell
    return inner.replace('""', '"').strip()


def _is_name(second: str) -> bool:
    return not is_missing(second) and not ADDRESS.match(second) and any(letter.isalpha() for letter in second)
