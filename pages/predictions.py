"""Predictions: how good the network is, beside what needs no network."""

from slviz.ui import layout
from slviz.ui.embedding import selection_elsewhere
from slviz.ui.predictions import prediction_views


def page() -> None:
    """The view that belongs to the run's task and to what it is evaluated by."""
    _, run, graph = layout.open_run("Predictions")
    selection_elsewhere.pairs(graph, run)
    prediction_views.show(graph, run)


layout.show(page)
