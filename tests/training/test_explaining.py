"""Explanations of pairs: fast and slow way agree for every network, sums hold, a planted pathway leads, checks tell."""

from __future__ import annotations

import copy
import dataclasses

import numpy as np
import pytest
import torch
from builders import tiny_graph, tiny_spec
from trainings import quick, run_of

from slviz.datasets.pair_keys import pair_keys
from slviz.datasets.sources import open_dataset
from slviz.errors import InvalidSetting
from slviz.evaluation.faithfulness import LOG_ODDS, faithfulness
from slviz.networks import NETWORKS
from slviz.runs.artifacts.explanations import ATTENTION, GRADIENT, INTEGRATED, PARTNERS, VALUES
from slviz.runs.store import RunStore
from slviz.splits import PairSplit
from slviz.training.devices import find_device, repeatable
from slviz.training.explaining.edge_values import gradients, integrated_gradients
from slviz.training.explaining.explain import attention_and_gradients, attention_to, check, explain
from slviz.training.explaining.pair_faithfulness import pair_faithfulness, sampled_pairs
from slviz.training.explaining.pair_messages import PairMessages
from slviz.training.explaining.told_blocks import block_values
from slviz.training.pair_problem import PairProblem
from slviz.training.trained_network import TrainedNetwork

LEARNING = [name for name, network in NETWORKS.items() if network.learns_in_epochs and not network.reads_pictures]
SHIPPED = "gat-both-link-3ec14a25"


def problem_of(graph, network: str, **changes) -> PairProblem:
    """A network on the tiny graph, with its first weights and a decoder that hears the embedding."""
    spec = tiny_spec(graph, network=network)
    spec = dataclasses.replace(spec, network=dataclasses.replace(spec.network, **changes))
    torch.manual_seed(0)
    problem = PairProblem(graph, spec, spec.split.divide(graph), device=torch.device("cpu"))
    with torch.no_grad():
        for parameter in problem.model.decoder.parameters():
            parameter.add_(0.3 * torch.randn_like(parameter))
    return problem


def busy_pair(problem: PairProblem) -> tuple[int, int]:
    first, second = torch.bincount(problem.whole.edges[1]).argsort(descending=True)[:2].tolist()
    return min(first, second), max(first, second)


@pytest.mark.parametrize("network", LEARNING)
def test_every_network_gives_the_same_by_its_two_genes_as_by_the_whole_graph(graph, network: str) -> None:
    with repeatable(find_device("cpu")):
        problem = problem_of(graph, network)
        messages = PairMessages(problem, busy_pair(problem))
        random = np.random.default_rng(0)
        edges = messages.edges.shape[1]
        gate = torch.as_tensor(random.random(edges), dtype=torch.float32)
        for kept in (np.ones(edges, dtype=bool), np.zeros(edges, dtype=bool), random.random(edges) < 0.5):
            with torch.no_grad():
                whole = float(messages._decoded(messages._whole(kept)))
            assert messages.raw(kept) == pytest.approx(whole, abs=1e-5)
        with torch.no_grad():
            by_genes = float(messages.gated(gate))
            messages._is_local = False  # type: ignore[misc]
            assert float(messages.gated(gate)) == pytest.approx(by_genes, abs=1e-5)
            assert float(messages.gated(torch.ones(edges))) == pytest.approx(messages.raw(), abs=1e-5)
        if network != "mlp":
            assert abs(by_genes - messages.raw()) > 1e-5, "its messages matter"


@pytest.mark.parametrize("network", ["gat", "multiview", "sage"])
def test_gradients_are_slopes_and_integrated_ones_add_up(graph, network: str) -> None:
    with repeatable(find_device("cpu")):
        problem = problem_of(graph, network)
        messages = PairMessages(problem, busy_pair(problem))
        edges = messages.edges.shape[1]

        def at(gate: torch.Tensor) -> float:
            with torch.no_grad():
                return float(messages.gated(gate))

        step = torch.zeros(edges)
        step[1] = 0.002
        slope = (at(1 + step) - at(1 - step)) / 0.004
        assert gradients(messages)[1] == pytest.approx(slope, rel=0.05, abs=1e-3)
        total = at(torch.ones(edges)) - at(torch.zeros(edges))
        assert integrated_gradients(messages).sum() == pytest.approx(total, rel=0.03, abs=1e-3)


