"""The class table: one or several sets of classes, and the class of each gene in them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from slviz.datasets.read_genes import first_row_of_each_gene, spread
from slviz.datasets.report import Report
from slviz.datasets.tables import read_named_table, separator_of

GENE = "gene"


def read_classes(text: str, file: str, genes: pd.Index, report: Report) -> dict[str, np.ndarray]:
    """By the heading of each column beside `gene`, in lower case: text [G], "" where a gene has no class."""
    sets = _sets(text, file)
    if not sets:
        report.add(file, "names no set of classes", "Write a heading: gene, then a name for each column of classes.")
        return {}
    table = read_named_table(text, file, [GENE], [GENE, *sets], report)
    found = None if table is None else first_row_of_each_gene(table, genes, report)
    if found is None:
        return {}
    numbers, rows = found
    report.read["sets of classes"] = len(sets)
    return {each: spread(rows.cells[each], numbers, len(genes)) for each in sets}


def _sets(text: str, file: str) -> list[str]:
    """The names of the heading beside `gene`, in the order of the columns."""
    heading = next(line for line in text.split("\n") if line.strip())
    separator = separator_of(text, file)
    cells = heading.split() if separator == " " else heading.split(separator)
    names = [cell.strip().strip('"').casefold() for cell in cells]
    return list(dict.fromkeys(name for name in names if name and name != GENE))
