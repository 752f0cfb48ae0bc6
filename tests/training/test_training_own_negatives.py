"""Negatives that a user brings are evaluated with and never told as negatives, wherever training draws some."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch
from pair_cases import as_set
from trainings import quick

from slviz.scorers import inner_folds
from slviz.scorers.head import fit_head
from slviz.splits import HeldOut
from slviz.training.pair_problem import PairProblem


@pytest.fixture
def own(graph):
    """A quarter of all unlisted pairs as negatives of the user's own: whoever draws at random meets some."""
    every = np.stack(np.triu_indices(len(graph), k=1), axis=1)
    known = as_set(graph.pairs)
    unlisted = np.array([pair for pair in every.tolist() if frozenset(pair) not in known])
    return np.random.default_rng(0).permutation(unlisted)[: len(unlisted) // 4]


@pytest.fixture
def split(graph, own):
    held = HeldOut(graph.pairs[:15], np.full(15, np.nan, dtype=np.float32), own, "pairs", "negatives")
    return held.split().divide(graph, held_out=held)


def without_own(split):
    kept = split.negative_kind != "file"
    names = ("pairs", "part", "negative_kind", "actual", "score", "screen")
    return dataclasses.replace(split, **{name: getattr(split, name)[kept] for name in names})


def drawn_in_epochs(graph, split):
    problem = PairProblem(graph, quick(graph), split, network=quick(graph).network, device=torch.device("cpu"))
    asked = [problem.pairs[problem.partition(epoch)[0]] for epoch in range(1, 30)]
    return as_set(np.concatenate([problem.negatives(epoch, pairs) for epoch, pairs in enumerate(asked, start=1)]))


def test_no_epoch_draws_them_and_pairs_held_out_with_them_may_be_drawn(graph, split, own):
    drawn = drawn_in_epochs(graph, split)
    assert not drawn & as_set(own)
    assert not drawn & as_set(split.training_pairs)
    assert drawn & as_set(split.pairs[split.rows("test")])  # avoiding them would tell which they are
    assert drawn_in_epochs(graph, without_own(split)) & as_set(own)


def test_no_inner_fold_of_the_structural_head_draws_them(graph, split, own, monkeypatch):
    drawn = []
    plain = inner_folds.inner_folds

    def watched(*given, **named):
        for fold in plain(*given, **named):
            drawn.extend(fold.others.values())
            yield fold

    monkeypatch.setattr("slviz.scorers.head.inner_folds", watched)
    fit_head(graph, split, negative_kinds=("random", "degree-matched"))
    assert not as_set(np.concatenate(drawn)) & as_set(own)
    drawn.clear()
    fit_head(graph, without_own(split), negative_kinds=("random", "degree-matched"))
    assert as_set(np.concatenate(drawn)) & as_set(own)
