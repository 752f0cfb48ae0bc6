"""Of a training's record, which column is the followed metric."""

from __future__ import annotations

import dataclasses

import pytest
from builders import tiny_spec

from slviz.runs.history import watched_metric
from slviz.training import train


@pytest.mark.parametrize(("task", "figure"), [("link", "ap"), ("reconstruct", "rmse")])
def test_how_the_steps_went_is_no_figure_of_validation(graph, task, figure):
    spec = tiny_spec(graph, task=task, network="gcn")
    spec = dataclasses.replace(spec, optimiser=spec.optimiser.replace(epochs=2))
    history = train(graph, spec, spec.split.divide(graph), device="cpu").history
    assert "gradient_norm" in history
    assert watched_metric(history) == figure
