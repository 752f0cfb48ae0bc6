"""The scree plot of a PCA: how much of the variance each axis carries."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from slviz.figures.palette import ACCENT, KNOWN, MISSING
from slviz.figures.theme import framed

MOST_AXES = 40


def scree_plot(share: np.ndarray, *, shown: int = 2) -> go.Figure:
    """Bars of the share of variance along each of the first 40 principal axes, and their sum as a line.

    Args:
        share: of every axis, 0 to 1, falling, as `explained_variance` gives it.
        shown: how many of them the map shows; the others are grey.
    """
    axes = np.arange(1, min(len(share), MOST_AXES) + 1)
    percent, total = 100 * share[: len(axes)], 100 * np.cumsum(share)[: len(axes)]
    bars = go.Bar(
        x=axes,
        y=percent,
        name="each axis",
        marker={"color": [KNOWN if axis <= shown else MISSING for axis in axes]},
        hovertemplate="PCA %{x}: %{y:.1f} % of the variance<extra></extra>",
    )
    line = go.Scatter(
        x=axes,
        y=total,
        name="up to this axis",
        mode="lines+markers",
        line={"color": ACCENT, "width": 2},
        marker={"size": 4},
        hovertemplate="the first %{x}: %{y:.1f} % of the variance<extra></extra>",
    )
    figure = framed(
        [bars, line], x="principal axis (the map shows the coloured ones)", y="% of variance", keep="scree", height=300
    )
    figure.update_layout(legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"}, bargap=0.15)
    figure.update_xaxes(range=[0.4, len(axes) + 0.6])
    return figure.update_yaxes(range=[0, 102])
