"""Embedding: every gene a point; what lies together, the network sees as alike."""

import dataclasses

import streamlit as st

from slviz.ui import address, genes, layout, run_choice
from slviz.ui.embedding import (
    cluster_table,
    collapsed,
    controls,
    gene_map,
    labelled_map,
    map_choice,
    map_quality,
    map_window,
    maps,
    nearest,
    outlierness,
    selected_genes,
    several_settings,
    vector_maps,
    walk_view,
)
from slviz.ui.glossary import glossary_link
from slviz.ui.nouns import in_words
from slviz.ui.why import how_it_came

ONE, BESIDE, SEVERAL, WALK = "one map", "beside controls", "several settings", "walk"
NO_EMBEDDING = (
    ":material/info: A baseline learns no embedding. What is drawn here are the {width} main directions (truncated "
    "SVD) of who pairs with whom in training."
)
VIEW_HELP = (
    f"- **{ONE}**: the trained embedding\n"
    f"- **{BESIDE}**: the same genes in the raw features, in the untrained network and in the trained one\n"
    f"- **{SEVERAL}**: the same map with several perplexities, or numbers of neighbours\n"
    f"- **{WALK}**: from one gene to another through the features and through the embedding, and A − B + C"
)


def page() -> None:
    """The genes of a run; or vectors of other things, which have controls of their own."""
    if vector_maps.id_in_address():
        vector_maps.page()
    else:
        _of_genes()


def _of_genes() -> None:
    """Controls, then one map with its genes, or several side by side."""
    summary, run, graph = run_choice.open_run("Embedding")
    if not run.spec.network.learns_in_epochs:
        st.caption(NO_EMBEDDING.format(width=run.embedding.shape[1]))
    row = map_window.controls()
    with row.search:
        gene = genes.search(graph)
    with row.settings:
        view = address.one_of(
            st.segmented_control,
            "View",
            [ONE, BESIDE, SEVERAL, WALK],
            key="view",
            ids={ONE: "map", BESIDE: "controls", SEVERAL: "settings", WALK: "walk"},
            help=in_words(f"{VIEW_HELP}\n\n{glossary_link('Untrained control')}"),
        )
    method, seed = map_choice.choose(summary, graph, run, places=(row.map, row.settings))
    with row.colour:
        colours, what = gene_map.colours(run, graph)
        colour = address.one_of(st.selectbox, "Colour", colours, key="colour", ids=maps.COLOUR_IDS, help=in_words(what))
    projection = map_choice.stored_or_made(summary, graph, run, method, seed)
    if view != ONE:
        with row.settings if colour in gene_map.FOLDED_COLOURS else row.options:
            colouring = maps.colouring(colour, summary, graph, run, projection, gene)
        if view == WALK:
            walk_view.show(graph, run, projection, colouring[0])
            return
        shown = controls.show if view == BESIDE else several_settings.show
        shown(summary, graph, run, wanted=(method, seed), colouring=colouring, gene=gene)
        return
    look = gene_map.look(colour, summary, graph, run, projection, gene, places=(row.pointer, row.settings, row.options))
    window, card, below = map_window.stage(with_card=gene is not None or graph.pictures is not None)
    with below:
        chosen = selected_genes.requested(graph, clusters=look.colouring.clusters, colour=colour)
        look = gene_map.zoomed(dataclasses.replace(look, selected=chosen.numbers))
    with window:
        gene_map.show(look)
    with card:
        gene_map.details(look)
    gene_map.say_how(look)
    collapsed.say(run)
    labelled_map.say(summary, graph, run, projection)
    map_quality.show(summary, graph, run, projection, open=colour in (maps.QUALITY, maps.SPREAD))
    outlierness.show(summary, graph, run, open=colour == outlierness.COLOUR)
    if look.colouring.clusters is not None:
        cluster_table.show(graph, run, look.colouring.clusters)
    if gene is not None:
        nearest.show(graph, run, gene)
        how_it_came.show(summary, graph, run, gene, projection=projection)
    selected_genes.show(look, chosen)


layout.show(page)
