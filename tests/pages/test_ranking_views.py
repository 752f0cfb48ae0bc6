"""The Predictions page of a run with rankings: which protocol, beside which baselines, in which words."""

from __future__ import annotations

import dataclasses

import pandas as pd
import pytest
from builders import tiny_run
from page_tools import Open, said
from run_folders import finish

from slviz.datasets import GeneGraph
from slviz.runs import Run
from slviz.runs.store import RunStore
from slviz.splits import SPLITS

METRICS = {
    "all-unknown": {"ap": (0.31, 0.2), "recall@5000": (0.62, 0.41)},
    "per-gene": {f"{name}@{k}": (0.5, 0.25) for name in ("ndcg", "recall", "precision") for k in (10, 20, 50)},
}


@pytest.fixture
def ranked(store: RunStore, demo: GeneGraph) -> Run:
    """A finished link run whose split is one-new with five negatives per pair, and that was ranked."""
    run = tiny_run(demo)
    rows = [
        (scorer, "test", negative_kind, metric, value)
        for negative_kind, figures in METRICS.items()
        for metric, values in figures.items()
        for scorer, value in zip(("network", "max degree"), values, strict=True)
    ]
    metrics = pd.concat([run.metrics, pd.DataFrame(rows, columns=run.metrics.columns)], ignore_index=True)
    spec = dataclasses.replace(run.spec, split=SPLITS.make("one-new", ratio=5))
    made = dataclasses.replace(run, metrics=metrics, spec=spec)
    finish(store, made)
    return made


def test_rankings_stand_beside_the_baseline_and_name_the_protocol(ranked: Run, demo: GeneGraph, open_page: Open):
    app = open_page("predictions", run=ranked.run_id)
    assert not app.exception
    text = said(app).replace("\\", "")
    unlisted = len(demo) * (len(demo) - 1) // 2 - len(demo.pairs)
    assert f"among {unlisted:,} unreported ones" in text
    assert "the 5,000 highest contain 62 % of them (max degree, the best baseline: 41 %)" in text
    assert "pairs with one new gene (fold 0 of 5), 5 negatives per pair" in text
    tables = [each.value for each in app.dataframe]
    assert any({"model", "ap", "recall@5000"} == set(table.columns) for table in tables)
    assert any({"model", "ndcg@10", "recall@10", "precision@10"} == set(table.columns) for table in tables)
    app.button_group(key="top").set_value("50").run()
    assert any("ndcg@50" in each.value.columns for each in app.dataframe)


def test_a_run_from_before_rankings_says_so(run: Run, open_page: Open) -> None:
    assert "evaluated before" in said(open_page("predictions", run=run.run_id))


def test_the_page_opens_on_the_figure_that_the_sidebar_shows(store: RunStore, demo: GeneGraph, open_page: Open) -> None:
    run = tiny_run(demo)
    matched = run.predictions.loc[run.predictions["negative_kind"] == "random"].assign(negative_kind="degree-matched")
    predictions = pd.concat([run.predictions, matched], ignore_index=True)
    measured = run.metrics.loc[run.metrics["negative_kind"] == "random"].assign(negative_kind="degree-matched")
    metrics = pd.concat([run.metrics, measured], ignore_index=True)
    finish(store, dataclasses.replace(run, predictions=predictions, metrics=metrics))
    app = open_page("predictions", run=run.run_id)
    assert app.button_group(key="negatives").value == "degree-matched"
    assert "degree-matched" in "".join(str(each.value) for each in app.sidebar.caption)


def test_a_card_names_protocol_and_rankings(ranked: Run, open_page: Open) -> None:
    text = said(open_page("overview")).replace("\\", "")
    assert "Split: pairs with one new gene" in text
    assert "Average precision, all unknown pairs: 0.310 (max degree 0.200)" in text
    assert "NDCG@10, for each gene: 0.500 (max degree 0.250)" in text
