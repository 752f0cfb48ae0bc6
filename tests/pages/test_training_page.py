"""The Training page: a finished run's curves, verdict and costs, from its address alone and without torch."""

from __future__ import annotations

import dataclasses
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from builders import tiny_run, tiny_spec
from page_tools import Open, said
from run_folders import finish
from trials.run_files import a_record

from slviz.datasets import GeneGraph
from slviz.networks import NETWORKS
from slviz.networks.model import no_epochs
from slviz.runs import Run
from slviz.runs.store import RunStore
from slviz.ui.training.finished_training import kept_sentence, step_table, weight_table

EPOCHS = np.arange(1, 61)


def with_history(run: Run, **columns: np.ndarray) -> Run:
    """The run with sixty epochs: the loss falls, the validation loss rises from epoch 20, the metric is best at 40."""
    history = pd.DataFrame(
        {
            "epoch": EPOCHS,
            "train_loss": 1 / EPOCHS,
            "validation_loss": 0.5 + 0.02 * np.abs(EPOCHS - 20),
            "ap": 0.9 - 0.001 * np.abs(EPOCHS - 40),
            "seconds": np.full(60, 0.25),
            "learning_rate": np.linspace(0.01, 0, 60),
            "gradient_norm": 1 / EPOCHS,
            "layer_1_sd": np.ones(60),
            **columns,
        }
    )
    weights = {"encoder.vectors.weight": np.zeros((1000, 64)), "encoder.layers.0.mix.weight": np.zeros((64, 64))}
    return dataclasses.replace(run, history=history, weights=weights)


@pytest.fixture
def trained(store: RunStore, demo: GeneGraph) -> Run:
    run = with_history(tiny_run(demo))
    finish(store, run)
    return run


def test_curves_verdict_and_costs_from_the_address(trained: Run, open_at_once: Open) -> None:
    app = open_at_once("training", run=trained.run_id, axis="logarithmic")
    assert not app.exception
    text = said(app)
    assert "epoch 40 of 60, the best by average precision on validation (0.9)" in text
    assert "Over\\-fitting by the loss" in text or "Over-fitting by the loss" in text
    table = app.dataframe[0].value.set_index("measure")["value"]
    assert table["Parameters"] == "68,096"
    assert table["Parameters, gene vectors"] == "64,000"
    assert table["Kept epoch"] == "40"
    assert table["All epochs"] == "15.0 s"
    assert "SYNTHETIC" in text


def test_an_epoch_that_nothing_chose_is_not_named(demo: GeneGraph) -> None:
    run = with_history(tiny_run(demo), ap=np.full(60, np.nan))
    assert kept_sentence(run).startswith("Which of the 60 epochs was kept is not known")


def test_what_was_recorded_of_the_parts_is_drawn_and_else_said(
    trained: Run, store: RunStore, open_at_once: Open
) -> None:
    assert "not recorded by the version that trained this" in said(open_at_once("training", run=trained.run_id))
    recorded = dataclasses.replace(trained, spec=dataclasses.replace(trained.spec, seed=5), record=a_record())
    finish(store, recorded)
    app = open_at_once("training", run=recorded.run_id)
    assert not app.exception
    assert "not recorded" not in said(app)
    assert "Weights" in [heading.value for heading in app.subheader]
    assert app.dataframe[0].value.set_index("measure")["value"]["Memory"] == "300 MB"


def test_compare_lays_trainings_over_each_other(
    trained: Run, demo: GeneGraph, store: RunStore, open_at_once: Open
) -> None:
    other = dataclasses.replace(trained, spec=dataclasses.replace(trained.spec, seed=5), record=a_record())
    formula = dataclasses.replace(tiny_spec(demo), network=NETWORKS.make("l3"))
    l3 = dataclasses.replace(trained, spec=formula, history=no_epochs(), weights={})
    finish(store, other)
    finish(store, l3)
    address = {"with": f"{other.run_id},{l3.run_id}", "tab": "training", "axis": "logarithmic"}
    app = open_at_once("compare", run=trained.run_id, **address)
    assert not app.exception
    text = said(app)
    assert "Not learnt in epochs, so without curves: L3" in text
    assert text.count("Over") >= 2
    assert "Parts: not recorded by the version that trained" in text
    table = app.dataframe[0].value.set_index("measure")
    assert table.shape[1] == 3
    assert table.loc["Parameters"].tolist() == ["68,096", "68,096", "–"]
    assert table.loc["Memory"].tolist() == ["–", "300 MB", "–"]


def test_the_table_of_steps_has_every_part(trained: Run) -> None:
    table = step_table(trained, a_record())
    assert table["gradient_norm, decoder"].iloc[:3].tolist() == [2, 1, 0.5]
    assert table["dead, layer 1"].isna().sum() == 57
    weights = weight_table(a_record())
    assert weights["weights"].sum() == a_record().counts.sum()
    assert set(weights["epoch"]) == {0, 3}


def test_a_run_without_epochs_says_what_it_has_instead(store: RunStore, demo: GeneGraph, open_at_once: Open) -> None:
    spec = dataclasses.replace(tiny_spec(demo), network=NETWORKS.make("l3")).canonical(demo)
    run = dataclasses.replace(tiny_run(demo), spec=spec, history=no_epochs(), weights={})
    finish(store, run)
    app = open_at_once("training", run=run.run_id)
    assert not app.exception
    assert "is not learnt in epochs, so there are no curves" in app.info[0].value
    assert "a formula over the training pairs" in app.info[0].value


@pytest.mark.parametrize("page", ["embedding", "predictions", "neighbourhood", "compare"])
def test_the_heading_of_a_page_of_a_run_leads_to_its_training(page: str, trained: Run, open_at_once: Open) -> None:
    links = [link for link in open_at_once(page, run=trained.run_id).main.get("page_link") if link.label == "Training"]
    assert links
    assert trained.run_id in links[0].proto.query_string


def test_cards_lead_to_it(trained: Run, open_at_once: Open) -> None:
    app = open_at_once("overview", data="demo")
    assert any(link.label == "Training" for link in app.main.get("page_link"))


def test_no_torch_is_imported(trained: Run, store: RunStore) -> None:
    script = (
        "import sys\nfrom streamlit.testing.v1 import AppTest\n"
        "app = AppTest.from_file('app.py', default_timeout=60)\n"
        f"app.query_params['run'] = {trained.run_id!r}\napp.session_state['navigated'] = False\n"
        "app.switch_page('pages/training.py').run()\n"
        "assert not app.exception and app.title[0].value == 'Training'\n"
        "assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, timeout=120)
