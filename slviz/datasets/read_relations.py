"""Files of a relation between genes: two columns of genes, and whatever else is told of each pair."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from slviz.datasets.read_genes import numbers_of
from slviz.datasets.read_pairs import NAMES, TITLES_A, TITLES_B, known_pairs
from slviz.datasets.relations import Relation
from slviz.datasets.report import SHOWN, Report
from slviz.datasets.rows import report_some, rows_of
from slviz.datasets.screens import ScreenTable, TestedPairs
from slviz.datasets.value_columns import value_columns
from slviz.tables import Table, fold_name
from slviz.text import percent

SIDES = (("a", "b"), ("1", "2"), ("one", "two"), ("source", "target"), ("x", "y"))
"""Last words of two columns that speak of the first and of the second gene."""
OF_SCREENS = frozenset(["screen", "hit", "is_hit"])
SHORTEST_SCREEN = 6
"""Letters and digits of a screen's name that is looked for in the words of a relation."""
FEWEST_HITS = 10
REPEATS = 0.99
"""A relation that holds this share of a screen's hits …"""
OTHERWISE = 0.25
"""… and at most this share of its non-hits repeats the screen; paralogs hold most of what such a library tests."""


def read_relation(text: str, file: str, genes: pd.Index, report: Report, *, name: str) -> Relation | None:
    """The pairs of the gene list, each once, with all further columns of the file.

    Rows with an unknown gene are counted and left out, and so are a gene with itself and a pair that was there
    before. None, with a fatal problem in the report, where the file is one of screens or no pair is left.
    """
    table = _table_of_genes(text, file, genes, report)
    if table is None:
        return None
    rows = len(table)
    table, pairs = known_pairs(table, genes, report)
    swapped = numbers_of(table.cells["gene_a"], genes) > numbers_of(table.cells["gene_b"], genes)
    again = np.asarray(pd.Series(pairs[:, 0] * len(genes) + pairs[:, 1]).duplicated(), dtype=bool)
    what = "was there before, with the same or other values; the first row is used"
    if len(table.names) > len(NAMES):
        report_some(table, again, NAMES, what, "Keep one row a pair.", report)
    else:
        report.skip(file, int(again.sum()))  # both directions of a pair are common in lists of pairs
    table, pairs, swapped = table.keep(~again), pairs[~again], swapped[~again]
    if not len(pairs):
        what = f"holds no pair of two genes of the list in {rows:,} rows"
        report.add(file, what, "Check that it is the right file and that it uses the symbols of the gene list.")
        return None
    report.read[f"pairs of {name}"] = len(pairs)
    return Relation(pairs, _values(table, swapped, report))


def _table_of_genes(text: str, file: str, genes: pd.Index, report: Report) -> Table | None:
    """The table with its columns of genes called gene_a and gene_b, and first; None where it is one of screens."""
    table = rows_of(text, file, report, words=[*TITLES_A, *TITLES_B], is_name=genes.__contains__)
    screens = [title for title in table.names if fold_name(title) in OF_SCREENS]
    if screens:
        _report_screens(file, f"has the column '{screens[0]}', so it is a table of screens", report, line=table.heading)
        return None
    if len(table.names) < len(NAMES):
        report.add(file, "has one column", "Write two genes a row, in two columns.", line=table.heading)
        return None
    titles = (table.name_of(*TITLES_A), table.name_of(*TITLES_B))
    if table.heading is None or None in titles:
        if table.heading is not None:
            what = "names no columns gene_a and gene_b, so the first two columns were taken for the genes"
            remedy = "Name the columns gene_a and gene_b."
            report.add(file, what, remedy, line=table.heading, value=" ".join(table.names), fatal=False)
        titles = table.names[:2]
    columns = {name: str(title) for name, title in zip(NAMES, titles, strict=True)}
    taken = set(columns.values())
    return table.select(columns | {title: title for title in table.names if title not in taken | set(columns)})


def _report_screens(file: str, what: str, report: Report, *, line: int | None = None) -> None:
    remedy = (
        "What a screen tested, or found, is what scores are evaluated on and no feature of a pair: name the file as "
        "screens under [files], or take these words out of it."
    )
    report.add(file, what, remedy, line=line)


