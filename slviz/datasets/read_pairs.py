"""Files of gene pairs: the known pairs with their score, the records behind them, and the interactions."""

from __future__ import annotations

import numpy as np
import pandas as pd
from jaxtyping import Bool, Float32, Int64

from slviz.datasets.graph import EVIDENCE_COLUMNS
from slviz.datasets.read_genes import report_unknown
from slviz.datasets.report import SHOWN, Report
from slviz.datasets.tables import Table, mostly_unusable, numbers_in, read_named_table, read_table, separator_of

NAMES = ["gene_a", "gene_b"]
WRONG_FILE = "Check that it is the right file, that it uses the symbols of the gene list, and that its columns are"


def read_pairs(
    text: str, file: str, genes: pd.Index, report: Report
) -> tuple[Int64[np.ndarray, "pairs 2"], Float32[np.ndarray, " pairs"]]:
    """Gene numbers of each pair, the smaller first, and its score, in the order of the file.

    Left out, counted and reported: rows with an unknown gene, a gene with itself, or a score that is no finite
    number; a pair listed again with the same score is used once, and with another score not at all.
    """
    columns = [*NAMES, "score"]
    table = _table_of_pairs(text, file, columns, genes, report)
    if table is None:
        return np.empty((0, 2), dtype=np.int64), np.empty(0, dtype=np.float32)
    rows = len(table) + report.skipped.get(file, 0)
    table, pairs = _known_pairs(table, genes, report)
    score = numbers_in(table.cells["score"]).astype(np.float32)
    finite = np.isfinite(score)
    _report_rows(
        table, ~finite, ["score"], "is not a finite number", "Write the score as a number such as 0.35.", report
    )
    table, pairs, score = table.keep(finite), pairs[finite], score[finite]
    outside = (score < 0) | (score > 1)
    _report_rows(
        table, outside, ["score"], "lies outside 0 to 1 and is used as it is", "Check the scale of the scores.", report,
        left_out=False,
    )  # fmt: skip
    table, pairs, score = _without_repeats(table, pairs, score, genes, report)
    if mostly_unusable(rows, len(pairs)):
        what = f"holds {len(pairs):,} usable pairs in {rows:,} rows"
        report.add(file, what, f"{WRONG_FILE}: gene, gene, score.")
    report.read["pairs"] = len(pairs)
    return pairs, score


def _table_of_pairs(text: str, file: str, columns: list[str], genes: pd.Index, report: Report) -> Table | None:
    """The rows of a pairs file; a first line that names the columns is understood."""
    heading = _heading(text, file, genes)
    if heading is None:
        return read_table(text, file, columns, report)
    if set(columns) <= set(heading):
        return read_named_table(text, file, columns, columns, report)
    first = text.split("\n").index(next(line for line in text.split("\n") if line.strip()))
    report.add(
        file,
        "was read as a heading, not as a pair",
        "Remove it, or name the columns gene_a, gene_b and score.",
        line=first + 1,
        value=" ".join(heading),
        fatal=False,
    )
    lines = text.split("\n")
    lines[first] = ""  # keeps the numbers of the lines that follow
    rest = "\n".join(lines)
    if rest.strip():
        return read_table(rest, file, columns, report)
    report.add(file, "holds a heading and no pair", "Write one pair a line: gene, gene, score.")
    return None


def _heading(text: str, file: str, genes: pd.Index) -> list[str] | None:
    """The first line's cells in lower case when they name columns: neither names a gene, and none is a number."""
    first = next(line for line in text.split("\n") if line.strip())
    separator = separator_of(text, file)
    cells = [cell.strip().strip('"') for cell in (first.split() if separator == " " else first.split(separator))]
    names_gene = any(cell in genes for cell in cells[:2])
    is_word = len(cells) >= 2 and any(
        word in cell.casefold() for cell in cells for word in ("gene", "symbol", "protein")
    )
    if names_gene or not is_word or np.isfinite(numbers_in(np.array(cells, dtype=object))).any():
        return None
    return [cell.casefold() for cell in cells]


def _known_pairs(table: Table, genes: pd.Index, report: Report) -> tuple[Table, Int64[np.ndarray, "rows 2"]]:
    """The rows whose two genes are known and differ, with their numbers, the smaller first."""
    numbers, known = report_unknown(table, NAMES, genes, report)
    table, numbers = table.keep(known), numbers[:, known]
    own = numbers[0] == numbers[1]
    _report_rows(table, own, ["gene_a"], "is paired with itself", "Remove the row.", report)
    return table.keep(~own), np.sort(numbers[:, ~own].T, axis=1)


def _report_rows(
    table: Table, rows: Bool[np.ndarray, " rows"], show: list[str], what: str, remedy: str, report: Report,
    *, left_out: bool = True,
) -> None:  # fmt: skip
    where = np.flatnonzero(rows)
    values = table.quoted(where, show)
    report.add_rows(table.file, what, remedy, lines=table.lines[where], values=values)
    if left_out:
        report.skip(table.file, len(where))


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
        values=table.quoted(shown, [*NAMES, "score"]),
        details=[f" (first in line {line:,})" for line in first[shown[:SHOWN]]],
    )
    repeated = np.flatnonzero(again)
    report.add_rows(
        table.file,
        "is listed again with the same score; it is used once",
        "Remove the repeated row.",
        lines=table.lines[repeated],
        values=table.quoted(repeated, NAMES),
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
    heading = _heading(text, file, genes)
    if heading is not None and set(NAMES) <= set(heading):
        table = read_named_table(text, file, NAMES, NAMES, report)
    else:
        table = read_table(text, file, NAMES, report, spare=True)
    if table is None:
        return None
    rows = len(table)
    table, pairs = _known_pairs(table, genes, report)
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
    told = [column for column in EVIDENCE_COLUMNS if column != "pair"]
    table = read_named_table(text, file, [*NAMES, "evidence"], [*NAMES, *told], report)
    if table is None:
        return None
    rows = len(table)
    table, numbers = _known_pairs(table, genes, report)
    known = pd.Index(pairs[:, 0] * len(genes) + pairs[:, 1])
    row = known.get_indexer(pd.Index(numbers[:, 0] * len(genes) + numbers[:, 1]))
    _report_rows(table, row < 0, NAMES, "is no known pair", "Add the pair to the pairs, or remove the row.", report)
    table, row = table.keep(row >= 0), row[row >= 0]
    score = numbers_in(table.cells["score"]).astype(np.float32)
    wrong = ~np.isfinite(score) & (table.cells["score"] != "")
    remedy = "Write a number, or leave the cell empty. The record is used without a score."
    _report_rows(table, wrong, ["score"], "is not a finite number", remedy, report, left_out=False)
    if mostly_unusable(rows, len(table)):
        report.add(
            file, f"holds {len(table):,} usable records in {rows:,} rows", f"{WRONG_FILE} named in the first line."
        )
        return None
    report.read["evidence records"] = len(table)
    texts = {column: pd.Series(table.cells[column], dtype=str) for column in told}
    return pd.DataFrame({**texts, "pair": row.astype(np.int64), "score": score}, columns=list(EVIDENCE_COLUMNS))
