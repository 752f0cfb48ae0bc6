"""Gene: what is known of it, whom to test next, and why."""

import streamlit as st

from slviz.ui import address, gene_finder, genes, layout, outliers, run_choice
from slviz.ui.embedding import selection_elsewhere
from slviz.ui.gene import gene_card, gene_sections, visited_genes


def page() -> None:
    """Search, card, and the parts of the page."""
    summary, run, graph = run_choice.open_run_or_data("Gene")
    search, way = st.columns([2, 3], vertical_alignment="bottom")
    with search:
        gene_finder.on_page(layout.GENE, graph)
    selection_elsewhere.chips(graph)
    wanted = address.value("gene")
    if wanted is None:
        gene_finder.suggest(layout.GENE, graph)
        return
    gene = genes.find(graph, wanted)
    if gene is None:
        return
    with way:
        visited_genes.show(graph, gene)
    gene_card.show(graph, gene)
    if summary is not None and run is not None:
        outliers.say_of_gene(summary, graph, run, gene)
    if not len(graph.pairs):
        if summary is not None:
            layout.link(layout.EMBEDDING, "On the map", icon=":material/bubble_chart:", gene=graph.genes[gene])
        return
    gene_sections.show(summary, run, graph, gene)


layout.show(page)
