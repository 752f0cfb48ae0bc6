"""Training of networks whose embedding is drawn towards a prior: resumed bit for bit, and drawn indeed."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from trainings import TASKS, quick, run_of

from slviz.training import Checkpoint, embed
from slviz.training.devices import repeatable
from slviz.training.fitting import Fit
from slviz.training.pair_problem import PairProblem

NETWORKS = [
    pytest.param("vgae", {}, id="vgae"),
    pytest.param("adversarial", {}, id="adversarial"),
    pytest.param("adversarial", {"variational": True}, id="variational adversarial", marks=pytest.mark.slow),
]


def spec_of(graph, network, settings, **how):
    spec = quick(graph, network=network, **how)
    return dataclasses.replace(spec, network=spec.network.replace(**settings))


def distance_to_normal(embedding):
    """Mean distance of Wasserstein between the columns and quantiles of the standard normal."""
    quantiles = stats.norm.ppf((np.arange(len(embedding)) + 0.5) / len(embedding))
    return float(np.abs(np.sort(embedding, axis=0) - quantiles[:, None]).mean())


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize(("network", "settings"), NETWORKS)
def test_resumed_training_with_a_prior_ends_exactly_like_an_unbroken_one(graph, network, settings, task):
    spec = spec_of(graph, network, settings, task=task, epochs=25)
    kept: list[Checkpoint] = []
    whole = run_of(graph, spec, on_checkpoint=kept.append)
    opponent = {name for name in kept[0].arrays if name.startswith("adversary/")}
    assert bool(opponent) == (network == "adversarial")
    resumed = run_of(graph, spec, checkpoint=kept[0])
    assert np.array_equal(resumed.embedding, whole.embedding)
    assert all(np.array_equal(resumed.weights[name], whole.weights[name]) for name in whole.weights)
    pd.testing.assert_frame_equal(resumed.history.drop(columns="seconds"), whole.history.drop(columns="seconds"))
    if opponent:  # the adversary's memory matters: without it the training ends elsewhere
        arrays = {name: value for name, value in kept[0].arrays.items() if name not in opponent}
        forgot = run_of(graph, spec, checkpoint=dataclasses.replace(kept[0], arrays=arrays))
        assert not forgot.history["train_loss"].equals(whole.history["train_loss"])
    again = embed(graph, spec, spec.split.divide(graph), weights=whole.weights)
    assert np.array_equal(again, whole.embedding)


def drawn_embedding(graph, spec):
    """The embedding after the last epoch as a step of training sees it, dropout aside."""
    import torch

    spec = dataclasses.replace(spec, network=spec.network.replace(dropout=0.0))
    kept: list[Checkpoint] = []
    with repeatable(torch.device("cpu")):
        torch.manual_seed(0)
        problem = PairProblem(graph, spec, spec.split.divide(graph), network=spec.network, device=torch.device("cpu"))
        fit = Fit(problem, spec.optimiser, spec.seed)
        fit.run(on_epoch=None, on_checkpoint=kept.append)
        fit.resume(kept[-1])
        problem.model.train()
        return problem.embed().detach().numpy()


@pytest.mark.parametrize(
    ("network", "weak", "strong"),
    [
        ("adversarial", {"adversarial_weight": 0.0}, {"adversarial_weight": 2.0}),
        ("vgae", {"kl_weight": 0.0}, {"kl_weight": 0.1}),
        (
            "adversarial",
            {"variational": True, "kl_weight": 0.0, "adversarial_weight": 0.0},
            {"variational": True, "adversarial_weight": 2.0},
        ),
    ],
)
def test_the_prior_draws_the_embedding_towards_itself(graph, network, weak, strong):
    without, with_prior = (
        distance_to_normal(drawn_embedding(graph, spec_of(graph, network, settings, epochs=60)))
        for settings in (weak, strong)
    )
    assert with_prior < 0.6 * without
