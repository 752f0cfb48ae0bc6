"""Files of gene pairs: the known pairs with their score, the records behind them, and the interactions."""

from __future__ import annotations

import numpy as np
import pandas as pd
from jaxtyping import Float32, Int64

from slviz.datasets.graph import EVIDENCE_COLUMNS
from slviz.datasets.publication_ids import report_odd_publications
from slviz.datasets.read_genes import report_unknown
from slviz.datasets.report import SHOWN, Report
from slviz.datasets.rows import mostly_unusable, named_rows, quoted, report_some, rows_of, with_blank_columns
from slviz.tables import Table, finite_numbers, missing_in, read_numbers, without_marks

NAMES = ["gene_a", "gene_b"]
TITLES_A = (
    "gene_a",
    "gene a",
    "gene1",
    "gene 1",
    "genea",
    "symbol_a",
    "symbol1",
    "protein_a",
    "protein1",
    "source",
    "from",
    "a",
)
TITLES_B = (
    "gene_b",
    "gene b",
    "gene2",
    "gene 2",
    "geneb",
    "symbol_b",
    "symbol2",
    "protein_b",
    "protein2",
    "target",
    "to",
    "b",
)
TITLES_SCORE = ("score", "confidence", "weight", "combined_score", "value")
WRONG_FILE = "Check that it is the right file, that it uses the symbols of the gene list, and that its columns are"


def read_pairs(
    text: str, file: str, genes: pd.Index, report: Report
) -> tuple[Int64[np.ndarray, "pairs 2"], Float32[np.ndarray, " pairs"]]:
    """Gene numbers of each pair, the smaller first, and its score, in the order of the file.

    Left out, counted and reported: rows with an unknown gene, a gene with itself, or a score that is no finite
    number; a pair listed again with the same score is used once, and with another score not at all.
    """
    table = _table_of_pairs(text, file, genes, report)
    rows = len(table) + report.skipped.get(file, 0)
    if not rows:
        report.add(file, "holds a heading and no pair", "Write one pair a line: gene, gene, score.")
        return np.empty((0, 2), dtype=np.int64), np.empty(0, dtype=np.float32)
    table, pairs = known_pairs(table, genes, report)
    table, pairs, score = _with_scores(table, pairs, report)
    table, pairs, score = _without_repeats(table, pairs, score, genes, report)
    if mostly_unusable(rows, len(pairs)):
        what = f"holds {len(pairs):,} usable pairs in {rows:,} rows"
        report.add(file, what, f"{WRONG_FILE}: gene, gene, score.")
    report.read["pairs"] = len(pairs)
    return pairs, score


def _with_scores(
    table: Table, pairs: np.ndarray, report: Report
) -> tuple[Table, Int64[np.ndarray, "pairs 2"], Float32[np.ndarray, " pairs"]]:
    """The rows with a score; where the file gives none at all, every pair has 1."""
    cells = table.cells["score"]
    if missing_in(cells).all() and len(cells):
        what = "gives no score, so every pair has the score 1"
        report.add(table.file, what, "Add a third column if some pairs are surer than others.", fatal=False)
        return table, pairs, np.ones(len(table), dtype=np.float32)
    numbers = read_numbers(cells)
    score = (finite_numbers(cells) if numbers is None else numbers.values).astype(np.float32)
    finite = np.isfinite(score)
    remedy = "Write the score as a number such as 0.35."
    report_some(table, ~finite, ["score"], "is not a finite number", remedy, report)
    table, pairs, score = table.keep(finite), pairs[finite], score[finite]
    outside = (score < 0) | (score > 1)
    what = "lies outside 0 to 1 and is used as it is"
    report_some(table, outside, ["score"], what, "Check the scale of the scores.", report, left_out=False)
    return table, pairs, score


def _table_of_pairs(text: str, file: str, genes: pd.Index, report: Report) -> Table:
    """The columns gene_a, gene_b and score of a file of pairs: by its heading, else the first three."""
    table = rows_of(text, file, report, words=[*TITLES_A, *TITLES_B, *TITLES_SCORE], is_name=genes.__contains__)
    titles = (table.name_of(*TITLES_A), table.name_of(*TITLES_B), table.name_of(*TITLES_SCORE))
    if table.heading is None or titles[0] is None or titles[1] is None:
        if table.heading is not None:
            what = "was read as a heading, not as a pair"
            remedy = "Remove it, or name the columns gene_a, gene_b and score."
            report.add(file, what, remedy, line=table.heading, value=" ".join(table.names), fatal=False)
        titles = (*table.names[:2], table.names[2] if len(table.names) > 2 and _is_of_scores(table, report) else None)
    columns = {name: title for name, title in zip((*NAMES, "score"), titles, strict=False) if title is not None}
    return with_blank_columns(table.select(columns), [*NAMES, "score"])


