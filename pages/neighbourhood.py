"""Neighbourhood: the partners of one gene, as wide as the network's attention to them."""

import streamlit as st

from slviz.ui import genes, layout
from slviz.ui.embedding import selection_elsewhere
from slviz.ui.neighbourhood import ego_network_view


def page() -> None:
    """Search, figure, table; a click on a partner moves on, and back returns."""
    summary, run, graph = layout.open_run("Neighbourhood")
    search, breadcrumbs = st.columns([2, 3], vertical_alignment="bottom")
    with search:
        gene = genes.search(graph)
    selection_elsewhere.chips(graph)
    if gene is None:
        ego_network_view.suggest(graph)
        return
    with breadcrumbs:
        ego_network_view.breadcrumbs(graph, gene)
    left, right = st.columns([3, 1])
    with right:
        around = ego_network_view.controls(graph, run, gene)
        genes.card(graph, gene)
        symbol = graph.genes[gene]
        layout.link(layout.GENE, f"Rank the partners of {symbol}", icon=":material/genetics:", gene=symbol)
    with left:
        ego_network_view.figure(summary, graph, run, around)
    ego_network_view.table(graph, run, around)


layout.show(page)
