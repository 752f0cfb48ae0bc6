"""Tables whose genes lead to the Gene page."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from slviz.ui import layout
from slviz.ui.comparison.compared_runs import ComparedRuns
from slviz.ui.nouns import in_words

GENE = "Gene"
"""A column that is shown under the word of the data set."""
GENE_COLUMNS = (GENE, "Partner")


def table(
    compared: ComparedRuns,
    rows: pd.DataFrame,
    *,
    key: str,
    help_of: Mapping[str, str],
    partner_of: str = "",
    height: int = 420,
) -> None:
    """A table; a click on a cell opens the gene, or the pair, of its row on the Gene page.

    Args:
        compared: the runs; the page is opened under the first.
        rows: with a column "Gene", "Partner" or both; names of other columns are shown as they are.
        key: of the table.
        help_of: the help of some columns.
        partner_of: the gene whose partners these are, where there is no column "Gene".
        height: in pixels, at most.
    """
    if not len(rows):
        st.caption("There is no such row.")
        return
    state = f"table {key}"
    event = st.dataframe(
        rows,
        key=state,
        hide_index=True,
        placeholder="–",
        height=min(38 + 35 * len(rows), height),
        column_config={
            column: st.column_config.Column(in_words(column) if column == GENE else column, help=help_of.get(column))
            for column in (GENE, *help_of)
            if column in rows
        },
        on_select="rerun",
        selection_mode="single-cell",
    )
    cells = event["selection"]["cells"]
    if cells and cells[0][0] < len(rows):  # the table may have become shorter since the click
        _open(compared, rows.iloc[cells[0][0]], str(cells[0][1]), partner_of)


def _open(compared: ComparedRuns, row: pd.Series, column: str, partner_of: str) -> None:
    """The links of a clicked row: the gene that was clicked, and the pair where the row is one."""
    ends = [str(row[name]) for name in GENE_COLUMNS if name in row.index]
    pair = [partner_of, *ends] if partner_of else ends
    gene = str(row[column]) if column in GENE_COLUMNS and column in row.index else pair[0]
    with st.container(horizontal=True):
        layout.link(layout.GENE, f"Open {gene}", icon=":material/genetics:", run=compared.first.run_id, gene=gene)
        if len(pair) == 2:
            layout.link(
                layout.GENE,
                f"Open {pair[0]} – {pair[1]}",
                icon=":material/link:",
                run=compared.first.run_id,
                gene=pair[0],
                partner=pair[1],
            )
