"""Pictures side by side: rows and columns of small pictures as one figure, and the same over epochs with a slider."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from jaxtyping import UInt8

from slviz.figures.palette import LINE, OKABE_ITO
from slviz.figures.raster import png_address
from slviz.figures.theme import empty, framed
from slviz.figures.written import written

GAP = 8
"""A picture is so many times as high as the gap around it, which is one pixel at least."""
ROW_PIXELS, PAGE_PIXELS = 78, 940
"""How high a row is at most, and how wide all columns are together on a usual page."""
MILLISECONDS = 350
Pictures = UInt8[np.ndarray, "pictures height width *rgb"]


def picture_grid(rows: Mapping[str, Pictures], *, columns: Sequence[str] = (), keep: str) -> go.Figure:
    """Rows of pictures under each other, each row with its name on the left.

    Args:
        rows: by name, uint8 [C, h, w] or [C, h, w, 3] each, all of one size; a row may have fewer than the others.
        columns: what stands below each column.
        keep: what the figure shows, so that a zoom stays while it does.
    """
    if not rows:
        return empty("There is no picture to show.")
    return _grid(_tiled(list(rows.values())), rows, columns=columns, keep=keep)


def picture_grid_over_epochs(
    moments: Sequence[int], frames: Sequence[Mapping[str, Pictures]], *, columns: Sequence[str] = (), keep: str
) -> go.Figure:
    """The same at several epochs, with a slider and a button that plays them; the last one is shown first."""
    tiles = [_tiled(list(rows.values())) for rows in frames]
    figure = _grid(tiles[-1], frames[-1], columns=columns, keep=keep)
    figure.frames = [
        go.Frame(data=[_image(tile)], name=str(moment)) for moment, tile in zip(moments, tiles, strict=True)
    ]
    at_once = {"frame": {"duration": 0, "redraw": True}, "mode": "immediate", "transition": {"duration": 0}}
    playing = {**at_once, "frame": {"duration": MILLISECONDS, "redraw": True}, "fromcurrent": True}
    steps = [{"args": [[str(moment)], at_once], "label": f"{moment:,}", "method": "animate"} for moment in moments]
    high = int(figure.layout.height)  # pyright: ignore[reportAttributeAccessIssue]
    figure.update_layout(
        sliders=[
            {
                "steps": steps,
                "active": len(steps) - 1,
                "currentvalue": {"prefix": "Epoch "},
                "x": 0.12,
                "len": 0.88,
                "y": 0,
                "pad": {"t": 28, "b": 6},
            }
        ],
        updatemenus=[
            {
                "type": "buttons",
                "direction": "left",
                "showactive": False,
                "x": 0,
                "y": 0,
                "xanchor": "left",
                "yanchor": "top",
                "pad": {"t": 40},
                "buttons": [
                    {"label": "▶", "method": "animate", "args": [None, {**playing, "fromcurrent": False}]},
                    {"label": "⏸", "method": "animate", "args": [[None], at_once]},
                ],
            }
        ],
    )
    return figure.update_layout(height=high + 90, margin={"b": 100})


def error_over_width(runs: pd.DataFrame, baseline: pd.DataFrame) -> go.Figure:
    """Error of pictures given back over the width of the bottleneck, on logarithmic axes.

    Args:
        runs: columns `model`, `width`, `error` and `run`; one row a finished run.
        baseline: columns `width` and `error` of a PCA.
    """
    traces: list[Any] = [
        go.Scatter(
            x=baseline["width"],
            y=baseline["error"],
            mode="lines",
            name="PCA",
            line={"color": LINE, "dash": "dash", "width": 1.5},
            hovertemplate="PCA<br>width %{x}<br>error %{y:.4f}<extra></extra>",
        )
    ]
    for number, (model, rows) in enumerate(runs.groupby("model", sort=True)):
        ordered = rows.sort_values("width")
        traces.append(
            go.Scatter(
                x=ordered["width"],
                y=ordered["error"],
                mode="lines+markers",
                name=written(str(model)),
                text=ordered["run"],
                line={"color": OKABE_ITO[number % len(OKABE_ITO)]},
                marker={"size": 9},
                hovertemplate="<b>%{text}</b><br>width %{x}<br>error %{y:.4f}<extra></extra>",
            )
        )
    figure = framed(
        traces, x="Width of the bottleneck", y="Error (root mean square)", keep="error over width", height=360
    )
    widest = float(baseline["width"].to_numpy().max())
    ticks = [2**power for power in range(12) if 2**power <= widest]
    figure.update_xaxes(type="log", tickvals=ticks, ticktext=[str(tick) for tick in ticks])
    return figure.update_yaxes(rangemode="tozero")


def _grid(tile: np.ndarray, rows: Mapping[str, Pictures], *, columns: Sequence[str], keep: str) -> go.Figure:
    first = next(iter(rows.values()))
    height, width = first.shape[1] + _gap(first.shape[1]), first.shape[2] + _gap(first.shape[1])
    most = max(len(pictures) for pictures in rows.values())
    high = round(min(ROW_PIXELS, PAGE_PIXELS * height / (max(most, 1) * width)) * len(rows))
    figure = framed([_image(tile)], x="", y="", keep=keep, height=high + 70)
    figure.update_xaxes(
        tickvals=[(number + 0.5) * width for number in range(len(columns))],
        ticktext=[written(text) for text in columns],
        showticklabels=bool(columns),
        showgrid=False,
        zeroline=False,
        ticks="",
        showline=False,
        tickangle=0,
        constrain="domain",
        constraintoward="left",
    )
    figure.update_yaxes(
        tickvals=[(number + 0.5) * height for number in range(len(rows))],
        ticktext=[written(name) for name in rows],
        showgrid=False,
        zeroline=False,
        ticks="",
        showline=False,
        constrain="domain",
        constraintoward="top",
    )
    return figure.update_layout(margin={"l": 10, "r": 10, "t": 30, "b": 40 if columns else 6}, dragmode=False)


def _image(tile: np.ndarray) -> go.Image:
    return go.Image(source=png_address(tile), hoverinfo="skip", zsmooth=False)


def _gap(height: int) -> int:
    return max(1, height // GAP)


def _tiled(rows: Sequence[Pictures]) -> UInt8[np.ndarray, "high wide 4"]:
    """All pictures in one, with gaps that are seen through; red, green, blue and how far each pixel covers."""
    height, width = rows[0].shape[1:3]
    gap = _gap(height)
    most = max(len(pictures) for pictures in rows)
    tiled = np.zeros((len(rows) * (height + gap), most * (width + gap), 4), dtype=np.uint8)
    for row, pictures in enumerate(rows):
        for column, picture in enumerate(pictures):
            top, left = row * (height + gap) + gap // 2, column * (width + gap) + gap // 2
            place = tiled[top : top + height, left : left + width]
            place[..., :3] = picture if picture.ndim == 3 else picture[..., None]
            place[..., 3] = 255
    return tiled
