"""Trainings over each other: a colour a run, each named once, the best epoch of each marked."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from trials.run_files import a_record

from slviz.figures.compared_training import NamedTraining, compared_gradients, compared_training


def training(name: str, best: int, *, record: bool = False, metric: str = "ap") -> NamedTraining:
    values = [0.9 if epoch == best else 0.5 for epoch in (1, 2, 3)]
    history = pd.DataFrame(
        {"epoch": [1, 2, 3], "train_loss": [3.0, 2, 1], "validation_loss": [3.0, 1, 2], "gradient_norm": [1.0, 0, 2]}
        | {metric: values}
    )
    return NamedTraining(name, history, a_record() if record else None)


def test_curves_of_runs_share_panels_and_each_best_epoch_is_marked() -> None:
    figure = compared_training([training("one", 2), training("other", 3)], logarithmic=True)
    assert [note.text for note in figure.layout.annotations] == [
        "Training loss",
        "Validation loss",
        "Average precision",
    ]
    assert [trace.name for trace in figure.data if trace.showlegend] == ["one", "other"]
    stars = [trace for trace in figure.data if trace.mode == "markers"]
    assert [trace.x[0] for trace in stars] == [2, 3]
    colours = {trace.name: trace.line.color for trace in figure.data if trace.mode != "markers"}
    assert [star.marker.color for star in stars] == [colours["one"], colours["other"]]
    assert figure.layout.yaxis.type == figure.layout.yaxis2.type == "log"
    assert figure.layout.yaxis3.type != "log"


def test_runs_that_follow_different_metrics_have_a_panel_each() -> None:
    figure = compared_training([training("one", 2), training("other", 3, metric="rmse")])
    assert [note.text for note in figure.layout.annotations][2:] == ["Average precision", "RMSE"]
    assert "None of these runs" in compared_training([]).layout.annotations[0].text


def test_gradients_of_parts_are_drawn_for_the_runs_that_recorded_them() -> None:
    figure = compared_gradients([training("one", 2), training("other", 3, record=True)])
    assert [note.text for note in figure.layout.annotations] == ["Whole network", "Layer 1", "Decoder"]
    assert [trace.name for trace in figure.data] == ["one", "other", "other", "other"]
    assert tuple(figure.data[3].y) == (2, 1, 0.5)


@pytest.mark.parametrize(("epochs", "step"), [(2, 1), (40, None)])
def test_no_tick_stands_between_two_epochs(epochs: int, step: int | None) -> None:
    history = pd.DataFrame({"epoch": np.arange(1, epochs + 1), "train_loss": 0.5, "validation_loss": 0.6})
    assert compared_training([NamedTraining("GAT", history)]).layout.xaxis.dtick == step
