"""The Train page without training: what it says of each state that a run can be in."""

from __future__ import annotations

import json

import pytest
from builders import tiny_spec
from page_tools import Open, said

from slviz.datasets import GeneGraph
from slviz.runs import Run
from slviz.runs.store import RunStore


def begun(store: RunStore, graph: GeneGraph, *epochs: dict[str, float]) -> str:
    """A run that a worker began and left, after some epochs."""
    spec = tiny_spec(graph)
    with store.writing(spec):
        pass
    lines = "".join(json.dumps(each) + "\n" for each in epochs)
    (store.folder(spec.run_id) / "progress.jsonl").write_text(lines)
    return spec.run_id


def test_the_command_is_what_the_form_says(store: RunStore, open_page: Open) -> None:
    app = open_page("train")
    assert app.code[0].value.startswith("python -m slviz train --data demo --task link --network gat --features both")
    app.number_input(key="optimiser adam epochs").set_value(7).run()
    assert "epochs=7" in app.code[0].value
    assert not app.exception


def test_a_form_knows_every_setting_of_every_network(store: RunStore, open_page: Open) -> None:
    from slviz.networks import NETWORKS

    app = open_page("train")
    for name, network in NETWORKS.items():
        app.button_group(key="network").set_value(name).run()
        assert not app.exception
        keys = {each.key for kind in (app.number_input, app.toggle, app.selectbox) for each in kind}
        assert {f"network {name} {setting.key}" for setting in network.settings()} <= keys


def test_an_interrupted_run_offers_to_go_on_or_to_be_removed(store: RunStore, demo: GeneGraph, open_page: Open) -> None:
    run_id = begun(store, demo, {"epoch": 1, "train_loss": 0.7, "validation_loss": 0.6, "ap": 0.8, "seconds": 0.1})
    (store.folder(run_id) / ".lock").touch()
    app = open_page("train", job=run_id)
    assert "ended after epoch 1 without a result" in said(app)
    assert any(each.label == "Go on" for each in app.button)
    app.button(key=f"remove {run_id}").click().run()
    assert run_id not in store.run_ids()
    assert not app.exception


def test_a_failed_run_shows_why(store: RunStore, demo: GeneGraph, open_page: Open) -> None:
    run_id = begun(store, demo)
    reason = "Training diverged: the loss of epoch 3 is nan."
    (store.folder(run_id) / "error.json").write_text(json.dumps({"error": "TrainingDiverged", "message": reason}))
    app = open_page("train", job=run_id)
    assert "Training diverged" in app.error[0].value
    assert not app.exception


def test_a_waiting_run_says_that_it_waits(store: RunStore, demo: GeneGraph, open_page: Open) -> None:
    spec = tiny_spec(demo)
    store.request(spec)
    app = open_page("train", job=spec.run_id)
    assert "Waiting for a free place" in said(app)
    app.button(key=f"cancel {spec.run_id}").click().run()
    assert (store.folder(spec.run_id) / "cancel").exists()


def test_a_run_that_does_not_exist_gets_a_sentence(store: RunStore, open_page: Open) -> None:
    app = open_page("train", job="../../etc")
    assert not app.exception
    assert "No run is called" in said(app)


def test_unfinished_runs_are_listed_for_every_visitor(store: RunStore, demo: GeneGraph, open_page: Open) -> None:
    run_id = begun(store, demo)
    (store.folder(run_id) / ".lock").touch()
    app = open_page("train")
    app.button(key=f"look {run_id}").click().run()
    assert "without a result" in said(app)


def test_a_finished_identical_run_is_offered_instead(run: Run, open_page: Open) -> None:
    app = open_page("train")
    assert "Trained already" in said(app)
    assert not any(each.label == "Start training" for each in app.button)


@pytest.mark.parametrize("data", ["/no/such/folder", "no-data-set"])
def test_data_that_is_not_there_gets_a_sentence_and_a_way_on(data: str, store: RunStore, open_page: Open) -> None:
    app = open_page("train", data=data)
    assert not app.exception
    assert app.error
    next(each for each in app.button if each.label.startswith("Use ")).click().run()
    assert not app.error
