"""Predictions: how good the network is, beside what needs no network."""

from slviz.datasets import GeneGraph
from slviz.runs import Run
from slviz.runs.store import RunSummary
from slviz.ui import layout, rankings, run_choice
from slviz.ui.embedding import selection_elsewhere
from slviz.ui.gene import pair_panel
from slviz.ui.predictions import later_view, pair_question, prediction_views


def page() -> None:
    """One gene or two, then the view that belongs to the run's task and to what it is evaluated by."""
    summary, run, graph = run_choice.open_run("Predictions")
    if run.decoder:
        _of_genes(summary, run, graph)
    selection_elsewhere.pairs(graph, run)
    prediction_views.show(graph, run)
    if run.decoder:
        later_view.show(lambda: rankings.ranker(summary, graph, run))


def _of_genes(summary: RunSummary, run: Run, graph: GeneGraph) -> None:
    """What the run says of the genes in the two boxes; nothing is ranked before one is named."""
    gene, partner = pair_question.genes_asked(graph)
    if gene is None:
        return
    if gene == partner:
        pair_question.same_gene(graph, gene)
        return
    ranker = rankings.ranker(summary, graph, run)
    if partner is None:
        pair_question.best_partners(ranker, gene)
    else:
        pair_panel.show(ranker, gene, partner)


layout.show(page)
