"""Pairs inside a selection, counted again by loops."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from builders import tiny_run

from slviz.datasets import GeneGraph
from slviz.neighbourhood.induced_pairs import (
    known_inside,
    pairs_inside,
    predicted_inside,
    predicts_partners,
    rare_score,
)
from slviz.runs import Run
from slviz.runs.store import SHIPPED, RunStore
from slviz.scorers import PairDecoder

CHOSEN = np.array([0, 2, 3, 5, 8, 13, 21, 30, 31, 32])


@pytest.fixture(scope="module")
def run(graph: GeneGraph) -> Run:
    """A random decoder."""
    made = tiny_run(graph)
    random = np.random.default_rng(4)
    width = made.embedding.shape[1]
    decoder = {name: random.normal(size=(5, width)).astype(np.float32) for name in ("sum", "product", "difference")}
    decoder |= {name: random.normal(size=5).astype(np.float32) for name in ("hidden_bias", "readout")}
    decoder |= {
        "bilinear": np.eye(width, dtype=np.float32),
        "linear": np.zeros(width, dtype=np.float32),
        "bias": np.zeros(1, dtype=np.float32),
        "bounds": np.zeros(0, dtype=np.float32),
    }
    return dataclasses.replace(made, decoder=decoder)


def test_known_partners_inside(graph: GeneGraph) -> None:
    pairs = {frozenset(pair) for pair in graph.pairs.tolist()}
    expected = [sum(frozenset((a, b)) in pairs for b in CHOSEN.tolist() if b != a) for a in CHOSEN.tolist()]
    assert known_inside(graph, CHOSEN).tolist() == expected
    assert sum(expected) > 0


def test_predicted_partners_inside_are_unknown_and_above_the_threshold(graph: GeneGraph, run: Run) -> None:
    pairs = {frozenset(pair) for pair in graph.pairs.tolist()}
    decoder = PairDecoder(run.decoder)

    def likely(a: int, b: int) -> bool:
        return frozenset((a, b)) not in pairs and float(decoder.score(run.embedding, np.array([[a, b]]))[0]) >= 0.4

    expected = [sum(likely(a, b) for b in CHOSEN.tolist() if b != a) for a in CHOSEN.tolist()]
    assert predicted_inside(graph, run, CHOSEN, least=0.4).tolist() == expected
    assert 0 < sum(expected) < len(CHOSEN) * (len(CHOSEN) - 1)


def test_as_many_unlisted_pairs_count_as_predicted_as_are_known(graph: GeneGraph, run: Run) -> None:
    scorer = run.scorer(graph)
    every = np.arange(len(graph))
    least = rare_score(graph, scorer)
    predicted = int(predicted_inside(graph, run, every, least=least, scorer=scorer).sum()) // 2
    assert predicted == pytest.approx(len(graph.pairs), abs=2)
    drawn = rare_score(graph, scorer, sample=len(graph) * (len(graph) - 1) // 3)
    assert drawn == pytest.approx(least, abs=0.1)


def test_pairs_inside_are_all_pairs_with_what_is_known(graph: GeneGraph, run: Run) -> None:
    table = pairs_inside(graph, run, CHOSEN)
    assert len(table) == len(CHOSEN) * (len(CHOSEN) - 1) // 2
    assert table["score"].is_monotonic_decreasing
    row_of = {frozenset(pair): row for row, pair in enumerate(graph.pairs.tolist())}
    evaluated = run.predictions[run.predictions["negative_kind"] == "known"]
    part = {
        frozenset((a, b)): p
        for a, b, p in zip(evaluated["gene_a"], evaluated["gene_b"], evaluated["part"], strict=True)
    }
    for each in table.itertuples():
        row = row_of.get(frozenset((graph.number_of[each.gene_a], graph.number_of[each.gene_b])))
        if row is None:
            assert (each.known, each.evidence) == ("not listed", "")
            assert np.isnan(each.dataset_score)
        else:
            assert each.known == f"known, {part[frozenset((each.gene_a, each.gene_b))]}"
            assert each.evidence == graph.pair_evidence[row]
            assert each.dataset_score == graph.score[row]


def test_only_a_link_network_predicts_partners(graph: GeneGraph, run: Run) -> None:
    assert predicts_partners(run)
    assert not predicts_partners(tiny_run(graph))
    shipped = {name.split("-")[2]: name for name in RunStore(SHIPPED).run_ids()}
    assert predicts_partners(RunStore(SHIPPED).open(shipped["link"]))
    assert not predicts_partners(RunStore(SHIPPED).open(shipped["confidence"]))
    assert not predicts_partners(RunStore(SHIPPED).open(shipped["reconstruct"]))


def test_one_gene_has_no_pair(graph: GeneGraph, run: Run) -> None:
    assert known_inside(graph, np.array([3])).tolist() == [0]
    assert predicted_inside(graph, run, np.array([3]), least=0.4).tolist() == [0]
    assert not len(pairs_inside(graph, run, np.array([3])))
