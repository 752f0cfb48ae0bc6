"""The frame of every figure: transparent, theme-aware, with room for its labels."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

from slviz.figures.palette import FAINT, LINE

CLEAR = "rgba(0, 0, 0, 0)"


def framed(traces: list[Any], *, x: str, y: str, keep: str, legend_title: str = "", **layout: Any) -> go.Figure:
    """A figure of `traces` with axis titles; zoom survives redrawing as long as `keep` stays the same."""
    axis = {"showgrid": True, "gridcolor": FAINT, "zeroline": False, "linecolor": LINE, "automargin": True}
    settings: dict[str, Any] = {
        "xaxis": axis | {"title": {"text": x}},
        "yaxis": axis | {"title": {"text": y}},
        "paper_bgcolor": CLEAR,
        "plot_bgcolor": CLEAR,
        "modebar": {"bgcolor": CLEAR},
        "hovermode": "closest",
        "uirevision": keep,
        "margin": {"l": 60, "r": 20, "t": 30, "b": 50},
        "legend": {"title": {"text": legend_title}, "itemsizing": "constant", "bgcolor": CLEAR},
        "height": 480,
    }
    return go.Figure(traces, layout=settings | layout)  # in one go: every later update validates all again


def plain_axes(figure: go.Figure) -> go.Figure:
    """Axes without numbers or grid, one unit as long across as up: for maps, whose units mean nothing."""
    figure.update_xaxes(showticklabels=False, showgrid=False, ticks="")
    figure.update_yaxes(showticklabels=False, showgrid=False, ticks="", scaleanchor="x", scaleratio=1)
    return figure


def empty(message: str, *, height: int = 320) -> go.Figure:
    """A figure that says why there is nothing to draw."""
    figure = go.Figure(layout={"paper_bgcolor": CLEAR, "plot_bgcolor": CLEAR, "height": height})
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False)
    figure.add_annotation(text=message, showarrow=False, x=0.5, y=0.5, xref="paper", yref="paper", font={"size": 14})
    return figure


def scatter_kind(*, webgl: bool) -> type:
    """`go.Scattergl` for a screen with many points, `go.Scatter` where the figure must stay vector."""
    return go.Scattergl if webgl else go.Scatter
