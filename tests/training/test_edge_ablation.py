"""The edge ablation, on a network whose predictions are known to depend on one edge, and on a trained one."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch
from builders import tiny_run, tiny_spec
from trainings import quick, run_of

from slviz.errors import DamagedRun, InvalidSetting, RunCancelled
from slviz.evaluation.faithfulness import faithfulness
from slviz.runs import Attention
from slviz.training import edge_ablation, trained_network
from slviz.training.edge_ablation import ablate_edges, can_be_tested, sampled_genes
from slviz.training.pair_problem import PairProblem

WIDTH = 2


class OneEdge(torch.nn.Module):
    """A network whose gene `target` is scored high as long as it hears from `source`, and all others low."""

    def __init__(self, genes, source, target):
        super().__init__()
        self.genes, self.source, self.target = genes, source, target

    def forward(self, features, structure, edges):
        embedding = torch.zeros(self.genes, WIDTH)
        heard = ((edges[0] == self.source) & (edges[1] == self.target)).any()
        embedding[self.target, 0] = 4.0 if heard else -1.0
        return embedding


def linear_decoder():
    """The logistic of the sum of both genes' first numbers."""
    zeros = {name: np.zeros((1, WIDTH), dtype=np.float32) for name in ("sum", "product", "difference")}
    ones = {name: np.zeros(1, dtype=np.float32) for name in ("hidden_bias", "readout", "bias")}
    return {
        "bilinear": np.zeros((WIDTH, WIDTH), dtype=np.float32),
        "linear": np.array([1, 0], dtype=np.float32),
        **zeros,
        **ones,
        "bounds": np.empty(0, dtype=np.float32),
    }


@pytest.fixture
def one_edge(graph, monkeypatch):
    """Gives `test(favoured)`: the test of a gene with nine partners, attention on one of them, and its needed edge."""
    spec = tiny_spec(graph)
    split = spec.split.divide(graph)
    problem = PairProblem(graph, spec, split, network=spec.network, device=torch.device("cpu"))
    edges = problem.whole.edges.numpy()
    target = int(np.argmax(np.bincount(edges[1])))
    partners = np.sort(edges[0, edges[1] == target])
    problem.model.encoder = OneEdge(len(graph), partners[0], target)
    monkeypatch.setattr(trained_network, "rebuilt", lambda *_, **__: problem)
    embedding = problem.embed().numpy()

    def test(favoured, **how):
        loops = np.arange(len(graph))
        listed = np.concatenate([edges[:, ::-1], [loops, loops]], axis=1)  # another order than the network's own
        weight = np.full(listed.shape[1], 0.01, dtype=np.float32)
        weight[(listed[0] == favoured) & (listed[1] == target)] = 0.9
        weight[(listed[0] == target) & (listed[1] == target)] = 0.95  # its own loop is no edge to remove
        run = dataclasses.replace(
            tiny_run(graph),
            embedding=embedding,
            decoder=linear_decoder(),
            attention=Attention(edges=listed.astype(np.int64), weight=weight[None, None]),
        )
        return ablate_edges(graph, run, split, weights={}, genes=[target], **how)

    return test, partners


def test_attention_on_the_edge_that_matters_is_found_faithful(one_edge, monkeypatch):
    monkeypatch.setattr(edge_ablation, "MOST_REMOVED", 1)
    test, partners = one_edge
    found = test(partners[0])
    expected = 1 / (1 + np.exp(-4)) - 1 / (1 + np.exp(1))
    assert found.edges[0] == len(partners)
    assert found.removed[0] == 1
    assert found.score[0] == pytest.approx(1 / (1 + np.exp(-4)))
    assert found.fall_top[0] == pytest.approx(expected, abs=1e-6)
    assert np.abs(found.fall_random).max() < 1e-6, "no other edge matters"
    assert faithfulness(found.fall_top, found.fall_random).faithful


def test_attention_on_an_edge_that_does_not_matter_is_found_out(one_edge, monkeypatch):
    monkeypatch.setattr(edge_ablation, "MOST_REMOVED", 1)
    test, partners = one_edge
    found = test(partners[1], draws=60)
    assert abs(found.fall_top[0]) < 1e-6
    assert (found.fall_random[0] > 0.5).any(), "some draw takes the edge that matters"
    assert not faithfulness(found.fall_top, found.fall_random).faithful


@pytest.fixture(scope="module")
def trained(graph):
    return run_of(graph, quick(graph, epochs=5))


def test_a_trained_network_is_tested_gene_by_gene(graph, trained):
    split = trained.spec.split.divide(graph)
    genes = sampled_genes(trained, count=4)
    told = []
    found = ablate_edges(
        graph, trained, split, weights=trained.weights, genes=genes, draws=6, on_gene=lambda *far: told.append(far)
    )
    assert told == [(done, 4) for done in range(5)]
    assert found.fall_random.shape == (4, 6)
    assert np.abs(found.fall_top).max() > 0
    partners = np.bincount(split.training_pairs.ravel(), minlength=len(graph))
    assert np.array_equal(found.edges, partners[genes])
    assert np.array_equal(found.removed, np.minimum(partners[genes] // 3, 10))
    alone = ablate_edges(graph, trained, split, weights=trained.weights, genes=genes[2:3], draws=6)
    assert np.array_equal(alone.fall_random[0], found.fall_random[2]), "whatever else is tested"
    other = ablate_edges(graph, trained, split, weights=trained.weights, genes=genes[2:3], draws=6, seed=1)
    assert not np.array_equal(alone.fall_random, other.fall_random)
    assert np.array_equal(alone.fall_top, other.fall_top)


def test_a_gene_with_too_few_edges_and_a_run_without_attention_are_refused(graph, trained):
    split = trained.spec.split.divide(graph)
    few = np.setdiff1d(np.arange(len(graph)), can_be_tested(trained))
    with pytest.raises(InvalidSetting, match="fewer than 3 known partners"):
        ablate_edges(graph, trained, split, weights=trained.weights, genes=few[:1])
    with pytest.raises(InvalidSetting, match="no attention"):
        can_be_tested(dataclasses.replace(trained, attention=None))
    with pytest.raises(InvalidSetting, match="predicts no pairs"):
        can_be_tested(dataclasses.replace(trained, decoder={}))


def test_weights_of_another_training_are_noticed(graph, trained):
    split = trained.spec.split.divide(graph)
    weights = {name: value * 2 for name, value in trained.weights.items()}
    with pytest.raises(DamagedRun, match="do not give its embedding"):
        ablate_edges(graph, trained, split, weights=weights, genes=sampled_genes(trained, count=1))


def test_what_the_callback_raises_ends_the_test(graph, trained):
    def stop(done, of):
        if done == 1:
            raise RunCancelled("stop")

    split = trained.spec.split.divide(graph)
    with pytest.raises(RunCancelled):
        ablate_edges(
            graph, trained, split, weights=trained.weights, genes=sampled_genes(trained), draws=1, on_gene=stop
        )
