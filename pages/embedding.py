"""Embedding: every gene a point; what lies together, the network sees as alike."""

import streamlit as st

from slviz.ui import address, frame, gene_map, genes, maps, vector_maps


def page() -> None:
    """Controls, map, then the gene or the genes that were picked; vectors of other things have a page of their own."""
    if vector_maps.asked():
        return vector_maps.page()
    summary, run, graph = frame.open_run("Embedding")
    search, method_column, colour_column = st.columns([3, 2, 2])
    with search:
        gene = genes.search(graph)
    with method_column:
        method, seed = maps.choose(summary)
    with colour_column:
        colour = address.one_of(st.selectbox, "Colour", gene_map.COLOURS, key="colour", help=maps.COLOUR_HELP)
    projection = maps.stored_or_made(summary, run, method, seed)
    left, right = st.columns([3, 1])
    with right:
        look = gene_map.look(colour, graph, run, projection, gene)
    with left:
        chosen = gene_map.show(look)
    with right:
        gene_map.details(look)
    return gene_map.table(look, chosen)


frame.show(page)
