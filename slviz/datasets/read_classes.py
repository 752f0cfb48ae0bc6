"""The class table: one or several sets of classes, and the class of each gene in them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from slviz.datasets.read_genes import first_row_of_each_gene, spread
from slviz.datasets.report import Report
from slviz.datasets.rows import GENE_TITLES, named_rows
from slviz.tables import fold_name, read_table, without_marks

GENE = "gene"


def read_classes(text: str, file: str, genes: pd.Index, report: Report) -> dict[str, np.ndarray]:
    """By the heading of each column beside `gene`, in lower case: text [G], "" where a gene has no class.

    A missing mark, such as "NA", is no class.
    """
    sets = _sets(text, file)
    if not sets:
        report.add(file, "names no set of classes", "Write a heading: gene, then a name for each column of classes.")
        return {}
    table = named_rows(text, file, [GENE], [GENE, *sets], report)
    selected = None if table is None else first_row_of_each_gene(table, genes, report)
    if selected is None:
        return {}
    numbers, rows = selected
    report.read["sets of classes"] = len(sets)
    return {name: spread(without_marks(rows.cells[name]), numbers, len(genes)) for name in sets}


def _sets(text: str, file: str) -> list[str]:
    """The names of the heading beside the genes' column, in the order of the columns."""
    table = read_table(text, file, heading=True)
    genes = table.name_of(*GENE_TITLES) or table.names[0]
    named = [name for name in table.names if name != genes and not fold_name(name).startswith("column_")]
    return list(dict.fromkeys(name.casefold() for name in named))
