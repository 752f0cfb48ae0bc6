"""What curves over epochs are made of, on the Lab, Train, Training and Compare pages alike."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from slviz.figures.palette import LINE, LONGER, OKABE_ITO
from slviz.figures.panels import Trace, mode_of, rows_drawn
from slviz.figures.written import written

STAR: Trace = {"symbol": "star", "size": 13, "color": OKABE_ITO[2], "line": {"width": 1, "color": LINE}}
"""The look of a best epoch."""


def epoch_line(
    epochs: np.ndarray,
    values: np.ndarray,
    name: str,
    colour: str,
    *,
    dash: str = "solid",
    log: bool = False,
    hover: str = "%{y:.4g}",
) -> Trace:
    """A line over epochs; a long one is drawn by some of its rows.

    Args:
        epochs, values: of the same length.
        name: for the legend, as it is written.
        colour, dash: of the line.
        log: whether the axis is logarithmic, where what is not above 0 has no place.
        hover: the template of the text under the pointer.
    """
    rows = rows_drawn(len(epochs))
    shown = values[rows]
    return {
        "type": "scatter",
        "x": epochs[rows],
        "y": np.where(shown > 0, shown, np.nan) if log else shown,
        "mode": mode_of(rows),
        "name": name,
        "line": {"color": colour, "dash": dash, "width": 2},
        "hovertemplate": hover,
    }


def norm_lines(epoch: np.ndarray, norms: Mapping[str, np.ndarray]) -> list[Trace]:
    """One line for each part of the network, on a logarithmic axis."""
    return [
        epoch_line(epoch, values, written(part), LONGER[(place + 8) % len(LONGER)], log=True)
        for place, (part, values) in enumerate(norms.items())
    ]


def star(epoch: int, value: float, name: str) -> Trace:
    """The mark of a best epoch, which the legend names."""
    return {
        "type": "scatter",
        "x": [epoch],
        "y": [value],
        "mode": "markers",
        "marker": STAR,
        "name": name,
        "hoverinfo": "skip",
    }


def kept_line(epoch: int, *, panels: int) -> list[Trace]:
    """Shapes that mark an epoch in so many panels; the legend names it once."""
    look = {"color": LINE, "width": 1.5, "dash": "dot"}
    return [
        {
            "type": "line",
            "x0": epoch,
            "x1": epoch,
            "y0": 0,
            "y1": 1,
            "xref": f"x{number if number > 1 else ''}",
            "yref": f"y{number if number > 1 else ''} domain",
            "line": look,
            "name": f"kept: epoch {epoch}",
            "showlegend": number == 1,
        }
        for number in range(1, panels + 1)
    ]
