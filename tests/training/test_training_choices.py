"""Optimisers and penalties: each takes its own steps, resumes to the same bits, and leaves stored runs alone."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
import torch
from builders import tiny_graph, tiny_spec

from slviz.datasets import GeneGraph
from slviz.errors import InvalidSetting
from slviz.networks import NETWORKS
from slviz.optimisers import OPTIMISERS
from slviz.runs import Run, RunSpec
from slviz.runs.spec_validation import SpecValidation
from slviz.training import train
from slviz.training.fitting import Checkpoint
from slviz.training.train import rebuilt


@pytest.fixture(scope="module")
def graph() -> GeneGraph:
    return tiny_graph()


def spec_with(graph: GeneGraph, optimiser: str, **settings: Any) -> RunSpec:
    network = NETWORKS.make("mlp", width=4, layers=1)
    changed = {"network": network, "optimiser": OPTIMISERS.make(optimiser, **settings)}
    return dataclasses.replace(tiny_spec(graph, task="classify"), **changed)


def trained(graph: GeneGraph, spec: RunSpec, **more: Any) -> Run:
    return train(graph, spec, spec.split.divide(graph), device="cpu", **more)


@pytest.mark.parametrize("name", OPTIMISERS)
def test_an_optimiser_resumes_to_the_same_bits(graph: GeneGraph, name: str) -> None:
    kept: list[Checkpoint] = []
    spec = spec_with(graph, name, epochs=22, keep="last", l1=0.001)
    whole = trained(graph, spec, on_checkpoint=kept.append)
    resumed = trained(graph, spec, checkpoint=kept[-1])
    assert kept[-1].epoch == 20
    assert all(np.array_equal(whole.weights[key], resumed.weights[key]) for key in whole.weights)


def test_each_optimiser_goes_its_own_way_to_a_lower_loss(graph: GeneGraph) -> None:
    runs = [trained(graph, spec_with(graph, name, epochs=30, keep="last")) for name in OPTIMISERS]
    assert len({run.spec.run_id for run in runs}) == len(runs)
    assert len({run.embedding.tobytes() for run in runs}) == len(runs)
    assert all(run.history["train_loss"].iloc[-1] < run.history["train_loss"].iloc[0] for run in runs)


def test_plain_descent_moves_every_weight_against_its_gradient(graph: GeneGraph) -> None:
    """Two trainings that differ by the rate alone: their first steps differ as their rates do."""
    settings: dict[str, Any] = {"epochs": 1, "momentum": 0.0, "weight_decay": 0.0, "clip": 1000.0, "keep": "last"}
    at, twice, thrice = (
        trained(graph, spec_with(graph, "sgd", learning_rate=rate, **settings)).weights for rate in (0.1, 0.2, 0.3)
    )
    for name in at:
        assert np.allclose(thrice[name] - twice[name], twice[name] - at[name], atol=1e-6)
    assert any(not np.array_equal(at[name], twice[name]) for name in at)


def test_an_l1_penalty_draws_weights_to_zero_and_is_not_there_unless_it_is_wanted(graph: GeneGraph) -> None:
    settings: dict[str, Any] = {"epochs": 60, "keep": "last", "learning_rate": 0.02, "weight_decay": 0.0}
    without, with_penalty = (trained(graph, spec_with(graph, "adam", l1=l1, **settings)) for l1 in (0.0, 0.02))
    near_zero = [
        np.mean(np.abs(np.concatenate([value.ravel() for value in run.weights.values()])) < 0.01)
        for run in (without, with_penalty)
    ]
    assert near_zero[1] > 2 * near_zero[0]
    assert "l1" not in without.spec.to_json()["optimiser"]
    assert with_penalty.spec.to_json()["optimiser"]["l1"] == 0.02


@pytest.mark.parametrize("network", ["mlp", "gat"])
def test_batch_normalisation_resumes_and_is_opened_with_its_running_means(graph: GeneGraph, network: str) -> None:
    kept: list[Checkpoint] = []
    settings = {"width": 4, "layers": 1, "activation": "tanh", "normalisation": "batch"}
    spec = dataclasses.replace(
        spec_with(graph, "adam", epochs=22, keep="last"), network=NETWORKS.make(network, **settings)
    )
    split = spec.split.divide(graph)
    whole = trained(graph, spec, on_checkpoint=kept.append)
    resumed = trained(graph, spec, checkpoint=kept[-1])
    assert any(name.endswith("running_mean") and np.any(value) for name, value in whole.weights.items())
    assert all(np.array_equal(whole.weights[key], resumed.weights[key]) for key in whole.weights)
    problem = rebuilt(graph, spec, split, weights=whole.weights)
    problem.model.eval()
    with torch.no_grad():
        assert np.array_equal(problem.embed().numpy(), whole.embedding)


def test_a_setting_of_a_network_never_stands_where_its_layers_are_asked_for(graph: GeneGraph) -> None:
    """`multiview` has a setting `head`, and classes are told apart by its last layer."""
    network = NETWORKS.make("multiview", width=4, layers=1)
    run = trained(graph, dataclasses.replace(spec_with(graph, "adam", epochs=2), network=network))
    assert set(run.predictions["prediction"]) <= {"left", "right"}


@pytest.mark.parametrize(
    ("key", "value"), [("gene_vectors", False), ("residual", False), ("normalise", False), ("normalisation", "batch")]
)
def test_what_bare_layers_do_not_read_is_refused_before_training_and_a_stored_run_of_it_opens(
    graph: GeneGraph, key: str, value: object
) -> None:
    for name in ("gat", "gcn", "sage"):
        network = NETWORKS.make(name, width=8, **{key: value})
        spec = dataclasses.replace(spec_with(graph, "adam", epochs=1), network=network)
        SpecValidation(graph).check(spec)
        both = dataclasses.replace(spec, network=NETWORKS.make(name, width=8, bare=True, **{key: value}))
        with pytest.raises(InvalidSetting, match=f"{key}={value} changes nothing of bare layers"):
            SpecValidation(graph).check(both)
        assert RunSpec.from_json(both.to_json()).network == both.network


def test_bare_layers_are_those_of_the_paper_and_nothing_beside(graph: GeneGraph) -> None:
    """Two layers of PyG by hand, with the weights of the run."""
    from torch_geometric.nn import GATConv

    network = NETWORKS.make("gat", width=8, heads=4, layers=1, bare=True, attention_dropout=0.5)
    spec = dataclasses.replace(spec_with(graph, "adam", epochs=3), network=network)
    run = trained(graph, spec)
    problem = rebuilt(graph, spec, spec.split.divide(graph), weights=run.weights)
    first, last = GATConv(problem.features.shape[1], 2, heads=4), GATConv(8, 2)
    for layer, prefix in ((first, "encoder.layers.0.convolution."), (last, "head.layer.convolution.")):
        named = {name.removeprefix(prefix): value for name, value in run.weights.items() if name.startswith(prefix)}
        layer.load_state_dict({name: torch.as_tensor(value) for name, value in named.items()})
        layer.eval()
    assert all("convolution." in name for name in run.weights)
    with torch.no_grad():
        embedding = torch.nn.functional.elu(first(problem.features, problem.whole.edges))
        shares = torch.softmax(last(embedding, problem.whole.edges), dim=1)
    assert np.allclose(embedding.numpy(), run.embedding, atol=1e-6)
    assert np.allclose(shares.max(dim=1).values.numpy(), run.predictions["score"], atol=1e-6)
