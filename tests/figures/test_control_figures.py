"""What controls have in common as bars beside chance, and the scree plot."""

from __future__ import annotations

import numpy as np

from slviz.figures import agreement_bars, homophily_bars, scree_plot
from slviz.projections.agreement import Agreement, Null
from slviz.projections.homophily import NeighbourHomophily


def null(mean: float) -> Null:
    return Null(mean, 0.01, mean + 0.02, 20)


def test_agreement_shows_every_mean_and_its_chance() -> None:
    found = {
        "a → b": Agreement(np.array([0.2, 0.4], dtype=np.float32), 10, null(0.05)),
        "b → c": Agreement(np.array([1.0, 0.5], dtype=np.float32), 10, null(0.07)),
    }
    figure = agreement_bars(found)
    bars, chance = figure.data[:2]
    assert list(bars.y) == list(found)
    assert np.allclose(bars.x, [30, 75])
    assert np.allclose(chance.x, [5, 7])
    assert np.allclose(chance.error_x.array, [2, 2])
    assert "chance" in chance.name


def test_company_shows_each_embedding_beside_the_others_and_chance() -> None:
    def homophily(relation: str, mean: float, chance: float) -> NeighbourHomophily:
        return NeighbourHomophily(relation, np.array([mean, np.nan, mean], dtype=np.float32), 10, null(chance))

    found = {
        "features": [homophily("share a term", 0.5, 0.1), homophily("are partners", 0.1, 0.02)],
        "trained": [homophily("share a term", 0.25, 0.1), homophily("are partners", 0.3, 0.02)],
    }
    figure = homophily_bars(found, {"features": "Features", "trained": "Trained network"})
    bars = [trace for trace in figure.data if trace.type == "bar"]
    assert [trace.name for trace in bars] == ["Features", "Trained network"]
    assert np.allclose([list(trace.y) for trace in bars], [[50, 10], [25, 30]])
    assert list(figure.layout.xaxis.ticktext) == ["share a term", "are partners"]
    chance = next(trace for trace in figure.data if trace.type == "scatter")
    centres = np.concatenate([np.asarray(trace.x, dtype=float) for trace in bars])
    assert np.allclose(np.sort(np.asarray(chance.x, dtype=float)), np.sort(centres))
    assert np.allclose(chance.y, [10, 2, 10, 2])
    assert bars[0].marker.pattern.shape != "x" or bars[1].marker.pattern.shape != "x"


def test_scree_colours_the_axes_that_are_shown_and_adds_up() -> None:
    figure = scree_plot(np.array([0.5, 0.3, 0.15, 0.05]), shown=2)
    bars, line = figure.data
    assert np.allclose(bars.y, [50, 30, 15, 5])
    assert np.allclose(line.y, [50, 80, 95, 100])
    assert bars.marker.color[0] == bars.marker.color[1] != bars.marker.color[2] == bars.marker.color[3]
