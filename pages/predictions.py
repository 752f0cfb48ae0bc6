"""Predictions: how good the network is, beside what needs no network."""

from slviz.ui import frame, prediction_views, selection_elsewhere


def page() -> None:
    """The view that belongs to the run's task."""
    _, run, graph = frame.open_run("Predictions")
    selection_elsewhere.pairs(graph, run)
    prediction_views.VIEWS[run.spec.task.name](graph, run)


frame.show(page)
