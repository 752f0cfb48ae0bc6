"""The Lab page: what it says of networks that learn and that do not, its address, and bad input."""

from __future__ import annotations

import dataclasses
import itertools
import threading

import numpy as np
import pytest
from page_tools import Open, said
from streamlit.testing.v1 import AppTest

from slviz.lab.findings import findings
from slviz.lab.points import lab_points
from slviz.lab.presets import PRESETS, preset
from slviz.lab.setup import LabSetup
from slviz.lab.training import LabTraining
from slviz.runs.store import RunStore
from slviz.runs.uploads import OWN_TABLES, stage
from slviz.ui import access, downloads
from slviz.ui.learning import lab, lab_autograd, lab_controls, lab_play


@pytest.fixture(autouse=True)
def to_the_end(monkeypatch: pytest.MonkeyPatch, store: RunStore) -> None:
    """A page that trains to the end before it shows anything, so that a test sees one state."""
    monkeypatch.setattr(lab, "SLICE_SECONDS", float("inf"))


def again(app: AppTest) -> AppTest:
    app.session_state["navigated"] = False
    return app.run()


def metric(app: AppTest, label: str) -> str:
    return next(shown.value for shown in app.metric if shown.label == label)


def test_it_opens_with_a_trained_network_and_without_a_run(open_at_once: Open) -> None:
    app = open_at_once("lab")
    assert not app.exception
    assert [title.value for title in app.title] == ["Lab"]
    assert float(metric(app, "Test accuracy")) >= 0.76
    assert len(app.get("plotly_chart")) == 3
    best = next(shown for shown in app.metric if shown.label == "Best epoch")
    assert "chooses epoch 1, whose test accuracy is 0.5" in best.help or "whose test accuracy is 0.6" in best.help
    assert [link.label for link in app.sidebar.get("page_link")][-2:] == ["Lab", "Glossary"]


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("zero-start", "all 5 neurons of layer 1 are equal to the bit"),
        ("five-logistic", "the gradient loses 10"),
        ("dead-relu", "12 of 12 hidden neurons are dead"),
        ("cure", "the gradient loses 14"),
        ("over-fitting", "Over-fitting: validation loss is lowest at epoch"),
    ],
)
def test_a_preset_in_the_address_opens_with_what_it_shows(name: str, sentence: str, open_at_once: Open) -> None:
    app = open_at_once("lab", preset=name)
    assert not app.exception
    assert not app.warning
    assert sentence in said(app).replace("\\", "")
    assert app.session_state["lab preset"] == preset(name).title
    assert app.session_state["show"] == lab_controls.VIEW_WORDS[preset(name).view]
    assert ("neurons are dead" in said(app)) == (name == "dead-relu")


@pytest.mark.parametrize("name", PRESETS)
def test_what_a_preset_writes_into_the_address_opens_it(name: str, open_at_once: Open) -> None:
    if name == "autograd":
        pytest.skip("a worker has a test of its own")
    app = open_at_once("lab", **lab_controls.address_of(name))
    assert not app.exception
    assert not app.warning
    assert preset(name).setup.words() == LabSetup(**_shown(app)).words()


def _shown(app: AppTest) -> dict[str, object]:
    """The setup that the controls of a page say."""
    state, values = app.session_state, {}
    for setting in LabSetup.settings():
        value = state[setting.key] if setting.key in state else setting.default  # noqa: SIM401 - AppTest's state has no get
        names = {title: name for name, title in lab_controls.WORDS.get(setting.key, {}).items()}
        values[setting.key] = names.get(value, value)
    return values


