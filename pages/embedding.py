"""Embedding: every gene a point; what lies together, the network sees as alike."""

import streamlit as st

from slviz.ui import address, frame, gene_map, genes, map_choice, map_trust, maps


def page() -> None:
    """Controls, map, then the gene or the genes that were picked."""
    summary, run, graph = frame.open_run("Embedding")
    search, method_column, colour_column = st.columns([3, 4, 2])
    with search:
        gene = genes.search(graph)
    with method_column:
        method, seed = map_choice.choose(summary)
    with colour_column:
        colour = address.one_of(st.selectbox, "Colour", gene_map.COLOURS, key="colour", help=maps.COLOUR_HELP)
    projection = map_choice.stored_or_made(summary, run, method, seed)
    left, right = st.columns([3, 1])
    with right:
        look = gene_map.look(colour, summary, graph, run, projection, gene)
    with left:
        chosen = gene_map.show(look)
        map_trust.show(summary, graph, run, projection, open=colour in (maps.TRUST, maps.SPREAD))
    with right:
        gene_map.details(look)
    gene_map.table(look, chosen)


frame.show(page)
