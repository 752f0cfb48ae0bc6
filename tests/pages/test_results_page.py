"""The Results page: empty, with runs of several models and protocols, and the runs behind a row."""

from __future__ import annotations

import dataclasses

import pytest
from builders import tiny_run
from page_tools import Open, asked, said

from slviz.datasets import GeneGraph
from slviz.networks import NETWORKS
from slviz.runs.store import RunStore
from slviz.splits import SPLITS
from slviz.ui.comparison.results_view import as_frame


@pytest.fixture
def runs(store: RunStore, demo: GeneGraph) -> dict[str, str]:
    """By network and fold, finished link runs on the demo; and one on another protocol."""
    made = {}
    run = tiny_run(demo)
    for network, auc in (("gat", 0.95), ("gcn", 0.85)):
        for protocol, fold in (("pairs", 0), ("pairs", 1), ("one-new", 0)):
            split = SPLITS.make(protocol, fold=fold)
            spec = dataclasses.replace(run.spec, network=NETWORKS.make(network), split=split)
            with store.writing(spec) as writer:
                writer.begin(run.predictions.head(10 + fold))
                metrics = run.metrics.assign(value=[auc + fold / 100, 0.8])
                writer.finish(dataclasses.replace(run, spec=spec, metrics=metrics))
            made[f"{network} {protocol} {fold}"] = spec.run_id
    return made


def test_the_empty_page_leads_to_training_and_says_the_command(store: RunStore, open_page: Open) -> None:
    app = open_page("results")
    assert "No finished run on this data set yet" in said(app)
    assert [each.label for each in app.main.button] == ["Train a run"]
    assert "python -m slviz sweep --data demo" in app.code[0].value


def test_every_protocol_is_seen_first_and_one_can_be_chosen(runs: dict[str, str], open_page: Open) -> None:
    app = open_page("results")
    assert not app.exception
    table = app.dataframe[0].value
    assert list(table["Model"]) == ["gat", "gcn", "max degree"]
    assert list(table.columns) == ["Model", "Kind", "Features", "AUC, pairs ↑", "AUC, one-new ↑"]
    assert table.loc[0, "AUC, pairs ↑"] == pytest.approx(0.955)
    app = open_page("results", protocol="pairs")
    assert "over 2 folds" in said(app)
    assert list(app.dataframe[0].value.columns) == ["Model", "Kind", "Features", "AUC, random ↑"]


def test_the_page_opens_with_the_questions(runs: dict[str, str], open_page: Open) -> None:
    app = open_page("results")
    text = said(app).replace("\\", "")
    assert text.index("Complete the database") < text.index("New gene") < text.index("finished runs")
    assert "**0.955** gat, both · best simple baseline: **0.800** max degree" in text
    assert "Ahead of every baseline: ROC AUC against random negatives 0.955, max degree 0.800" in text
    assert "python -m slviz train --data demo --task screen --network bench" in text
    assert text.count("No run has been evaluated on this yet.") >= 2


def test_the_runs_behind_a_row_are_named_with_their_figure(runs: dict[str, str], open_page: Open) -> None:
    app = open_page("results", protocol="pairs", model="gat, both")
    text = said(app)
    assert "**pairs**, fold 0, seed 0: 0.950" in text
    assert "**pairs**, fold 1, seed 0: 0.960" in text
    assert "one-new" not in text
    app.button(key="close model").click().run()
    assert "model" not in app.query_params
    assert "fold 0, seed 0" not in said(app)


def test_a_damaged_run_is_named_and_not_left_out_in_silence(
    runs: dict[str, str], store: RunStore, open_page: Open
) -> None:
    broken = runs["gcn pairs 1"]
    (store.folder(broken) / "predictions.parquet").unlink()
    text = said(open_page("results")).replace("\\", "")
    assert f"Run {broken} is left out" in text
    assert "predictions.parquet" in text


def test_a_baseline_says_where_it_comes_from(runs: dict[str, str], open_page: Open) -> None:
    text = said(open_page("results", protocol="pairs", model="max degree"))
    assert "A baseline is scored beside every network" in text
    assert "fold 0, seed 0: 0.800" in text


@pytest.mark.parametrize(("key", "value"), [("protocol", "nonsense"), ("metric", "luck"), ("model", "<b>gta</b>")])
def test_nonsense_in_the_address_is_answered(runs: dict[str, str], open_page: Open, key: str, value: str) -> None:
    app = open_page("results", **{key: value})
    assert not app.exception
    text = said(app)
    assert "This table has no such row" in text if key == "model" else f"The address asks for {key}" in text


def test_the_file_holds_mean_spread_and_number_of_runs(runs: dict[str, str], store: RunStore) -> None:
    from slviz.results import collect, tables

    pairs = next(table for table in tables(collect(store, store.summaries())) if table.protocol == "pairs")
    frame = as_frame(pairs, spread_apart=True)
    gat = frame.loc[frame["Model"] == "gat"].iloc[0]
    assert gat["AUC, random"] == pytest.approx(0.955)
    assert gat["AUC, random, standard deviation"] == pytest.approx(0.00707, abs=1e-5)
    assert (gat["AUC, random, runs"], gat["Evaluated on"]) == (2, "2 of 2")


def test_the_data_of_the_address_travels(runs: dict[str, str], open_page: Open) -> None:
    assert asked(open_page("results", data="demo"), "data") == "demo"
