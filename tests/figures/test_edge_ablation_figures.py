"""Edge ablations as figures: every gene and every draw a point, on axes of one unit."""

from __future__ import annotations

import numpy as np

from slviz.figures.edge_ablation import falls_by_gene, falls_of_draws
from slviz.runs.artifacts.edge_ablations import EdgeAblation

GENES = ("A", "B", "C", "D")
TEST = EdgeAblation(
    genes=np.array([1, 3]),
    edges=np.array([9, 4]),
    removed=np.array([3, 1]),
    score=np.array([0.5, 0.6], dtype=np.float32),
    fall_top=np.array([0.1, 0.4], dtype=np.float32),
    fall_random=np.array([[0.0, 0.02, 0.04], [0.1, 0.1, 0.1]], dtype=np.float32),
)


def test_every_gene_is_a_point_with_its_number_and_both_axes_are_alike() -> None:
    figure = falls_by_gene(TEST, GENES)
    points = figure.data[1]
    assert points.customdata.ravel().tolist() == [1, 3]
    assert list(points.text) == ["B", "D"]
    assert np.allclose(points.x, [0.02, 0.1])
    assert np.allclose(points.y, [0.1, 0.4])
    assert figure.layout.xaxis.range == figure.layout.yaxis.range
    assert "most attended" in figure.layout.yaxis.title.text


def test_every_draw_is_a_point_and_tiny_falls_look_tiny() -> None:
    one = TEST.of(1)
    assert one is not None
    figure = falls_of_draws(one, "B")
    assert np.allclose(figure.data[0].x, one.fall_random[0])
    assert np.allclose(figure.data[1].x, [0.1])
    assert "B" in figure.layout.xaxis.title.text
    low, high = falls_of_draws(
        EdgeAblation(**{**vars(one), "fall_top": np.array([0.0]), "fall_random": np.zeros((1, 3))}), "B"
    ).layout.xaxis.range
    assert high - low >= 0.1
