"""Figures of the lab: points and regions, curves, neurons, gradients, weights, activations and one weighted sum."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from slviz.figures.palette import ACCENT, FAINT, LINE, LONGER, MISSING, OKABE_ITO, PART_SYMBOLS, categorical
from slviz.figures.theme import CLEAR, framed
from slviz.figures.written import written
from slviz.lab.activations import ACTIVATIONS
from slviz.lab.measures import Grid
from slviz.lab.points import PARTS, LabPoints

PART_SIZES = {"train": 5, "validation": 7, "test": 7}
MOST_CURVE_POINTS = 2000
MOST_NEURONS = 12
NEURONS_IN_A_ROW = 5
NEURON_PIXELS = 190
SIGNED_CLEAR = [[0.0, "rgba(213, 94, 0, 0.85)"], [0.5, "rgba(127, 127, 127, 0.06)"], [1.0, "rgba(0, 114, 178, 0.85)"]]
DASHES = ("solid", "dash", "dot", "dashdot", "longdash")
UNDER = {"orientation": "h", "x": 0, "y": -0.15, "yanchor": "top", "bgcolor": CLEAR}


def class_colours(points: LabPoints) -> dict[str, str]:
    """A colour for each class."""
    return categorical(points.classes)


def _clear(colour: str, opacity: float) -> str:
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, {opacity})"


# --- points and regions ------------------------------------------------------------------------------------------


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
        _titled(title, range=[float(places[0]), float(places[-1])], showgrid=False)
        for title, places in ((x, plane.x), (y, plane.y))
    ]
    axes[0]["title"]["standoff"] = 4
    return _panelled(
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


# --- panels ------------------------------------------------------------------------------------------------------

Trace = dict[str, Any]
AXIS: dict[str, Any] = {"gridcolor": FAINT, "zeroline": False, "automargin": True}


def _panelled(
    panels: Sequence[Sequence[Trace]],
    *,
    height: int,
    titles: Sequence[str] = (),
    columns: int = 0,
    gaps: tuple[float, float] = (0.1, 0.1),
    x: Sequence[Trace] = (),
    y: Sequence[Trace] = (),
    **layout: Any,
) -> go.Figure:
    """Panels of traces, row by row from the top.

    Made in one go from plain dictionaries: Plotly's `make_subplots` and its updates validate everything again and
    again, which took longer than training the network.

    Args:
        panels: the traces of each.
        height: in pixels.
        titles: of the panels, as they are written.
        columns: how many stand side by side; all of them when left out.
        gaps: between columns and between rows, as shares of the figure.
        x, y: what the axes of each panel have beside the usual.
        layout: further settings.
    """
    columns = columns or len(panels)
    rows = -(-len(panels) // columns)
    width, tall = ((1 - gap * (count - 1)) / count for gap, count in zip(gaps, (columns, rows), strict=True))
    traces: list[Trace] = []
    settings: dict[str, Any] = {"annotations": []}
    for number, panel in enumerate(panels):
        row, column = divmod(number, columns)
        left, top = column * (width + gaps[0]), 1 - row * (tall + gaps[1])
        name = "" if number == 0 else str(number + 1)
        traces += [{**trace, "xaxis": f"x{name}", "yaxis": f"y{name}"} for trace in panel]
        for axis, other, ends, more in (
            ("x", "y", (left, left + width), x),
            ("y", "x", (max(top - tall, 0.0), top), y),
        ):
            of_panel = more[number] if number < len(more) else {}
            settings[f"{axis}axis{name}"] = AXIS | {"domain": ends, "anchor": f"{other}{name}"} | of_panel
        if number < len(titles):
            place = {"x": left + width / 2, "y": top, "xref": "paper", "yref": "paper", "yanchor": "bottom"}
            settings["annotations"].append(
                place | {"text": titles[number], "showarrow": False, "font": {"size": 13}, "xanchor": "center"}
            )
    settings["annotations"] += layout.pop("annotations", [])
    usual = {
        "paper_bgcolor": CLEAR,
        "plot_bgcolor": CLEAR,
        "modebar": {"bgcolor": CLEAR},
        "height": height,
        "margin": {"l": 40, "r": 10, "t": 30, "b": 40},
        "legend": UNDER,
    }
    return go.Figure({"data": traces, "layout": usual | settings | layout})


def _titled(text: str, **more: Any) -> Trace:
    return {"title": {"text": text}, **more}


def _thinned(count: int) -> np.ndarray:
    return np.unique(np.linspace(0, count - 1, min(count, MOST_CURVE_POINTS)).astype(int))


def _mode(rows: np.ndarray) -> str:
    return "lines+markers" if len(rows) < 3 else "lines"  # one epoch alone draws no line


# --- curves -----------------------------------------------------------------------------------------------------


def lab_curves(history: pd.DataFrame, *, epoch: int, best: int, epochs: int, height: int = 430) -> go.Figure:
    """Loss and accuracy of training and validation by epoch, the shown one as a line and the best as a star.

    Args:
        history: as `LabTraining.history`.
        epoch: the one that is shown.
        best: the one that is kept.
        epochs: how many are planned, so that the axis does not jump while it trains.
        height: in pixels.
    """
    rows = _thinned(len(history))
    thinned = history.iloc[rows]
    star = {"symbol": "star", "size": 13, "color": OKABE_ITO[2], "line": {"width": 1, "color": LINE}}
    panels: list[list[Trace]] = []
    for what in ("loss", "accuracy"):
        curves: list[Trace] = [
            {
                "type": "scatter",
                "x": thinned["epoch"].to_numpy(),
                "y": thinned[f"{part}_{what}"].to_numpy(),
                "mode": _mode(rows),
                "name": name,
                "line": {"color": colour, "dash": dash, "width": 2},
                "showlegend": what == "loss",
                "hovertemplate": "%{y:.4f}",
            }
            for part, name, colour, dash in (
                ("train", "training", OKABE_ITO[0], "solid"),
                ("validation", "validation", ACCENT, "dash"),
            )
        ]
        curves.append(
            {
                "type": "scatter",
                "x": [best],
                "y": [history[f"validation_{what}"].iloc[best]],
                "mode": "markers",
                "marker": star,
                "name": f"best epoch, {best:,}",
                "showlegend": what == "loss",
                "hoverinfo": "skip",
            }
        )
        panels.append(curves)
    span = {"range": [-0.02 * epochs, 1.02 * epochs], "matches": "x"}
    now = {"type": "line", "x0": epoch, "x1": epoch, "y0": 0, "y1": 1, "line": {"color": LINE, "width": 1.5}}
    return _panelled(
        panels,
        columns=1,
        gaps=(0, 0.07),
        height=height,
        x=[{"range": span["range"], "showticklabels": False}, _titled("Epoch", **span)],
        y=[_titled("Loss"), _titled("Accuracy")],
        shapes=[{**now, "xref": f"x{name}", "yref": f"y{name} domain"} for name in ("", "2")],
        hovermode="x unified",
        uirevision="lab",
        margin={"l": 50, "r": 10, "t": 10, "b": 40},
    )


# --- neurons -----------------------------------------------------------------------------------------------------


def lab_neurons(plane: Grid, nets: np.ndarray, names: Sequence[str], *, x: str, y: str) -> go.Figure:
    """What each of up to twelve neurons gives all over the plane, coloured by its net input; its boundary is the line.

    Args:
        plane: the two features.
        nets: net inputs, [neurons, steps, steps].
        names: of the neurons.
        x, y: names of the features.
    """
    rows = -(-len(nets) // NEURONS_IN_A_ROW)
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
    return _panelled(
        panels,
        columns=columns,
        gaps=(0.03, 0.14 / rows if rows > 1 else 0),
        titles=names,
        height=NEURON_PIXELS * rows + 40,
        x=[bare] * len(panels),
        y=[bare] * len(panels),
        margin={"l": 10, "r": 10, "t": 30, "b": 10},
    )


# --- gradients ---------------------------------------------------------------------------------------------------


def lab_gradients(
    history: pd.DataFrame, *, epoch: int, by_activation: Mapping[str, Sequence[float]], height: int = 400
) -> go.Figure:
    """Norms of the weights' gradients on a log scale: by layer, beside the other activations, and by epoch.

    Args:
        history: with `weights_1`, `weights_2`, …; a norm of exactly 0 has no place on a log scale and is said.
        epoch: the one that is shown.
        by_activation: norms before the first step by the name of the activation, first layer first.
        height: in pixels.
    """
    names = [str(name) for name in history.columns if str(name).startswith("weights_")]
    numbers = list(range(1, len(names) + 1))
    now = history.loc[epoch, names].to_numpy(float)
    by_layer: list[Trace] = [
        {
            "type": "scatter",
            **_on_log(numbers, np.asarray(norms)),
            "mode": "lines+markers",
            "name": f"{ACTIVATIONS[name].title}, at the start",
            "line": {"color": OKABE_ITO[place], "width": 1.5, "dash": DASHES[place]},
            "marker": {"size": 5},
            "hovertemplate": "layer %{x}: %{y:.1e}<extra>%{fullData.name}</extra>",
        }
        for place, (name, norms) in enumerate(by_activation.items())
    ]
    by_layer.append(
        {
            "type": "scatter",
            **_on_log(numbers, now),
            "mode": "lines+markers",
            "name": f"this network, epoch {epoch:,}",
            "line": {"color": LINE, "width": 3},
            "marker": {"size": 9},
            "hovertemplate": "layer %{x}: %{y:.2e}<extra>%{fullData.name}</extra>",
        }
    )
    rows = _thinned(len(history))
    norms_by_epoch = history[names].to_numpy()[rows]
    by_epoch: list[Trace] = [
        {
            "type": "scatter",
            "x": rows,
            "y": np.where(norms_by_epoch[:, layer - 1] > 0, norms_by_epoch[:, layer - 1], np.nan),
            "mode": _mode(rows),
            "name": f"layer {layer}",
            "line": {"color": LONGER[(layer + 7) % len(LONGER)], "width": 2},
            "hovertemplate": f"epoch %{{x}}: %{{y:.2e}}<extra>layer {layer}</extra>",
        }
        for layer in numbers
    ]
    log = {"type": "log", "exponentformat": "power", "dtick": _decades(norms_by_epoch, by_activation)}
    zero = ", ".join(str(layer) for layer, norm in zip(numbers, now, strict=True) if not norm > 0)
    said = {"x": 0.02, "y": 0.02, "xref": "x domain", "yref": "y domain", "xanchor": "left", "yanchor": "bottom"}
    text = {"text": f"this network: exactly 0 in layer {zero}", "showarrow": False, "font": {"size": 12}}
    return _panelled(
        [by_layer, by_epoch],
        titles=["By layer", "By epoch"],
        height=height,
        x=[_titled("Layer", dtick=1, range=[0.8, len(names) + 0.2]), _titled("Epoch")],
        y=[_titled("Norm of the weights’ gradient", **log), log],
        annotations=[said | text] if zero else [],
        legend=UNDER | {"y": -0.2},
    )


def _on_log(layers: Sequence[int], norms: np.ndarray) -> dict[str, list[Any]]:
    return {"x": list(layers), "y": [float(norm) if norm > 0 else None for norm in norms]}


def _decades(norms: np.ndarray, others: Mapping[str, Sequence[float]]) -> int:
    """Decades between two ticks, so that there are no more than eight."""
    shown = np.concatenate([norms.ravel(), *(np.asarray(values) for values in others.values())])
    shown = shown[shown > 0]
    return 1 if not len(shown) else max(1, int(np.ceil(np.log10(shown.max() / shown.min()) / 8)))


# --- weights -----------------------------------------------------------------------------------------------------


def lab_draws(draws: Mapping[str, np.ndarray], *, chosen: str, height: int = 280) -> go.Figure:
    """Histograms of many draws from some initialisations, 200 bins each."""
    panels: list[list[Trace]] = []
    for name, values in draws.items():
        low, high = float(values.min()), float(values.max())
        if high == low:
            low, high = low - 0.5, high + 0.5
        counts, edges = np.histogram(values, bins=200, range=(low, high))
        look = {"color": ACCENT if name == chosen else OKABE_ITO[0], "line": {"width": 0}}
        panels.append([_histogram(counts, edges) | {"marker": look, "showlegend": False}])
    return _panelled(
        panels,
        titles=[f"{name}{' (chosen)' if name == chosen else ''}" for name in draws],
        height=height,
        x=[_titled("Weight")] * len(panels),
        y=[_titled("Draws")],
        bargap=0,
    )


def _histogram(counts: np.ndarray, edges: np.ndarray) -> Trace:
    return {
        "type": "bar",
        "x": (edges[:-1] + edges[1:]) / 2,
        "y": counts,
        "width": float(edges[1] - edges[0]),
        "hovertemplate": "%{x:.3g}: %{y}<extra></extra>",
    }


def lab_weights(first: Sequence[np.ndarray], now: Sequence[np.ndarray], *, epoch: int, height: int = 280) -> go.Figure:
    """Histograms of the weights of every layer, at the start and at an epoch; at most five side by side."""
    panels: list[list[Trace]] = []
    for layer, pair in enumerate(zip(first, now, strict=True)):
        reach = max(float(np.abs(weights).max()) for weights in pair) or 1.0
        edges = np.linspace(-1.05 * reach, 1.05 * reach, 32)
        named = zip(("at the start", f"at epoch {epoch:,}"), pair, (MISSING, OKABE_ITO[0]), strict=True)
        panels.append(
            [
                _histogram(np.histogram(weights, bins=edges)[0], edges)
                | {
                    "name": name,
                    "opacity": 0.65,
                    "marker": {"color": colour, "line": {"width": 0}},
                    "showlegend": layer == 0,
                    "legendgroup": name,
                }
                for name, weights, colour in named
            ]
        )
    columns = min(len(panels), NEURONS_IN_A_ROW)
    rows = -(-len(panels) // columns)
    return _panelled(
        panels,
        columns=columns,
        gaps=(0.06, 0.25 / rows if rows > 1 else 0),
        titles=[f"Layer {layer + 1}" for layer in range(len(panels))],
        height=height * rows,
        x=[_titled("Weight")] * len(panels),
        y=[_titled("Weights")],
        barmode="overlay",
        legend=UNDER | {"y": -0.32 / rows},
    )


# --- activations and sums ------------------------------------------------------------------------------------------


def activation_curves(
    *, slope: float, chosen: Sequence[str], reach: float = 10.0, points: int = 1001, height: int = 400
) -> go.Figure:
    """Every activation function and its derivative from −reach to reach; those of the network are drawn bold."""
    z = np.linspace(-reach, reach, points)
    panels: list[list[Trace]] = [[], []]
    for place, (name, activation) in enumerate(ACTIVATIONS.items()):
        value = activation.value(z, slope)
        title = f"{activation.title}, slope {slope:g}" if name == "leaky_relu" else activation.title
        for panel, curve in zip(panels, (value, activation.derivative(z, value, slope)), strict=True):
            panel.append(
                {
                    "type": "scatter",
                    "x": z.astype(np.float32),
                    "y": curve.astype(np.float32),
                    "mode": "lines",
                    "name": title,
                    "legendgroup": name,
                    "showlegend": panel is panels[0],
                    "line": {
                        "color": OKABE_ITO[place],
                        "dash": DASHES[place],
                        "width": 3.5 if name in chosen else 1.5,
                    },
                    "hovertemplate": f"z %{{x:.2f}}: %{{y:.4g}}<extra>{title}</extra>",
                }
            )
    return _panelled(
        panels,
        titles=["a(z)", "Derivative a′(z)"],
        height=height,
        x=[_titled("Net input z")] * 2,
        y=[{"range": [-1.5, 4]}, {"range": [-0.1, 1.2]}],
        legend=UNDER | {"y": -0.2},
    )


def activation_table(*, slope: float, reach: float = 10.0, points: int = 10_000) -> pd.DataFrame:
    """Value and derivative of every activation at so many net inputs."""
    z = np.linspace(-reach, reach, points)
    columns = {"z": z}
    for name, activation in ACTIVATIONS.items():
        value = activation.value(z, slope)
        columns |= {name: value, f"{name} derivative": activation.derivative(z, value, slope)}
    return pd.DataFrame(columns)


def lab_weighted_sum(terms: pd.DataFrame, *, height: int = 300) -> go.Figure:
    """The terms of one neuron's net input, one on top of the other, and their sum."""
    values = terms["input · weight"].to_numpy()
    bar = go.Waterfall(
        x=[written(term) for term in terms["term"]],
        y=values,
        measure=["relative"] * (len(values) - 1) + ["total"],
        text=[f"{value:.3g}" for value in values],
        textposition="outside",
        increasing={"marker": {"color": OKABE_ITO[0]}},
        decreasing={"marker": {"color": ACCENT}},
        totals={"marker": {"color": OKABE_ITO[2]}},
        connector={"line": {"color": LINE, "width": 1}},
        hovertemplate="%{x}: %{y:.4g}<extra></extra>",
    )
    figure = framed([bar], x="", y="Sum so far", keep="weighted sum", height=height, showlegend=False)
    return figure.update_layout(margin={"l": 50, "r": 10, "t": 20, "b": 40})