@pytest.mark.parametrize("view", lab_controls.VIEW_WORDS.values())
def test_every_view_of_a_deep_network_can_be_looked_at_and_downloaded(view: str, open_at_once: Open) -> None:
    if view == "Hand and autograd":
        pytest.skip("a worker has a test of its own")
    app = open_at_once("lab", hidden="3, 2", activation="each layer its own", show=view, epochs="30", epoch="3")
    assert not app.exception
    assert not app.warning
    closed = {button.proto.id.rpartition("download ")[2] for button in app.get("download_button")}
    for name in ("lab-regions", "lab-curves"):
        app.session_state[downloads.key_of_menu(name)] = True
    app.run()
    names = {button.proto.id.rpartition("download ")[2] for button in app.get("download_button")}
    assert not closed & {"lab-regions.tsv", "lab-curves.tsv"}  # none is on the page before its menu is opened
    assert {"lab-regions.tsv", "lab-curves.tsv", "lab-curves.html"} <= names
    assert len(names) > 8
    app = open_at_once("lab", points="iris", hidden="", show=view, epochs="20", straight="true")
    assert not app.exception
    assert "Logistic regression, test accuracy" in said(app)


def test_per_layer_activations_reach_the_network(open_at_once: Open) -> None:
    query = {"hidden": "3, 2", "activation": "each layer its own", "activation-2": "ReLU", "show": "Neurons"}
    app = open_at_once("lab", epochs="10", **query)
    table = app.dataframe[-1].value
    assert table["activation"].tolist() == ["logistic", "ReLU"]


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"hidden": "10000"}, "the lab takes 1 to 64"),
        ({"hidden": "five"}, "no number of neurons"),
        ({"hidden": "64, 64, 64", "epochs": "10000"}, "more than the lab computes"),
        ({"noise": "7"}, "It should be a number from 0 to 1"),
        ({"activation": "swish"}, "There are: logistic, tanh, relu"),
        ({"preset": "nonsense"}, "The lab has no preset 'nonsense'"),
        ({"points": "a table of my own", "own": "0123456789abcdef"}, "not on this server"),
        ({"rate": "1000", "activation": "ReLU", "start": "Kaiming", "hidden": "16, 16"}, "Training diverged"),
        ({"epoch": "5000"}, "It should be a number from 0 to 1,000"),
    ],
)
def test_what_cannot_be_ends_in_a_sentence(query: dict[str, str], sentence: str, open_at_once: Open) -> None:
    app = open_at_once("lab", **query)
    assert not app.exception
    assert sentence in said(app).replace("\\", "")


def test_step_begins_anew_and_the_best_epoch_is_shown(open_at_once: Open) -> None:
    app = open_at_once("lab", epochs="40")
    app.button(key="lab step").click()
    again(app)
    assert app.session_state["lab epoch"] == 0
    app.button(key="lab step").click()
    again(app)
    assert app.session_state["lab epoch"] == 1
    app.button(key="lab best").click()
    again(app)
    assert f"{app.session_state['lab epoch']:,}" == metric(app, "Best epoch")


def test_playing_begins_at_the_start_and_goes_from_stop_to_stop(open_at_once: Open) -> None:
    app = open_at_once("lab", epochs="6")
    app.button(key="lab play").click()
    again(app)
    assert app.session_state["lab epoch"] == 0
    assert app.query_params["play"] == "true"
    app.session_state["lab next"] = 3  # what a tick leaves
    again(app)
    assert app.session_state["lab epoch"] == 3
    app.button(key="lab play").click()
    again(app)
    assert "play" not in app.query_params
    setup = LabSetup(epochs=6)
    training = LabTraining(setup, lab_points(setup))
    training.advance(epochs=4)
    assert [lab_play.next_stop(training, epoch) for epoch in range(7)] == [1, 2, 3, 4, None, None, None]


@pytest.mark.slow
def test_autograd_comes_from_a_worker_and_is_shown_when_it_is_there(open_at_once: Open) -> None:
    app = open_at_once("lab", show="Hand and autograd", epochs="20", epoch="2")
    assert not app.exception
    assert "A worker computes" in said(app)
    for work in lab_autograd._worker().kept.values():
        assert work.result(timeout=120).epoch == 2
    again(app)
    assert float(metric(app, "Largest difference of a derivative")) < 1e-6
    assert len(app.dataframe[-1].value) == 4


