"""Differences of runs as a figure: a dot and an interval for each run and figure."""

from __future__ import annotations

import numpy as np

from slviz.evaluation.comparison import Difference
from slviz.figures.comparison import difference_intervals


def test_every_run_and_figure_is_a_dot_with_its_interval() -> None:
    found = {
        "A": [Difference("auc", 0.8, 0.7, -0.15, -0.05), Difference("ap", 0.8, 0.82, -0.01, 0.05)],
        "B": [Difference("auc", 0.8, 0.9, 0.05, 0.16), Difference("ap", 0.8, 0.8, -0.1, 0.1)],
    }
    figure = difference_intervals(found, reference="R")
    auc, ap = figure.data
    assert list(auc.text) == ["B", "A"], "the first stands on top"
    assert np.allclose(auc.x, [0.1, -0.1])
    assert np.allclose(np.asarray(auc.x) + auc.error_x.array, [0.16, -0.05])
    assert np.allclose(np.asarray(auc.x) - auc.error_x.arrayminus, [0.05, -0.15])
    assert set(auc.y).isdisjoint(ap.y), "figures of one run do not cover each other"
    assert figure.layout.xaxis.title.text == "Difference to R"
    assert "↑" in auc.name
