"""Cards: a gain is green only where nothing speaks against it, and a loss is as visible as a gain."""

from __future__ import annotations

import dataclasses

import pandas as pd
import pytest
from builders import tiny_run
from page_tools import Open, said
from run_folders import finish

from slviz.datasets import GeneGraph
from slviz.networks import NETWORKS
from slviz.runs import Run
from slviz.runs.store import RunStore
from slviz.splits import SPLITS
from slviz.ui.run_cards import at_other_questions

RED, GREEN, GREY = 0, 1, 2
"""Colours of a metric's delta, as Streamlit numbers them."""


def measured(run: Run, values: dict[tuple[str, str, str], float], **changes: object) -> Run:
    rows = [
        {"model": scorer, "part": "test", "negative_kind": negative_kind, "metric": metric, "value": value}
        for (scorer, negative_kind, metric), value in values.items()
    ]
    return dataclasses.replace(run, metrics=pd.DataFrame(rows), spec=dataclasses.replace(run.spec, **changes))


AHEAD = {("network", "degree-matched", "auc"): 0.958, ("SVD", "degree-matched", "auc"): 0.784}


def test_a_run_that_is_ahead_everywhere_is_green(store: RunStore, demo: GeneGraph, open_page: Open) -> None:
    finish(store, measured(tiny_run(demo), AHEAD))
    app = open_page("overview", data="demo")
    [metric] = [each for each in app.metric if "ROC AUC" in each.label]
    assert (metric.delta, metric.proto.color) == ("+0.174 vs SVD", GREEN)
    text = said(app)
    assert "Question: **complete the database**" in text
    assert "Not evaluated on: new gene, new publication, later years, an experiment." in text


def test_a_loss_on_another_metric_takes_the_green_and_stands_there(
    store: RunStore, demo: GeneGraph, open_page: Open
) -> None:
    lost = {("network", "all-unknown", "ap"): 0.252, ("L3", "all-unknown", "ap"): 0.545}
    finish(store, measured(tiny_run(demo), AHEAD | lost))
    app = open_page("overview", data="demo")
    [metric] = [each for each in app.metric if "ROC AUC" in each.label]
    assert (metric.delta, metric.proto.color) == ("+0.174 vs SVD", GREY)
    text = said(app).replace("\\", "")
    assert ":red[:material/arrow_downward: Average precision, all unknown pairs: 0.252 (L3 0.545)]" in text


def test_a_loss_of_the_same_model_at_another_question_stands_there_too(
    store: RunStore, demo: GeneGraph, open_page: Open
) -> None:
    behind = {("network", "screens", "auc"): 0.589, ("interaction Jaccard", "screens", "auc"): 0.697}
    finish(store, measured(tiny_run(demo), behind, split=SPLITS.make("screen")))
    finish(store, measured(tiny_run(demo), AHEAD))
    app = open_page("overview", data="demo")
    [metric] = [each for each in app.metric if "degree" in each.label]
    assert metric.proto.color == GREY
    text = said(app).replace("\\", "")
    assert "The same model, an experiment: ROC AUC, held-out screens: 0.589 (interaction Jaccard 0.697)]" in text
    assert "Not evaluated on: new gene, new publication, later years." in text


def test_another_network_is_not_the_same_model(store: RunStore, demo: GeneGraph) -> None:
    run = measured(tiny_run(demo), AHEAD)
    other = measured(run, AHEAD, split=SPLITS.make("one-new"), network=NETWORKS.make("gcn"))
    same = measured(run, AHEAD, split=SPLITS.make("one-new"), seed=3)
    for each in (run, other, same):
        finish(store, each)
    summaries = store.summaries()
    own = next(each for each in summaries if each.run_id == run.run_id)
    assert list(at_other_questions(own, summaries)) == ["new gene"]
    without = [each for each in summaries if each.run_id != same.run_id]
    assert at_other_questions(own, without) == {}


def test_networks_of_the_coursework_take_no_card(store: RunStore, demo: GeneGraph, open_page: Open) -> None:
    finish(store, measured(tiny_run(demo), AHEAD, network=NETWORKS.make("coursework_gat")))
    app = open_page("overview", data="demo", **{"all-runs": "true"})
    assert not app.exception
    assert not [each for each in app.metric if "ROC AUC" in each.label]
    [table] = [each.value for each in app.dataframe if "Best baseline" in each.value.columns]
    assert table["Question"].tolist() == ["complete the database"]


@pytest.mark.parametrize(("mean", "delta", "colour"), [(0.16, "-0.040", GREEN), (0.1, "+0.020", RED)])
def test_a_loss_at_the_key_metric_is_red_also_where_lower_is_better(
    store: RunStore, demo: GeneGraph, open_page: Open, mean: float, delta: str, colour: int
) -> None:
    values = {("network", "all", "rmse"): 0.12, ("mean", "all", "rmse"): mean}
    finish(store, measured(tiny_run(demo, task="confidence"), values))
    [metric] = [metric for metric in open_page("overview", data="demo").metric if "RMSE" in metric.label.upper()]
    assert (metric.delta, metric.proto.color) == (f"{delta} vs mean", colour)
