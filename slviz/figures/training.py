"""How a training went, or goes: loss and validation metric by epoch."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from slviz.figures.palette import ACCENT, FAINT, LINE, OKABE_ITO
from slviz.figures.theme import CLEAR, empty
from slviz.figures.written import written

METRIC_TITLES = {
    "auc": "ROC AUC",
    "ap": "Average precision",
    "rmse": "RMSE (score units)",
    "macro_f1": "Macro F1",
    "validation_auc": "Validation ROC AUC",
    "validation_rmse": "Validation RMSE",
}
KNOWN_COLUMNS = ("epoch", "epochs", "train_loss", "validation_loss", "seconds", "metric_name")


def training_curves(
    history: pd.DataFrame,
    *,
    metric_name: str | None = None,
    epochs: int | None = None,
    lower_is_better: bool = False,
    height: int = 360,
) -> go.Figure:
    """Training and validation loss on the left; on the right the figure that early stopping watches.

    Args:
        history: one row an epoch, with `epoch`, `train_loss`, `validation_loss` and the watched
            figure's own column; a run that still trains may have no rows yet.
        metric_name: that column; found by itself when left out, and left away when there is none.
        epochs: how many are planned, so that the axis does not jump while a run trains.
        lower_is_better: the best epoch is the lowest of the figure (an error) or the highest.
        height: in pixels.
    """
    if not len(history):
        return empty("The first epoch has not finished yet.", height=height)
    metric_name = metric_name or _watched(history)
    titles = ["Loss"] + ([_title(metric_name)] if metric_name else [])
    figure = make_subplots(rows=1, cols=len(titles), subplot_titles=titles, horizontal_spacing=0.1)
    epoch = history["epoch"].to_numpy()
    for column, name, colour, dash in (
        ("train_loss", "training", OKABE_ITO[0], "solid"),
        ("validation_loss", "validation", ACCENT, "dash"),
    ):
        if column in history and np.isfinite(history[column].astype(float)).any():
            figure.add_trace(_line(epoch, history[column].to_numpy(float), name, colour, dash), row=1, col=1)
    if metric_name:
        _add_watched(figure, epoch, history[metric_name].to_numpy(float), metric_name, lower_is_better)
    last = max(epochs or 0, int(epoch.max()))
    figure.update_xaxes(title="Epoch", range=[0.5, last + 0.5], gridcolor=FAINT, zeroline=False)
    figure.update_yaxes(gridcolor=FAINT, zeroline=False, automargin=True)
    figure.update_layout(
        paper_bgcolor=CLEAR,
        plot_bgcolor=CLEAR,
        height=height,
        modebar={"bgcolor": CLEAR},
        hovermode="x unified",
        uirevision="training",
        margin={"l": 50, "r": 20, "t": 40, "b": 50},
        legend={"orientation": "h", "y": -0.22, "yanchor": "top", "x": 0, "bgcolor": CLEAR},
    )
    return figure


def _line(x: np.ndarray, y: np.ndarray, name: str, colour: str, dash: str) -> go.Scatter:
    mode = "lines+markers" if len(x) < 3 else "lines"  # one epoch alone draws no line
    return go.Scatter(
        x=x, y=y, mode=mode, name=name, line={"color": colour, "dash": dash, "width": 2}, hovertemplate="%{y:.4g}"
    )


def _add_watched(figure: go.Figure, epoch: np.ndarray, value: np.ndarray, name: str, lower_is_better: bool) -> None:
    trace = _line(epoch, value, _title(name), OKABE_ITO[2], "solid")
    figure.add_trace(trace.update(showlegend=False), row=1, col=2)
    if np.isfinite(value).any():
        best = int(np.nanargmin(value) if lower_is_better else np.nanargmax(value))
        figure.add_trace(
            go.Scatter(
                x=[epoch[best]],
                y=[value[best]],
                mode="markers",
                marker={"symbol": "star", "size": 13, "color": OKABE_ITO[2], "line": {"width": 1, "color": LINE}},
                name=f"best: {value[best]:.4g} at epoch {epoch[best]}",
                hoverinfo="skip",
            ),
            row=1,
            col=2,
        )


def _watched(history: pd.DataFrame) -> str | None:
    """The column that is none of the standing ones and holds numbers."""
    others = [
        str(column)
        for column in history.columns
        if column not in KNOWN_COLUMNS and pd.api.types.is_numeric_dtype(history[column])
    ]
    return others[0] if others else None


def _title(name: str) -> str:
    return METRIC_TITLES.get(name, written(name.replace("_", " ").capitalize()))
