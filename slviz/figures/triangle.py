"""A triangle of mixtures: A above, B left, C right, each with the nearest real thing, or with a picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from jaxtyping import Float, Float64, UInt8

from slviz.figures.palette import CONTINUOUS, LINE
from slviz.figures.raster import png_address
from slviz.figures.theme import framed
from slviz.figures.written import written

HEIGHT = 480
DOT, FRAME, RING = 22, 52, 58
"""Pixels of a mixture, of one with a picture, and of the ring around the marked one."""
PICTURE_PIXELS = 56
LONGEST_NAME = 13
"""Letters of a name below a mixture; more are in its hover text."""
MARK = "#D55E00"


def triangle(
    names: Sequence[str],
    shares: Float[np.ndarray, "mixtures 3"],
    ratio: Float[np.ndarray, " mixtures"],
    *,
    marked: int,
    most: float,
    keep: str,
    pictures: UInt8[np.ndarray, "mixtures height width *rgb"] | None = None,
    notes: Sequence[str] = (),
) -> go.Figure:
    """The mixtures of three things, each coloured by how far it lies from anything real.

    Args:
        names: of the real thing that is nearest to each mixture.
        shares: of A, B and C.
        ratio: distance of each to the nearest real thing, over the usual one.
        marked: the number of the mixture with a ring.
        most: end of the scale of colours, so that two triangles share one.
        keep: what the figure shows.
        pictures: of each mixture; without them each is a dot.
        notes: of each, a further line of its hover text.
    """
    place = places(shares)
    size = DOT if pictures is None else FRAME
    further = [f"<br>{written(note)}" if note else "" for note in notes] or [""] * len(names)
    hover = [
        f"{100 * a:.0f} % A, {100 * b:.0f} % B, {100 * c:.0f} % C<br>nearest: {written(name)}{more}"
        for (a, b, c), name, more in zip(shares, names, further, strict=True)
    ]
    dots = go.Scatter(
        x=place[:, 0],
        y=place[:, 1],
        mode="markers",
        marker={
            "size": size,
            "symbol": "circle" if pictures is None else "square",
            "color": ratio,
            "colorscale": CONTINUOUS,
            "line": {"width": 1, "color": LINE},
            "cmin": 0,
            "cmax": max(most, 1.0),
            "colorbar": {
                "orientation": "h",
                "y": 0,
                "yanchor": "top",
                "thickness": 10,
                "title": {"text": "distance to the nearest, over the usual", "side": "bottom"},
            },
        },
        customdata=np.arange(len(names))[:, None],
        text=hover,
        hovertemplate="%{text}<br>distance %{marker.color:.2f}<extra></extra>",
        showlegend=False,
    )
    labels = go.Scatter(
        x=place[:, 0],
        y=place[:, 1] - (0.26 if pictures is None else 0.46),
        mode="text",
        text=[written(_short(name)) for name in names],
        textposition="bottom center",
        textfont={"size": 11},
        hoverinfo="skip",
        showlegend=False,
    )
    figure = framed([dots, labels, _ring(place[marked], pictures is not None)], x="", y="", keep=keep, height=HEIGHT)
    axis = {"visible": False, "fixedrange": True}
    rows = -place[:, 1].min()
    figure.update_xaxes(range=[-rows / 2 - 0.6, rows / 2 + 0.6], **axis)
    figure.update_yaxes(range=[-rows - 0.85, 0.75], **axis)
    for corner, letter in zip((0, len(names) - int(rows) - 1, len(names) - 1), "ABC", strict=True):
        figure.add_annotation(
            x=place[corner, 0],
            y=place[corner, 1] + (0.3 if pictures is None else 0.4),
            text=f"<b>{letter}</b>",
            showarrow=False,
            yanchor="bottom",
        )
    if pictures is not None:
        figure.update_layout(images=[_image(picture, at) for picture, at in zip(pictures, place, strict=True)])
    return figure.update_layout(margin={"l": 6, "r": 6, "t": 24, "b": 60}, dragmode=False)


def places(shares: Float[np.ndarray, "mixtures 3"]) -> Float64[np.ndarray, "mixtures 2"]:
    """Where each mixture is drawn: rows one apart from A down to the side from B to C, whole steps along a row."""
    values = np.asarray(shares, dtype=np.float64)
    rows = round(1 / values[values > 0].min())
    return np.column_stack([(values[:, 2] - values[:, 1]) * rows / 2, (values[:, 0] - 1) * rows])


def _ring(at: np.ndarray, around_picture: bool) -> go.Scatter:
    return go.Scatter(
        x=[at[0]],
        y=[at[1]],
        mode="markers",
        marker={
            "size": RING if around_picture else DOT + 10,
            "symbol": "square-open" if around_picture else "circle-open",
            "color": MARK,
            "line": {"width": 3},
        },
        hoverinfo="skip",
        showlegend=False,
    )


def _image(picture: np.ndarray, at: np.ndarray) -> dict[str, Any]:
    """A picture over its dot, enlarged before, since a browser would blur it."""
    times = max(1, PICTURE_PIXELS // max(picture.shape[:2]))
    large = picture.repeat(times, axis=0).repeat(times, axis=1)
    return {
        "source": png_address(large if large.ndim == 3 else large[:, :, None]),
        "xref": "x",
        "yref": "y",
        "x": at[0],
        "y": at[1],
        "sizex": 0.7,
        "sizey": 0.6,
        "xanchor": "center",
        "yanchor": "middle",
        "sizing": "contain",
        "layer": "above",
    }


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"
