"""The Train page without training: what it says of each state that a run can be in."""

from __future__ import annotations

import argparse
import dataclasses
import json
import shlex
from pathlib import Path

import pytest
from builders import tiny_run, tiny_spec
from page_tools import Open, said
from run_folders import finish
from streamlit.testing.v1 import AppTest

from slviz.cli.train import add_train_command, spec_of
from slviz.datasets import GeneGraph
from slviz.runs import Run, RunSpec
from slviz.runs.store import RunStore
from slviz.splits import HeldOut


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
        if network.reads_pictures:  # not offered for genes
            continue
        app.selectbox(key="network").set_value(name).run()
        assert not app.exception
        keys = {each.key for kind in (app.number_input, app.toggle, app.selectbox) for each in kind}
        assert {f"network {name} {setting.key}" for setting in network.settings()} <= keys


def test_an_interrupted_run_offers_to_go_on_or_to_be_removed(store: RunStore, demo: GeneGraph, open_page: Open) -> None:
    run_id = begun(store, demo, {"epoch": 1, "train_loss": 0.7, "validation_loss": 0.6, "ap": 0.8, "seconds": 0.1})
    (store.folder(run_id) / ".lock").touch()
    app = open_page("train", job=run_id)
    assert "ended after epoch 1 without a result" in said(app)
    assert any(each.label == "Resume" for each in app.button)
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
    assert "It starts by itself. Waiting for a place to train in" in said(app)
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


def with_file(store: RunStore, open_page: Open, pairs: str, negatives: str = "") -> AppTest:
    """The Train page after the visitor has chosen a file of their own."""
    app = open_page("train")
    app.selectbox(key="split").set_value("file").run()
    app.file_uploader(key="held-out pairs").upload("screen.tsv", pairs.encode())
    if negatives:
        app.file_uploader(key="held-out negatives").upload("alive.tsv", negatives.encode())
    return app.run()


def test_without_a_file_of_ones_own_the_form_asks_for_it(store: RunStore, open_page: Open) -> None:
    app = open_page("train")
    app.selectbox(key="split").set_value("file").run()
    assert not app.exception
    assert "Which pairs" in said(app)
    assert not app.code
    assert not any(each.label == "Start training" for each in app.button)
    assert not {"split file test_pairs", "split file test_negatives"} & {each.key for each in app.text_input}


def test_own_pairs_become_a_command_that_means_the_same_run(store: RunStore, demo: GeneGraph, open_page: Open) -> None:
    a, b, c, d = demo.genes[:4]
    app = with_file(store, open_page, f"{a}\t{b}\n{a}\t{c}\n", f"{b}\t{d}\n")
    assert not app.exception
    assert not app.error
    assert "2 pairs held out" in said(app)
    assert "1 negative pair of your own" in said(app)
    typed = shlex.split(app.code[0].value)
    files = [Path(typed[typed.index(option) + 1]) for option in ("--test-pairs", "--test-negatives")]
    assert [file.read_text() for file in files] == [f"{a}\t{b}\n{a}\t{c}\n", f"{b}\t{d}\n"]
    assert all(file.parent == store.root / ".held-out" for file in files)
    spec = spec_of_command(typed[3:], demo)
    assert spec.split == HeldOut.read(demo, files[0], negatives=files[1]).split()
    store.request(spec)
    app.run()
    assert "Exactly this run is in progress already" in said(app)
    assert not any(each.label == "Start training" for each in app.button)


def test_a_finished_run_of_the_same_pairs_is_recognised(store: RunStore, demo: GeneGraph, open_page: Open) -> None:
    a, b, c = demo.genes[:3]
    app = with_file(store, open_page, f"{a}\t{b}\n{a}\t{c}\n")
    spec = spec_of_command(shlex.split(app.code[0].value)[3:], demo)
    finish(store, dataclasses.replace(tiny_run(demo), spec=spec))
    again = with_file(store, open_page, f"{c},{a}\n{b},{a}\n")
    assert "Trained already" in said(again), "whatever the order in the file"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("{0}\tNOSUCHGENE\n", "'NOSUCHGENE' (line 1)"),
        ("{0}\n", "line 1"),
        ("{0}\t{0}\n", "is paired with itself"),
        ("\x1f\x8b\x08\x00", "holds the control character"),
        ("\n\n", "lists no pairs"),
        ("{0}\t{2}\n", "lists a pair that screen.tsv lists too"),
    ],
)
def test_a_file_that_cannot_be_used_is_told_at_once_by_its_own_name(
    content: str, told: str, store: RunStore, demo: GeneGraph, open_page: Open
) -> None:
    negatives = "{2}\t{0}\n" if "too" in told else ""
    app = with_file(store, open_page, content.format(*demo.genes[:3]), negatives.format(*demo.genes[:3]))
    assert not app.exception
    message = app.error[0].value.replace("\\", "")
    assert told in message
    assert "screen.tsv" in message
    assert str(store.root) not in message
    assert not app.code


def test_rows_that_cannot_be_used_are_left_out_and_told(store: RunStore, demo: GeneGraph, open_page: Open) -> None:
    a, b, c = demo.genes[:3]
    rows = f"gene1,gene2,source\n{a},{b},CRISPR\n{b},{a},CRISPR\n{a},{a},RNAi\nNA,{c},RNAi\n{a},NEWGENE1,RNAi\n"
    app = with_file(store, open_page, rows)
    assert not app.exception
    assert not app.error
    assert "1 pair held out" in said(app)
    told = next(each.value for each in app.warning if "screen.tsv" in each.value).replace("\\", "")
    for sentence in (
        "Not read: the column 'source'.",
        f"1 row is left out, since it does not name two genes: 'NA {c}' (line 5).",
        "1 row is left out, since 'demo' lacks a gene of it: 'NEWGENE1' (line 6)",
        f"1 row is left out, since a gene is paired with itself: '{a} {a}' (line 4).",
        f"1 row is left out, since its pair is listed before: '{b} {a}' (line 3).",
    ):
        assert sentence in told
    assert app.code, "and training can start"


def spec_of_command(arguments: list[str], graph: GeneGraph) -> RunSpec:
    """The spec that the command line makes of what the page says to type."""
    parser = argparse.ArgumentParser()
    add_train_command(parser.add_subparsers())
    typed = parser.parse_args(arguments)
    held_out = HeldOut.read(graph, typed.test_pairs, negatives=typed.test_negatives)
    return spec_of(typed, graph, source=typed.data, held_out=held_out)
