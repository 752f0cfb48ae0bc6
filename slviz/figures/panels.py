"""Panels of traces side by side, made in one go, and what figures of several panels share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from slviz.figures.palette import FAINT
from slviz.figures.theme import CLEAR, MODEBAR

Trace = dict[str, Any]
AXIS: dict[str, Any] = {"gridcolor": FAINT, "zeroline": False, "automargin": True}
UNDER = {"orientation": "h", "x": 0, "y": -0.15, "yanchor": "top", "bgcolor": CLEAR}
DASHES = ("solid", "dash", "dot", "dashdot", "longdash")
PANELS_IN_A_ROW = 5
MOST_CURVE_POINTS = 2000


def panelled(
    panels: Sequence[Sequence[Trace]],
    *,
    height: int,
    titles: Sequence[str] = (),
    columns: int = 0,
    gaps: tuple[float, float] = (0.1, 0.1),
    x: Sequence[Trace] = (),
    y: Sequence[Trace] = (),
    **layout: Any,
) -> go.Figure:
    """Panels of traces, row by row from the top.

    Made in one go from plain dictionaries: Plotly's `make_subplots` and its updates validate everything again and
    again, which took longer than training the network.

    Args:
        panels: the traces of each.
        height: in pixels.
        titles: of the panels, as they are written.
        columns: how many stand side by side; all of them when left out.
        gaps: between columns and between rows, as shares of the figure.
        x, y: what the axes of each panel have beside the usual.
        layout: further settings.
    """
    columns = columns or len(panels)
    rows = -(-len(panels) // columns)
    width, tall = ((1 - gap * (count - 1)) / count for gap, count in zip(gaps, (columns, rows), strict=True))
    traces: list[Trace] = []
    settings: dict[str, Any] = {"annotations": []}
    for number, panel in enumerate(panels):
        row, column = divmod(number, columns)
        left, top = column * (width + gaps[0]), 1 - row * (tall + gaps[1])
        name = "" if number == 0 else str(number + 1)
        traces += [{**trace, "xaxis": f"x{name}", "yaxis": f"y{name}"} for trace in panel]
        for axis, other, ends, more in (
            ("x", "y", (left, left + width), x),
            ("y", "x", (max(top - tall, 0.0), top), y),
        ):
            of_panel = more[number] if number < len(more) else {}
            settings[f"{axis}axis{name}"] = AXIS | {"domain": ends, "anchor": f"{other}{name}"} | of_panel
        if number < len(titles):
            place = {"x": left + width / 2, "y": top, "xref": "paper", "yref": "paper", "yanchor": "bottom"}
            settings["annotations"].append(
                place | {"text": titles[number], "showarrow": False, "font": {"size": 13}, "xanchor": "center"}
            )
    settings["annotations"] += layout.pop("annotations", [])
    usual = {
        "paper_bgcolor": CLEAR,
        "plot_bgcolor": CLEAR,
        "modebar": MODEBAR,
        "height": height,
        "margin": {"l": 40, "r": 10, "t": 30, "b": 40},
        "legend": UNDER,
    }
    return go.Figure({"data": traces, "layout": usual | settings | layout})


def titled(text: str, **more: Any) -> Trace:
    """The settings of an axis with a title."""
    return {"title": {"text": text}, **more}


def rows_drawn(count: int) -> np.ndarray:
    """Numbers of the rows of a long curve that are drawn, the first and the last among them."""
    return np.unique(np.linspace(0, count - 1, min(count, MOST_CURVE_POINTS)).astype(int))


def mode_of(rows: np.ndarray) -> str:
    """Lines, with markers where they are few: one row alone draws no line."""
    return "lines+markers" if len(rows) < 3 else "lines"


def overlaid_histograms(
    panels: Sequence[Sequence[tuple[str, np.ndarray, np.ndarray, str]]],
    *,
    titles: Sequence[str],
    height: int,
    columns: int = PANELS_IN_A_ROW,
    x: str = "Weight",
    y: str = "Weights",
) -> go.Figure:
    """Panels of histograms that lie over each other.

    Args:
        panels: of each, the histograms: name, counts, edges, colour; the legend names those of the first panel.
        titles: of the panels, as they are written.
        height: of a row of panels, in pixels.
        columns: how many panels stand side by side, at most.
        x, y: titles of the axes; the first panel alone names `y`.
    """
    traces = [
        [
            histogram(counts, edges)
            | {
                "name": name,
                "opacity": 0.65,
                "marker": {"color": colour, "line": {"width": 0}},
                "showlegend": number == 0,
                "legendgroup": name,
            }
            for name, counts, edges, colour in histograms
        ]
        for number, histograms in enumerate(panels)
    ]
    columns = min(len(panels), columns)
    rows = -(-len(panels) // columns)
    return panelled(
        traces,
        columns=columns,
        gaps=(0.06, (0.25 if x else 0.3) / rows if rows > 1 else 0),
        titles=titles,
        height=height * rows,
        x=[titled(x, nticks=5)] * len(panels),
        y=[titled(y)],
        barmode="overlay",
        legend=UNDER | {"y": -0.32 / rows},
    )


def histogram(counts: np.ndarray, edges: np.ndarray) -> Trace:
    """The bars of counts between edges."""
    return {
        "type": "bar",
        "x": (edges[:-1] + edges[1:]) / 2,
        "y": counts,
        "width": float(edges[1] - edges[0]),
        "hovertemplate": "%{x:.3g}: %{y}<extra></extra>",
    }
