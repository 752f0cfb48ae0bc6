"""On the demo, whose truth is planted: do the networks find the partners that nobody lists?"""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
from builders import tiny_spec
from run_folders import CHECKOUT
from trainings import run_of

from slviz.datasets.pair_keys import pair_keys
from slviz.datasets.sources import open_dataset
from slviz.evaluation import roc_auc
from slviz.networks import NETWORKS, GraphNetwork
from slviz.scorers import PairDecoder
from slviz.splits import degree_matched_negatives


@pytest.fixture(scope="module")
def demo():
    return open_dataset("demo")


@pytest.fixture(scope="module")
def hidden(demo):
    """Planted pairs that are not listed, and as many negatives of the same genes that are not planted."""
    truth = pd.read_csv(CHECKOUT / "data" / "demo" / "truth_pairs.tsv", sep="\t")
    ends = np.stack([truth[end].map(demo.number_of) for end in ("gene_a", "gene_b")], axis=1)
    unlisted = ends[(truth["listed"] == "no").to_numpy()]
    avoid = np.unique(pair_keys(np.concatenate([ends, demo.pairs]), len(demo)))
    strangers = degree_matched_negatives(np.random.default_rng(0), unlisted, genes=len(demo), avoid=avoid)
    assert len(unlisted) == len(strangers) > 500
    return unlisted, strangers


def told_apart(scores_of, hidden):
    unlisted, strangers = hidden
    actual = np.repeat([1, 0], [len(unlisted), len(strangers)])
    return roc_auc(actual, scores_of(np.concatenate(hidden)))


GRAPH_NETWORKS = [name for name, network in NETWORKS.items() if issubclass(network, GraphNetwork)]


@pytest.mark.parametrize(
    "network",
    [pytest.param(name, marks=[] if name == "gcn" else [pytest.mark.slow]) for name in GRAPH_NETWORKS],
)
def test_a_graph_network_finds_hidden_partners_where_degree_cannot(demo, hidden, network):
    spec = tiny_spec(demo, network=network)
    spec = dataclasses.replace(spec, optimiser=spec.optimiser.replace(epochs=40))
    run = run_of(demo, spec)
    decoder = PairDecoder(run.decoder)
    by_degree = told_apart(lambda pairs: demo.degree[pairs].max(axis=1), hidden)
    by_network = told_apart(lambda pairs: decoder.score(run.embedding, pairs), hidden)
    assert by_degree < 0.6
    assert by_network > 0.85
    best_baseline = max(
        run.metric("auc", negative_kind="degree-matched", model=name) for name in ("max degree", "degree product")
    )
    assert run.metric("auc", negative_kind="degree-matched") > best_baseline + 0.2


def test_confidence_of_the_demo_is_predicted_far_better_than_by_the_mean(demo):
    spec = tiny_spec(demo, task="confidence")
    spec = dataclasses.replace(spec, optimiser=spec.optimiser.replace(epochs=60))
    run = run_of(demo, spec)
    assert run.metric("rmse", negative_kind="all") < 0.8 * run.metric("rmse", negative_kind="all", model="mean")
