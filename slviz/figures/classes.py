"""Predicted classes: the confusion matrix."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from jaxtyping import Int64

from slviz.figures.palette import CONTINUOUS, FAINT
from slviz.figures.theme import empty, framed
from slviz.figures.written import written

WRITTEN = 16
"""With at most so many classes every cell says how many genes it holds; with more, its hover does."""
LONGEST = 26
CELL_PIXELS = 44
SMALL_LETTERS = 9
LOWEST, HIGHEST = 400, 640
LETTERS_IN_A_ROW = 40
"""Names of classes that take no more letters together stand upright, in a narrow window, too."""


def confusion_figure(
    confusion: Int64[np.ndarray, "classes classes"], names: Sequence[str], *, model: str = "network"
) -> go.Figure:
    """Actual class down, given class across; colour is the share of a row, the diagonal is right.

    Args:
        confusion: genes of each actual class (rows) that were given each class (columns).
        names: of the classes.
        model: who gave the classes, for the axis title.
    """
    if not confusion.sum():
        return empty("There is no gene with a class in this part.")
    size = confusion.sum(axis=1, keepdims=True)
    share = np.where(confusion > 0, 100 * confusion / np.maximum(size, 1), np.nan).astype(np.float32)
    shown = [written(_short(name)) for name in names]
    text = np.where(confusion > 0, confusion.astype(str), "").astype(object) if len(names) <= WRITTEN else None
    cells = go.Heatmap(
        z=share,
        x=shown,
        y=shown,
        text=text,
        texttemplate="%{text}" if text is not None else None,
        customdata=np.dstack([confusion, np.broadcast_to(size, confusion.shape)]),
        zmin=0,
        zmax=100,
        colorscale=CONTINUOUS,
        xgap=1,
        ygap=1,
        colorbar={
            "title": {"text": "Share of the class", "side": "top"},
            "orientation": "h",
            "y": 1.0,
            "yanchor": "bottom",
            "len": 0.6,
            "thickness": 10,
            "ticksuffix": " %",
            "outlinewidth": 0,
        },
        hovertemplate="actual %{y}<br>given %{x}<br>%{customdata[0]:,} of %{customdata[1]:,} genes "
        "(%{z:.0f} %)<extra></extra>",
    )
    figure = framed(
        [cells],
        x=f"Class given by the {model}" if model == "network" else f"Class given by “{written(model)}”",
        y="Actual class",
        keep=f"confusion {model}",
        height=int(np.clip(200 + CELL_PIXELS * len(names), LOWEST, HIGHEST)),
    )
    many = len(names) > WRITTEN
    fits = max(len(_short(name)) for name in names) * len(names) <= LETTERS_IN_A_ROW
    angle = 0 if fits else -90 if many else -40
    figure.update_xaxes(type="category", showgrid=False, tickangle=angle, gridcolor=FAINT)
    if many:
        figure.update_xaxes(tickfont_size=SMALL_LETTERS)
        figure.update_yaxes(tickfont_size=SMALL_LETTERS)
    return figure.update_yaxes(type="category", showgrid=False, autorange="reversed")


def _short(name: str) -> str:
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"
