"""Gene: what is known of it, whom to test next, and why."""

from slviz.ui import address, cache, gene_finder, genes, layout
from slviz.ui.gene import gene_card, known_partners


def page() -> None:
    """Search, card, and the part that was chosen."""
    summary, run, graph = layout.open_run_or_data("Gene")
    gene_finder.on_page(layout.GENE, graph)
    asked = address.value("gene")
    if asked is None:
        gene_finder.suggest(layout.GENE, graph)
        return
    gene = genes.found(graph, asked)
    if gene is None:
        return
    gene_card.show(graph, gene)
    if run is not None:
        layout.link(layout.NEIGHBOURHOOD, "Open its neighbourhood", icon=":material/hub:", gene=graph.genes[gene])
    split = None if summary is None else cache.split(summary, graph)
    known_partners.show(graph, gene, split)


layout.show(page)
