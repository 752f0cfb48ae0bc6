"""Aligned maps of several runs: beside each other on one scale, and as one map whose points move from run to run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from jaxtyping import Float

from slviz.figures.colouring import Colouring
from slviz.figures.embedding import LEGEND, MOST_IN_LEGEND, TITLE_HEIGHT, span_of
from slviz.figures.labels import callouts
from slviz.figures.palette import LINE
from slviz.figures.points import Points, coloured, heading, hover_texts
from slviz.figures.side_by_side import side_by_side
from slviz.figures.theme import framed, plain_axes, scatter_kind
from slviz.figures.written import written
from slviz.projections import Projection

STEPS = 20
"""Frames from one map to the other, the first not counted."""
MILLISECONDS = 60
"""Of a frame when it plays."""
NAMED = 5
"""Of the genes that moved most, so many have their name."""
FOOT = 92
"""Pixels for the slider."""


def aligned_maps(
    genes: Sequence[str], projections: Mapping[str, Projection], colouring: Colouring, **look: Any
) -> go.Figure:
    """Maps side by side that share one scale: a zoom into one is a zoom into all.

    Args:
        genes: symbols [G], in the order of the projections' rows.
        projections: aligned, by title.
        colouring: what colours mean, on all of them.
        look: further arguments of `side_by_side`.
    """
    figure = side_by_side(genes, projections, colouring, **look)
    x, y = span_of(np.concatenate([projection.coordinates[:, :2] for projection in projections.values()]))
    figure.update_xaxes(range=x, title_text="")
    figure.update_yaxes(range=y, title_text="", scaleanchor=None)
    figure.update_layout(
        {f"{axis}axis{place}": {"matches": axis} for place in range(2, len(projections) + 1) for axis in "xy"}
        | {"yaxis": {"scaleanchor": "x", "scaleratio": 1}}
    )
    if colouring.kind == "categorical" and len(colouring.categories) > MOST_IN_LEGEND:
        figure.update_layout(showlegend=False, margin_t=40, height=figure.layout.height - figure.layout.margin.t + 40)  # pyright: ignore
    return figure


def moving_map(
    genes: Sequence[str],
    places: tuple[Float[np.ndarray, "genes 2"], Float[np.ndarray, "genes 2"]],
    colouring: Colouring,
    *,
    names: tuple[str, str],
    most_moved: Sequence[int],
    degree: np.ndarray | None = None,
    highlighted: Sequence[int] = (),
    point_size: float = 4.5,
    webgl: bool = True,
    height: int = 640,
) -> go.Figure:
    """One map whose slider moves every gene from the first run's place to the second's, in the browser.

    Args:
        genes: symbols [G].
        places: where the genes lie on the first map, and on the second one, aligned to it.
        colouring: what colours mean.
        names: of both runs.
        most_moved: gene numbers whose way is drawn as a line, the farthest first; the first of them are named.
        degree: number of known partners [G] for the hover.
        highlighted: further gene numbers that are named and whose way is drawn.
        point_size: in pixels.
        webgl: True for the screen; False keeps every point a vector.
        height: in pixels.
    """
    start, end = (np.asarray(place[:, :2], dtype=np.float32) for place in places)
    hover = hover_texts(genes, colouring, names=None, degree=degree)
    draw = Points(start, hover, scatter_kind(webgl=webgl), few=go.Scatter)
    points = coloured(draw, np.arange(len(genes)), colouring, {"size": point_size, "opacity": 0.75})
    shown = list(dict.fromkeys([*highlighted, *most_moved]))
    span = span_of(np.concatenate([start, end]))
    named = shown[: len(highlighted) + NAMED]
    figure = framed(
        [*_ways(start[shown], end[shown]), *points],
        x="",
        y="",
        keep=" ".join(names),
        height=height,
        margin={"l": 12, "r": 12, "t": TITLE_HEIGHT, "b": FOOT},
        annotations=callouts(
            end[named, 0], end[named, 1], [genes[gene] for gene in named], span=span, pixels=(700, height - 150)
        ),
        legend=LEGEND,
        showlegend=colouring.kind == "categorical" and len(colouring.categories) <= MOST_IN_LEGEND,
        sliders=[_slider(names)],
        updatemenus=[_play()],
    )
    if colouring.kind != "categorical":
        figure.update_layout(title=heading(colouring))
    figure.update_xaxes(range=span[0])
    figure.update_yaxes(range=span[1])
    below = len(figure.data) - len(points)  # pyright: ignore[reportArgumentType]
    figure.frames = [_frame(step, start, end, points, below=below) for step in range(STEPS + 1)]
    return plain_axes(figure).update_xaxes(showline=False).update_yaxes(showline=False)


def _ways(start: np.ndarray, end: np.ndarray) -> list[go.Scatter]:
    """Lines from place to place, with a dot at the end; drawn below the points."""
    if not len(start):
        return []
    gap = np.full(len(start), np.nan, dtype=np.float32)
    x, y = (np.column_stack([start[:, axis], end[:, axis], gap]).ravel() for axis in (0, 1))
    line = {"color": LINE, "width": 1.2}
    return [go.Scatter(x=x, y=y, mode="lines", line=line, hoverinfo="skip", showlegend=False, connectgaps=False)]


def _frame(step: int, start: np.ndarray, end: np.ndarray, points: Sequence[Any], *, below: int) -> go.Frame:
    """The places of all points after so many steps; the `below` traces under them are lines, which stay."""
    share = step / STEPS
    now = start + np.float32(share) * (end - start)
    moved = []
    for trace in points:
        genes = np.asarray(trace.customdata).ravel().astype(np.int64)
        moved.append({"type": trace.type, "x": now[genes, 0], "y": now[genes, 1]})
    return go.Frame(data=moved, name=_label(step), traces=list(range(below, below + len(moved))))


def _label(step: int) -> str:
    return f"{round(100 * step / STEPS)} %"


def _slider(names: tuple[str, str]) -> dict[str, Any]:
    at_once = {"mode": "immediate", "frame": {"duration": 0, "redraw": True}, "transition": {"duration": 0}}
    steps = [
        {"label": _label(step), "method": "animate", "args": [[_label(step)], at_once]} for step in range(STEPS + 1)
    ]
    said = f"{written(names[0])} → {written(names[1])}: "
    return {
        "active": 0,
        "steps": steps,
        "x": 0.1,
        "len": 0.9,
        "y": 0,
        "pad": {"t": 12, "b": 4},
        "currentvalue": {"prefix": said, "font": {"size": 13}, "xanchor": "left"},
        "font": {"size": 11},
        "ticklen": 3,
    }


def _play() -> dict[str, Any]:
    frame = {"duration": MILLISECONDS, "redraw": True}
    run = {"mode": "immediate", "fromcurrent": True, "frame": frame, "transition": {"duration": 0}}
    return {
        "type": "buttons",
        "buttons": [{"label": "▶", "method": "animate", "args": [None, run]}],
        "x": 0,
        "xanchor": "left",
        "y": 0,
        "yanchor": "top",
        "pad": {"t": 34},
        "showactive": False,
    }
