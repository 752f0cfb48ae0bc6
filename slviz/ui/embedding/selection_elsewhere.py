"""A selection from the map on the other pages: its pairs on Predictions, its genes on Neighbourhood."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from slviz.datasets import GeneGraph
from slviz.datasets.evidence_kinds import all_in_words
from slviz.neighbourhood.induced_pairs import MOST_SCORED, pairs_inside
from slviz.runs import Run
from slviz.ui import address, downloads, layout, scorers
from slviz.ui.embedding import selected_genes
from slviz.ui.labels import SCORE, SCORE_HELP, escape_markdown, pluralise
from slviz.ui.nouns import in_words

SHOWN_ROWS = 500
MOST_CHIPS = 30
UNLISTED = "not listed"


def pairs(graph: GeneGraph, run: Run) -> None:
    """Every pair among the genes of the address with its score; nothing where the address has no genes."""
    if not (address.value("set") or address.value("genes")):
        return
    chosen = selected_genes.requested(graph)
    if not len(chosen.numbers):
        return
    with st.container(border=True):
        heading = st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute")
        with heading:
            st.subheader(
                in_words(f"Pairs among {pluralise(len(chosen.numbers), 'selected gene')}"),
                anchor=False,
                width="content",
            )
        why = _why_none(run, len(chosen.numbers))
        if why:
            st.info(why, icon=":material/info:")
        else:
            _table(graph, run, chosen, heading)
        with st.container(horizontal=True):
            layout.link(layout.EMBEDDING, "Back to them on the map", icon=":material/bubble_chart:")
            st.button("Clear the selection", icon=":material/close:", type="tertiary", on_click=selected_genes.clear)


def _why_none(run: Run, count: int) -> str:
    if not run.decoder:
        return "This run scores no pairs: it reconstructs features. Choose a link or confidence run in the sidebar."
    if count < 2:
        return "One gene has no pair within the selection. Select two or more."
    if count > MOST_SCORED:
        return f"All pairs of {count:,} genes are too many for a table: select {MOST_SCORED} genes or fewer."
    return ""


def _table(graph: GeneGraph, run: Run, chosen: selected_genes.Requested, heading: DeltaGenerator) -> None:
    table = pairs_inside(graph, run, chosen.numbers, scorer=scorers.scorer(graph, run))
    with heading:
        downloads.menu(
            f"{run.run_id}-{chosen.name}-pairs", source=downloads.provenance(graph, run), table=lambda: table
        )
    listed = len(table) - table["known"].tolist().count(UNLISTED)
    origin = f"{chosen.origin[:1].upper()}{chosen.origin[1:]}"
    st.caption(escape_markdown(f"{origin}: {pluralise(len(table), 'pair')}, {listed:,} of them known. {SCORE}"))
    unreported = address.toggle("Only unreported pairs", key="unreported")
    shown = table.loc[table["known"] == UNLISTED] if unreported else table
    st.dataframe(
        shown.head(SHOWN_ROWS).assign(evidence=all_in_words(shown["evidence"].head(SHOWN_ROWS))),
        hide_index=True,
        height=min(38 + 35 * max(len(shown), 1), 320),
        column_config={
            "gene_a": "Gene",
            "gene_b": "Partner",
            "score": st.column_config.NumberColumn("Score", format="%.3f", help=SCORE_HELP),
            "known": st.column_config.TextColumn("In the data set", help="Known pairs with their part."),
            "dataset_score": st.column_config.NumberColumn("Data set's score", format="%.3f"),
            "evidence": "Evidence",
        },
    )
    if len(shown) > SHOWN_ROWS:
        st.caption(f"The first {SHOWN_ROWS} are shown; the download has all {len(table):,}.")


def chips(graph: GeneGraph) -> None:
    """The genes of the address, each a way to its neighbourhood; nothing where the address has none."""
    if not (address.value("set") or address.value("genes")):
        return
    chosen = selected_genes.requested(graph)
    if not len(chosen.numbers):
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(in_words(f"{pluralise(len(chosen.numbers), 'selected gene')}:"), width="content")
        for number in chosen.numbers[:MOST_CHIPS].tolist():
            gene = graph.genes[number]
            st.button(escape_markdown(gene), type="tertiary", key=f"selected {gene}", on_click=_go, args=(gene,))
        if len(chosen.numbers) > MOST_CHIPS:
            st.caption(f"and {len(chosen.numbers) - MOST_CHIPS:,} more", width="content")
        st.button("Clear", icon=":material/close:", type="tertiary", key="clear chips", on_click=selected_genes.clear)


def _go(gene: str) -> None:
    address.put(gene=gene)
