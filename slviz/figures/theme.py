"""The frame of every figure: transparent, theme-aware, with room for its labels."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from slviz.figures.palette import FAINT, LINE
from slviz.figures.written import written

CLEAR = "rgba(0, 0, 0, 0)"
SYNTHETIC_MARK = '<span style="font-size: 11px; font-weight: 400">SYNTHETIC DATA</span>'
MODEBAR = {"bgcolor": CLEAR, "color": "#6B7780", "activecolor": "#D55E00"}
"""The toolbar's icons, at least 4.5 : 1 on white and 3.9 : 1 on the dark page; Plotly shows it under the pointer."""
NOTE_LETTERS = 64
"""Of a line over the plot, which is broken beyond so that a narrow window does not cut it."""
LEGEND_PIXELS = 30
"""Height of a legend that lies over the plot."""


def framed(traces: list[Any], *, x: str, y: str, keep: str, legend_title: str = "", **layout: Any) -> go.Figure:
    """A figure of `traces` with axis titles; zoom survives redrawing as long as `keep` stays the same."""
    axis = {"showgrid": True, "gridcolor": FAINT, "zeroline": False, "linecolor": LINE, "automargin": True}
    settings: dict[str, Any] = {
        "xaxis": axis | {"title": {"text": x}},
        "yaxis": axis | {"title": {"text": y}},
        "paper_bgcolor": CLEAR,
        "plot_bgcolor": CLEAR,
        "modebar": MODEBAR,
        "hovermode": "closest",
        "uirevision": keep,
        "margin": {"l": 60, "r": 20, "t": 30, "b": 50},
        "legend": {"title": {"text": legend_title}, "itemsizing": "constant", "bgcolor": CLEAR},
        "height": 480,
    }
    return go.Figure(traces, layout=settings | layout)  # in one go: every later update validates all again


def noted(figure: go.Figure, lines: Sequence[str]) -> go.Figure:
    """The figure with small lines over the plot that say what it shows, so that a picture downloaded says so, too."""
    shown = [written(part) for line in lines for part in textwrap.wrap(line, NOTE_LETTERS)]
    legend = figure.layout.legend.y or 0  # pyright: ignore[reportAttributeAccessIssue]
    lifted = LEGEND_PIXELS if legend > 1 else 0
    figure.add_annotation(
        text="<br>".join(shown),
        showarrow=False,
        align="left",
        font={"size": 12},
        **{
            "x": 0,
            "xref": "paper",
            "xanchor": "left",
            "y": 1,
            "yref": "paper",
            "yanchor": "bottom",
            "yshift": 6 + lifted,
        },
    )
    top = 16 * len(shown) + 14 + lifted
    height = figure.layout.height  # pyright: ignore[reportAttributeAccessIssue]
    return figure.update_layout(margin_t=top, height=None if height is None else height + top - 30)


def marked_synthetic(figure: go.Figure) -> go.Figure:
    """A copy of the figure with the words SYNTHETIC DATA in it, so that no picture of it can lose them.

    They stand behind the title where there is one, else in the lower right corner.
    """
    marked = go.Figure(figure)
    title: str = marked.layout.title.text or ""  # pyright: ignore[reportAttributeAccessIssue]
    if title:
        return marked.update_layout(title_text=f"{title}  {SYNTHETIC_MARK}")
    corner = {"x": 1, "xref": "container", "xanchor": "right", "y": 0, "yref": "container", "yanchor": "bottom"}
    return marked.update_layout(title=corner | {"text": SYNTHETIC_MARK, "font": {"size": 11}, "pad": {"r": 2}})


def plain_axes(figure: go.Figure) -> go.Figure:
    """Axes without numbers or grid, one unit as long across as up: for maps, whose units mean nothing.

    What is looked at stays so in any window: room that is too wide or too high is left blank.
    """
    figure.update_xaxes(showticklabels=False, showgrid=False, ticks="", constrain="domain")
    figure.update_yaxes(
        showticklabels=False, showgrid=False, ticks="", scaleanchor="x", scaleratio=1, constrain="domain"
    )
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
