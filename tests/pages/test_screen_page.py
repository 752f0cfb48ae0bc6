"""A run that is evaluated by screens: its page names the score, shows the coefficients and the tested pairs."""

from __future__ import annotations

import dataclasses

import pandas as pd
import pytest
from builders import tiny_spec
from page_tools import Open, said
from planted_screens import NAMES, planted_graph

from slviz.networks import NETWORKS
from slviz.runs import Run
from slviz.runs.run import NETWORK, WITH_EARLIER
from slviz.runs.store import RunStore
from slviz.splits import SPLITS
from slviz.training import train
from slviz.ui.key_metrics import key_metric


@pytest.fixture(scope="module")
def planted():
    return planted_graph()


def trained(planted, **choices: str) -> Run:
    spec = tiny_spec(planted, task=choices["task"])
    spec = dataclasses.replace(spec, network=NETWORKS.make(choices["network"]), split=SPLITS.make("screen")).canonical(
        planted
    )
    return train(planted, spec, spec.split.divide(planted))


@pytest.fixture
def shown(planted, store: RunStore, open_page: Open, monkeypatch: pytest.MonkeyPatch):
    """A page with a run on the planted data, wherever the run says that its data lie."""
    monkeypatch.setattr("slviz.ui.cache.graph_of", lambda _: planted)

    def opened(page: str, run: Run, **query: str):
        with store.writing(run.spec) as writer:
            writer.begin(run.spec.split.divide(planted).to_frame(planted.genes))
            writer.finish(run)
        return open_page(page, run=run.run_id, **query)

    return opened


def test_a_bench_run_names_its_score_and_shows_its_coefficients(planted, shown):
    run = trained(planted, task="screen", network="bench")
    app = shown("predictions", run, negatives=f"screen {NAMES[0]}")
    assert not app.exception
    assert "experiment score" in said(app)
    assert "keep “hit” open" in said(app)
    metrics, coefficients, tested = (each.value for each in app.dataframe[:3])
    assert {"bench", "mean", "paralog identity", "earlier screens"} <= set(metrics["model"])
    assert "squared paralog identity" in coefficients["measure"].tolist()
    assert set(tested["In the screen"]) == {"hit", "no hit"}
    assert set(tested["Screen"]) == {NAMES[0]}
    assert len(tested) == len(planted.screens.tested(NAMES[0]))
    assert app.selectbox(key="negatives").value == f"screen {NAMES[0]}"


def test_the_run_told_of_earlier_screens_is_no_baseline_of_itself():
    values = {NETWORK: 0.75, WITH_EARLIER: 0.79, "earlier screens": 0.72, "paralog identity": 0.64}
    rows = [
        {"model": name, "part": "test", "negative_kind": "paralog screens", "metric": "auc", "value": value}
        for name, value in values.items()
    ]
    key = key_metric("screen", pd.DataFrame(rows))
    assert key is not None
    assert (key.baseline, key.baseline_value) == ("earlier screens", 0.72)
    assert key.difference == pytest.approx(0.03)


def test_a_database_score_that_is_judged_by_screens_says_that_it_is_one(planted, shown):
    app = shown("predictions", trained(planted, task="link", network="l3"))
    assert not app.exception
    assert "database score" in said(app)
    assert "experiment score" not in said(app)


@pytest.mark.parametrize("page", ["overview", "embedding", "neighbourhood", "results", "train"])
def test_other_pages_open_beside_it(planted, shown, page):
    app = shown(page, trained(planted, task="screen", network="bench"))
    assert not app.exception
