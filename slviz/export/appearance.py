"""How a figure looks in a file: what a person may change of it before it is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go

from slviz.errors import InvalidSetting
from slviz.figures.written import written

FONTS = {
    "sans-serif": "Arial, Helvetica, sans-serif",
    "serif": "Times New Roman, Times, serif",
    "monospace": "Courier New, Courier, monospace",
}
GROUNDS = {"light": "#FFFFFF", "dark": "#12191D"}
"""The pages' own, by theme."""
MUTED = {"light": "#555555", "dark": "#B9C4C9"}
"""Of small letters: 7 : 1 or more on their ground."""
LONGEST_TITLE = 200
LETTERS_PT = (4.0, 24.0)
POINT_SCALES = (0.25, 4.0)
SCREEN_LETTERS = 12
"""Pixels of ordinary letters on a screen."""
POINTS_PER_INCH, MILLIMETRES_PER_INCH = 72, 25.4
TITLE_PIXELS = 34


@dataclass(frozen=True)
class Appearance:
    """What is changed of a figure.

    Attributes:
        title: over the figure; "" for the one that it has.
        legend: whether it has its legend and colour bars; None for as it is.
        font: a name of `FONTS`.
        letters_pt: size of ordinary letters in the file, in points of 1/72 inch; None for what the width gives.
        point_scale: times the size of points on the page.
        dark: white letters on the dark page's ground.

    Raises `InvalidSetting` where one of them is out of its range.
    """

    title: str = ""
    legend: bool | None = None
    font: str = "sans-serif"
    letters_pt: float | None = None
    point_scale: float = 1.0
    dark: bool = False

    def __post_init__(self) -> None:
        if self.font not in FONTS:
            raise InvalidSetting(f"font='{self.font}' is not one of: {', '.join(FONTS)}.")
        if len(self.title) > LONGEST_TITLE:
            raise InvalidSetting(f"A title has at most {LONGEST_TITLE} letters; this one has {len(self.title):,}.")
        for name, value, (low, high) in (
            ("letters_pt", self.letters_pt, LETTERS_PT),
            ("point_scale", self.point_scale, POINT_SCALES),
        ):
            if value is not None and not low <= value <= high:
                raise InvalidSetting(f"{name}={value:g} is outside the range {low:g} to {high:g}.")

    @property
    def theme(self) -> str:
        """ "light" or "dark"."""
        return "dark" if self.dark else "light"

    def pixels_wide(self, width_mm: float, usual: int) -> int:
        """How many pixels of a screen the figure is drawn on, so that its letters have their size in the file."""
        if self.letters_pt is None:
            return usual
        return round(width_mm / MILLIMETRES_PER_INCH * POINTS_PER_INCH * SCREEN_LETTERS / self.letters_pt)


def dressed(figure: go.Figure, appearance: Appearance) -> go.Figure:
    """A copy of the figure that looks so."""
    drawn: Any = go.Figure(figure)
    drawn.update_layout(
        template="plotly_dark" if appearance.dark else "plotly_white",
        paper_bgcolor=GROUNDS[appearance.theme],
        plot_bgcolor=GROUNDS[appearance.theme],
        font={"family": FONTS[appearance.font]},
    )
    if appearance.legend is not None:
        drawn.update_layout(showlegend=appearance.legend)
        if not appearance.legend:
            drawn.update_traces(marker_showscale=False, selector=_has_scale)
            drawn.update_layout({f"{axis.plotly_name}": {"showscale": False} for axis in drawn.select_coloraxes()})
    if appearance.point_scale != 1:
        for trace in drawn.data:
            size = getattr(getattr(trace, "marker", None), "size", None)
            if size is not None:
                trace.marker.size = (np.asarray(size, dtype=float) * appearance.point_scale).tolist()
    if appearance.title:
        _give_title(drawn, appearance.title)
    return drawn


def _has_scale(trace: Any) -> bool:
    return bool(getattr(getattr(trace, "marker", None), "showscale", None))


def _give_title(drawn: Any, title: str) -> None:
    """The title in the upper left corner; what stood there, such as what the colour means, comes below it."""
    before = drawn.layout.title
    below = " · ".join(text for text in (before.text, before.subtitle.text) if text)
    top = drawn.layout.margin.t if drawn.layout.margin.t is not None else 60
    drawn.update_layout(
        title={
            "text": written(title),
            "x": 0,
            "xref": "paper",
            "xanchor": "left",
            "y": 1,
            "yref": "container",
            "yanchor": "top",
            "pad": {"t": 8},
            "font": {"size": 16},
            "subtitle": {"text": below, "font": {"size": 12}},
        },
        margin_t=top + TITLE_PIXELS,
        height=None if drawn.layout.height is None else drawn.layout.height + TITLE_PIXELS,
    )
