"""Nothing that is held out is learnt from, and no pair is its own hint: looked for by brute force."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch
from pair_cases import as_set
from trainings import quick, run_of

from slviz.networks import NETWORKS
from slviz.splits import PairSplit
from slviz.training import train
from slviz.training.gene_problem import GeneProblem
from slviz.training.pair_problem import PairProblem
from slviz.training.structure import LEVELS, structure_of

LEARNING = [name for name, network in NETWORKS.items() if network.learns_in_epochs and network.uses_graph]


@pytest.mark.parametrize("task", ["link", "confidence", "reconstruct"])
@pytest.mark.parametrize("network", LEARNING)
def test_no_held_out_pair_is_ever_an_edge(graph, read_edges, task, network):
    spec = quick(graph, task=task, network=network, epochs=12)
    split = spec.split.divide(graph)
    run_of(graph, spec)
    held = as_set(split.pairs[(split.part != "train")])
    assert len(read_edges) > 24
    for _, edges in read_edges:
        assert edges.shape[1] > 0
        assert not as_set(edges.T) & held


@pytest.mark.parametrize("task", ["link", "confidence"])
def test_no_pair_asked_about_is_an_edge_of_the_graph_read_meanwhile(graph, asked_pairs, task):
    spec = quick(graph, task=task, epochs=15)
    run_of(graph, spec)
    learnt = as_set(spec.split.divide(graph).training_pairs)
    assert len(asked_pairs) == 15
    for pairs, edges, _ in asked_pairs:
        asked, read = as_set(pairs), as_set(edges.T)
        assert not asked & read
        assert (asked & learnt) | read == learnt  # and nothing else is lost
    for start in (0, 5, 10):  # five parts: each pair is asked about once in five steps
        asked = [as_set(pairs) & learnt for pairs, _, _ in asked_pairs[start : start + 5]]
        assert sum(map(len, asked)) == len(learnt) == len(set.union(*asked))


@pytest.mark.parametrize("task", ["link", "confidence"])
def test_structure_counts_the_edges_of_the_step_and_no_others(graph, asked_pairs, task):
    run_of(graph, quick(graph, task=task, epochs=5))
    for _, edges, structure in asked_pairs:
        partners = np.bincount(edges[1].numpy(), minlength=len(graph))
        assert structure[:, 0].numpy() == pytest.approx(np.log1p(partners) / 2, abs=1e-6)


def test_structure_by_hand():
    """Gene 0 has partners 1 (lowest score) and 2 (highest); gene 3 has none."""
    pairs, score = np.array([[0, 1], [0, 2]]), np.array([0.2, 0.6], dtype=np.float32)
    found = structure_of(pairs, score, genes=4, bounds=(0.2, 0.6))
    levels = np.zeros((4, LEVELS))
    levels[0, [0, -1]] = 0.5
    levels[1, 0] = levels[2, -1] = 1
    assert found[:, 0] == pytest.approx(np.log1p([2, 1, 1, 0]) / 2)
    assert found[:, 1] == pytest.approx([0.5, 0, 1, 0])
    assert found[:, 2:] == pytest.approx(levels)


def moved(split: PairSplit, part: str) -> PairSplit:
    """The same split with every label and score of one part turned over, and its negatives drawn anew."""
    rows = split.part == part
    pairs = split.pairs.copy()
    others = rows & (split.negative_kind != "known")
    pairs[others] = np.sort(np.random.default_rng(7).permuted(pairs[others], axis=0), axis=1)
    return dataclasses.replace(
        split,
        pairs=pairs,
        actual=np.where(rows, 1 - split.actual, split.actual).astype(np.float32),
        score=np.where(rows, 1 - split.score, split.score).astype(np.float32),
    )


@pytest.mark.parametrize("task", ["link", "confidence", "reconstruct"])
def test_what_is_true_of_test_pairs_changes_nothing_that_is_learnt(graph, task):
    spec = quick(graph, task=task)
    split = spec.split.divide(graph)
    one = train(graph, spec, split, device="cpu")
    other = train(graph, spec, moved(split, "test"), device="cpu")
    assert np.array_equal(one.embedding, other.embedding)
    assert all(np.array_equal(one.weights[name], other.weights[name]) for name in one.weights)
    assert one.history.drop(columns="seconds").equals(other.history.drop(columns="seconds"))
    assert all(np.array_equal(one.decoder[name], other.decoder[name]) for name in one.decoder)


def test_which_pairs_are_tested_changes_nothing_that_is_learnt(graph):
    """Even the existence of the test pairs is unknown: with them gone the negatives drawn are the same."""
    spec = quick(graph)
    split = spec.split.divide(graph)
    kept = split.part != "test"
    without = dataclasses.replace(
        split,
        **{
            name: getattr(split, name)[kept] for name in ("pairs", "part", "negative_kind", "actual", "score", "screen")
        },
    )
    steps = [
        PairProblem(graph, spec, each, network=spec.network, device=torch.device("cpu")) for each in (split, without)
    ]
    for epoch in range(1, 40):
        asked = [problem.pairs[problem.partition(epoch)[0]] for problem in steps]
        drawn = [problem.negatives(epoch, pairs) for problem, pairs in zip(steps, asked, strict=True)]
        assert np.array_equal(*asked)
        assert np.array_equal(*drawn)


def test_negatives_of_a_step_are_no_training_pairs_and_may_be_held_out_ones(graph):
    """Drawing around the test pairs would tell which they are."""
    spec = quick(graph)
    split = spec.split.divide(graph)
    problem = PairProblem(graph, spec, split, network=spec.network, device=torch.device("cpu"))
    drawn = set()
    for epoch in range(1, 200):
        asked = problem.pairs[problem.partition(epoch)[0]]
        drawn |= as_set(problem.negatives(epoch, asked))
    assert not drawn & as_set(split.training_pairs)
    assert drawn & as_set(split.pairs[split.rows("test")])


def test_the_features_of_held_out_genes_are_no_target(graph):
    spec = quick(graph, task="reconstruct")
    split = spec.split.divide(graph)
    problem = GeneProblem(graph, spec, split, network=spec.network, device=torch.device("cpu"))
    problem.model.eval()
    before = problem.step_loss(1).total.item()
    held = torch.as_tensor(np.flatnonzero(split.gene_part != "train"))
    problem.target[held] += 100
    assert problem.step_loss(1).total.item() == before
    problem.target[int(np.flatnonzero(split.gene_part == "train")[0])] += 1
    assert problem.step_loss(1).total.item() != before
