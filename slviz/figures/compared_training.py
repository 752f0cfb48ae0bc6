"""The trainings of several runs over each other: losses, the followed metric, and gradients part by part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from slviz.figures.epoch_lines import epoch_line, star
from slviz.figures.log_axis import log_axis
from slviz.figures.palette import OKABE_ITO
from slviz.figures.panels import DASHES, Trace
from slviz.figures.theme import empty
from slviz.figures.training import panels_by_epoch
from slviz.figures.written import written
from slviz.networks.training_record import TrainingRecord
from slviz.runs.history import GRADIENT_NORM, best_epoch, is_lower_better, metric_label, watched_metric

LOSSES = (("train_loss", "Training loss"), ("validation_loss", "Validation loss"))


@dataclass(frozen=True, eq=False)
class NamedTraining:
    """How the training of one run went.

    Attributes:
        name: what the run is called beside the others.
        history: as `Run.history`, with an epoch at least.
        record: how the parts of its network fared; None where that was not recorded.
    """

    name: str
    history: pd.DataFrame
    record: TrainingRecord | None = None

    @property
    def epochs(self) -> np.ndarray:
        return self.history["epoch"].to_numpy()


def compared_training(trainings: Sequence[NamedTraining], *, logarithmic: bool = False, height: int = 330) -> go.Figure:
    """Losses and followed metrics of several runs, a colour a run, the best epoch of each as a star.

    Args:
        trainings: in the order of the colours.
        logarithmic: whether losses, and metrics that are errors, stand on a logarithmic axis.
        height: of a row of panels, in pixels.
    """
    if not trainings:
        return empty("None of these runs learnt in epochs.", height=height)
    panels = [_lines(trainings, column) for column, _ in LOSSES]
    titles = [title for _, title in LOSSES]
    on_log = [logarithmic] * len(LOSSES)
    metrics = [watched_metric(training.history) for training in trainings]
    for metric in filter(None, dict.fromkeys(metrics)):
        panels.append(_metric(trainings, metric))
        titles.append(written(metric_label(metric)))
        on_log.append(logarithmic and is_lower_better(metric))
    return _drawn(panels, titles, on_log, trainings, height)


def compared_gradients(trainings: Sequence[NamedTraining], *, height: int = 300) -> go.Figure:
    """Norms of the gradient of several runs: of the whole network, and of each part that one of them recorded."""
    panels = [_lines(trainings, GRADIENT_NORM)]
    titles = ["Whole network"]
    parts = dict.fromkeys(part for training in trainings if training.record for part in training.record.parts)
    for part in parts:
        panels.append(
            [
                _line(place, training.name, training.record.epochs, training.record.norms_by_part()[part])
                for place, training in enumerate(trainings)
                if training.record is not None and part in training.record.parts
            ]
        )
        titles.append(written(part[:1].upper() + part[1:]))
    chosen = [(panel, title) for panel, title in zip(panels, titles, strict=True) if panel]
    if not chosen:
        return empty("None of these runs has recorded its gradients.", height=height)
    panels, titles = [panel for panel, _ in chosen], [title for _, title in chosen]
    return _drawn(panels, titles, [True] * len(panels), trainings, height)


def _metric(trainings: Sequence[NamedTraining], metric: str) -> list[Trace]:
    """The lines of the runs that follow this metric, and the best epoch of each."""
    panel = _lines(trainings, metric)
    for place, training in enumerate(trainings):
        if metric not in training.history:
            continue
        values = training.history[metric].to_numpy(float)
        best = best_epoch(training.epochs, values, lower_is_better=is_lower_better(metric))
        if best is not None:
            mark = star(best, float(values[training.epochs == best][0]), "best epoch")
            look = mark["marker"] | {"color": OKABE_ITO[place % len(OKABE_ITO)]}
            panel.append(mark | {"marker": look, "showlegend": False})
    return panel


def _lines(trainings: Sequence[NamedTraining], column: str) -> list[Trace]:
    return [
        _line(place, training.name, training.epochs, training.history[column].to_numpy(float))
        for place, training in enumerate(trainings)
        if column in training.history
    ]


def _line(place: int, name: str, epochs: np.ndarray, values: np.ndarray) -> Trace:
    dash = DASHES[place % len(DASHES)]
    line = epoch_line(epochs, values, written(name), OKABE_ITO[place % len(OKABE_ITO)], dash=dash)
    return line | {"legendgroup": name}


def _drawn(
    panels: Sequence[list[Trace]],
    titles: Sequence[str],
    on_log: Sequence[bool],
    trainings: Sequence[NamedTraining],
    height: int,
) -> go.Figure:
    """The panels; the legend names each run once."""
    named: set[str] = set()
    axes = []
    for panel, log in zip(panels, on_log, strict=True):
        for line in panel:
            line["showlegend"] = "legendgroup" in line and line["legendgroup"] not in named
            named.add(line.get("legendgroup", ""))
        axes.append(log_axis(np.concatenate([line["y"] for line in panel])) if log else {})
    last = max(int(training.epochs.max()) for training in trainings)
    return panels_by_epoch(panels, titles=titles, y=axes, last=last, kept=None, height=height)
