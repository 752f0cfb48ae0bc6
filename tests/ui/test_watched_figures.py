"""Of a training's record, what the page shows as figures."""

from __future__ import annotations

import dataclasses

import pytest
from builders import tiny_spec

from slviz.training import train
from slviz.ui.training.training_view import validation_metrics


@pytest.mark.parametrize(("task", "figure"), [("link", "ap"), ("reconstruct", "rmse")])
def test_how_the_steps_went_is_no_figure_of_validation(graph, task, figure):
    spec = tiny_spec(graph, task=task, network="gcn")
    spec = dataclasses.replace(spec, optimiser=spec.optimiser.replace(epochs=2))
    history = train(graph, spec, spec.split.divide(graph), device="cpu").history
    assert "gradient_norm" in history
    assert validation_metrics(history) == [figure]
