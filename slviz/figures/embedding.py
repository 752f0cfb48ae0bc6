"""The map of an embedding: every gene a point, coloured by a meaning."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from slviz.figures.colouring import Colouring
from slviz.figures.contours import density_contours
from slviz.figures.frame import framed, plain_axes, scatter_kind
from slviz.figures.labels import area_labels, callouts
from slviz.figures.palette import ACCENT, CONTINUOUS, LINE, MISSING, SIGNED, categorical, symbols
from slviz.projections import Clusters, Projection
from slviz.projections.neighbours import count_within

MOST_LABELS = 40
MOST_IN_LEGEND = 12
"""Clusters that are named on the map need no legend, and many of them would leave no room for the map."""
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
        selected: gene numbers drawn on top, larger; all others become grey but stay.
        named: further gene numbers that get their name beside them and no ring; the first 40 of them.
        clusters: their names are written where they are densest; those of the colouring when left out.
        contours: lines of equal density are drawn over the points.
        point_size, opacity: of an ordinary point, in pixels and from 0 to 1.
        webgl: True for the screen; False keeps every point a vector in an exported file.
        height: in pixels.
    """
    hover = _hover_texts(genes, colouring, names=names, degree=degree)
    draw = _Points(projection.coordinates[:, :2], hover, scatter_kind(webgl=webgl))
    ordinary = {"size": point_size, "opacity": opacity}
    if len(selected):
        chosen = np.unique(np.asarray(selected, dtype=np.int64))
        rest = np.setdiff1d(np.arange(len(genes)), chosen)
        traces = [draw.trace(rest, {"size": point_size, "opacity": 0.3, "color": MISSING}, showlegend=False)]
        larger = {"size": point_size + 3, "opacity": 1.0, "line": {"width": 0.8, "color": LINE}}
        traces += _coloured(draw, chosen, colouring, larger)
    else:
        traces = _coloured(draw, np.arange(len(genes)), colouring, ordinary)
    if len(highlighted):
        traces.append(_rings(draw, np.asarray(highlighted, dtype=np.int64), point_size))
    if contours:
        traces.append(density_contours(projection.coordinates))
    span = _span(projection.coordinates)
    clusters = None if len(selected) else clusters or colouring.clusters
    figure = framed(
        traces,
        x=projection.axes[0],
        y=projection.axes[1],
        keep=f"{projection.method.to_json()} {projection.seed}",
        legend_title=colouring.heading,
        height=height,
        dragmode="lasso",
        margin={"l": 36, "r": 8, "t": 16, "b": 36},
        annotations=_labels(genes, projection, [*highlighted, *named], clusters, span=span),
    )
    figure.update_xaxes(range=span[0])
    figure.update_yaxes(range=span[1])
    if colouring.kind == "categorical":
        named_there = clusters is not None and len(clusters.names) > MOST_IN_LEGEND
        figure.update_layout(legend=LEGEND, showlegend=not named_there)
    else:  # over the map, since beside the colour bar a long unit would take its width
        figure.update_layout(title=_heading(colouring), margin_t=TITLE_HEIGHT if colouring.unit else TITLE_HEIGHT - 18)
    return plain_axes(figure)


def _heading(colouring: Colouring) -> dict[str, Any]:
    """Title and unit at the upper left, in the theme's own colour."""
    unit = {"text": colouring.unit, "font": {"size": 13, "weight": 400}}
    place = {"x": 0, "xref": "paper", "xanchor": "left", "y": 1, "yref": "container", "yanchor": "top"}
    return {"text": colouring.title, "font": {"size": 16}, "subtitle": unit, "pad": {"t": 6, "b": 0}, **place}


class _Points:
    """The genes as traces of one kind: where they lie and what their hover says."""

    def __init__(self, place: np.ndarray, hover: np.ndarray, kind: type) -> None:
        self.place = place
        self.hover = hover
        self.kind = kind

    def trace(self, which: np.ndarray, marker: dict[str, Any], **more: Any) -> Any:
        """Genes `which` as one trace."""
        return self.kind(
            x=self.place[which, 0],
            y=self.place[which, 1],
            mode="markers",
            marker=marker,
            text=self.hover[which],
            customdata=which[:, None],
            hovertemplate="%{text}<extra></extra>",
            **more,
        )