def _is_of_scores(table: Table, report: Report) -> bool:
    """Whether the third column is one of scores; words about a pair, such as its source, are none."""
    cells = table.cells[table.names[2]]
    if np.isfinite(finite_numbers(cells)).any() or read_numbers(cells) is not None or missing_in(cells).all():
        return True
    what = f"has words where a score could stand, such as '{cells[0]}', which are not read"
    report.add(table.file, what, "Name the columns gene_a, gene_b and score if one of them is the score.", fatal=False)
    return False


def known_pairs(table: Table, genes: pd.Index, report: Report) -> tuple[Table, Int64[np.ndarray, "rows 2"]]:
    """The rows whose two genes are known and differ, with their numbers, the smaller first."""
    numbers, known = report_unknown(table, NAMES, genes, report)
    table, numbers = table.keep(known), numbers[:, known]
    own = numbers[0] == numbers[1]
    report_some(table, own, ["gene_a"], "is paired with itself", "Remove the row.", report)
    return table.keep(~own), np.sort(numbers[:, ~own].T, axis=1)


def _without_repeats(
    table: Table, pairs: np.ndarray, score: np.ndarray, genes: pd.Index, report: Report
) -> tuple[Table, np.ndarray, np.ndarray]:
    """Each pair once; a pair whose scores disagree is left out altogether."""
    key = pd.Series(pairs[:, 0] * len(genes) + pairs[:, 1])
    by_pair = pd.Series(score).groupby(key)
    conflicting = np.asarray(by_pair.transform("min")) != np.asarray(by_pair.transform("max"))
    again = np.asarray(key.duplicated()) & ~conflicting
    first = np.asarray(pd.Series(table.lines).groupby(key).transform("first"))
    shown = np.flatnonzero(conflicting)
    report.add_rows(
        table.file,
        "is listed with different scores, so the pair is not used",
        "Keep the row with the right score.",
        lines=table.lines[shown],
        values=quoted(table, shown, [*NAMES, "score"]),
        details=[f" (first in line {line:,})" for line in first[shown[:SHOWN]]],
    )
    repeated = np.flatnonzero(again)
    report.add_rows(
        table.file,
        "is listed again with the same score; it is used once",
        "Remove the repeated row.",
        lines=table.lines[repeated],
        values=quoted(table, repeated, NAMES),
        details=[f" (first in line {line:,})" for line in first[repeated[:SHOWN]]],
    )
    report.skip(table.file, int((conflicting | again).sum()))
    kept = ~(conflicting | again)
    return table.keep(kept), pairs[kept], score[kept]


def read_interactions(
    text: str, file: str, genes: pd.Index, report: Report
) -> Int64[np.ndarray, "2 interactions"] | None:
    """Interactions [2, E], each once with the smaller number first, in the order of the file; columns after the
    second are ignored. Repeats are counted, not listed: both directions of an edge are common in such files."""
    table = _table_of_pairs(text, file, genes, report)
    rows = len(table)
    table, pairs = known_pairs(table, genes, report)
    again = np.asarray(pd.Series(pairs[:, 0] * len(genes) + pairs[:, 1]).duplicated())
    report.skip(file, int(again.sum()))
    if not len(pairs):
        what = f"holds no interaction between two genes of the list in {rows:,} rows"
        report.add(file, what, f"{WRONG_FILE}: gene, gene.")
        return None
    report.read["interactions"] = int((~again).sum())
    return np.ascontiguousarray(pairs[~again].T)


def read_evidence(
    text: str, file: str, genes: pd.Index, pairs: Int64[np.ndarray, "pairs 2"], report: Report
) -> pd.DataFrame | None:
    """Records with the columns `EVIDENCE_COLUMNS`; rows about pairs that are not known are left out and counted."""
    columns = [column for column in EVIDENCE_COLUMNS if column != "pair"]
    table = named_rows(text, file, [*NAMES, "evidence"], [*NAMES, *columns], report)
    if table is None:
        return None
    rows = len(table)
    table, numbers = known_pairs(table, genes, report)
    known = pd.Index(pairs[:, 0] * len(genes) + pairs[:, 1])
    row = known.get_indexer(pd.Index(numbers[:, 0] * len(genes) + numbers[:, 1]))
    report_some(table, row < 0, NAMES, "is no known pair", "Add the pair to the pairs, or remove the row.", report)
    table, row = table.keep(row >= 0), row[row >= 0]
    score = finite_numbers(table.cells["score"]).astype(np.float32)
    wrong = ~np.isfinite(score) & (table.cells["score"] != "")
    remedy = "Write a number, or leave the cell empty. The record is used without a score."
    report_some(table, wrong, ["score"], "is not a finite number", remedy, report, left_out=False)
    if mostly_unusable(rows, len(table)):
        report.add(
            file, f"holds {len(table):,} usable records in {rows:,} rows", f"{WRONG_FILE} named in the first line."
        )
        return None
    report_odd_publications(table, report)
    report.read["evidence records"] = len(table)
    texts = {column: pd.Series(without_marks(table.cells[column]), dtype=str) for column in columns}
    return pd.DataFrame({**texts, "pair": row.astype(np.int64), "score": score}, columns=list(EVIDENCE_COLUMNS))
