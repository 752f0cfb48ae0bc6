"""Edge ablations as figures: genes of a sample, or the draws of one gene."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from slviz.figures.palette import ACCENT, LINE, OKABE_ITO
from slviz.figures.theme import framed
from slviz.figures.written import written
from slviz.runs.artifacts.edge_ablations import EdgeAblation

DECIMALS = ".2f"
LEAST_SPAN = 0.1
"""So that falls too small to mean anything look small."""
FALL = "Fall of the predicted score"


def falls_by_gene(test: EdgeAblation, genes: Sequence[str]) -> go.Figure:
    """Fall without the most attended edges over that without others; above the dashed line attention matters.

    Points carry `customdata = [gene number]`; the thin lines reach from the 5 % to the 95 % quantile of the draws.

    Args:
        test: of several genes.
        genes: symbols of all genes.
    """
    middle = test.fall_random.mean(axis=1)
    low, high = np.quantile(test.fall_random, [0.05, 0.95], axis=1)
    span = _span(np.r_[low, high, test.fall_top])
    line = {"color": LINE, "width": 1.5, "dash": "dash"}
    points = go.Scatter(
        x=middle,
        y=test.fall_top,
        error_x={"array": high - middle, "arrayminus": middle - low, "thickness": 1, "width": 0, "color": LINE},
        mode="markers",
        name="genes",
        showlegend=False,
        text=[written(genes[gene]) for gene in test.genes.tolist()],
        customdata=test.genes[:, None],
        marker={"size": 8, "color": ACCENT, "opacity": 0.8},
        hovertemplate="<b>%{text}</b><br>most attended %{y:.3f}<br>others %{x:.3f}<extra></extra>",
    )
    same = go.Scatter(x=span, y=span, mode="lines", name="no difference", line=line, hoverinfo="skip", showlegend=False)
    figure = framed(
        [same, points],
        x=f"{FALL} without as many other edges",
        y=f"{FALL} without the most attended",
        keep="edge ablation sample",
        height=420,
    )
    figure.update_xaxes(range=span, tickformat=DECIMALS)
    return figure.update_yaxes(range=span, tickformat=DECIMALS)


def falls_of_draws(test: EdgeAblation, symbol: str) -> go.Figure:
    """One gene: the fall of each draw of other edges as a dot, that of the most attended edges as a diamond."""
    draws = test.fall_random[0]
    span = _span(np.r_[draws, test.fall_top, 0])
    kinds = ("other edges, each draw", "most attended edges")
    others = go.Scatter(
        x=draws,
        y=[kinds[0]] * len(draws),
        mode="markers",
        marker={"size": 9, "color": OKABE_ITO[0], "opacity": 0.55},
        hovertemplate="without others: %{x:.3f}<extra></extra>",
        showlegend=False,
    )
    top = go.Scatter(
        x=test.fall_top,
        y=[kinds[1]],
        mode="markers",
        marker={"size": 14, "color": ACCENT, "symbol": "diamond"},
        hovertemplate="without the most attended: %{x:.3f}<extra></extra>",
        showlegend=False,
    )
    figure = framed(
        [others, top], x=f"{FALL} of {written(symbol)}’s best new partners", y="", keep="edge ablation gene", height=220
    )
    figure.update_yaxes(categoryorder="array", categoryarray=kinds, range=(-0.6, 1.6))
    return figure.update_xaxes(range=span, tickformat=DECIMALS)


def _span(values: np.ndarray) -> tuple[float, float]:
    low, high = float(np.min(values)), float(np.max(values))
    room = max(0.06 * (high - low), (LEAST_SPAN - (high - low)) / 2)
    return low - room, high + room
