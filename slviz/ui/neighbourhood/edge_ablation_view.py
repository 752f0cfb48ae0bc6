"""The edge ablation beside attention: what it says of the run and of the gene, or how to make it."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from slviz.datasets import GeneGraph
from slviz.evaluation.faithfulness import Faithfulness, faithfulness
from slviz.figures.edge_ablation import falls_by_gene, falls_of_draws
from slviz.pipeline import commands
from slviz.runs import Run
from slviz.runs.artifacts.edge_ablations import FEWEST_EDGES, EdgeAblation, edges_into
from slviz.runs.summary import RunSummary
from slviz.ui import cache, charts, downloads, job_panel
from slviz.ui.glossary import glossary_link
from slviz.ui.labels import ATTENTION, escape_markdown
from slviz.ui.nouns import in_words

HELP = (
    "The edges into a gene that have most attention, up to a third of them and at most ten, are taken out of the "
    "graph that the network passes messages along. If attention is worth something, the scores of the gene's ten best "
    "new partners fall further than without as many other edges, drawn 20 times."
)
BELOW = "The edge ablation below says whether it does."
NO_PAIRS = "There is no edge ablation of it: this run predicts no pairs, so no prediction could fall."


def show(summary: RunSummary, graph: GeneGraph, run: Run, gene: int) -> None:
    """The ablation of the run and of the gene, as far as they were made, in a sentence each; else how to make them."""
    st.warning(in_words(f"{ATTENTION} {BELOW if run.decoder else NO_PAIRS}"), icon=":material/psychology_alt:")
    if not run.decoder:
        return
    with st.container(border=True):
        st.markdown("**Edge ablation**", help=in_words(f"{HELP} {glossary_link('Edge ablation')}"))
        sample = cache.ablation(summary)
        if sample is None:
            job_panel.panel(_job(summary, "some genes of this run"))
        else:
            _verdict(faithfulness(sample.fall_top, sample.fall_random), "This run")
        one = (sample.of(gene) if sample is not None else None) or _of_gene(summary, run, graph, gene)
        if one is not None:
            _verdict(faithfulness(one.fall_top, one.fall_random), escape_markdown(graph.genes[gene]))
        if sample is not None or one is not None:
            _details(graph, run, sample, one)


def _of_gene(summary: RunSummary, run: Run, graph: GeneGraph, gene: int) -> EdgeAblation | None:
    symbol = graph.genes[gene]
    if run.attention is not None and edges_into(run.attention, len(graph))[gene] < FEWEST_EDGES:
        st.caption(
            f"{escape_markdown(symbol)} has fewer than {FEWEST_EDGES} known partners in training: too few to compare "
            "its most attended edges with others."
        )
        return None
    ablation = cache.ablation(summary, gene)
    if ablation is None:
        job_panel.panel(_job(summary, symbol, gene=gene))
    return ablation


def _job(summary: RunSummary, tested: str, *, gene: int | None = None) -> job_panel.Job:
    said = escape_markdown(tested)
    return job_panel.Job(
        key=f"ablation {summary.run_id} {'sample' if gene is None else gene}",
        artifacts=lambda: [cache.store().artifacts(summary.run_id).ablation_artifact(gene)],
        command=commands.ablate_edges(summary.run_id, None if gene is None else tested),
        what=f"the edge ablation of {said}",
        offer=f"There is no edge ablation of {said} yet.",
        button=f"Test {said}",
        takes="From seconds to a minute.",
    )


def _verdict(faithfulness: Faithfulness, label: str) -> None:
    icon = ":material/check_circle:" if faithfulness.faithful else ":material/block:"
    st.markdown(f"{icon} **{label}.** {escape_markdown(faithfulness.sentence)}")


def _details(graph: GeneGraph, run: Run, sample: EdgeAblation | None, one: EdgeAblation | None) -> None:
    with st.expander("What was measured", icon=":material/scatter_plot:"):
        if one is not None:
            symbol = graph.genes[int(one.genes[0])]
            name = f"{run.run_id}-edge-ablation-{symbol}"
            charts.draw(
                falls_of_draws(one, symbol),
                name=name,
                synthetic=graph.synthetic,
                alt=f"Fall of the predictions of {symbol} without its most attended edges and without others",
            )
        if sample is not None:
            name = f"{run.run_id}-edge-ablation"
            charts.draw(
                falls_by_gene(sample, graph.genes),
                name=name,
                synthetic=graph.synthetic,
                alt="Each tested gene: fall without its most attended edges over that without others",
            )
            st.caption(
                in_words("Each point a gene, its line 90 % of the draws. Above the dashed line attention matters.")
            )
        _downloads(graph, run, sample, one)


def _downloads(graph: GeneGraph, run: Run, sample: EdgeAblation | None, one: EdgeAblation | None) -> None:
    tests = [test for test in (sample, one) if test is not None]
    shown = tests[0]
    downloads.menu(
        f"{run.run_id}-edge-ablation-{'sample' if sample is not None else graph.genes[int(shown.genes[0])]}",
        source=downloads.provenance(graph, run),
        figure=lambda: (
            falls_by_gene(shown, graph.genes)
            if len(shown.genes) > 1
            else falls_of_draws(shown, graph.genes[int(shown.genes[0])])
        ),
        table=lambda: pd.concat([table(test, graph) for test in tests]).drop_duplicates("gene"),
    )


def table(test: EdgeAblation, graph: GeneGraph) -> pd.DataFrame:
    """One row a gene: edges, how many were removed, its score, and the falls."""
    draws = pd.DataFrame(test.fall_random, columns=[f"fall_random_{draw}" for draw in range(1, test.draws + 1)])
    leading = pd.DataFrame(
        {
            "gene": [graph.genes[gene] for gene in test.genes.tolist()],
            "edges": test.edges,
            "edges_removed": test.removed,
            "score_before": test.score,
            "fall_most_attended": test.fall_top,
            "fall_random_mean": test.fall_random.mean(axis=1),
        }
    )
    return pd.concat([leading, draws], axis=1)
