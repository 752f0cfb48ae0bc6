"""Aligned maps share one scale; a slider moves every gene from one to the other."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from builders import tiny_graph, tiny_run
from run_folders import a_map

from slviz.figures import Colouring
from slviz.figures.map_comparison import STEPS, aligned_maps, moving_map


@pytest.fixture(params=["categorical", "continuous"])
def colouring(request: pytest.FixtureRequest) -> Colouring:
    values = np.array(["left", "right"] * 20, dtype=object)
    return Colouring("Side", request.param, values if request.param == "categorical" else np.arange(40.0))


def test_maps_share_one_scale_and_are_linked_in_zoom(colouring: Colouring) -> None:
    graph = tiny_graph()
    run = tiny_run(graph)
    wide = dataclasses.replace(a_map(run), coordinates=a_map(run, seed=1).coordinates * 10)
    figure = aligned_maps(graph.genes, {"one": a_map(run), "two": wide, "three": a_map(run, seed=2)}, colouring)
    layout = figure.layout
    assert layout.xaxis.range == layout.xaxis2.range == layout.xaxis3.range
    assert layout.yaxis.range == layout.yaxis3.range
    assert layout.xaxis.range[1] > 5
    assert layout.xaxis3.matches == "x"
    assert layout.yaxis2.matches == "y"
    assert layout.yaxis.scaleanchor == "x"
    numbers = {axis: set() for axis in ("x", "x2", "x3")}
    for trace in figure.data:
        numbers[trace.xaxis] |= set(np.asarray(trace.customdata).ravel().tolist())
    assert all(of_map == set(range(40)) for of_map in numbers.values())


def test_the_slider_leads_from_the_first_place_to_the_second(colouring: Colouring) -> None:
    graph = tiny_graph()
    start, end = np.random.default_rng(0).normal(size=(2, 40, 2)).astype(np.float32)
    figure = moving_map(graph.genes, (start, end), colouring, names=("A", "<b>B"), most_moved=[3, 5, 7, 9, 11, 13, 15])
    assert len(figure.frames) == STEPS + 1 == len(figure.layout.sliders[0].steps)
    for frame, place in ((figure.frames[0], start), (figure.frames[-1], end), (figure.frames[10], (start + end) / 2)):
        for trace, number in zip(frame.data, frame.traces, strict=True):
            genes = np.asarray(figure.data[number].customdata).ravel()
            np.testing.assert_allclose(np.column_stack([trace.x, trace.y]), place[genes], rtol=1e-5)
    ways = figure.data[0]
    assert ways.mode == "lines"
    assert (ways.x[0], ways.x[1]) == (start[3, 0], end[3, 0])
    named = {annotation.text for annotation in figure.layout.annotations}
    assert named == {graph.genes[gene] for gene in (3, 5, 7, 9, 11)}
    assert "<b>" not in figure.layout.sliders[0].currentvalue.prefix
    assert figure.layout.sliders[0].steps[-1].label == "100 %"
