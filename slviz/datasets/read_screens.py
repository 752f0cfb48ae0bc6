"""The table of screens: which pairs were tested in which line, and which of them were a hit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from jaxtyping import Bool, Int64

from slviz.datasets.read_pairs import NAMES, TITLES_A, TITLES_B, known_pairs
from slviz.datasets.report import SHOWN, Report
from slviz.datasets.rows import report_some, rows_of, with_blank_columns
from slviz.datasets.screens import ScreenTable
from slviz.errors import nearest
from slviz.tables import Table, finite_numbers, missing_in, without_marks

TITLES: Mapping[str, Sequence[str]] = {
    "gene_a": TITLES_A,
    "gene_b": TITLES_B,
    "screen": ("screen", "study", "experiment"),
    "cell_line": ("cell_line", "cell line", "cellline", "line", "cell"),
    "hit": ("hit", "is_hit", "hits"),
    "score": ("score", "gi_score", "value"),
    "reference": ("reference", "pubmed_or_doi", "pubmed", "pmid", "doi", "publication"),
}
"""Usual titles of each column of a table of screens."""
NEEDED = ("gene_a", "gene_b", "screen", "hit")
YES = frozenset(["1", "1.0", "true", "yes", "y", "t", "hit"])
NO = frozenset(["0", "0.0", "false", "no", "n", "f", "non-hit", "non_hit", "not hit"])
REMEDY_HIT = "Write 1 for a hit and 0 for a pair that was tested and is none."


def read_screens(text: str, file: str, genes: pd.Index, report: Report) -> ScreenTable | None:
    """Tests of pairs of the gene list, in the order of the file.

    Left out, counted and reported: rows with an unknown gene, a gene with itself, no screen, or neither hit nor
    non-hit; a pair that one line of a screen calls both is not used at all there, and one that it lists again is
    used once. None, with a fatal problem in the report, where a column is missing or no row can be used.
    """
    table = _table_of_screens(text, file, report)
    if table is None:
        return None
    rows = len(table)
    table, pairs = known_pairs(table, genes, report)
    table, pairs, hit = _with_screen_and_hit(table, pairs, report)
    kept = _one_row_a_test(table, pairs, hit, len(genes), report)
    table, pairs, hit = table.keep(kept), pairs[kept], hit[kept]
    if not len(pairs):
        what = f"holds no test of two genes of the list in {rows:,} rows"
        report.add(file, what, "Check that it is the right file and that it uses the symbols of the gene list.")
        return None
    screens = ScreenTable.of_texts(
        pairs,
        hit,
        _scores(table, report),
        screen=table.cells["screen"],
        cell_line=without_marks(table.cells["cell_line"]),
        reference=without_marks(table.cells["reference"]),
    )
    _report_one_sided(screens, file, report)
    tested = screens.tested()
    report.read |= {"screens": len(screens.names), "tested pairs": len(tested), "hits": int(tested.hit.sum())}
    return screens


def _table_of_screens(text: str, file: str, report: Report) -> Table | None:
    """The columns of `TITLES`, those that are not needed "" where they are missing; None where a needed one is."""
    words = [title for titles in TITLES.values() for title in titles]
    table = rows_of(text, file, report, words=words, heading=True)
    columns = {role: title for role, titles in TITLES.items() if (title := table.name_of(*titles)) is not None}
    missing = [role for role in NEEDED if role not in columns]
    if "hit" in missing and "score" in columns:
        what = "gives scores and no hits: nothing says which tested pairs are hits, and where the study cut its score"
        report.add(file, what, f"Add a column 'hit' by the study's own cut. {REMEDY_HIT}", line=table.heading)
        missing.remove("hit")
    for role in missing:
        remedy = f"The first line should name the columns: {', '.join(TITLES)}.{nearest(role, table.names)}"
        report.add(file, f"does not name the column '{role}'", remedy, line=table.heading, value=" ".join(table.names))
    if any(role not in columns for role in NEEDED):
        return None
    return with_blank_columns(table.select(columns), tuple(TITLES))


def _with_screen_and_hit(
    table: Table, pairs: np.ndarray, report: Report
) -> tuple[Table, Int64[np.ndarray, "rows 2"], Bool[np.ndarray, " rows"]]:
    """The rows that name a screen and say whether the pair was a hit."""
    nameless = missing_in(table.cells["screen"])
    report_some(table, nameless, NAMES, "is in no screen", "Name the screen in every row.", report)
    table, pairs = table.keep(~nameless), pairs[~nameless]
    said = [cell.casefold() for cell in table.cells["hit"].tolist()]
    hit = np.array([cell in YES for cell in said], dtype=bool)
    known = hit | np.array([cell in NO for cell in said], dtype=bool)
    report_some(table, ~known, ["hit"], "says neither hit nor non-hit", REMEDY_HIT, report)
    return table.keep(known), pairs[known], hit[known]


def _one_row_a_test(
    table: Table, pairs: np.ndarray, hit: np.ndarray, genes: int, report: Report
) -> Bool[np.ndarray, " rows"]:
    """Which rows are used: the first of each pair, screen and line, unless another one of them contradicts it."""
    test = pd.DataFrame(
        {
            "screen": table.cells["screen"],
            "cell_line": without_marks(table.cells["cell_line"]),
            "pair": pairs[:, 0] * genes + pairs[:, 1],
        }
    )
    number = test.groupby(["screen", "cell_line", "pair"], sort=False).ngroup().to_numpy()
    hits = np.bincount(number, weights=hit, minlength=1)[number] if len(number) else np.empty(0)
    rows = np.bincount(number, minlength=1)[number] if len(number) else np.empty(0)
    contradicted = (hits > 0) & (hits < rows)
    again = np.asarray(pd.Series(number).duplicated(), dtype=bool) & ~contradicted
    columns = [*NAMES, "screen", "cell_line"]
    report_some(
        table,
        contradicted,
        [*columns, "hit"],
        "is both hit and non-hit in one line of the screen, so the pair is not used there",
        "Keep the row that is right.",
        report,
    )
    what = "is listed again for the same line of the screen; the first row is used"
    report_some(table, again, columns, what, "Keep one row a pair, screen and cell line.", report)
    return ~(contradicted | again)


def _scores(table: Table, report: Report) -> np.ndarray:
    """float32 [rows], NaN where there is none."""
    cells = table.cells["score"]
    score = finite_numbers(cells).astype(np.float32)
    score[~np.isfinite(score)] = np.nan
    wrong = np.isnan(score) & ~missing_in(cells)
    remedy = "Write a number, or leave the cell empty. The row is used without a score."
    report_some(table, wrong, ["score"], "is not a finite number", remedy, report, left_out=False)
    return score


def _report_one_sided(screens: ScreenTable, file: str, report: Report) -> None:
    """Says which screens have only hits, or none: nothing can be evaluated on them."""
    counts = screens.counts
    for side, other, reason in (
        ("non_hits", "non-hit", "List the pairs that were tested and are no hit, too"),
        ("hits", "hit", "Check how hits are marked; its non-hits can still be learnt from"),
    ):
        names = counts.loc[counts[side] == 0, "screen"].tolist()
        for name in names[:SHOWN]:
            what = f"has no {other} between genes of the list, so no score can be evaluated on this screen"
            report.add(file, what, f"{reason}.", value=name, fatal=False)
        if len(names) > SHOWN:
            what = f"has {len(names) - SHOWN:,} further screens without a {other}"
            report.add(file, what, f"{reason}.", fatal=False)
