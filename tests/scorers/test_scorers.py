"""Scores of stored runs of every kind, and what views add to them."""

import dataclasses

import numpy as np
import pytest
from builders import tiny_spec

from slviz.datasets.sources import open_dataset
from slviz.networks import NETWORKS, Baseline
from slviz.scorers import EMBEDDING, BlendScorer
from slviz.training import train

BASELINES = [name for name in NETWORKS if issubclass(NETWORKS[name], Baseline)]


@pytest.fixture(scope="module")
def demo():
    return open_dataset("demo")


@pytest.fixture(scope="module")
def trained(demo):
    kept = {}

    def run_of(network, task="link", **settings):
        key = (network, task, *settings.items())
        if key not in kept:
            spec = tiny_spec(demo, network=network, task=task)
            spec = dataclasses.replace(
                spec,
                network=NETWORKS.make(network, **settings),
                optimiser=spec.optimiser.replace(epochs=40),
            )
            kept[key] = train(demo, spec, spec.split.divide(demo), device="cpu")
        return kept[key]

    return run_of


def evaluated(run):
    return run.predictions.query("part == 'test'")


def numbers(graph, frame):
    return np.array(
        [[graph.number_of[a], graph.number_of[b]] for a, b in zip(frame["gene_a"], frame["gene_b"], strict=True)]
    )


SLOW = ("boosted_trees", "view_trees")
"""Each is seconds of fitting, and `multiview`, which other tests here ask too, holds both."""


@pytest.mark.parametrize(
    "network",
    [pytest.param(name, marks=[pytest.mark.slow] if name in SLOW else []) for name in ("gat", "multiview", *BASELINES)],
)
def test_a_stored_run_scores_its_test_pairs_as_it_was_evaluated(demo, trained, network):
    run = trained(network)
    frame = evaluated(run).iloc[:150]
    pairs = numbers(demo, frame)
    scorer = run.scorer(demo)
    assert scorer.score(pairs) == pytest.approx(frame["prediction"].to_numpy(), abs=1e-5)
    assert scorer.score(pairs[:, ::-1]) == pytest.approx(scorer.score(pairs), abs=1e-4)
    gene = int(pairs[0, 0])
    others = np.setdiff1d(np.arange(len(demo)), np.append(demo.partners(gene), gene))
    negative_kind = scorer.score_with(gene)[others]
    assert scorer.all_pairs()[gene, others] == pytest.approx(negative_kind, abs=1e-3)


@pytest.mark.parametrize("network", [name for name in BASELINES if NETWORKS[name].baseline])
def test_a_formula_as_a_run_orders_pairs_as_the_baseline_of_every_table(trained, network):
    formula = NETWORKS[network].baseline
    beside = trained("svd" if network == "max_degree" else "max_degree")  # a run is not among its own baselines
    for negative_kind in ("random", "degree-matched"):
        listed = beside.metric("auc", negative_kind=negative_kind, model=formula)
        assert trained(network).metric("auc", negative_kind=negative_kind) == pytest.approx(listed, abs=2e-3)


def test_what_views_add_sums_to_the_score(demo, trained):
    run = trained("multiview")
    scorer = run.scorer(demo)
    assert isinstance(scorer, BlendScorer)
    pairs = numbers(demo, evaluated(run).iloc[:80])
    score = scorer.score(pairs).astype(np.float64)
    adds = scorer.by_view(pairs)
    hidden = scorer.head.parts(pairs, hidden=scorer.head.features.views)
    nothing = scorer.blend.constant + hidden @ scorer.blend.of(scorer.head.part_names)
    inside = (score > 1e-4) & (score < 1 - 1e-4)
    assert (nothing + sum(adds.values()))[inside] == pytest.approx(np.log(score / (1 - score))[inside], abs=1e-2)
    assert EMBEDDING in adds


def test_the_score_without_a_view_no_longer_depends_on_it(demo, trained):
    run = trained("multiview")
    scorer = run.scorer(demo)
    pairs = numbers(demo, evaluated(run).iloc[:80])
    without = scorer.without("interactions", pairs)
    assert not np.allclose(without, scorer.score(pairs))
    assert np.allclose(scorer.without("location", pairs), scorer.score(pairs))  # the demo says no chromosome bands


@pytest.mark.slow
def test_trees_find_the_planted_partners_and_views_that_are_switched_off_are_not_there(demo, trained):
    run = trained("multiview", interactions=False, terms=False)
    pairs = numbers(demo, evaluated(run).iloc[:5])
    assert set(run.scorer(demo).by_view(pairs)) <= {"partners", "co_publication", EMBEDDING, "location"}
    for network in ("multiview", "boosted_trees"):
        run = trained(network)
        best = run.metric("auc", negative_kind="degree-matched")
        assert best > run.metric("auc", negative_kind="degree-matched", model="max degree") + 0.3


@pytest.mark.parametrize("network", [pytest.param("multiview", marks=pytest.mark.slow), "boosted_trees", "l3"])
def test_confidence_is_predicted_within_the_scores_that_were_learnt_from(demo, trained, network):
    run = trained(network, task="confidence")
    assert evaluated(run)["prediction"].between(demo.score.min(), demo.score.max()).all()
    assert run.metric("rmse", negative_kind="all") < run.metric("rmse", negative_kind="all", model="mean") + 0.01
