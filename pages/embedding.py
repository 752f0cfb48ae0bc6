"""Embedding: every gene a point; what lies together, the network sees as alike."""

import dataclasses

import streamlit as st

from slviz.ui import address, genes, layout
from slviz.ui.embedding import (
    cluster_table,
    controls,
    gene_map,
    map_choice,
    map_quality,
    maps,
    nearest,
    selected_genes,
    vector_maps,
)
from slviz.ui.glossary import glossary_link
from slviz.ui.nouns import in_words

ONE, BESIDE = "one map", "beside controls"
NO_EMBEDDING = (
    ":material/info: A baseline learns no embedding. What is drawn here are the {width} main directions (truncated "
    "SVD) of who pairs with whom in training."
)
VIEW_HELP = (
    f"- **{ONE}**: the trained embedding\n"
    f"- **{BESIDE}**: the same genes in the raw features, in the untrained network and in the trained one"
)


def page() -> None:
    """The genes of a run; or vectors of other things, which have controls of their own."""
    if vector_maps.id_in_address():
        vector_maps.page()
    else:
        _of_genes()


def _of_genes() -> None:
    """Controls, then one map with its genes, or several side by side."""
    summary, run, graph = layout.open_run("Embedding")
    if not run.spec.network.learns_in_epochs:
        st.caption(NO_EMBEDDING.format(width=run.embedding.shape[1]))
    search, method_column, colour_column = st.columns([3, 5, 3])
    with search:
        gene = genes.search(graph)
        view = address.one_of(
            st.segmented_control,
            "View",
            [ONE, BESIDE],
            key="view",
            help=in_words(f"{VIEW_HELP}\n\n{glossary_link('Untrained control')}"),
        )
    with method_column:
        method, seed = map_choice.choose(summary)
    with colour_column:
        colours, what = gene_map.colours(run, graph)
        colour = address.one_of(st.selectbox, "Colour", colours, key="colour", help=in_words(what))
    projection = map_choice.stored_or_made(summary, run, method, seed)
    if view == BESIDE:
        with colour_column:
            colouring = maps.colouring(colour, summary, graph, run, projection, gene)
        controls.show(summary, graph, run, wanted=(method, seed), colouring=colouring, gene=gene)
        return
    left, right = st.columns([3, 1])
    with right:
        look = gene_map.look(colour, summary, graph, run, projection, gene)
        chosen = selected_genes.requested(graph, clusters=look.colouring.clusters, colour=colour)
        look = dataclasses.replace(look, selected=chosen.numbers)
    with left:
        gene_map.show(look)
        map_quality.show(summary, graph, run, projection, open=colour in (maps.QUALITY, maps.SPREAD))
        if look.colouring.clusters is not None:
            cluster_table.show(graph, run, look.colouring.clusters)
    with right:
        gene_map.details(look)
    if gene is not None:
        nearest.show(graph, run, gene)
    selected_genes.show(look, chosen)


layout.show(page)
