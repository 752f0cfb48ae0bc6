"""Figures of the lab by epoch: loss and accuracy, and the norms of the gradients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from slviz.figures.epoch_lines import epoch_line, norm_lines, star
from slviz.figures.log_axis import log_axis
from slviz.figures.palette import ACCENT, LINE, OKABE_ITO
from slviz.figures.panels import DASHES, UNDER, Trace, panelled, titled
from slviz.lab.activations import ACTIVATIONS


def lab_curves(history: pd.DataFrame, *, epoch: int, best: int, epochs: int, height: int = 430) -> go.Figure:
    """Loss and accuracy of training and validation by epoch, the shown one as a line and the best as a star.

    Args:
        history: as `LabTraining.history`.
        epoch: the one that is shown.
        best: the one that is kept.
        epochs: how many are planned, so that the axis does not jump while it trains.
        height: in pixels.
    """
    numbers = history["epoch"].to_numpy()
    panels: list[list[Trace]] = []
    for what in ("loss", "accuracy"):
        curves: list[Trace] = [
            epoch_line(numbers, history[f"{part}_{what}"].to_numpy(), name, colour, dash=dash, hover="%{y:.4f}")
            for part, name, colour, dash in (
                ("train", "training", OKABE_ITO[0], "solid"),
                ("validation", "validation", ACCENT, "dash"),
            )
        ]
        curves.append(star(best, history[f"validation_{what}"].iloc[best], f"best epoch, {best:,}"))
        panels.append([curve | {"showlegend": what == "loss"} for curve in curves])
    span = {"range": [-0.02 * epochs, 1.02 * epochs], "matches": "x"}
    now = {"type": "line", "x0": epoch, "x1": epoch, "y0": 0, "y1": 1, "line": {"color": LINE, "width": 1.5}}
    return panelled(
        panels,
        columns=1,
        gaps=(0, 0.07),
        height=height,
        x=[{"range": span["range"], "showticklabels": False}, titled("Epoch", **span)],
        y=[titled("Loss"), titled("Accuracy")],
        shapes=[{**now, "xref": f"x{name}", "yref": f"y{name} domain"} for name in ("", "2")],
        hovermode="x unified",
        uirevision="lab",
        margin={"l": 50, "r": 10, "t": 10, "b": 40},
    )


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
    norms_by_epoch = {f"layer {layer}": history[name].to_numpy() for layer, name in zip(numbers, names, strict=True)}
    hover = "epoch %{x}: %{y:.2e}<extra>%{fullData.name}</extra>"
    by_epoch = [line | {"hovertemplate": hover} for line in norm_lines(np.arange(len(history)), norms_by_epoch)]
    log = log_axis(np.concatenate([*norms_by_epoch.values(), *map(np.asarray, by_activation.values())]))
    zero = ", ".join(str(layer) for layer, norm in zip(numbers, now, strict=True) if not norm > 0)
    said = {"x": 0.02, "y": 0.02, "xref": "x domain", "yref": "y domain", "xanchor": "left", "yanchor": "bottom"}
    text = {"text": f"this network: exactly 0 in layer {zero}", "showarrow": False, "font": {"size": 12}}
    return panelled(
        [by_layer, by_epoch],
        titles=["By layer", "By epoch"],
        height=height,
        x=[titled("Layer", dtick=1, range=[0.8, len(names) + 0.2]), titled("Epoch")],
        y=[titled("Norm of the weights’ gradient", **log), log],
        annotations=[said | text] if zero else [],
        legend=UNDER | {"y": -0.2},
    )


def _on_log(layers: Sequence[int], norms: np.ndarray) -> dict[str, list[Any]]:
    return {"x": list(layers), "y": [float(norm) if norm > 0 else None for norm in norms]}