def test_nothing_is_put_in_line_while_epochs_are_played(open_at_once: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lab_autograd, "_compare", lambda command: pytest.fail("a worker was started"))
    before = len(lab_autograd._worker().kept)
    app = open_at_once("lab", show="Hand and autograd", epochs="6", epoch="3", play="true", noise="0.31")
    assert "the epoch at which you pause" in said(app)
    assert len(lab_autograd._worker().kept) == before


def test_an_epoch_that_nobody_looks_at_leaves_the_line() -> None:
    worker, gate = lab_autograd.Worker(), threading.Event()
    occupied = worker.pool.submit(gate.wait, 60)
    alone, shared = ("lab", "alone"), ("lab", "shared")
    for command, visitor in ((alone, "ann"), (shared, "ann"), (shared, "bob")):
        worker.start(command, visitor=visitor)
    kept = worker.known(shared)
    for command in (alone, shared):
        worker.withdraw(command, visitor="ann")
    assert worker.known(alone) is None
    assert worker.known(shared) is kept
    worker.withdraw(shared, visitor="bob")
    assert kept is not None
    assert kept.cancelled()
    gate.set()
    assert occupied.result()
    worker.pool.shutdown()


def test_a_visitor_withdraws_the_epoch_looked_at_before(open_at_once: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    gate = threading.Event()
    monkeypatch.setattr(lab_autograd, "_compare", lambda command: gate.wait(60))
    worker = lab_autograd.Worker()
    monkeypatch.setattr(lab_autograd, "_worker", lambda: worker)
    app = open_at_once("lab", show="Hand and autograd", epochs="8", epoch="2")
    for epoch in (3, 4, 5):
        app.session_state["lab epoch"] = epoch
        again(app)
    assert [dict(itertools.pairwise(command))["--epoch"] for command in worker.kept] == ["2", "5"]
    gate.set()
    worker.pool.shutdown()


def test_a_read_only_server_lets_visitors_play_and_starts_no_worker(
    open_at_once: Open, store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLVIZ_ACCESS", "read-only")
    app = open_at_once("lab", show="Hand and autograd", epochs="21", points="moons")
    assert float(metric(app, "Training accuracy")) > 0
    assert "no worker is started" in said(app)
    assert "slviz lab --epoch 21 --autograd epochs=21" in app.code[0].value
    rows = [f"{row % 7},{row % 5},{'ab'[row % 2]}" for row in range(30)]
    path = stage(store.root, "\n".join(["x,y,kind", *rows]).encode(), name="mine.csv", place=OWN_TABLES)
    monkeypatch.setattr(access, "current", lambda: access.Access(access.READ_ONLY, "here", alone=False))
    own = {"points": "a table of my own", "own": path.stem[:16]}
    app = open_at_once("lab", show="Hand and autograd", epochs="21", **own)
    assert f"--table {path.name} " in app.code[0].value
    assert str(path.parent) not in app.code[0].value


def test_findings_say_the_numbers_of_their_training() -> None:
    zero = LabTraining(preset("zero-start").setup, lab_points(preset("zero-start").setup))
    zero.advance(epochs=60)
    (sentence,) = findings(zero, zero.at(5))
    assert "0.6931 at the start" in sentence
    assert f"{zero.history['train_loss'].iloc[60]:.4f} at epoch 60" in sentence
    cured = dataclasses.replace(preset("five-logistic").setup, activation="relu", start="kaiming", bias=0.0)
    training = LabTraining(cured, lab_points(cured))
    norms = training.history[[f"weights_{layer}" for layer in range(1, 6)]].iloc[0].to_numpy()
    assert np.log10(norms[-1] / norms[0]) < 3
    assert not [sentence for sentence in findings(training, training.at(0)) if "orders" in sentence]
