"""The map of an embedding in three dimensions: to turn and to zoom, not to select on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from slviz.figures.colouring import Colouring
from slviz.figures.embedding import FADED, on_top
from slviz.figures.labels import CHIP
from slviz.figures.palette import ACCENT, FAINT, LINE
from slviz.figures.points import Points, coloured, heading, hover_texts
from slviz.figures.theme import CLEAR, MODEBAR
from slviz.figures.written import written
from slviz.projections import Projection

MOST_LABELS = 40
BELOW = {
    "orientation": "h",
    "x": 0,
    "xanchor": "left",
    "y": 0,
    "yanchor": "top",
    "bgcolor": CLEAR,
    "font": {"size": 11},
}
"""A legend under the scene, which keeps its width: Plotly breaks it into rows, and moves the scene up for them."""
EYE, FARTHEST = 1.35, 2.5
"""How far from the middle the camera stands in x and y, where all axes are as long; and at most how often as far."""
LOWER = -0.12
"""How far below the middle the camera looks: the titles of the axes stand below it."""
CHIPPED = {"bgcolor": CHIP, "font": {"size": 12, "weight": 700, "color": "white"}, "borderpad": 2}


def embedding_3d(
    genes: Sequence[str],
    projection: Projection,
    colouring: Colouring,
    *,
    names: Sequence[str] | None = None,
    degree: np.ndarray | None = None,
    highlighted: Sequence[int] = (),
    selected: Sequence[int] = (),
    joined: np.ndarray | None = None,
    point_size: float = 4.5,
    opacity: float = 0.75,
    height: int = 700,
) -> go.Figure:
    """A map of all genes in three dimensions; arguments as those of `embedding_scatter`."""
    hover = hover_texts(genes, colouring, names=names, degree=degree)
    draw = Points(projection.coordinates, hover, go.Scatter3d)
    size = point_size * 0.55  # nearer points are drawn larger
    every, chosen = np.arange(len(genes)), np.unique(np.asarray(selected, dtype=np.int64))
    if len(chosen):
        faint = opacity if len(chosen) <= MOST_LABELS else min(opacity, FADED)
        traces = coloured(draw, np.setdiff1d(every, chosen), colouring, {"size": size, "opacity": faint})
        traces += on_top(coloured(draw, chosen, colouring, {"size": size + 3, "opacity": 1.0}), traces)
    else:
        traces = coloured(draw, every, colouring, {"size": size, "opacity": opacity})
    if joined is not None and len(joined):
        traces.append(draw.lines(joined, name="nearest", line={"color": ACCENT, "width": 3}))
    if len(highlighted):
        ring = {"size": size + 5, "color": ACCENT, "line": {"width": 2, "color": LINE}}
        traces.append(draw.trace(np.asarray(highlighted, dtype=np.int64), ring, name="searched", showlegend=False))
    return go.Figure(traces, layout=_layout(genes, projection, colouring, highlighted, height=height))


def _layout(
    genes: Sequence[str], projection: Projection, colouring: Colouring, highlighted: Sequence[int], *, height: int
) -> dict[str, Any]:
    axis = {"showticklabels": False, "backgroundcolor": CLEAR, "gridcolor": FAINT, "zeroline": False}
    axis |= {"showline": True, "linecolor": LINE, "linewidth": 2, "showspikes": False}
    axes = {
        f"{name}axis": axis | {"title": {"text": written(title)}}
        for name, title in zip("xyz", projection.axes, strict=True)
    }
    labels = [
        dict(zip("xyz", projection.coordinates[gene].tolist(), strict=True))
        | {"text": written(genes[gene]), "showarrow": True, "arrowcolor": LINE, "ax": 24, "ay": -24, **CHIPPED}
        for gene in list(highlighted)[:MOST_LABELS]
    ]
    categorical = colouring.kind == "categorical"
    return {
        "scene": {
            **axes,
            "aspectmode": "data",
            "camera": {"eye": _eye(projection.coordinates), "center": {"x": 0, "y": 0, "z": LOWER}},
            "annotations": labels,
            "domain": {"x": [0, 1], "y": [0, 1]},
        },
        "uirevision": f"{projection.method.to_json()} {projection.seed}",
        "paper_bgcolor": CLEAR,
        "modebar": MODEBAR,
        "legend": {"title": {"text": colouring.heading, "side": "top"}, "itemsizing": "constant", **BELOW},
        "title": None if categorical else heading(colouring),
        "margin": {"l": 8, "r": 8, "t": 16 if categorical else 56, "b": 8},
        "height": height,
    }


def _eye(coordinates: np.ndarray) -> dict[str, float]:
    """Where the camera stands, so that the longest axis and the titles beside it are in the picture.

    Plotly scales a scene to a volume of one, so a long and thin one is longer than it looks for.
    """
    spans = np.ptp(coordinates, axis=0) if len(coordinates) else np.ones(3)
    spans = np.maximum(spans.astype(np.float64), 1e-9)
    longest = float(spans.max() / np.cbrt(spans.prod()))
    away = EYE * min(max(longest, 1.0) ** 0.6, FARTHEST)
    return {"x": away, "y": away, "z": 0.8 * away}
