"""Figures of an explanation: curves from one end to the other, weights where they belong."""

from __future__ import annotations

import numpy as np
import pytest

from slviz.evaluation.removal import removal_curves
from slviz.figures.explanation import attention_heatmap, removal_figure, view_weight_bars

ADDS = np.linspace(1, 0.1, 10)


@pytest.mark.parametrize("insertion", [False, True])
def test_curves_run_from_all_edges_to_none_or_back(insertion: bool) -> None:
    values = {"attention": ADDS, "partners": ADDS[::-1]}
    curves = removal_curves(lambda kept: float(ADDS[kept].sum()), values, target=np.zeros(10, dtype=np.int64))
    titles = {"attention": "Attention", "partners": "Number of partners"}
    figure = removal_figure(curves, titles, unit="log-odds", insertion=insertion)
    ends = (0.0, ADDS.sum()) if insertion else (ADDS.sum(), 0.0)
    by_name = {trace.name: trace for trace in figure.data if trace.name}
    assert set(by_name) == {"Attention", "Number of partners", "random (band: 90 %)"}
    for trace in figure.data:
        assert list(trace.x) == [0, 10, 20, 30, 50, 75, 100]
        assert (trace.y[0], trace.y[-1]) == pytest.approx(ends)
    better = np.array(by_name["Attention"].y[1:-1]) - np.array(by_name["random (band: 90 %)"].y[1:-1])
    assert (better > 0).all() if insertion else (better < 0).all()
    assert figure.layout.yaxis.title.text == "Prediction (log-odds)"


def test_attention_is_drawn_by_layer_and_head_the_most_first() -> None:
    attention = np.random.default_rng(0).random((2, 3, 4))
    figure = attention_heatmap(attention, ["A", "B", "C", "D"], gene="G", most=3)
    heat = figure.data[0]
    order = np.argsort(-attention.mean(axis=(0, 1)))[:3]
    assert list(heat.y) == [["A", "B", "C", "D"][row] for row in order]
    assert heat.x[4] == "layer 2, head 2"
    assert heat.z[1][4] == attention[1, 1, order[1]]


def test_weights_of_views_sum_to_one_for_each_gene_and_layer() -> None:
    weight = np.array([[[0.7, 0.3], [0.4, 0.6]], [[0.1, 0.9], [0.5, 0.5]]])  # [layers, genes, views]
    figure = view_weight_bars(weight, ["partners", "terms"], ("A", "B"))
    rows = list(figure.data[0].y)
    assert rows == ["A, layer 1", "A, layer 2", "B, layer 1", "B, layer 2"]
    assert list(figure.data[0].x) == [0.7, 0.1, 0.4, 0.5]
    assert np.sum([bar.x for bar in figure.data], axis=0) == pytest.approx(1)
