"""Gene: what is known of it, whom to test next, and why."""

from slviz.ui import address, gene_finder, genes, layout
from slviz.ui.gene import gene_card, gene_sections


def page() -> None:
    """Search, card, and the parts of the page."""
    summary, run, graph = layout.open_run_or_data("Gene")
    gene_finder.on_page(layout.GENE, graph)
    wanted = address.value("gene")
    if wanted is None:
        gene_finder.suggest(layout.GENE, graph)
        return
    gene = genes.find(graph, wanted)
    if gene is None:
        return
    gene_card.show(graph, gene)
    gene_sections.show(summary, run, graph, gene)


layout.show(page)
