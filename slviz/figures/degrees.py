"""How many known partners genes have: a few hubs, and many genes with one."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from slviz.datasets import GeneGraph
from slviz.figures.labels import callouts
from slviz.figures.palette import ACCENT, OKABE_ITO
from slviz.figures.theme import empty, framed
from slviz.figures.written import written


def degree_distribution(graph: GeneGraph) -> go.Figure:
    """Share of genes with at least so many known partners, both axes logarithmic."""
    degree = graph.degree[graph.degree > 0]
    if not len(degree):
        return empty("No gene of this data set has a known partner.")
    partners, count = np.unique(degree, return_counts=True)
    at_least = count[::-1].cumsum()[::-1]
    trace = go.Scatter(
        x=partners,
        y=100 * at_least / len(graph),
        mode="lines+markers",
        line={"color": OKABE_ITO[0], "shape": "vh", "width": 1.5},
        marker={"size": 5},
        customdata=np.column_stack([at_least, count]),
        hovertemplate="%{customdata[0]:,} genes have %{x:,} or more known partners"
        "<br>%{customdata[1]:,} have exactly as many<extra></extra>",
    )
    figure = framed(
        [trace], x="Known partners (log scale)", y="Genes with at least as many (%, log scale)", keep="degrees"
    )
    figure.update_xaxes(type="log", dtick=1)
    figure.update_yaxes(type="log", dtick=1)
    return figure


def degree_ranks(graph: GeneGraph, *, labelled: int = 10) -> go.Figure:
    """Genes from most to fewest known partners, the hubs named; points carry `customdata = [gene number]`."""
    order = np.argsort(-graph.degree, kind="stable")
    order = order[graph.degree[order] > 0]
    if not len(order):
        return empty("No gene of this data set has a known partner.")
    rank, degree = np.arange(1, len(order) + 1), graph.degree[order]
    hub = rank <= labelled
    trace = go.Scatter(
        x=rank,
        y=degree,
        mode="markers",
        marker={
            "size": np.where(hub, 9, 5),
            "color": np.where(hub, ACCENT, OKABE_ITO[0]),
            "symbol": np.where(hub, "diamond", "circle"),
            "opacity": 1,
        },
        text=[written(graph.genes[gene]) for gene in order],
        customdata=order[:, None],
        hovertemplate="<b>%{text}</b><br>%{y:,} known partners<br>rank %{x:,}<extra></extra>",
    )
    reach = (-0.15, float(np.log10(len(order))) + 0.15), (-0.15, float(np.log10(degree[0])) + 0.3)
    figure = framed(
        [trace], x="Rank of the gene (log scale)", y="Known partners (log scale)", keep="ranks", showlegend=False
    )
    figure.update_xaxes(type="log", range=reach[0], dtick=1)
    figure.update_yaxes(type="log", range=reach[1], dtick=1)
    named = [graph.genes[gene] for gene in order[:labelled]]
    x, y = np.log10(rank[:labelled]), np.log10(degree[:labelled])
    return figure.update_layout(annotations=callouts(x, y, named, span=reach, size=11, pixels=(600, 400)))