def _values(table: Table, swapped: np.ndarray, report: Report) -> dict[str, np.ndarray]:
    """The further columns; those of one gene each change places where the pair was turned round."""
    names = [name for name in table.names if name not in NAMES[1:]]
    used = np.arange(len(table))
    columns: dict[str, np.ndarray] = {}
    for column in value_columns(table.select({name: name for name in names}), left_out=NAMES[0], used=used):
        for remark in column.remarks:
            report.add(table.file, remark.rstrip("."), "Check that this is meant.", fatal=False)
        columns[column.name] = finite(column.numbers) if column.numbers is not None else column.cells.astype(object)
    for one, other in _of_one_gene_each(columns):
        first, second = columns[one], columns[other]
        columns[one], columns[other] = np.where(swapped, second, first), np.where(swapped, first, second)
    return columns


def finite(numbers: np.ndarray) -> np.ndarray:
    """float64, NaN in the place of what is infinite."""
    return np.where(np.isfinite(numbers), numbers, np.nan).astype(np.float64)


def _of_one_gene_each(columns: Mapping[str, np.ndarray]) -> list[tuple[str, str]]:
    """Two columns each, such as identity_1 and identity_2, that hold the same kind of thing."""
    folded = {fold_name(name): name for name in columns}
    names = []
    for name in folded:
        stem, _, side = name.rpartition("_")
        for one, other in SIDES:
            partner = folded.get(f"{stem}_{other}")
            if stem and side == one and partner is not None:
                pair = (folded[name], partner)
                if columns[pair[0]].dtype == columns[pair[1]].dtype:
                    names.append(pair)
    return names


def report_screens_in_relations(
    relations: Mapping[str, Relation], files: Mapping[str, str], screens: ScreenTable, report: Report
) -> None:
    """Notes relations whose words name a screen (fatal: a label in disguise), and those that repeat a screen's hits."""
    names = {_letters(name): name for name in screens.names if len(_letters(name)) >= SHORTEST_SCREEN}
    tested = {name: screens.tested(name) for name in screens.names}
    for relation, content in relations.items():
        named = _screen_named_in(content, names)
        if named is not None:
            column, word, screen = named
            _report_screens(files[relation], f"names the screen '{screen}' ('{word}' in the column '{column}')", report)
        _report_repeats(content.pairs, files[relation], tested, report)


def _screen_named_in(relation: Relation, names: Mapping[str, str]) -> tuple[str, str, str] | None:
    """Column, word and screen of the first word that holds the name of a screen."""
    for column, cells in relation.columns.items():
        if cells.dtype.kind == "f":
            continue
        words = dict.fromkeys(word for cell in dict.fromkeys(cells.tolist()) for word in cell.split(";"))
        for word in words:
            letters = _letters(word)
            for folded, screen in names.items():
                if folded in letters:
                    return column, word, screen
    return None


def _letters(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def _report_repeats(pairs: np.ndarray, file: str, tested: Mapping[str, TestedPairs], report: Report) -> None:
    """Says where a relation holds the hits of a screen and not its non-hits: it was made from the screen."""
    base = 1 + max(int(numbers.max(initial=0)) for numbers in (pairs, *(screen.pairs for screen in tested.values())))
    held = np.sort(pairs[:, 0] * base + pairs[:, 1])
    repeats: list[str] = []
    for name, screen in tested.items():
        key = screen.pairs[:, 0] * base + screen.pairs[:, 1]
        inside = held[np.minimum(np.searchsorted(held, key), len(held) - 1)] == key
        hits, others = inside[screen.hit], inside[~screen.hit]
        if len(hits) >= FEWEST_HITS and len(others) and hits.mean() >= REPEATS and others.mean() <= OTHERWISE:
            repeats.append(
                f"holds {hits.sum():,} of {len(hits):,} hits of the screen '{name}' and {percent(others.mean())} "
                "of its non-hits, so it repeats that screen's result"
            )
    for what in repeats[:SHOWN]:
        report.add(file, what, "Use no score from this file on that screen.", fatal=False)
