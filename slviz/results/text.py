"""Tables of results written out: for a terminal, and as Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from slviz.evaluation import METRICS
from slviz.results.table import EVERY, Cell, Column, ResultRow, ResultTable, higher_is_better
from slviz.text import spelt_out, unbroken

SHORT = {
    "auc": "AUC",
    "ap": "AP",
    "f1": "F1",
    "rmse": "RMSE",
    "mae": "MAE",
    "r2": "R²",
    "spearman": "Spearman ρ",
    "brier": "Brier",
    "ece": "ECE",
    "recall@5000": "R@5000",
    "ndcg@10": "NDCG@10",
    "recall@10": "R@10",
}
MARKS = re.compile(r"([\\`|<>\[\]&$*])")


def heading(column: Column) -> str:
    """Such as "AUC, random ↑"."""
    negative_kind, metric = column
    label = SHORT.get(metric) or (METRICS[metric].label if metric in METRICS else metric)
    where = "" if negative_kind in ("all", "genes", "classes") else f", {negative_kind}"
    return f"{label}{where} {'↑' if higher_is_better(metric) else '↓'}"


def cell_text(cell: Cell | None, *, digits: int = 3) -> str:
    """Such as "0.950 ± 0.002"; empty where nothing was measured."""
    if cell is None:
        return ""
    spread = f" ± {cell.spread:.{digits}f}" if cell.spread == cell.spread else ""
    return f"{cell.mean:.{digits}f}{spread}"


def row_name(row: ResultRow) -> str:
    """Such as "gat (heads=2), features both", or a baseline's name."""
    return f"{row.model}, {row.features}" if row.features and (row.learns or not row.is_network) else row.model


def digits_of(table: ResultTable) -> int:
    """Enough decimals to tell the rows apart: features given back miss by hundredths."""
    return 5 if table.task == "reconstruct" else 3


def title(table: ResultTable) -> str:
    """Such as "link · pairs · 5 folds"."""
    over = "" if table.protocol == EVERY else f" · {table.over}"
    return f"{table.task} · {table.protocol}{over}"


def as_text(table: ResultTable) -> str:
    """The table for a terminal; the best of each column carries a star."""
    digits = digits_of(table)
    header = ["", *(heading(column) for column in table.columns), _last(table)]
    lines = [header, *(_text_row(table, row, digits) for row in table.rows)]
    widths = [max(len(line[place]) for line in lines) for place in range(len(header))]
    networks = sum(row.is_network for row in table.rows)
    lines.insert(1 + networks, ["-" * width for width in widths])
    lines.insert(1, ["-" * width for width in widths])
    written = [
        "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip() for line in lines
    ]
    return "\n".join([title(table), "", *written, "", *_remarks(table, star="*")])


def _text_row(table: ResultTable, row: ResultRow, digits: int) -> list[str]:
    cells = [
        cell_text(row.cells.get(column), digits=digits) + ("*" if table.leads(row, column) else "")
        for column in table.columns
    ]
    return [row_name(row), *cells, _evaluated_on(table, row)]


def as_markdown(table: ResultTable) -> str:
    """The table as Markdown; the best of each column is bold."""
    digits = digits_of(table)
    lines = [
        "| | " + " | ".join(in_markdown(heading(column)) for column in table.columns) + f" | {_last(table)} |",
        "| --- |" + " --- |" * (len(table.columns) + 1),
        *(_markdown_row(table, row, digits) for row in table.rows),
    ]
    return "\n".join([f"### {title(table)}", "", *lines, "", *_remarks(table, star="bold")])


def _markdown_row(table: ResultTable, row: ResultRow, digits: int) -> str:
    cells = []
    for column in table.columns:
        text = cell_text(row.cells.get(column), digits=digits)
        cells.append(f"**{text}**" if table.leads(row, column) else text)
    model = in_markdown(row.model)
    if row.is_network:
        model = f"`{model}`" if model == row.model else model  # in code a backslash would be seen
    name = f"{model}, {in_markdown(row.features)}" if row.learns else model
    return f"| {name} | " + " | ".join(cells) + f" | {_evaluated_on(table, row)} |"


def in_markdown(text: str) -> str:
    """A name for a Markdown file, shown letter by letter: no cell, link, picture, code or tag of its own."""
    return MARKS.sub(r"\\\1", spelt_out(unbroken(text), blanks=False))


def _last(table: ResultTable) -> str:
    return "protocols" if table.protocol == EVERY else "evaluated on"


def _evaluated_on(table: ResultTable, row: ResultRow) -> str:
    if table.protocol == EVERY:
        return f"{len(row.cells)} of {len(table.columns)}"
    return "all" if row.complete else f"{row.splits} of {len(table.held_out)}"


def _remarks(table: ResultTable, *, star: str) -> Iterator[str]:
    if table.protocol == EVERY:
        yield "Mean ± standard deviation over the folds or publications of each protocol; its own table says how many."
        return
    spread = "mean ± standard deviation over" if len(table.held_out) > 1 or table.seeds > 1 else "one run each,"
    mark = "has a star" if star == "*" else "is bold"
    partial = any(not row.complete for row in table.rows)
    only = " Rows that were not evaluated on all of them cannot be best." if partial else ""
    yield f"Test part, {spread} {table.over}; all rows were evaluated on it. The best of each column {mark}.{only}"
    yield from table.notes


def leaders(table: ResultTable, model: str) -> tuple[list[Column], list[Column]]:
    """The columns in which the best row of a network leads, and those in which it does not.

    Raises `ValueError` when the table has no complete row of that network.
    """
    rows = [row for row in table.rows if row.is_network and row.complete and row.model.split(" ")[0] == model]
    if not rows:
        raise ValueError(model)
    measured: Sequence[Column] = [column for column in table.columns if any(column in row.cells for row in rows)]
    leads = [column for column in measured if any(table.leads(row, column) for row in rows)]
    return leads, [column for column in measured if column not in leads]
