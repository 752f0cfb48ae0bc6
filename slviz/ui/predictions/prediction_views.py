"""The Predictions page of each task."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from slviz.datasets import GeneGraph
from slviz.runs import Run
from slviz.splits.pair_split import TESTED
from slviz.ui.predictions import class_view, confidence_view, link_view, reconstruct_view, screen_view, view_parts


def show(graph: GeneGraph, run: Run) -> None:
    """The view of the run's task, or, whatever its task, that of screens where it is evaluated by them."""
    of_screens = bool(set(TESTED) & set(view_parts.kinds_of(run.predictions)))
    (screen_view.show if of_screens else VIEWS[run.spec.task.name])(graph, run)


VIEWS: Mapping[str, Callable[[GeneGraph, Run], None]] = {
    "link": link_view.show,
    "confidence": confidence_view.show,
    "screen": screen_view.show,
    "reconstruct": reconstruct_view.show,
    "classify": class_view.classify,
}
