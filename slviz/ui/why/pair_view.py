"""The panel of a pair: what its score rests on, and beside each explanation whether it holds when edges are removed."""

from __future__ import annotations

import streamlit as st

from slviz.datasets import GeneGraph
from slviz.pipeline import commands
from slviz.runs import Run
from slviz.scorers import ExplainedScorer
from slviz.ui import cache, job_panel, scorers, view_shares
from slviz.ui.labels import escape_markdown
from slviz.ui.nouns import in_words
from slviz.ui.why import check_view, formula_view, reasons_view


def show(run: Run, graph: GeneGraph, gene_a: int, gene_b: int) -> None:
    """All that can be said of why a run scores a pair of genes as it does; torch is never imported for it.

    What only the weights can tell is an artifact that a worker makes, offered here.
    """
    pair = (min(gene_a, gene_b), max(gene_a, gene_b))
    named = escape_markdown(f"{graph.genes[gene_a]} – {graph.genes[gene_b]}")
    if gene_a == gene_b:
        st.caption(in_words("A gene with itself is no pair. Pick another gene."))
        return
    if not run.decoder:
        st.caption(in_words(f"This run asks about genes and scores no pairs, so nothing is said of {named}."))
        return
    scorer = scorers.scorer(graph, run)
    if isinstance(scorer, ExplainedScorer):
        view_shares.show(graph, run, (gene_a, gene_b))
    if not run.spec.network.learns_in_epochs:
        if not isinstance(scorer, ExplainedScorer):
            formula_view.show(run, graph, scorer, pair)
        return
    with st.container(border=True):
        st.markdown(f"**Why {named}: what the network was told, and whom it heard**")
        explanation = cache.explanation(run.run_id, pair)
        if explanation is None:
            job_panel.panel(_job(run, graph, pair))
            return
        reasons_view.blocks(run, graph, explanation)
        check_view.headline(run, explanation)
        reasons_view.partners(run, graph, explanation)
        check_view.show(run, graph, explanation)
        reasons_view.attention(run, graph, explanation)


def _job(run: Run, graph: GeneGraph, pair: tuple[int, int]) -> job_panel.Job:
    symbols = graph.genes[pair[0]], graph.genes[pair[1]]
    named = escape_markdown(" – ".join(symbols))
    return job_panel.Job(
        key=f"why {run.run_id} {pair[0]} {pair[1]}",
        artifacts=lambda: [cache.store().artifacts(run.run_id).explanation_artifact(pair)],
        command=commands.explain(run.run_id, *symbols),
        what=f"the explanation of {named}",
        offer=f"Which partners and features the score of {named} rests on is not computed yet.",
        button="Explain this pair",
        takes="Some seconds.",
    )
