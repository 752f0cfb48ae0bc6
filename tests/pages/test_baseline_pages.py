"""A baseline that was trained as a run: it goes by its own name, and never stands beside itself."""

from __future__ import annotations

import dataclasses

import pytest
from builders import tiny_spec
from page_tools import Open, said
from run_folders import finish

from slviz.datasets import GeneGraph
from slviz.networks import NETWORKS
from slviz.runs import NETWORK, Run
from slviz.runs.store import RunStore
from slviz.training import train


@pytest.fixture(scope="module")
def trained(demo: GeneGraph) -> Run:
    """Partners of the gene that has more of them, on the demo."""
    spec = dataclasses.replace(tiny_spec(demo), network=NETWORKS.make("max_degree"))
    return train(demo, spec, spec.split.divide(demo))


@pytest.fixture
def stored(trained: Run, store: RunStore) -> Run:
    finish(store, trained)
    return trained


def test_it_is_not_among_its_own_baselines(trained: Run) -> None:
    scorers = set(trained.metrics["model"])
    assert NETWORK in scorers
    assert "max degree" not in scorers | set(trained.baselines)
    assert {"mean", "L3", "SVD", "degree product"} <= scorers


def test_predictions_call_it_by_its_name(stored: Run, open_page: Open) -> None:
    app = open_page("predictions", run=stored.run_id)
    assert not app.exception
    scorers = app.dataframe[0].value["model"].tolist()
    assert scorers[0] == "max degree"
    assert NETWORK not in scorers
    assert "baseline **max degree** (partners of the gene that has more)" in said(app)
    assert "features **" not in said(app)


def test_the_embedding_page_says_what_is_drawn(stored: Run, open_page: Open) -> None:
    app = open_page("embedding", run=stored.run_id)
    assert not app.exception
    assert "learns no embedding" in said(app)
    assert "16 main directions" in said(app)


def test_its_neighbourhood_speaks_of_a_run_without_attention(stored: Run, demo: GeneGraph, open_page: Open) -> None:
    app = open_page("gene", show="neighbourhood", run=stored.run_id, gene=demo.genes[0])
    assert not app.exception
    assert "This run has no attention" in said(app)
    assert "network" not in said(app).split("This run has no attention")[1][:200]
