"""Why a pair is scored so, as figures: removal curves, attention by layer and head, weights of views."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from slviz.evaluation.removal import SHARES, RemovalCurves
from slviz.figures.palette import ACCENT, FAINT, MISSING, OKABE_ITO, SYMBOLS, categorical
from slviz.figures.theme import framed
from slviz.figures.written import all_written, written

PERCENT = tuple(100 * share for share in SHARES)
DELETION, INSERTION = "without the first edges", "with the first edges alone"


def removal_figure(curves: RemovalCurves, titles: Mapping[str, str], *, unit: str, insertion: bool) -> go.Figure:
    """The raw number of a pair as edges are removed, or put back, in the order of each explanation.

    The grey band holds 90 % of the random orders, the grey line is their mean. Taking away edges that matter leads far
    from the number with all edges at once; putting them back leads near it at once.

    Args:
        curves: of a pair.
        titles: name of each order that is drawn.
        unit: of the raw number.
        insertion: put back instead of removed.
    """
    named, random = (
        (curves.insertion, curves.random_insertion) if insertion else (curves.deletion, curves.random_deletion)
    )
    first, last = (curves.bare, curves.whole) if insertion else (curves.whole, curves.bare)
    x = [0, *PERCENT, 100]
    traces = [*_band(x, random, first, last)] if len(random) else []
    for number, (order, title) in enumerate(titles.items()):
        y = [first, *named[curves.orders.index(order)].tolist(), last]
        colour = ACCENT if order == "attention" else OKABE_ITO[number % len(OKABE_ITO)]
        traces.append(
            {
                "type": "scatter",
                "x": x,
                "y": y,
                "name": title,
                "mode": "lines+markers",
                "line": {"color": colour, "width": 2.5 if order == "attention" else 1.5},
                "marker": {"symbol": SYMBOLS[number], "size": 7},
                "hovertemplate": f"{title}<br>%{{x:.0f}} % of the edges: %{{y:.3f}}<extra></extra>",
            }
        )
    share = "Edges put back" if insertion else "Edges removed"
    figure = framed(
        traces,
        x=f"{share} (% of each gene’s)",
        y=f"Prediction ({written(unit)})",
        keep=f"removal {insertion}",
        height=340,
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "traceorder": "normal"},
    )
    return figure.update_xaxes(range=(-2, 102))


def _band(x: Sequence[float], random: np.ndarray, first: float, last: float) -> list[dict[str, Any]]:
    """The range of 90 % of the random orders, and their mean."""
    low, high = np.quantile(random, [0.05, 0.95], axis=0)
    edge = {"type": "scatter", "x": x, "mode": "lines", "line": {"width": 0}, "hoverinfo": "skip", "showlegend": False}
    middle = {
        "type": "scatter",
        "x": x,
        "y": [first, *random.mean(axis=0).tolist(), last],
        "name": "random (band: 90 %)",
        "mode": "lines",
        "line": {"color": MISSING, "width": 1.5, "dash": "dash"},
        "hovertemplate": "random<br>%{x:.0f} % of the edges: %{y:.3f}<extra></extra>",
    }
    return [
        edge | {"y": [first, *low.tolist(), last]},
        edge | {"y": [first, *high.tolist(), last], "fill": "tonexty", "fillcolor": FAINT},
        middle,
    ]


def attention_heatmap(
    attention: np.ndarray, partners: Sequence[str], *, gene: str, most: int = 20, height: int | None = None
) -> go.Figure:
    """Attention of one gene to its partners, by layer and head, those with most attention first.

    Args:
        attention: [layers, heads, partners].
        partners: symbols.
        gene: symbol of the gene that attends.
        most: so many partners are drawn.
        height: in pixels; by the number of partners when left out.
    """
    layers, heads, _ = attention.shape
    order = np.argsort(-attention.mean(axis=(0, 1)), kind="stable")[:most]
    columns = [f"layer {layer + 1}, head {head + 1}" for layer in range(layers) for head in range(heads)]
    heat = {
        "type": "heatmap",
        "z": attention[:, :, order].reshape(layers * heads, len(order)).T,  # [L, H, E] -> [E, L·H]
        "x": columns,
        "y": all_written([partners[row] for row in order]),
        "colorscale": "Viridis",
        "zmin": 0,
        "colorbar": {"title": {"text": "attention"}, "thickness": 12},
        "hovertemplate": "<b>%{y}</b><br>%{x}: %{z:.4f}<extra></extra>",
    }
    figure = framed(
        [heat],
        x="",
        y=f"Partners of {written(gene)}",
        keep=f"attention {gene}",
        height=height or 120 + 20 * len(order),
    )
    return figure.update_yaxes(autorange="reversed", showgrid=False)


def view_weight_bars(weight: np.ndarray, names: Sequence[str], genes: tuple[str, str]) -> go.Figure:
    """How much each gene of a pair attends to each view in each layer, as bars that sum to 1.

    Args:
        weight: [layers, 2, views].
        names: titles of the views.
        genes: symbols of the pair.
    """
    rows = [f"{written(gene)}, layer {layer + 1}" for gene in genes for layer in range(len(weight))]
    colours = categorical(list(names))
    bars = [
        {
            "type": "bar",
            "orientation": "h",
            "y": rows,
            "x": weight[:, :, view].T.ravel(),  # [layers, genes] -> [genes · layers]
            "name": title,
            "marker": {"color": colours[title]},
            "hovertemplate": f"<b>{written(title)}</b><br>%{{y}}: %{{x:.3f}}<extra></extra>",
        }
        for view, title in enumerate(names)
    ]
    figure = framed(
        bars,
        x="Weight of the view",
        y="",
        keep="view weights",
        height=150 + 26 * len(rows),
        barmode="stack",
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "traceorder": "normal"},
    )
    figure.update_yaxes(autorange="reversed", showgrid=False)
    return figure.update_xaxes(range=(0, 1))
