"""Figures of the lab over two features: points, what the network says of every place, and its neurons."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from slviz.figures.palette import LINE, LONGER, MISSING, PART_SYMBOLS, categorical
from slviz.figures.panels import PANELS_IN_A_ROW, Trace, panelled, titled
from slviz.figures.written import written
from slviz.lab.measures import Grid
from slviz.lab.points import PARTS, LabPoints

PART_SIZES = {"train": 5, "validation": 7, "test": 7}
MOST_NEURONS = 12
NEURON_PIXELS = 190
SIGNED_CLEAR = [[0.0, "rgba(213, 94, 0, 0.85)"], [0.5, "rgba(127, 127, 127, 0.06)"], [1.0, "rgba(0, 114, 178, 0.85)"]]


def class_colours(points: LabPoints) -> dict[str, str]:
    """A colour for each class."""
    return categorical(points.classes)


def _clear(colour: str, opacity: float) -> str:
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, {opacity})"


def lab_regions(
    points: LabPoints,
    plane: Grid,
    share: np.ndarray,
    *,
    straight: np.ndarray | None = None,
    lines: np.ndarray | None = None,
    height: int = 430,
) -> go.Figure:
    """All points by class and part over what the network says of every place.

    Args:
        points: of every part.
        plane: the two features that are drawn.
        share: of every class at every place of the plane, [steps, steps, classes].
        straight: the same of a logistic regression, whose boundary is dashed.
        lines: boundaries of the first layer's neurons, [neurons, 2 ends, 2], NaN for one outside.
        height: in pixels.
    """
    traces: list[Trace] = [_region(points, plane, share)]
    if straight is not None:
        traces.append(_boundary(plane, straight[:, :, 1], "logistic regression", dash="dash"))
    traces += _neuron_lines(lines) if lines is not None else []
    traces += _points(points, plane)
    x, y = (written(points.features[axis]) for axis in (plane.across, plane.up))
    axes = [
        titled(title, range=[float(places[0]), float(places[-1])], showgrid=False)
        for title, places in ((x, plane.x), (y, plane.y))
    ]
    axes[0]["title"]["standoff"] = 4
    return panelled(
        [traces],
        height=height,
        x=axes[:1],
        y=axes[1:],
        hovermode="closest",
        uirevision=f"{points.title} {x} {y}",
        margin={"l": 50, "r": 10, "t": 10, "b": 40},
    )


def _region(points: LabPoints, plane: Grid, share: np.ndarray) -> Trace:
    colours = [class_colours(points)[name] for name in points.classes]
    at = {"x": plane.x, "y": plane.y, "showscale": False, "showlegend": False, "hoverinfo": "skip", "name": "regions"}
    if len(colours) == 2:
        scale = [[0.0, _clear(colours[0], 0.55)], [0.5, "rgba(127, 127, 127, 0.05)"], [1.0, _clear(colours[1], 0.55)]]
        lines = {"coloring": "heatmap", "start": 0.5, "end": 0.5, "size": 1, "showlines": True}
        shown = {"z": share[:, :, 1].astype(np.float32), "zmin": 0, "zmax": 1, "colorscale": scale, "contours": lines}
        return {"type": "contour", **shown, "autocontour": False, "line": {"color": LINE, "width": 2}, **at}
    steps = np.linspace(0, 1, len(colours) + 1)
    scale = [
        [end, _clear(colour, 0.35)]
        for colour, *ends in zip(colours, steps[:-1], steps[1:], strict=True)
        for end in ends
    ]
    z = share.argmax(axis=2).astype(np.uint8)
    return {"type": "heatmap", "z": z, "zmin": -0.5, "zmax": len(colours) - 0.5, "colorscale": scale, **at}


def _boundary(plane: Grid, share: np.ndarray, name: str, *, dash: str) -> Trace:
    return {
        "type": "contour",
        "x": plane.x,
        "y": plane.y,
        "z": share.astype(np.float32),
        "contours": {"coloring": "none", "start": 0.5, "end": 0.5, "size": 1},
        "autocontour": False,
        "line": {"color": LINE, "width": 2, "dash": dash},
        "showscale": False,
        "showlegend": True,
        "hoverinfo": "skip",
        "name": name,
    }


def _neuron_lines(lines: np.ndarray) -> list[Trace]:
    return [
        {
            "type": "scatter",
            "x": ends[:, 0],
            "y": ends[:, 1],
            "mode": "lines",
            "line": {"color": LONGER[(number + 8) % len(LONGER)], "width": 1.2, "dash": "dot"},
            "name": f"neuron {number + 1}",
            "hoverinfo": "name",
            "showlegend": False,
        }
        for number, ends in enumerate(lines)
        if np.isfinite(ends).all()
    ]


def _points(points: LabPoints, plane: Grid) -> list[Trace]:
    """A trace for every class and part; the legend says colours and symbols apart."""
    colours, traces = class_colours(points), []
    for part_number, part in enumerate(PARTS):
        for number, name in enumerate(points.classes):
            rows = np.flatnonzero((points.part == part_number) & (points.labels == number))
            look = {"color": colours[name], "symbol": PART_SYMBOLS[part], "size": PART_SIZES[part], "opacity": 0.75}
            traces.append(
                {
                    "type": "scatter",
                    "x": points.values[rows, plane.across],
                    "y": points.values[rows, plane.up],
                    "mode": "markers",
                    "marker": look | {"line": {"width": 0.5, "color": "rgba(255, 255, 255, 0.6)"}},
                    "name": f"{written(name)}, {part}",
                    "customdata": rows,
                    "hovertemplate": f"{written(name)}, {part}<br>%{{x:.2f}}, %{{y:.2f}}<extra></extra>",
                    "showlegend": False,
                }
            )
    keys = [(written(name), colours[name], "circle") for name in points.classes]
    keys += [(part, MISSING, PART_SYMBOLS[part]) for part in PARTS]
    traces += [
        {"type": "scatter", "x": [None], "y": [None], "mode": "markers", "name": name}
        | {"marker": {"color": colour, "symbol": symbol, "size": 8}}
        for name, colour, symbol in keys
    ]
    return traces


def lab_neurons(plane: Grid, nets: np.ndarray, names: Sequence[str], *, x: str, y: str) -> go.Figure:
    """What each of up to twelve neurons gives all over the plane, coloured by its net input; its boundary is the line.

    Args:
        plane: the two features.
        nets: net inputs, [neurons, steps, steps].
        names: of the neurons.
        x, y: names of the features.
    """
    rows = -(-len(nets) // PANELS_IN_A_ROW)
    columns = -(-len(nets) // rows)
    hover = f"{written(x)} %{{x:.2f}}, {written(y)} %{{y:.2f}}<br>z = %{{z:.3g}}<extra></extra>"
    panels = []
    for net in nets:
        largest = float(np.abs(net).max()) or 1.0
        panels.append(
            [
                {
                    "type": "contour",
                    "x": plane.x,
                    "y": plane.y,
                    "z": net.astype(np.float32),
                    "zmin": -largest,
                    "zmax": largest,
                    "colorscale": SIGNED_CLEAR,
                    "contours": {"coloring": "heatmap", "start": 0, "end": 0, "size": 1, "showlines": True},
                    "autocontour": False,
                    "line": {"color": LINE, "width": 2},
                    "showscale": False,
                    "hovertemplate": hover,
                }
            ]
        )
    bare = {"showticklabels": False, "ticks": "", "showgrid": False}
    return panelled(
        panels,
        columns=columns,
        gaps=(0.03, 0.14 / rows if rows > 1 else 0),
        titles=names,
        height=NEURON_PIXELS * rows + 40,
        x=[bare] * len(panels),
        y=[bare] * len(panels),
        margin={"l": 10, "r": 10, "t": 30, "b": 10},
    )
