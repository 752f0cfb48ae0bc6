"""Names of a neighbourhood's genes: clear of nodes, of each other, and of edges where there is room."""

from __future__ import annotations

import numpy as np
from builders import tiny_graph, tiny_run

from slviz.figures import network_figure
from slviz.figures.labels import LETTER_WIDTH
from slviz.figures.ring_labels import INNER_SIZE, NODE, canvas_for, length_inside, ring_labels
from slviz.figures.rings import ring_places
from slviz.neighbourhood import Neighbourhood, neighbourhood


def two_rings(**settings) -> Neighbourhood:
    graph = tiny_graph(genes=80, pairs=240)
    return neighbourhood(graph, tiny_run(graph), 3, hops=2, **settings)


def ends_of(around: Neighbourhood) -> np.ndarray:
    position = {gene: row for row, gene in enumerate(around.genes.tolist())}
    return np.array([[position[gene] for gene in side] for side in around.edges.tolist()])


def boxes_of(labels: list[dict], pixels: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Centres and half sizes in pixels of the names of these rows."""
    chosen = [labels[row - 1] for row in rows]
    centres = pixels[rows] + np.array([[each["xshift"], each["yshift"]] for each in chosen])
    return centres, np.array([[len(each["text"]) * LETTER_WIDTH * INNER_SIZE / 2, INNER_SIZE / 2] for each in chosen])


def test_inner_names_lie_on_no_node_and_on_no_other_name() -> None:
    around = two_rings()
    place = ring_places(around)
    scale = canvas_for(around, place, 660).scale
    labels = ring_labels(around, place, ends_of(around), scale=scale)
    inner = np.flatnonzero(around.hops == 1)
    centres, halves = boxes_of(labels, place * scale, inner)
    for number, (centre, half) in enumerate(zip(centres, halves, strict=True)):
        on_node = (np.abs(place * scale - centre) < half + NODE / 2).all(axis=1)
        assert not on_node.any()
        on_name = (np.abs(centres - centre) < halves + half).all(axis=1)
        assert np.flatnonzero(on_name).tolist() == [number]
    assert all(labels[row - 1]["textangle"] == 0 for row in inner), "level, not along the edges outward"


def test_less_edge_runs_under_inner_names_than_on_any_one_side_of_their_nodes() -> None:
    around = two_rings(limit=12)
    place, ends = ring_places(around), ends_of(around)
    scale = canvas_for(around, place, 660).scale
    pixels = place * scale
    inner = np.flatnonzero(around.hops == 1)
    centres, halves = boxes_of(ring_labels(around, place, ends, scale=scale), pixels, inner)
    outward = pixels[inner] / np.linalg.norm(pixels[inner], axis=1, keepdims=True)
    sides = [outward, *(np.tile(side, (len(inner), 1)) for side in ((0, 1), (0, -1), (1, 0), (-1, 0)))]
    fixed = [pixels[inner] + side * (halves + NODE + 2) for side in sides]
    chosen, *others = [
        sum(
            length_inside(pixels[ends[0]], pixels[ends[1]], centre[None], half).sum()
            for centre, half in zip(places, halves, strict=True)
        )
        for places in (centres, *fixed)
    ]
    assert chosen < 0.7 * min(others)


def test_the_length_of_a_line_in_a_box_is_what_small_steps_count() -> None:
    random = np.random.default_rng(0)
    starts, stops, centres = random.uniform(-50, 50, size=(3, 40, 2))
    half = np.array([20.0, 9.0])
    share = np.linspace(0, 1, 20_001)[:, None, None]
    path = starts + (stops - starts) * share  # [steps, lines, 2]
    counts = np.stack([(np.abs(path - centre) <= half).all(axis=2).mean(axis=0) for centre in centres])
    expected = counts * np.linalg.norm(stops - starts, axis=1)
    np.testing.assert_allclose(length_inside(starts, stops, centres, half), expected, atol=0.05)


def test_the_rings_fill_the_height_and_leave_room_for_names() -> None:
    for hops in (1, 2):
        graph = tiny_graph()
        around = neighbourhood(graph, tiny_run(graph), 3, hops=hops)
        figure = network_figure(around, height=680)
        reach = figure.layout.yaxis.range[1]
        radius = np.linalg.norm(ring_places(around), axis=1).max()
        assert radius / reach > 0.7
        pixels_outside = (reach - radius) * 660 / (2 * reach)
        assert pixels_outside > 30