def test_blocks_add_up_and_leave_the_network_as_it_was(graph) -> None:
    with repeatable(find_device("cpu")):
        problem = problem_of(graph, "gat")
        messages = PairMessages(problem, busy_pair(problem))
        before = messages.raw()
        spec = tiny_spec(graph)
        adds, without = block_values(messages, problem, features=spec.features, graph=graph)
        assert set(adds) == {
            "feature ppi",
            "feature go",
            "number and confidence of partners",
            "learnt gene vector",
            "messages from partners",
        }
        assert without["messages from partners"] == pytest.approx(
            messages.raw(np.zeros(messages.edges.shape[1], dtype=bool)), abs=1e-5
        )
        problem.features[:] = problem.features.mean(dim=0)  # average genes that hear nobody
        problem.whole.structure[:] = problem.whole.structure.mean(dim=0)
        vectors = problem.model.encoder.vectors.weight.data
        vectors[:] = vectors.mean(dim=0)
        nothing = messages.raw_of(problem.features, problem.whole.structure, keep=False)
        assert sum(adds.values()) == pytest.approx(before - nothing, abs=1e-4)


class Adds(torch.nn.Module):
    """A network whose gene is the sum of what its edges add, by the source's number."""

    def __init__(self, genes: int) -> None:
        super().__init__()
        self.genes, self.adversary = genes, None

    def forward(self, features, structure, edges):
        first = torch.zeros(self.genes).index_add(0, edges[1], edges[0].float())
        return torch.stack([first, torch.zeros(self.genes)], dim=1)


class SumOfFirst(torch.nn.Module):
    """The raw number of a pair: both genes' first numbers."""

    def forward(self, embedding, pairs):
        return embedding[pairs, 0].sum(dim=1)


def test_the_check_of_a_network_equals_a_case_computed_by_hand(graph) -> None:
    problem = problem_of(graph, "gat", width=4)
    problem.model.encoder = Adds(len(graph))
    problem.model.decoder = SumOfFirst()
    pair = busy_pair(problem)
    messages = PairMessages(problem, pair)
    source, target = messages.edges
    curves = check(messages, {"sources": source.astype(np.float32)}, draws=2, seed=0)
    assert curves.whole == source.sum()
    assert curves.bare == 0
    for column, share in enumerate((0.1, 0.2, 0.3, 0.5, 0.75)):
        removed = 0
        for gene in pair:
            into = np.sort(source[target == gene])[::-1]
            removed += into[: max(1, int(np.floor(share * len(into) + 0.5)))].sum()
        assert curves.deletion[0, column] == source.sum() - removed
        assert curves.insertion[0, column] == removed


def test_what_has_no_network_and_a_gene_with_itself_are_refused(graph) -> None:
    run = run_of(graph, quick(graph, epochs=1))
    split = run.spec.split.divide(graph)
    with pytest.raises(InvalidSetting, match="with itself is no pair"):
        explain(graph, run, split, weights=run.weights, pair=(3, 3))
    trees = dataclasses.replace(run, spec=dataclasses.replace(run.spec, network=NETWORKS.make("view_trees")))
    with pytest.raises(InvalidSetting, match="is no network"):
        explain(graph, trees, split, weights={}, pair=(3, 4))
    with pytest.raises(InvalidSetting, match="has no attention to test"):
        sampled_pairs(dataclasses.replace(run, attention=None), split)


