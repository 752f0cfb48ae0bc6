"""Controls: the untrained network, shuffled pairs that keep every gene's number, and a network trained on them."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from builders import tiny_spec
from planted_screens import NAMES, planted_graph

from slviz.datasets import GeneGraph
from slviz.datasets.pair_keys import pair_keys
from slviz.datasets.sources import open_dataset
from slviz.errors import InvalidSetting
from slviz.networks import NETWORKS
from slviz.optimisers import Adam
from slviz.runs import RunSpec
from slviz.splits import SPLITS, PairSplit
from slviz.tasks import TASKS
from slviz.training import embed, train
from slviz.training.controls import layer_of, shuffled, train_on_shuffled_pairs, untrained_embedding
from slviz.training.train import rebuilt


@pytest.fixture(scope="module")
def demo() -> GeneGraph:
    return open_dataset("demo")


def divided(graph: GeneGraph, *, task: str = "link", network: str = "gcn") -> tuple[RunSpec, PairSplit]:
    spec = dataclasses.replace(tiny_spec(graph, task=task, network=network), optimiser=Adam(epochs=3))
    return spec, spec.split.divide(graph)


def degrees(split: PairSplit, part: str, genes: int) -> np.ndarray:
    return np.bincount(split.pairs[split.rows(part)].ravel(), minlength=genes)


@pytest.mark.parametrize("part", ["train", "validation"])
def test_shuffled_pairs_keep_every_genes_number_and_little_else(demo: GeneGraph, part: str) -> None:
    _, split = divided(demo)
    mixed = shuffled(split, genes=len(demo), seed=3)
    assert np.array_equal(degrees(mixed, part, len(demo)), degrees(split, part, len(demo)))
    before, after = (pair_keys(each.pairs[each.rows(part)], len(demo)) for each in (split, mixed))
    assert len(np.unique(after)) == len(after)
    assert np.isin(after, before).mean() < 0.2
    rows = mixed.rows(part)
    assert (mixed.pairs[rows, 0] < mixed.pairs[rows, 1]).all()
    assert np.array_equal(np.sort(mixed.score[rows]), np.sort(split.score[split.rows(part)]))


def test_shuffling_leaves_the_test_and_what_is_compared_with(demo: GeneGraph) -> None:
    _, split = divided(demo)
    mixed = shuffled(split, genes=len(demo), seed=3)
    for part in ("train", "validation", "test"):
        for negative_kind in ("random", "degree-matched"):
            rows = mixed.rows(part, negative_kind)
            assert np.array_equal(mixed.pairs[rows], split.pairs[split.rows(part, negative_kind)])
    assert np.array_equal(mixed.pairs[mixed.rows("test")], split.pairs[split.rows("test")])
    learnt = pair_keys(mixed.pairs[(mixed.negative_kind == "known") & (mixed.part != "test")], len(demo))
    others = pair_keys(mixed.pairs[(mixed.negative_kind != "known") & (mixed.part != "test")], len(demo))
    assert len(np.unique(learnt)) == len(learnt)
    assert not np.isin(learnt, others).any()


def test_the_same_seed_shuffles_alike_and_another_does_not(demo: GeneGraph) -> None:
    _, split = divided(demo)
    once, again, other = (shuffled(split, genes=len(demo), seed=seed) for seed in (3, 3, 4))
    assert np.array_equal(once.pairs, again.pairs)
    assert not np.array_equal(once.pairs, other.pairs)


@pytest.mark.parametrize(
    "network", [name for name, each in NETWORKS.items() if each.learns_in_epochs and not each.reads_pictures]
)
def test_an_untrained_network_is_the_one_that_training_begins_with(graph: GeneGraph, network: str) -> None:
    spec, split = divided(graph, network=network)
    found = untrained_embedding(graph, spec, split)
    assert found.shape == (len(graph), spec.network.width)
    assert np.isfinite(found).all()
    assert np.array_equal(found, untrained_embedding(graph, spec, split))
    assert not np.array_equal(found, train(graph, spec, split, device="cpu").embedding)


def test_a_rate_near_zero_leaves_a_network_untrained(graph: GeneGraph) -> None:
    """What `untrained_embedding` gives is where training starts: one step of almost no length stays there."""
    spec, split = divided(graph)
    slow = dataclasses.replace(spec, optimiser=spec.optimiser.replace(learning_rate=1e-6, epochs=1))
    trained = train(graph, slow, split, device="cpu")
    assert np.allclose(trained.embedding, untrained_embedding(graph, slow, split), atol=1e-3)
    assert trained.weights is not None
    assert np.allclose(embed(graph, slow, split, weights=trained.weights), trained.embedding, atol=1e-6)


@pytest.mark.parametrize("task", ["link", "confidence", "reconstruct"])
def test_every_task_can_be_trained_on_shuffled_pairs(graph: GeneGraph, task: str) -> None:
    spec, split = divided(graph, task=task)
    told: list[int] = []
    embedding, metrics = train_on_shuffled_pairs(
        graph, spec, split, device="cpu", on_epoch=lambda epoch: told.append(epoch.epoch)
    )
    assert embedding.shape == (len(graph), spec.network.width)
    assert told == list(range(1, len(told) + 1))
    assert len(told) == 3
    assert "network" in set(metrics["model"])


@pytest.mark.slow
def test_shuffled_pairs_teach_nothing_about_real_ones(demo: GeneGraph) -> None:
    """The demo's planted pairs: trained, they are told from degree-matched negatives; shuffled, hardly."""
    spec, _ = divided(demo, network="gat")
    spec = dataclasses.replace(spec, network=NETWORKS.make("gat"), optimiser=Adam(epochs=60))
    split = spec.split.divide(demo)
    real = train(demo, spec, split, device="cpu").metric("auc", negative_kind="degree-matched")
    _, metrics = train_on_shuffled_pairs(demo, spec, split, device="cpu")
    row = metrics.query(
        "model == 'network' and part == 'test' and negative_kind == 'degree-matched' and metric == 'auc'"
    )
    assert real > 0.75
    assert float(row["value"].iloc[0]) < 0.62


