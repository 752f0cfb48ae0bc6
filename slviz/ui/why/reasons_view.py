"""What a network was told of a pair, whom it heard, and its attention by layer and head."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from slviz.datasets import GeneGraph
from slviz.figures.explanation import attention_heatmap, view_weight_bars
from slviz.figures.views import share_bars
from slviz.runs import Run
from slviz.runs.artifacts.explanations import ATTENTION, PARTNERS, PairExplanation
from slviz.ui import charts, downloads
from slviz.ui.nouns import in_words
from slviz.ui.view_shares import title_of
from slviz.ui.why.titles import HEADINGS, HELPS, block_title

SHOWN = 8
OF_BLOCKS = (
    "What each block that the network is told of the two genes adds to the prediction: the mean over all orders in "
    "which they can be told (Shapley value), beside an average gene that hears nobody."
)


def unit_of(run: Run) -> str:
    """What raw numbers of a run are counted in; beside trees they are the part of its embedding."""
    unit = "log-odds" if run.spec.task.negative_kinds else "units of the confidence"
    return f"{unit}, the embedding’s part" if run.needs_data else unit


def blocks(run: Run, graph: GeneGraph, explanation: PairExplanation) -> None:
    """Bars of what the network was told; nothing where its scorer tells its sides apart itself."""
    if not len(explanation.blocks):
        return
    shares = explanation.blocks.assign(side=[block_title(name) for name in explanation.blocks["block"]])
    name = name_of(run, graph, explanation, "blocks")

    def figure():
        return share_bars(shares, unit=unit_of(run), of="prediction")

    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown("What the network is told", width="content", help=in_words(OF_BLOCKS))
        downloads.menu(
            name,
            source=downloads.provenance(graph, run),
            figure=figure,
            table=lambda: shares.drop(columns="block"),
        )
    charts.draw(figure(), name=name, synthetic=graph.synthetic, alt="What each block adds to the prediction")


def partners(run: Run, graph: GeneGraph, explanation: PairExplanation) -> None:
    """The edges into both genes with what each explanation says of them, what adds most first."""
    table = explanation.neighbours(graph.genes)
    if not len(table):
        st.caption(in_words("Neither gene has a partner in training: this score rests on features alone."))
        return
    name = name_of(run, graph, explanation, "partners")
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(in_words("Partners whose messages it hears"), width="content")
        downloads.menu(name, source=downloads.provenance(graph, run), figure=None, table=lambda: table)
    shown = table.rename(columns={"gene": "Gene", "partner": "Partner"} | HEADINGS)
    st.dataframe(
        shown,
        hide_index=True,
        height=35 * (min(SHOWN, len(shown)) + 1) + 3,
        column_config={
            "Gene": st.column_config.TextColumn("Gene", help="The gene of the pair that hears."),
            **{
                HEADINGS[value]: st.column_config.NumberColumn(
                    HEADINGS[value], format="%d" if value == PARTNERS else "%.4f", help=HELPS[value]
                )
                for value in explanation.values
            },
        },
    )


def attention(run: Run, graph: GeneGraph, explanation: PairExplanation) -> None:
    """Attention by layer and head for each gene; for `multiview` also the weights of its views and of neighbours."""
    if ATTENTION not in explanation.values and not explanation.views:
        return
    with st.expander("Attention by layer, head and view", icon=":material/grid_on:"):
        if explanation.views:
            _views(run, graph, explanation)
        for gene in explanation.pair:
            into = explanation.edges[1] == gene
            if len(explanation.attention) and into.any() and not explanation.views:
                symbols = [graph.genes[source] for source in explanation.edges[0, into].tolist()]
                charts.draw(
                    attention_heatmap(explanation.attention[:, :, into], symbols, gene=graph.genes[gene]),
                    name=f"{name_of(run, graph, explanation, 'attention')}-{graph.genes[gene]}",
                    synthetic=graph.synthetic,
                    alt=f"Attention of {graph.genes[gene]} to its partners by layer and head",
                )
        st.caption(in_words("These are weights, not reasons: the check above says whether predictions need them."))


def _views(run: Run, graph: GeneGraph, explanation: PairExplanation) -> None:
    titles = [title_of(view) for view in explanation.views]
    genes = (graph.genes[explanation.pair[0]], graph.genes[explanation.pair[1]])
    charts.draw(
        view_weight_bars(explanation.view_weight, titles, genes),
        name=name_of(run, graph, explanation, "views"),
        synthetic=graph.synthetic,
        alt="How much each gene attends to each view in each layer",
    )
    st.dataframe(
        view_neighbours(graph, explanation),
        hide_index=True,
        height=300,
        column_config={"Share in the view": st.column_config.NumberColumn("Share in the view", format="%.3f")},
    )


def view_neighbours(graph: GeneGraph, explanation: PairExplanation) -> pd.DataFrame:
    """One row a neighbour in a view: its share, and that times the weight of the view in each layer."""
    symbols = np.asarray(graph.genes, dtype=object)
    source, target = explanation.view_edges
    second = (target == explanation.pair[1]).astype(np.int64)
    weight = explanation.view_weight[:, second, explanation.view_of_edge] * explanation.view_share
    table = pd.DataFrame(
        {
            "Gene": symbols[target],
            "View": [title_of(explanation.views[view]) for view in explanation.view_of_edge.tolist()],
            "Neighbour": symbols[source],
            "Share in the view": explanation.view_share,
            **{f"Weight, layer {layer + 1}": row for layer, row in enumerate(weight)},
        }
    )
    last = table.columns[-1]
    return table.sort_values(last, ascending=False, kind="stable", ignore_index=True)


def name_of(run: Run, graph: GeneGraph, explanation: PairExplanation, what: str) -> str:
    """Stem of the names of files on a pair."""
    symbols = "-".join(graph.genes[gene] for gene in explanation.pair)
    return f"{run.run_id}-{what}-{symbols}"
