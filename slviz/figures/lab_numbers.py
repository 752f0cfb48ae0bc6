"""Figures of the lab about its numbers: weights, draws, activation functions, and one weighted sum."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from slviz.figures.palette import ACCENT, LINE, MISSING, OKABE_ITO
from slviz.figures.panels import DASHES, UNDER, Trace, histogram, overlaid_histograms, panelled, titled
from slviz.figures.theme import framed
from slviz.figures.written import written
from slviz.lab.activations import ACTIVATIONS


def lab_draws(draws: Mapping[str, np.ndarray], *, chosen: str, height: int = 280) -> go.Figure:
    """Histograms of many draws from some initialisations, 200 bins each."""
    panels: list[list[Trace]] = []
    for name, values in draws.items():
        low, high = float(values.min()), float(values.max())
        if high == low:
            low, high = low - 0.5, high + 0.5
        counts, edges = np.histogram(values, bins=200, range=(low, high))
        look = {"color": ACCENT if name == chosen else OKABE_ITO[0], "line": {"width": 0}}
        panels.append([histogram(counts, edges) | {"marker": look, "showlegend": False}])
    return panelled(
        panels,
        titles=[f"{name}{' (chosen)' if name == chosen else ''}" for name in draws],
        height=height,
        x=[titled("Weight")] * len(panels),
        y=[titled("Draws")],
        bargap=0,
    )


def lab_weights(first: Sequence[np.ndarray], now: Sequence[np.ndarray], *, epoch: int, height: int = 280) -> go.Figure:
    """Histograms of the weights of every layer, at the start and at an epoch; at most five side by side."""
    panels = []
    for pair in zip(first, now, strict=True):
        reach = max(float(np.abs(weights).max()) for weights in pair) or 1.0
        edges = np.linspace(-1.05 * reach, 1.05 * reach, 32)
        named = zip(("at the start", f"at epoch {epoch:,}"), pair, (MISSING, OKABE_ITO[0]), strict=True)
        panels.append([(name, np.histogram(weights, bins=edges)[0], edges, colour) for name, weights, colour in named])
    return overlaid_histograms(panels, titles=[f"Layer {layer + 1}" for layer in range(len(panels))], height=height)


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
    return panelled(
        panels,
        titles=["a(z)", "Derivative a′(z)"],
        height=height,
        x=[titled("Net input z")] * 2,
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