def _coloured(draw: _Points, which: np.ndarray, colouring: Colouring, marker: dict[str, Any]) -> list[Any]:
    """Genes `which` in their colours: a trace a category, or the missing and the coloured ones."""
    if colouring.kind == "categorical":
        return _by_category(draw, which, colouring, marker)
    values = colouring.values.astype(np.float32)
    known = np.isfinite(values[which])
    traces = []
    if not known.all():
        grey = marker | {"color": MISSING, "opacity": min(marker["opacity"], 0.5)}
        traces.append(draw.trace(which[~known], grey, name="unknown", showlegend=False))
    inside = which[known]
    inside = inside[np.argsort(np.abs(values[inside]), kind="stable")]  # the telling ones on top
    scale = _scale(colouring, values[np.isfinite(values)])
    shown = np.log10(values[inside]) if colouring.logarithmic else values[inside]
    traces.append(draw.trace(inside, marker | scale | {"color": shown}, name=colouring.title, showlegend=False))
    return traces


def _by_category(draw: _Points, which: np.ndarray, colouring: Colouring, marker: dict[str, Any]) -> list[Any]:
    values = colouring.values.astype(str)
    colour, symbol = categorical(colouring.categories), symbols(colouring.categories)
    traces = []
    for name in reversed(colouring.categories):  # the missing first, so that they lie below
        inside = which[values[which] == name]
        look = marker | {"color": colour[name], "symbol": symbol[name]}
        if colour[name] == MISSING:
            look = look | {"opacity": min(marker["opacity"], 0.45), "symbol": "circle"}
        rank = 1000 + colouring.categories.index(name)
        label = f"{name or 'unknown'} ({len(inside):,})"
        traces.append(draw.trace(inside, look, name=label, showlegend=True, legendrank=rank))
    return traces


def _scale(colouring: Colouring, finite: np.ndarray) -> dict[str, Any]:
    """Colour scale and colour bar; a logarithmic bar is ticked at round values."""
    bar: dict[str, Any] = {"thickness": 12, "len": 0.75, "outlinewidth": 0}
    if not len(finite):
        return {"colorscale": CONTINUOUS, "showscale": False}
    if colouring.kind == "signed":
        reach = float(np.quantile(np.abs(finite), 0.99)) or 1.0
        return {"colorscale": SIGNED, "cmin": -reach, "cmax": reach, "cmid": 0, "showscale": True, "colorbar": bar}
    if not colouring.logarithmic:
        low, high = float(finite.min()), float(finite.max())
        return {"colorscale": CONTINUOUS, "cmin": low, "cmax": high, "showscale": True, "colorbar": bar}
    low, high = np.log10(finite.min()), np.log10(finite.max())
    ticks = _round_values(float(low), float(high))
    bar |= {"tickvals": np.log10(ticks), "ticktext": [f"{tick:,.4g}" for tick in ticks]}
    return {"colorscale": CONTINUOUS, "cmin": low, "cmax": high, "showscale": True, "colorbar": bar}


def _round_values(low: float, high: float) -> np.ndarray:
    """1, 2, 5, 10, … between ten to the `low` and ten to the `high`; fewer where the range is wide."""
    steps = (1,) if high - low > 3 else (1, 3) if high - low > 1.5 else (1, 2, 5)
    decades = 10.0 ** np.arange(np.floor(low), np.ceil(high) + 1)
    ticks = np.sort(np.outer(decades, steps).ravel())
    inside = ticks[(ticks >= 10**low * 0.999) & (ticks <= 10**high * 1.001)]
    return inside if len(inside) else np.array([10**low])


def _rings(draw: _Points, which: np.ndarray, point_size: float) -> Any:
    ring = {"size": point_size + 11, "color": ACCENT, "symbol": "circle-open", "line": {"width": 3}}
    return draw.trace(which, ring, name="searched", showlegend=False)


def _hover_texts(
    genes: Sequence[str], colouring: Colouring, *, names: Sequence[str] | None, degree: np.ndarray | None
) -> np.ndarray:
    """[G] text: bold symbol, full name, known partners, what the colour says."""
    lines = [[f"<b>{gene}</b>" for gene in genes]]
    if names is not None:
        lines.append([name[:80] for name in names])
    if degree is not None:
        lines.append([f"{count:,} known partner{'' if count == 1 else 's'}" for count in degree])
    lines.append([f"{colouring.title}: {value}" for value in colouring.texts])
    return np.array(["<br>".join(part for part in parts if part) for parts in zip(*lines, strict=True)], dtype=object)


def _span(coordinates: np.ndarray) -> tuple[tuple[float, float], tuple[float, float]]:
    """The range of either axis with a little room around."""
    low, high = coordinates[:, :2].min(axis=0), coordinates[:, :2].max(axis=0)
    room = np.maximum((high - low) * ROOM, 1e-6)
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
