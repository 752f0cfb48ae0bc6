"""The split of the literature: which genes are learnt from, which validate and which are tested, gene by gene."""

from __future__ import annotations

import numpy as np
import pandas as pd

from slviz.datasets.read_genes import first_row_of_each_gene, spread
from slviz.datasets.report import SHOWN, Report
from slviz.datasets.rows import named_rows
from slviz.tables import without_marks

GENE, PART = "gene", "part"
WORDS = {
    "train": ("train", "training", "tr"),
    "validation": ("validation", "valid", "val", "dev"),
    "test": ("test", "testing", "te"),
    "": ("", "unlabelled", "unlabeled", "unused", "none", "other"),
}
"""How files call each part."""


def read_public_split(text: str, file: str, genes: pd.Index, report: Report) -> np.ndarray | None:
    """Text [G]: "train", "validation", "test", or "" for a gene of no part, such as one that the file does not list.

    None, with a fatal problem in the report, where the file names no gene and part, or a part has no gene.
    """
    table = named_rows(text, file, [GENE, PART], [GENE, PART], report)
    selected = None if table is None else first_row_of_each_gene(table, genes, report)
    if selected is None:
        return None
    numbers, rows = selected
    part_of = {word: part for part, words in WORDS.items() for word in words}
    cells = [str(cell).casefold() for cell in without_marks(rows.cells[PART])]
    unknown = np.array([cell not in part_of for cell in cells], dtype=bool)
    report.add_rows(
        file,
        "is no part of a split",
        "Write train, validation, test or unlabelled.",
        lines=rows.lines[unknown],
        values=rows.cells[PART][unknown][:SHOWN].tolist(),
        fatal=True,
    )
    part = spread(np.array([part_of.get(cell, "") for cell in cells], dtype=object), numbers, len(genes))
    empty = [name for name in WORDS if name and not np.any(part == name)]
    if empty:
        report.add(file, f"has no gene of the list in the part '{empty[0]}'", "Name genes of all three parts.")
        return None
    report.read["genes in the public split"] = int(np.count_nonzero(part != ""))
    return part
