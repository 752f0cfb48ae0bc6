"""Predictions: how good the network is, beside what needs no network."""

from slviz.ui import frame, opened, prediction_views


def page() -> None:
    """The view that belongs to the run's task."""
    _, run = frame.open_run()
    graph = opened.graph_of(run)
    frame.heading("Predictions", spec=run.spec)
    prediction_views.VIEWS[run.spec.task.name](graph, run)


frame.show(page)
