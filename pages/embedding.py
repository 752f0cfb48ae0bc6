"""Embedding: every gene a point; what lies together, the network sees as alike."""

import dataclasses

import streamlit as st

from slviz.ui import address, frame, gene_map, genes, maps, nearest, selected_genes


def page() -> None:
    """Controls, map, then the gene or the genes that were picked."""
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
        chosen = selected_genes.asked(graph, clusters=look.colouring.clusters)
        look = dataclasses.replace(look, selected=chosen.numbers)
    with left:
        drawn = gene_map.show(look)
    with right:
        gene_map.details(look)
    if gene is not None:
        nearest.show(graph, run, gene)
    selected_genes.show(look, chosen, drawn)


frame.show(page)
