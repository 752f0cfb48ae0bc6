"""Several maps of the same genes in one figure: same colours, one legend, one selection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from slviz.figures.colouring import Colouring
from slviz.figures.embedding import LEGEND, TITLE_HEIGHT, flat_traces, span_of
from slviz.figures.labels import callouts
from slviz.figures.points import Points, heading, hover_texts
from slviz.figures.theme import framed, scatter_kind
from slviz.figures.written import written
from slviz.projections import Projection

MOST_IN_A_ROW = 3
GAP = 0.05
AT_THE_TOP = {"yref": "container", "yanchor": "top"}
MAP_HEIGHT = 400
MOST_LABELS = 10
LEGEND_LINE = 24
BAR = {
    "orientation": "h",
    "x": 1,
    "xanchor": "right",
    "y": 1,
    "yref": "container",
    "yanchor": "top",
    "ypad": 8,
    "len": 0.4,
    "thickness": 10,
    "outlinewidth": 0,
}
"""At the upper right of the whole figure, where it pushes no map."""


def side_by_side(
    genes: Sequence[str],
    projections: Mapping[str, Projection],
    colouring: Colouring,
    *,
    names: Sequence[str] | None = None,
    degree: np.ndarray | None = None,
    highlighted: Sequence[int] = (),
    selected: Sequence[int] = (),
    joined: Mapping[str, np.ndarray] | None = None,
    point_size: float = 3.5,
    opacity: float = 0.75,
    webgl: bool = True,
) -> go.Figure:
    """A flat map for each of `projections` under its title, three in a row or two by two.

    Args:
        genes: symbols [G], in the order of the projections' rows.
        projections: by title; their first two axes are drawn.
        colouring: what colours mean, on all of them.
        joined: by title, pairs of gene numbers [N, 2] that a line joins.
        names, degree, highlighted, selected, point_size, opacity, webgl: as in `embedding_scatter`.
    """
    hover = hover_texts(genes, colouring, names=names, degree=degree)
    traces: list[Any] = []
    layout: dict[str, Any] = {"annotations": []}
    frames = _frames(len(projections))
    for place, ((title, projection), (left, right, bottom, top)) in enumerate(
        zip(projections.items(), frames, strict=True)
    ):
        number = "" if place == 0 else str(place + 1)
        draw = Points(projection.coordinates[:, :2], hover, scatter_kind(webgl=webgl), few=go.Scatter)
        lines = None if joined is None else joined.get(title)
        drawn = flat_traces(draw, colouring, highlighted, selected, lines, point_size=point_size, opacity=opacity)
        traces += [_placed(trace, number, is_first=place == 0) for trace in drawn]
        x, y = span_of(projection.coordinates)
        layout[f"xaxis{number}"] = _axis(projection.axes[0], (left, right), x) | {"anchor": f"y{number}"}
        layout[f"yaxis{number}"] = _axis(projection.axes[1], (bottom, top), y) | {
            "anchor": f"x{number}",
            "scaleanchor": f"x{number}",
        }
        layout["annotations"].append(_title(title, (left + right) / 2, top))
        layout["annotations"] += _names(genes, projection, highlighted, number, span=(x, y))
    above = TITLE_HEIGHT + 32
    if colouring.kind == "categorical":
        above = 40 + LEGEND_LINE * (1 + len(colouring.categories) // 4)
        layout["legend"] = LEGEND | {"title": {"text": colouring.heading, "side": "top"}, "y": 1, **AT_THE_TOP}
    else:
        layout["title"] = heading(colouring)
    layout["showlegend"] = "legend" in layout
    keep, height = " ".join(projections), _height(frames) + above
    figure = framed(traces, x="", y="", keep=keep, height=height, dragmode="lasso")
    return figure.update_layout(**layout, margin={"l": 30, "r": 8, "t": above, "b": 36})


def _names(
    genes: Sequence[str], projection: Projection, highlighted: Sequence[int], number: str, *, span: Any
) -> list[dict[str, Any]]:
    """Names of the highlighted genes beside their points, on the axes of their map."""
    named = list(highlighted)[:MOST_LABELS]
    place = projection.coordinates[named]
    texts = [genes[gene] for gene in named]
    labels = callouts(place[:, 0], place[:, 1], texts, span=span, pixels=(MAP_HEIGHT, MAP_HEIGHT))
    return [label | {"xref": f"x{number}", "yref": f"y{number}"} for label in labels]


def _frames(count: int) -> list[tuple[float, float, float, float]]:
    """Left, right, bottom and top of each map, as shares of the figure, row by row from the top."""
    columns = count if count <= MOST_IN_A_ROW else 2
    rows = -(-count // columns)
    width, height = (1 - GAP * (columns - 1)) / columns, (1 - 2.4 * GAP * (rows - 1)) / rows
    frames = []
    for number in range(count):
        row, column = divmod(number, columns)
        left, top = column * (width + GAP), 1 - row * (height + 2.4 * GAP)
        frames.append((left, left + width, max(top - height, 0.0), top))
    return frames


def _height(frames: Sequence[tuple[float, float, float, float]]) -> int:
    return MAP_HEIGHT * len({top for *_, top in frames})


def _axis(title: str, domain: tuple[float, float], span: tuple[float, float]) -> dict[str, Any]:
    look = {"showticklabels": False, "showgrid": False, "zeroline": False, "ticks": "", "showline": False}
    return look | {
        "title": {"text": written(title), "font": {"size": 11}, "standoff": 4},
        "domain": domain,
        "range": span,
    }


def _title(text: str, x: float, y: float) -> dict[str, Any]:
    place = {"x": x, "y": y, "xref": "paper", "yref": "paper", "xanchor": "center", "yanchor": "bottom"}
    return place | {"text": f"<b>{written(text)}</b>", "showarrow": False, "font": {"size": 14}}


def _placed(trace: Any, number: str, *, is_first: bool) -> Any:
    """The trace on the axes of its map; its legend entry and colour bar are those of the first map."""
    trace.update(xaxis=f"x{number}", yaxis=f"y{number}", legendgroup=trace.name)
    if not is_first:
        trace.update(showlegend=False)
        if trace.marker.showscale:
            trace.update(marker_showscale=False)
    elif trace.marker.showscale:
        trace.update(marker_colorbar=BAR)
    return trace
