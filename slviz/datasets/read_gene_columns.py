"""The table of columns over genes: numbers and words, such as essentiality, expression or papers."""

from __future__ import annotations

import numpy as np
import pandas as pd

from slviz.datasets.gene_values import GeneColumns
from slviz.datasets.read_genes import first_row_of_each_gene, spread
from slviz.datasets.read_relations import finite
from slviz.datasets.report import Report
from slviz.datasets.rows import GENE_TITLES, rows_of
from slviz.datasets.value_columns import value_columns

GENE = "gene"


def read_gene_columns(text: str, file: str, genes: pd.Index, report: Report) -> GeneColumns | None:
    """Every column beside the genes', for the genes of the list; rows about other genes are counted and left out.

    None, with a fatal problem in the report, where no column names genes, or none is left beside it.
    """
    table = rows_of(text, file, report, words=GENE_TITLES, heading=True)
    title = table.name_of(*GENE_TITLES) or (table.names[0] if table.row_names else None)
    if title is None or len(table.names) < 2:
        what = "does not name a column 'gene' and further columns"
        remedy = "The first line should name the columns: gene, then one name for each column."
        report.add(file, what, remedy, line=table.heading, value=" ".join(table.names))
        return None
    others = {name: name for name in table.names if name not in (title, GENE)}
    selected = first_row_of_each_gene(table.select({GENE: title} | others), genes, report, of_more_genes=True)
    if selected is None:
        return None
    numbers, rows = selected
    columns: dict[str, np.ndarray] = {}
    for column in value_columns(rows, left_out=GENE, used=np.arange(len(rows))):
        for remark in column.remarks:
            report.add(file, remark.rstrip("."), "Check that this is meant.", fatal=False)
        if column.numbers is None:
            columns[column.name] = spread(column.cells, numbers, len(genes))
        else:
            values = np.full(len(genes), np.nan)
            values[numbers] = finite(column.numbers)
            columns[column.name] = values
    report.read["columns over genes"] = len(columns)
    return GeneColumns(columns)
