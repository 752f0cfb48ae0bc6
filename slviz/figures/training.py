"""How a training went, or goes: loss and validation metric by epoch, and how its steps went."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from slviz.figures.epoch_lines import epoch_line, kept_line, norm_lines, star
from slviz.figures.log_axis import log_axis
from slviz.figures.palette import ACCENT, MISSING, OKABE_ITO
from slviz.figures.panels import DASHES, Trace, overlaid_histograms, panelled, titled
from slviz.figures.theme import empty
from slviz.figures.written import written
from slviz.networks.training_record import TrainingRecord
from slviz.runs.history import GRADIENT_NORM, LAYER, best_epoch, is_lower_better, metric_label, watched_metric

LOSSES = (("train_loss", "training", OKABE_ITO[0], "solid"), ("validation_loss", "validation", ACCENT, "dash"))
SPREAD = "_sd"
COLUMNS, MARGIN = 2, 90
FEW_EPOCHS = 8
"""Panels side by side; pixels above and below the panels together."""


def training_curves(
    history: pd.DataFrame,
    *,
    metric_name: str | None = None,
    epochs: int | None = None,
    lower_is_better: bool | None = None,
    logarithmic: bool = False,
    kept: int | None = None,
    height: int = 360,
) -> go.Figure:
    """Training and validation loss on the left; on the right the metric that early stopping watches.

    Args:
        history: one row an epoch, with `epoch`, `train_loss`, `validation_loss` and the watched metric's own
            column; a run that still trains may have no rows yet.
        metric_name: that column; taken from the history when left out, and left away when there is none.
        epochs: how many are planned, so that the axis does not jump while a run trains.
        lower_is_better: the best epoch is the lowest of the metric (an error) or the highest; by the metric's name
            when left out.
        logarithmic: whether losses, and a metric that is an error, stand on a logarithmic axis.
        kept: the epoch whose weights the run has, marked in every panel.
        height: in pixels.
    """
    if not len(history):
        return empty("The first epoch has not finished yet.", height=height)
    metric_name = metric_name or watched_metric(history)
    lower_is_better = is_lower_better(metric_name) if lower_is_better is None else lower_is_better
    epoch = history["epoch"].to_numpy()
    panels = [_losses(epoch, history)]
    if metric_name:
        panels.append(_watched(epoch, history[metric_name].to_numpy(float), metric_name, lower_is_better))
    titles = ["Loss"] + ([written(metric_label(metric_name))] if metric_name else [])
    on_log = [logarithmic, logarithmic and lower_is_better]
    values = [np.concatenate([line["y"] for line in panel]) for panel in panels]
    return panels_by_epoch(
        panels,
        titles=titles,
        y=[log_axis(of_panel) if log else {} for log, of_panel in zip(on_log, values, strict=False)],
        last=max(epochs or 0, int(epoch.max())),
        kept=kept,
        height=height,
    )


def _losses(epoch: np.ndarray, history: pd.DataFrame) -> list[Trace]:
    return [
        epoch_line(epoch, history[column].to_numpy(float), name, colour, dash=dash)
        for column, name, colour, dash in LOSSES
        if column in history and np.isfinite(history[column].astype(float)).any()
    ]


def _watched(epoch: np.ndarray, values: np.ndarray, name: str, lower_is_better: bool) -> list[Trace]:
    line = epoch_line(epoch, values, written(metric_label(name)), OKABE_ITO[2]) | {"showlegend": False}
    best = best_epoch(epoch, values, lower_is_better=lower_is_better)
    if best is None:
        return [line]
    value = float(values[epoch == best][0])
    return [line, star(best, value, f"best: {value:.4g} at epoch {best}")]


def step_curves(
    history: pd.DataFrame, *, kept: int | None = None, record: TrainingRecord | None = None, height: int = 330
) -> go.Figure:
    """How the steps went, by epoch: the norm of the gradient, the learning rate, the spread of the genes' numbers.

    Args:
        history: as `Run.history`; what it does not have is left away.
        kept: the epoch whose weights the run has.
        record: how the parts of the network fared, where that was recorded.
        height: of a row of panels, in pixels.
    """
    epoch = history["epoch"].to_numpy()
    panels: list[list[Trace]] = []
    titles: list[str] = []
    axes: list[Trace] = []
    if GRADIENT_NORM in history:
        whole = epoch_line(epoch, history[GRADIENT_NORM].to_numpy(float), "whole network", OKABE_ITO[0], log=True)
        norms = [] if record is None else norm_lines(record.epochs, record.norms_by_part())
        panels.append([whole, *norms])
        titles.append("Gradient norm")
        axes.append(log_axis(np.concatenate([line["y"] for line in panels[-1]])))
    if "learning_rate" in history:
        rate = epoch_line(epoch, history["learning_rate"].to_numpy(float), "learning rate", OKABE_ITO[2])
        panels.append([rate | {"showlegend": False}])
        titles.append("Learning rate")
        axes.append({"rangemode": "tozero"})
    if spreads := [name for name in map(str, history.columns) if name.startswith(LAYER) and name.endswith(SPREAD)]:
        panels.append([_spread(epoch, history, name, place) for place, name in enumerate(spreads)])
        titles.append("Spread after each layer")
        axes.append({"rangemode": "tozero"})
    if record is not None and record.dead.shape[1]:
        panels.append([_dead(record, layer) for layer in range(record.dead.shape[1])])
        titles.append("Dead units (% of a layer)")
        axes.append({"range": [-2, max(10.0, 105 * float(record.dead.max(initial=0)))]})
    if not panels:
        return empty("How the steps went was not recorded.", height=height)
    return panels_by_epoch(panels, titles=titles, y=axes, last=int(epoch.max()), kept=kept, height=height)


def _spread(epoch: np.ndarray, history: pd.DataFrame, column: str, place: int) -> Trace:
    name = f"after {column.removesuffix(SPREAD).replace('_', ' ')}"
    return _of_layer(epoch, history[column].to_numpy(float), name, place)


def _dead(record: TrainingRecord, layer: int) -> Trace:
    line = _of_layer(record.epochs, 100 * record.dead[:, layer], f"after layer {layer + 1}", layer)
    return line | {"showlegend": False, "hovertemplate": "%{y:.3g} %"}


def _of_layer(epoch: np.ndarray, values: np.ndarray, name: str, place: int) -> Trace:
    """A line of what comes out of a layer."""
    return epoch_line(epoch, values, name, OKABE_ITO[(place + 3) % len(OKABE_ITO)], dash=DASHES[place % len(DASHES)])


def weight_histograms(record: TrainingRecord, *, kept: int | None, height: int = 260) -> go.Figure:
    """The weights of every part of the network: at the start, and those that were kept, as density.

    Args:
        record: how the parts of the network fared.
        kept: the epoch whose weights the run has; the last that was counted where it is None or was not counted.
        height: of a row of panels, in pixels.
    """
    last = len(record.moments) - 1
    now = int(np.flatnonzero(record.moments == kept)[0]) if kept in record.moments else last
    chosen = dict.fromkeys((0, now))
    panels = [
        [
            (_moment_name(record, moment), _density(record, moment, part), record.edges(moment, part), colour)
            for moment, colour in zip(chosen, (MISSING, OKABE_ITO[0]), strict=False)
        ]
        for part in range(len(record.parts))
    ]
    titles = [written(part[:1].upper() + part[1:]) for part in record.parts]
    return overlaid_histograms(panels, titles=titles, height=height, columns=4, x="", y="Density")


def _moment_name(record: TrainingRecord, moment: int) -> str:
    epoch = int(record.moments[moment])
    return "at the start" if epoch == 0 else f"after epoch {epoch:,}"


def _density(record: TrainingRecord, moment: int, part: int) -> np.ndarray:
    counts, edges = record.counts[moment, part], record.edges(moment, part)
    return counts / max(counts.sum(), 1) / max(edges[1] - edges[0], np.finfo(np.float32).tiny)


def panels_by_epoch(
    panels: Sequence[Sequence[Trace]],
    *,
    titles: Sequence[str],
    y: Sequence[Trace],
    last: int,
    kept: int | None,
    height: int,
) -> go.Figure:
    """Panels over the epochs, side by side, the kept epoch as a line through all of them."""
    span: dict[str, Any] = {"range": (0.5, last + 0.5)}
    if last <= FEW_EPOCHS:  # or ticks stand between epochs
        span["dtick"] = 1
    rows = -(-len(panels) // COLUMNS)
    whole = height * rows - MARGIN * (rows - 1)
    return panelled(
        panels,
        titles=titles,
        columns=min(COLUMNS, len(panels)),
        height=whole,
        gaps=(0.09, 105 / (whole - MARGIN)),
        x=[titled("Epoch", **span)] * len(panels),
        y=y,
        shapes=[] if kept is None else kept_line(kept, panels=len(panels)),
        hovermode="x unified",
        uirevision="training",
        margin={"l": 50, "r": 20, "t": 40, "b": MARGIN - 40},
        legend={
            "orientation": "h",
            "y": -65 / (whole - MARGIN),
            "yanchor": "top",
            "x": 0,
            "bgcolor": "rgba(0, 0, 0, 0)",
        },
    )
