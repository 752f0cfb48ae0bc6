"""Neighbourhood: the partners of one gene, as wide as the network's attention to them."""

import streamlit as st

from slviz.ui import frame, genes
from slviz.ui.embedding import selection_elsewhere
from slviz.ui.neighbourhood import around_gene


def page() -> None:
    """Search, figure, table; a click on a partner moves on, and back returns."""
    summary, run, graph = frame.open_run("Neighbourhood")
    search, trail = st.columns([2, 3], vertical_alignment="bottom")
    with search:
        gene = genes.search(graph)
    selection_elsewhere.chips(graph)
    if gene is None:
        around_gene.suggest(graph)
        return
    with trail:
        around_gene.trail(graph, gene)
    left, right = st.columns([3, 1])
    with right:
        around = around_gene.controls(summary, graph, run, gene)
        genes.card(graph, gene)
    with left:
        around_gene.figure(summary, graph, run, around)
    around_gene.table(graph, run, around)


frame.show(page)
