"""What chance gives for the known pairs inside a selection: as many genes, with as many partners, drawn at random."""

from __future__ import annotations

import numpy as np
import pytest
from builders import tiny_graph

from slviz.datasets import GeneGraph
from slviz.datasets.sources import open_dataset
from slviz.neighbourhood.chance_inside import FEWEST_ALIKE, about, known_by_chance, strata
from slviz.neighbourhood.induced_pairs import known_inside


@pytest.fixture(scope="module")
def demo() -> GeneGraph:
    return open_dataset("demo")


def test_every_gene_is_in_one_stratum_with_genes_like_it(demo: GeneGraph) -> None:
    groups = strata(demo.degree)
    assert sorted(np.concatenate(groups).tolist()) == list(range(len(demo)))
    for alike in groups:
        assert len(alike) >= FEWEST_ALIKE
        degrees = np.sort(demo.degree[alike])[::-1]
        assert degrees[FEWEST_ALIKE - 1 :].min() >= 0.5 * degrees[0] or len(alike) < 2 * FEWEST_ALIKE


def test_random_genes_have_what_chance_says(demo: GeneGraph) -> None:
    """Of all sets of 60 genes the mean is P k (k − 1) / (G (G − 1)), and draws within strata give it on average."""
    random = np.random.default_rng(1)
    means, counts = [], []
    for seed in range(60):
        chosen = np.sort(random.choice(len(demo), 60, replace=False))
        chance = known_by_chance(demo, chosen, draws=50, seed=seed)
        means.append(chance.mean)
        counts.append(known_inside(demo, chosen).sum() / 2)
    exact = len(demo.pairs) * 60 * 59 / (len(demo) * (len(demo) - 1))
    assert np.mean(means) == pytest.approx(exact, rel=0.15)
    assert np.mean(counts) == pytest.approx(exact, rel=0.15)


def test_hubs_are_compared_with_hubs(demo: GeneGraph) -> None:
    """The 30 largest hubs hold many pairs, and other large hubs would nearly as many: uniform draws hide that."""
    hubs = np.sort(np.argsort(-demo.degree, kind="stable")[:30])
    uniform = len(demo.pairs) * 30 * 29 / (len(demo) * (len(demo) - 1))
    chance = known_by_chance(demo, hubs)
    assert chance.mean > 5 * uniform
    assert chance.low <= chance.mean <= chance.high


def test_two_planted_routes_hold_more_than_chance(demo: GeneGraph) -> None:
    """Both routes of cell death stand in for each other: that is where the demo's pairs were planted."""
    routes = np.array([number for number, gene in enumerate(demo.genes) if gene.startswith(("APO1.", "APO2."))])
    inside = known_inside(demo, routes).sum() / 2
    chance = known_by_chance(demo, routes)
    assert inside > chance.high
    assert inside > 2 * chance.mean


def test_the_whole_data_set_leaves_nothing_to_chance() -> None:
    graph = tiny_graph(genes=40, pairs=90)
    chance = known_by_chance(graph, np.arange(40), draws=7)
    assert (chance.mean, chance.low, chance.high) == (90, 90, 90)
    assert chance.sentence.startswith("90 by chance, as 7 draws of as many genes")
    assert known_by_chance(graph, np.array([], dtype=np.int64), draws=7).mean == 0
    assert [about(number) for number in (0.04, 3.14, 1204.2)] == ["0.0", "3.1", "1,204"]
