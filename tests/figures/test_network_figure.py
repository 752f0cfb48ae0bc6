"""The drawn neighbourhood: honest widths, nodes that can be clicked, labels that clear each other."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from builders import tiny_graph, tiny_run

from slviz.figures import network_figure
from slviz.figures.network import STEP, WIDEST
from slviz.figures.rings import ring_places
from slviz.neighbourhood import Neighbourhood, neighbourhood


def around(**settings) -> Neighbourhood:
    graph = tiny_graph()
    return neighbourhood(graph, tiny_run(graph), 3, **settings)


def with_guess() -> Neighbourhood:
    """The last neighbour turned into a predicted partner."""
    found = around()
    place, kind, relation, weight = (np.array(x) for x in (found.place, found.kind, found.relation, found.weight))
    guess = int(np.flatnonzero(place == "spoke")[-1])
    place[guess] = kind[guess] = "predicted"
    weight[guess] = np.nan
    relation[np.flatnonzero(found.genes == found.edges[0, guess])] = "predicted"
    edges = found.edges.copy()
    edges[:, guess] = edges[::-1, guess]
    return dataclasses.replace(found, place=place, kind=kind, relation=relation, weight=weight, edges=edges)


def lines(figure) -> list:
    return [trace for trace in figure.data if trace.mode == "lines" and trace.x[0] is not None]


def test_nodes_carry_their_gene() -> None:
    found = around(hops=2)
    figure = network_figure(found)
    genes = [row[0] for trace in figure.data if trace.customdata is not None for row in trace.customdata]
    assert sorted(genes) == sorted(found.genes.tolist())
    centre = figure.data[[trace.name for trace in figure.data].index("centre")]
    assert centre.customdata[0][0] == found.centre
    assert (centre.x[0], centre.y[0]) == (0, 0)
    assert centre.marker.size > 40


def test_width_runs_from_zero_to_the_stated_maximum() -> None:
    found = around(limit=4)
    figure = network_figure(found, max_weight=0.5)
    drawn = {trace.line.width for trace in lines(figure)}
    spokes = found.weight[found.place == "spoke"]
    for weight in spokes:
        expected = max(round(float(weight) / 0.5 * WIDEST / STEP) * STEP, STEP)
        assert expected in drawn
    legend = {trace.name: trace.line.width for trace in figure.data if str(trace.name).startswith("edge: ")}
    assert legend == {
        "edge: attention 0.500 (widest)": 12,
        "edge: attention 0.250": 6,
        "edge: attention 0.050": pytest.approx(1.2),
    }


def test_equal_weights_are_equally_wide_not_stretched() -> None:
    found = around(limit=5)
    flat = dataclasses.replace(found, weight=np.full_like(found.weight, 0.1))
    assert {trace.line.width for trace in lines(network_figure(flat))} == {WIDEST}
    assert {trace.line.width for trace in lines(network_figure(flat, max_weight=0.2))} == {WIDEST / 2}
    nearly = flat.weight.copy()
    nearly[0] = 0.099
    widths = {trace.line.width for trace in lines(network_figure(dataclasses.replace(flat, weight=nearly)))}
    assert min(widths) > 0.95 * WIDEST


def test_known_and_predicted_differ_in_dash_and_colour() -> None:
    figure = network_figure(with_guess())
    looks = {(trace.line.color, trace.line.dash) for trace in lines(figure)}
    dotted = [look for look in looks if look[1] == "dot"]
    assert len(dotted) == 1
    assert all(colour != dotted[0][0] for colour, dash in looks if dash == "solid")
    symbols = {trace.name.split(" (")[0]: trace.marker.symbol for trace in figure.data if trace.mode == "markers"}
    assert symbols["predicted"] != symbols["known, in training"]


def test_two_genes_are_joined_by_one_line() -> None:
    found = around(hops=2)
    ends = set()
    for trace in lines(network_figure(found)):
        path = np.column_stack([trace.x, trace.y]).astype(float).reshape(-1, 3, 2)
        for start, stop, gap in path:
            assert np.isnan(gap).all()
            key = tuple(sorted([tuple(start.round(6)), tuple(stop.round(6))]))
            assert key not in ends
            ends.add(key)
    assert len(ends) == len({tuple(sorted(pair)) for pair in found.edges.T.tolist()})


def test_ring_runs_clockwise_from_twelve_by_falling_attention() -> None:
    found = around(limit=6)
    place = ring_places(found)[1:]
    assert place[0] == pytest.approx([0, 1])
    angle = np.arctan2(place[:, 0], place[:, 1]) % (2 * np.pi)
    assert (np.diff(angle) > 0).all()
    assert (np.diff(found.attention[1:]) <= 0).all()


def test_genes_two_steps_away_stand_outside_and_apart() -> None:
    found = around(hops=2)
    place = ring_places(found)
    radius = np.linalg.norm(place, axis=1)
    assert radius[found.hops == 2].min() > radius[found.hops == 1].max() + 0.5
    outside = place[found.hops == 2]
    apart = np.linalg.norm(outside[:, None] - outside[None], axis=2)[np.triu_indices(len(outside), 1)]
    assert apart.min() > 0.15
    assert np.array_equal(place, ring_places(found))


def test_every_gene_is_labelled_once() -> None:
    found = around(hops=2)
    figure = network_figure(found)
    assert [note.text for note in figure.layout.annotations] == found.symbols[1:].tolist()
    assert all(abs(note.textangle) <= 90.001 for note in figure.layout.annotations)


def test_run_without_attention_states_that_widths_mean_nothing() -> None:
    found = around(limit=4)
    plain = dataclasses.replace(found, weight=np.full_like(found.weight, np.nan))
    figure = network_figure(plain)
    assert [trace.name for trace in figure.data if str(trace.name).startswith("edge: ")] == [
        "edge: known pair (no attention)"
    ]
    assert len({trace.line.width for trace in lines(figure)}) == 1


def test_gene_alone_says_so() -> None:
    figure = network_figure(around(limit=0, predicted=0))
    assert not figure.data
    assert "GENE3 has no neighbour to draw" in figure.layout.annotations[0].text


def test_widths_follow_the_edges_of_the_centre_however_heavy_those_among_the_others_are() -> None:
    found = around(limit=5)
    weight = np.where(found.place == "among", 0.9, 0.05).astype(np.float32)
    weight[np.flatnonzero(found.place == "spoke")[0]] = 0.1
    assert (found.place == "among").any()
    figure = network_figure(dataclasses.replace(found, weight=weight))
    legend = [trace.name for trace in figure.data if str(trace.name).startswith("edge: ")]
    assert legend[0] == "edge: attention 0.100 (widest)"
    coloured = [trace.line.width for trace in lines(figure) if trace.opacity == 0.8]
    assert max(coloured) == WIDEST
    assert max(trace.line.width for trace in lines(figure)) == WIDEST, "what is heavier is no wider"