@pytest.mark.parametrize("network", ["gat", pytest.param("multiview", marks=pytest.mark.slow)])
def test_a_whole_explanation_of_a_trained_run(network: str) -> None:
    graph = tiny_graph()
    run = run_of(graph, quick(graph, network=network, epochs=2))
    split = run.spec.split.divide(graph)
    shares = []
    pair = tuple(graph.pairs[0].tolist())
    explanation = explain(
        graph, run, split, weights=run.weights, pair=pair[::-1], draws=3, on_step=lambda share, _: shares.append(share)
    )
    assert shares == sorted(shares)
    assert explanation.pair == pair
    edges = explanation.edges.shape[1]
    assert set(explanation.values) == set(VALUES)
    assert all(len(value) == edges for value in explanation.values.values())
    assert set(explanation.randomised) == {ATTENTION, GRADIENT, INTEGRATED}
    assert explanation.curves.random_deletion.shape[0] == 3
    assert explanation.neighbours(graph.genes)[INTEGRATED].is_monotonic_decreasing
    if network == "gat":
        weights = run.attention.averaged()
        place = [np.flatnonzero((run.attention.edges == edge[:, None]).all(axis=0))[0] for edge in explanation.edges.T]
        assert explanation.values[ATTENTION] == pytest.approx(weights[place], abs=1e-5)
        assert len(explanation.blocks) == 5
        assert explanation.views == ()
    else:
        assert "partners" in explanation.views
        assert explanation.view_weight.sum(axis=2) == pytest.approx(1, abs=1e-5)
        assert len(explanation.blocks) == 0, "its scorer tells its sides apart itself"


@pytest.fixture(scope="module")
def shipped():
    """The demo, the shipped GAT on it, its split and weights."""
    store = RunStore.default()
    graph = open_dataset("demo")
    run = store.open(SHIPPED)
    return graph, run, PairSplit.from_frame(store.open_split(SHIPPED), graph.genes), store.open_weights(SHIPPED)


def test_the_compensating_pathway_leads_the_reasons_of_a_planted_pair(shipped) -> None:
    graph, run, split, weights = shipped
    pair = graph.number_of["REP1.01"], graph.number_of["REP2.01"]
    explanation = explain(graph, run, split, weights=weights, pair=pair, draws=0)
    table = explanation.neighbours(graph.genes)
    leading = table.loc[table["gene"] == "REP1.01", "partner"].head(3).tolist()
    assert all(partner.startswith("REP2.") for partner in leading), leading
    assert (table.head(4)["gene"] + table.head(4)["partner"]).str.contains("REP1.+REP2").all()


@pytest.mark.slow
def test_the_check_confirms_trained_attention_and_refuses_that_of_random_weights(shipped) -> None:
    graph, run, split, weights = shipped
    pairs = sampled_pairs(run, split, count=24)
    measured = pair_faithfulness(graph, run, split, weights=weights, pairs=pairs, draws=8)
    known = split.pairs[split.rows("test")]
    assert np.isin(pair_keys(pairs, len(graph)), pair_keys(known, len(graph))).all()
    with repeatable(find_device("cpu")):
        messages = PairMessages(TrainedNetwork.of(graph, run, split, weights).problem, tuple(pairs[0].tolist()))
        curves = check(messages, {}, draws=8, seed=0, insertion=False)
    assert measured.random[0] == pytest.approx(curves.random_change, abs=1e-5)
    assert curves.random_change.any()
    verdict = measured.verdict(run.spec.task)
    assert verdict.faithful
    assert verdict.beaten > 0.6
    assert measured.change[GRADIENT].mean() > measured.random.mean()
    with repeatable(find_device("cpu")):
        network = TrainedNetwork.of(graph, run, split, weights)
        untrained = copy.copy(network.problem)
        untrained.model = network.problem.fresh_model()
        change, random = [], []
        for pair in pairs.tolist():
            messages = PairMessages(untrained, tuple(pair))
            values = attention_and_gradients(messages, attention_to(untrained, messages))
            curves = check(messages, {ATTENTION: values[ATTENTION]}, draws=8, seed=0, insertion=False)
            change.append(curves.change[ATTENTION])
            random.append(curves.random_change)
    refused = faithfulness(np.array(change), np.stack(random), tested=LOG_ODDS)
    assert not refused.faithful
    assert "hardly change" in refused.sentence
    assert PARTNERS in measured.change
