from __future__ import annotations

import dataclasses

import pytest
from builders import tiny_graph, tiny_spec

from slviz.features import FEATURE_SETS
from slviz.networks import NETWORKS
from slviz.networks.baseline import Baseline
from slviz.optimisers import OPTIMISERS
from slviz.runs import RunSpec
from slviz.tasks import TASKS

BASELINES = [name for name, each in NETWORKS.items() if issubclass(each, Baseline)]
FITTED = [name for name in BASELINES if NETWORKS[name].is_fitted]


def with_network(name: str, **changes: object) -> RunSpec:
    return dataclasses.replace(tiny_spec(tiny_graph()), network=NETWORKS.make(name), **changes)


def names_of(name: str, **ways: object) -> set[str]:
    """Names of the runs that a network has, asked for plainly and with each of these changes."""
    graph = tiny_graph()
    asked = [with_network(name), *(with_network(name, **{key: value}) for key, value in ways.items())]
    return {spec.canonical(graph).run_id for spec in asked}


@pytest.mark.parametrize("name", BASELINES)
def test_features_and_optimiser_make_no_other_run_of_a_baseline(name: str) -> None:
    ways = {"features": FEATURE_SETS.make("none"), "optimiser": OPTIMISERS.make("adam", epochs=3)}
    assert len(names_of(name, **ways)) == 1


@pytest.mark.parametrize("name", BASELINES)
def test_seed_and_training_make_another_run_only_where_something_is_fitted(name: str) -> None:
    ways = {"seed": 3, "task": TASKS.make("link", negatives="random")}
    assert len(names_of(name, **ways)) == (3 if name in FITTED else 1)


def test_everything_counts_for_a_network() -> None:
    ways = {"features": FEATURE_SETS.make("none"), "seed": 3, "optimiser": OPTIMISERS.make("adam", epochs=3)}
    assert len(names_of("gat", **ways)) == 4
