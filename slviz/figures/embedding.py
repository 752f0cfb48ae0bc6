"""The map of an embedding: every gene a point, coloured by a meaning."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from slviz.figures.colouring import Colouring
from slviz.figures.contours import density_contours
from slviz.figures.labels import area_labels, callouts
from slviz.figures.palette import ACCENT, OUTLINE
from slviz.figures.points import Points, coloured, heading, hover_texts
from slviz.figures.theme import framed, plain_axes, scatter_kind
from slviz.figures.written import written
from slviz.projections import Clusters, Projection
from slviz.projections.neighbours import count_within

MOST_LABELS = 40
MOST_IN_LEGEND = 12
"""Clusters that are named on the map need no legend, and many of them would leave no room for the map."""
FADED = 0.22
NARROWEST = 0.2
"""Of the longer side of a map, the shorter one at least: both axes have one scale."""
ROOM = 0.03
LEGEND = {"orientation": "h", "x": 0, "y": 1.01, "yanchor": "bottom", "title": {"side": "top"}}
"""Over the map, which is square: beside it a legend would take a quarter of its size."""
TITLE_HEIGHT = 56
MAP_PIXELS = (600.0, 600.0)
"""About how large a map is on a screen, for labels that do not cover each other."""


def embedding_scatter(
    genes: Sequence[str],
    projection: Projection,
    colouring: Colouring,
    *,
    names: Sequence[str] | None = None,
    degree: np.ndarray | None = None,
    highlighted: Sequence[int] = (),
    selected: Sequence[int] | np.ndarray = (),
    named: Sequence[int] | np.ndarray = (),
    joined: np.ndarray | None = None,
    clusters: Clusters | None = None,
    contours: bool = False,
    point_size: float = 4.5,
    opacity: float = 0.75,
    webgl: bool = True,
    height: int = 700,
) -> go.Figure:
    """A map of all genes; every point carries `customdata = [gene number]`.

    Args:
        genes: symbols [G], in the order of the projection's rows.
        projection: where the genes lie; its first two axes are drawn.
        colouring: what their colour means.
        names: full gene names [G] for the hover.
        degree: number of known partners [G] for the hover.
        highlighted: gene numbers that are ringed and named (a search); the first 40 get their name.
        selected: gene numbers drawn on top, larger, with an outline; beside more than 40 all others fade.
        named: further gene numbers that get their name beside them and no ring; the first 40 of them.
        joined: pairs of gene numbers [N, 2] that a line joins; None for no lines.
        clusters: their names are written where they are densest; those of the colouring when left out.
        contours: lines of equal density are drawn over the points.
        point_size, opacity: of an ordinary point, in pixels and from 0 to 1.
        webgl: True for the screen; False keeps every point a vector in an exported file.
        height: in pixels.
    """
    hover = hover_texts(genes, colouring, names=names, degree=degree)
    draw = Points(projection.coordinates[:, :2], hover, scatter_kind(webgl=webgl), few=go.Scatter)
    traces = flat_traces(draw, colouring, highlighted, selected, joined, point_size=point_size, opacity=opacity)
    if contours:
        traces.append(density_contours(projection.coordinates))
    span = span_of(projection.coordinates)
    clusters = clusters or colouring.clusters
    figure = framed(
        traces,
        x=written(projection.axes[0]),
        y=written(projection.axes[1]),
        keep=f"{projection.method.to_json()} {projection.seed}",
        legend_title=colouring.heading,
        height=height,
        dragmode="lasso",
        margin={"l": 36, "r": 8, "t": 16, "b": 36},
        annotations=_labels(genes, projection, list(dict.fromkeys([*highlighted, *named])), clusters, span=span),
    )
    figure.update_xaxes(range=span[0])
    figure.update_yaxes(range=span[1])
    if colouring.kind == "categorical":
        named_there = clusters is not None and len(clusters.names) > MOST_IN_LEGEND
        figure.update_layout(legend=LEGEND, showlegend=not named_there)
    else:  # over the map, since beside the colour bar a long unit would take its width
        figure.update_layout(title=heading(colouring), margin_t=TITLE_HEIGHT if colouring.unit else TITLE_HEIGHT - 18)
    return plain_axes(figure)


def flat_traces(
    draw: Points,
    colouring: Colouring,
    highlighted: Sequence[int],
    selected: Sequence[int] | np.ndarray,
    joined: np.ndarray | None,
    *,
    point_size: float,
    opacity: float,
) -> list[Any]:
    """The traces of one flat map, the lowest first; arguments as those of `embedding_scatter`."""
    every = np.arange(len(draw.place))
    if len(selected):
        chosen = np.unique(np.asarray(selected, dtype=np.int64))
        faint = opacity if len(chosen) <= MOST_LABELS else min(opacity, FADED)
        traces = coloured(draw, np.setdiff1d(every, chosen), colouring, {"size": point_size, "opacity": faint})
        larger = {"size": point_size + 4, "opacity": 1.0, "line": {"width": 1.6, "color": OUTLINE}}
        traces += on_top(coloured(draw, chosen, colouring, larger), traces)
    else:
        traces = coloured(draw, every, colouring, {"size": point_size, "opacity": opacity})
    if joined is not None and len(joined):
        traces.append(draw.lines(joined, name="nearest", line={"color": ACCENT, "width": 1.5}, opacity=0.8))
    if len(highlighted):
        traces.append(_rings(draw, np.asarray(highlighted, dtype=np.int64), point_size))
    return traces


def on_top(chosen: list[Any], below: list[Any]) -> list[Any]:
    """Traces of what is selected, without a second entry in the legend and a second colour bar."""
    named = {trace.name for trace in below if len(trace.customdata)}
    for trace in chosen:
        if trace.name in named:
            trace.update(showlegend=False)
            trace.marker.update(showscale=False)
    return chosen


def _rings(draw: Points, which: np.ndarray, point_size: float) -> Any:
    ring = {"size": point_size + 11, "color": ACCENT, "symbol": "circle-open", "line": {"width": 3}}
    return draw.marked(which, ring, name="searched", showlegend=False)


def span_of(coordinates: np.ndarray) -> tuple[tuple[float, float], tuple[float, float]]:
    """The range of either axis with a little room around; of points on a line, room enough to see them."""
    low, high = coordinates[:, :2].min(axis=0), coordinates[:, :2].max(axis=0)
    reach = high - low
    room = np.maximum.reduce([reach * ROOM, (NARROWEST * reach.max() - reach) / 2, np.full(2, 1e-6)])
    (x_low, y_low), (x_high, y_high) = (low - room).tolist(), (high + room).tolist()
    return (x_low, x_high), (y_low, y_high)


def _labels(
    genes: Sequence[str],
    projection: Projection,
    highlighted: Sequence[int],
    clusters: Clusters | None,
    *,
    span: tuple[tuple[float, float], tuple[float, float]],
) -> list[dict[str, Any]]:
    """Names of highlighted genes beside their points, names of clusters where they are densest."""
    place = projection.coordinates
    named = list(highlighted)[:MOST_LABELS]
    labels = callouts(place[named, 0], place[named, 1], [genes[gene] for gene in named], span=span, pixels=MAP_PIXELS)
    if clusters is None or not clusters.names:
        return labels
    reach = (span[0][1] - span[0][0]) / 20
    groups = [place[clusters.label == number, :2] for number in range(len(clusters.names))]
    middles = np.array([members[_densest(members, reach=reach)] for members in groups])
    names = [name.removeprefix("cluster ") for name in clusters.names]
    return labels + area_labels(place[:, :2], clusters.label, names, middles, span=span, pixels=MAP_PIXELS)


def _densest(members: np.ndarray, *, reach: float) -> int:
    """The member with the most others around it: a label there lies on its cluster, even on one in two parts."""
    return int(np.argmax(count_within(members, reach)))