def test_hits_are_permuted_within_each_screen_that_is_learnt_from() -> None:
    graph = planted_graph()
    for named in ("", NAMES[1]):
        split = SPLITS.make("screen", screen=named).divide(graph)
        mixed = shuffled(split, genes=len(graph), seed=3)
        tested = np.isin(mixed.negative_kind, ("hit", "no hit"))
        assert np.array_equal(mixed.actual[tested] > 0.5, mixed.negative_kind[tested] == "hit")
        assert np.array_equal(mixed.screen[tested], split.screen[np.isin(split.negative_kind, ("hit", "no hit"))])
        for part in ("train", "validation", "test"):
            for screen in NAMES:
                before, after = (each.actual[(each.part == part) & (each.screen == screen)] for each in (split, mixed))
                assert before.sum() == after.sum()
                assert part != "train" or screen == named or not np.array_equal(before, after)
                assert part != "test" or np.array_equal(before, after)


def test_the_fits_without_each_screen_learn_from_shuffled_hits_too() -> None:
    """What shuffled hits teach is chance: by this seed that distant paralogs are hits, which real hits never do."""
    graph = planted_graph()
    parts = {"task": TASKS.make("screen"), "network": NETWORKS.make("bench"), "split": SPLITS.make("screen")}
    spec = RunSpec.of(graph, seed=1, **parts, optimiser=Adam())
    split = spec.split.divide(graph)
    _, metrics = train_on_shuffled_pairs(graph, spec, split, device="cpu")
    wanted = (metrics["model"] == "network") & (metrics["negative_kind"] == "screens") & (metrics["metric"] == "auc")
    assert float(metrics.loc[wanted, "value"].iloc[0]) < 0.3
    assert train(graph, spec, split, device="cpu").metric("auc", negative_kind="screens") > 0.75


def test_a_layer_is_what_the_trained_network_adds_there_and_none_is_beyond_the_last(graph: GeneGraph) -> None:
    import torch

    spec, split = divided(graph, network="mlp")
    run = train(graph, spec, split, device="cpu")
    assert run.weights is not None
    first, second = (layer_of(graph, spec, split, number=number, weights=run.weights) for number in (1, 2))
    problem = rebuilt(graph, spec, split, weights=run.weights)
    problem.model.eval()
    with torch.no_grad():
        states = problem.model.encoder.encode(problem.features, problem.whole.structure, problem.whole.edges).states
    for before, after, given in zip(states[:-1], states[1:], (first, second), strict=True):
        added = torch.nn.functional.elu(torch.as_tensor(given))
        assert torch.allclose(before + added, after, atol=1e-5)
    with pytest.raises(InvalidSetting, match="has no layer 3: its network 'mlp' has 2"):
        layer_of(graph, spec, split, number=3, weights=run.weights)
