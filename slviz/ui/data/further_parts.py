"""What a data set tells beside its pairs: screens with hits and non-hits, relations, gene sets, columns over genes."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from slviz.datasets import GeneGraph
from slviz.datasets.pair_keys import rows_among
from slviz.ui import columns
from slviz.ui.labels import escape_markdown, pluralise


def show(graph: GeneGraph) -> None:
    """A table of each that the data set has; nothing where it has none."""
    _screens(graph)
    _relations(graph)
    _columns(graph)


def _screens(graph: GeneGraph) -> None:
    if graph.screens is None:
        return
    tested = graph.screens.tested()
    st.subheader(
        f"{pluralise(len(graph.screens.names), 'screen')}: {pluralise(len(tested), 'tested pair')}, "
        f"{pluralise(int(tested.hit.sum()), 'hit')}",
        anchor=False,
        help="Pairs that were tested in cells, hits and non-hits. A score that is meant to predict an "
        "experiment is evaluated on these pairs, and not on unreported ones.",
    )
    st.dataframe(
        columns.in_percent(screen_table(graph), "Share of hits"),
        hide_index=True,
        column_config={
            "Hits": st.column_config.NumberColumn("Hits", help="Pairs that were a hit in at least one cell line."),
            "Share of hits": columns.percent_column(
                "Share of hits", help="The precision of a score that knows nothing.", digits=1
            ),
            "Known pairs": st.column_config.NumberColumn(
                "Known pairs", help="Tested pairs that are also listed among the known pairs of this data set."
            ),
        },
    )
    st.caption("Pairs of two genes of this data set; a pair counts as a hit where one cell line says so.")


def screen_table(graph: GeneGraph) -> pd.DataFrame:
    """One row a screen, the largest first; empty without screens."""
    if graph.screens is None:
        return pd.DataFrame()
    counts = graph.screens.counts
    known = []
    for name in counts["screen"]:
        rows = rows_among(graph.screens.tested(name).pairs, graph.pairs, genes=len(graph))
        known.append(int((rows >= 0).sum()))
    table = pd.DataFrame(
        {
            "Screen": counts["screen"],
            "Cell lines": counts["cell_lines"],
            "Tested pairs": counts["pairs"],
            "Hits": counts["hits"],
            "Non-hits": counts["non_hits"],
            "Share of hits": counts["hits"] / counts["pairs"],
            "Known pairs": known,
            "Reference": counts["reference"],
        }
    )
    return table.sort_values("Tested pairs", ascending=False, kind="stable", ignore_index=True)


def _relations(graph: GeneGraph) -> None:
    table = relation_table(graph)
    if not len(table):
        return
    st.subheader(
        "What else is known of genes together",
        anchor=False,
        help="Relations are pairs of genes, such as paralogs; gene sets are groups of them, such as protein complexes.",
    )
    st.dataframe(table, hide_index=True)


def relation_table(graph: GeneGraph) -> pd.DataFrame:
    """One row a relation or collection of gene sets: its name, kind, size, genes in it, and columns of it."""
    rows = [
        {
            "Name": name,
            "Kind": "relation",
            "Size": pluralise(len(relation), "pair"),
            "Genes": len(np.unique(relation.pairs)),
            "Columns": ", ".join(relation.columns),
        }
        for name, relation in graph.relations.items()
    ]
    rows += [
        {
            "Name": name,
            "Kind": "gene sets",
            "Size": pluralise(len(sets.ids), "set"),
            "Genes": len(np.unique(sets.membership.nonzero()[0])),
            "Columns": "",
        }
        for name, sets in graph.gene_sets.items()
    ]
    return pd.DataFrame(rows, columns=["Name", "Kind", "Size", "Genes", "Columns"])


def _columns(graph: GeneGraph) -> None:
    table = column_table(graph)
    if not len(table):
        return
    st.subheader(
        "Columns over genes",
        anchor=False,
        help="Each can colour a map, and select genes by its values; a column of numbers is a feature set by its name, "
        "too.",
    )
    st.dataframe(table, hide_index=True)
    if "papers" in table["Column"].to_list():
        st.caption(
            escape_markdown(
                "The number of papers shows how much a gene is studied. Listed pairs follow it, and a score that "
                "follows it too says little about an experiment."
            )
        )


def column_table(graph: GeneGraph) -> pd.DataFrame:
    """One row a column: its name, for how many genes it tells something, and its range or commonest values."""
    rows = []
    for name, column in ({} if graph.gene_columns is None else graph.gene_columns.columns).items():
        if column.dtype.kind == "f":
            there = column[~np.isnan(column)]
            values = f"{there.min():.4g} to {there.max():.4g}, median {np.median(there):.4g}" if len(there) else ""
        else:
            there = column[column != ""]
            common = pd.Series(there, dtype=object).value_counts()
            values = ", ".join(map(str, common.index[:4])) + (", …" if len(common) > 4 else "")
        rows.append({"Column": name, "Genes": len(there), "Values": values})
    return pd.DataFrame(rows, columns=["Column", "Genes", "Values"])
