"""The form for a new run: protocols in words, publications to choose from, and what it takes over."""

from __future__ import annotations

import dataclasses
import re

import numpy as np
import pytest
from builders import tiny_run, tiny_spec
from page_tools import Open, asked, said
from run_folders import finish

from slviz.datasets import GeneGraph
from slviz.datasets.classes import gene_classes
from slviz.networks import NETWORKS
from slviz.runs import RunSpec
from slviz.runs.store import RunStore
from slviz.splits import SPLITS, publications
from slviz.tasks import TASKS


def test_every_protocol_says_what_it_asks_and_how_many_pairs_it_leaves(store: RunStore, open_page: Open) -> None:
    app = open_page("train")
    for name in SPLITS:
        app.selectbox(key="split").set_value(name).run()
        assert not app.exception
        assert SPLITS[name].asks in said(app).replace("\\", "")
        if name != "file" and SPLITS[name].holds_out_pairs:  # as the task needs
            assert "Learns from" in said(app)
            assert f"--split {name}" in app.code[0].value


def test_a_publication_is_chosen_from_those_of_the_data_set(store: RunStore, demo: GeneGraph, open_page: Open) -> None:
    own = publications(demo)
    largest, second = list(own)[:2]
    app = open_page("train", split="publication")
    picker = app.selectbox(key="split publication publication")
    assert f"{largest}: {own[largest]:,} pairs" in picker.options[0]
    assert "small ones together" in picker.options[1]
    assert len(picker.options) == len(own) + 1
    assert f"tested on {own[largest]:,} pairs" in said(app)
    picker.set_value(second).run()
    assert f"tested on {own[second]:,} pairs" in said(app)
    assert f"publication={second}" in app.code[0].value


def test_a_data_set_without_publications_says_so(store: RunStore, open_page: Open, tmp_path, monkeypatch) -> None:
    folder = tmp_path / "plain"
    folder.mkdir()
    (folder / "genes.txt").write_text("\n".join("ABCDEFGH"))
    (folder / "pairs.tsv").write_text("".join(f"{a}\t{b}\t1\n" for a, b in zip("ABCDEFG", "BCDEFGH", strict=True)))
    app = open_page("train", data=str(folder), split="publication")
    assert not app.exception
    assert "does not say which publication" in app.error[0].value
    assert not any(each.label == "Start training" for each in app.button)


def test_what_cannot_be_divided_is_refused_before_any_work(store: RunStore, open_page: Open, tmp_path) -> None:
    folder = tmp_path / "few"
    folder.mkdir()
    (folder / "genes.txt").write_text("\n".join("ABCDEFGH"))
    (folder / "pairs.tsv").write_text("A\tB\t1\nC\tD\t1\nE\tF\t1\n")
    app = open_page("train", data=str(folder), split="both-new")
    assert not app.exception
    assert "leaves" in app.error[0].value
    assert not any(each.label == "Start training" for each in app.button)
    assert not store.run_ids()


def test_a_fold_that_is_not_there_is_refused_with_the_form_still_there(store: RunStore, open_page: Open) -> None:
    app = open_page("train")
    app.number_input(key="split pairs fold").set_value(7).run()
    assert "fold=7 is outside" in app.error[0].value
    app.number_input(key="split pairs fold").set_value(1).run()
    assert not app.error
    assert "fold=1" in app.code[0].value


def test_a_baseline_is_asked_neither_for_features_nor_how_it_learns(store: RunStore, open_page: Open) -> None:
    app = open_page("train")
    assert any(each.label == "Epochs" for each in app.number_input)
    assert any(each.label == "Features" for each in app.selectbox)
    app.selectbox(key="network").set_value("l3").run()
    assert not app.exception
    assert not any(each.label in ("Epochs", "Learning rate", "Patience") for each in app.number_input)
    assert not any(each.label == "Features" for each in app.selectbox)
    assert "--network l3" in app.code[0].value
    assert any(each.label == "Start training" for each in app.button)


@pytest.mark.parametrize("key", ["task", "network", "features", "split"])
def test_nonsense_in_the_address_is_said(key: str, store: RunStore, open_page: Open) -> None:
    app = open_page("train", **{key: "gta"})
    assert not app.exception
    assert "is called “gta”" in app.warning[0].value
    assert app.code


def test_a_setting_in_the_address_is_not_dropped_without_a_word(store: RunStore, open_page: Open) -> None:
    app = open_page("train", epochs="7")
    assert "which this page does not take" in app.warning[0].value
    assert "epochs" in app.warning[0].value


def test_the_address_chooses_and_the_form_can_change_it(store: RunStore, open_page: Open) -> None:
    app = open_page("train", task="confidence", network="mlp", split="one-new")
    assert not app.warning
    assert "--task confidence --network mlp" in app.code[0].value
    assert "--split one-new" in app.code[0].value
    app.selectbox(key="network").set_value("gcn").run()
    assert "--network gcn" in app.code[0].value


def test_what_the_form_says_is_in_the_address_and_survives_a_reload(store: RunStore, open_page: Open) -> None:
    app = open_page("train")
    assert not set(app.query_params) & {"task", "network", "features", "split", "settings", "seed"}
    app.selectbox(key="network").set_value("gatv2").run()
    app.number_input(key="network gatv2 heads").set_value(2).run()
    app.selectbox(key="split").set_value("one-new").run()
    app.number_input(key="split one-new fold").set_value(3).run()
    app.number_input(key="seed").set_value(7).run()
    command = app.code[0].value
    for expected in ("--network gatv2", "--split one-new", "heads=2", "fold=3", "--seed 7"):
        assert expected in command
    said_there = {key: value if isinstance(value, str) else value[0] for key, value in app.query_params.items()}
    again = open_page("train", **said_there)
    assert again.code[0].value == command
    assert not again.warning
    again.selectbox(key="split").set_value("pairs").run()
    assert "--split one-new" not in again.code[0].value, "what the form wrote itself does not hold it"
    assert "split" not in again.query_params


def test_genes_without_a_class_are_not_counted_as_tested(store: RunStore, demo: GeneGraph, open_page: Open) -> None:
    app = open_page("train", task="classify")
    sentence = next(each.value for each in app.caption if "Learns from" in each.value)
    numbers = [int(each.replace(",", "")) for each in re.findall(r"\d[\d,]*", sentence)]
    assert sum(numbers) == (gene_classes(demo, "auto").label >= 0).sum() < len(demo)


def test_a_finished_run_shows_its_figure_beside_the_best_baseline(
    store: RunStore, demo: GeneGraph, open_page: Open
) -> None:
    run = tiny_run(demo)
    finish(store, run)
    app = open_page("train", job=run.run_id)
    assert "AUC" in app.metric[0].label
    assert "vs max degree" in app.metric[0].delta
    assert "SYNTHETIC" in said(app)


def test_no_features_and_nonsense_for_features_are_kept_apart(store: RunStore, open_page: Open) -> None:
    app = open_page("train")
    app.selectbox(key="features").set_value("none").run()
    assert asked(app, "features") == "none"
    assert "--features none" in open_page("train", features="none").code[0].value
    assert "--features both" in open_page("train", features="<script>").code[0].value


def test_a_column_of_ones_can_be_given_back_as_in_the_coursework(store: RunStore, open_page: Open) -> None:
    app = open_page("train", task="reconstruct", features="none")
    assert not app.error
    assert any(button.label == "Start training" for button in app.button)


def test_classes_in_the_address_are_chosen(store: RunStore, demo: GeneGraph, open_page: Open) -> None:
    assert demo.terms is not None
    largest = np.argsort(-np.asarray(demo.terms.membership.sum(axis=0)).ravel())[:2]
    terms = ";".join(demo.terms.ids[number] for number in largest)
    app = open_page("train", task="classify", settings=f"'classes={terms}'")
    assert not app.exception
    assert f"classes={terms}" in app.code[0].value


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"settings": "hedas=2"}, "Did you mean"),
        ({"settings": "heads=many"}, "is not a whole number"),
        ({"settings": "heads=99"}, "is outside"),
        ({"settings": "'unclosed"}, "left alone"),
        ({"seed": "-3"}, "whole number from 0"),
    ],
)
def test_settings_in_vain_are_said_and_left_alone(
    asked: dict[str, str], says: str, store: RunStore, open_page: Open
) -> None:
    app = open_page("train", network="gat", **asked)
    assert not app.exception
    assert says in app.warning[0].value.replace("\\", "")
    assert "--network gat" in app.code[0].value


def spec_with(graph: GeneGraph):
    return dataclasses.replace(
        tiny_spec(graph),
        network=NETWORKS.make("gatv2", heads=2, dropout=0.1),
        task=TASKS.make("link", negatives="random"),
        split=SPLITS.make("publication", publication=list(publications(graph))[2], ratio=3),
        seed=5,
    )


def test_a_run_that_is_followed_fills_a_fresh_form(store: RunStore, demo: GeneGraph, open_page: Open) -> None:
    spec = spec_with(demo)
    store.request(spec)
    app = open_page("train", job=spec.run_id)
    assert not app.exception
    words = app.code[0].value
    for expected in ("--network gatv2", "heads=2", "negatives=random", "ratio=3", "--seed 5", spec.split.publication):
        assert expected in words
    assert "Exactly this run is in progress already" in said(app)


def test_a_form_that_was_touched_takes_a_run_over_when_asked(store: RunStore, demo: GeneGraph, open_page: Open) -> None:
    spec = spec_with(demo)
    app = open_page("train")
    store.request(spec)
    app.query_params["job"] = spec.run_id
    app.run()
    assert "--network gat " in app.code[0].value
    app.button(key=f"settings {spec.run_id}").click().run()
    assert not app.exception
    assert "--network gatv2" in app.code[0].value
    assert "Exactly this run is in progress already" in said(app)


def test_a_baseline_and_a_task_about_genes_are_refused_before_any_work(store: RunStore, open_page: Open) -> None:
    app = open_page("train", network="l3", task="classify")
    assert not app.exception
    assert "The baseline 'l3' scores pairs" in said(app)
    assert not [each for each in app.button if each.label == "Start training"]


def test_a_baseline_picks_no_epoch_and_a_task_about_genes_says_what_is_tested(store: RunStore, open_page: Open) -> None:
    baseline, genes = said(open_page("train", network="l3")), said(open_page("train", task="classify"))
    assert "picks its threshold" in baseline
    assert "best epoch" not in baseline
    assert "This task is tested on genes" in genes


def test_a_recipe_fills_the_form_or_starts_runs_alike_but_for_one_thing(
    store: RunStore, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[RunSpec] = []
    monkeypatch.setattr("slviz.pipeline.jobs.start_training", lambda spec, **more: started.append(spec))
    app = open_page("train")
    app.selectbox(key="recipe").set_value("lab-confidence").run()
    lab = app.code[0].value
    assert "--task confidence --network coursework_gat --features none" in lab
    assert all(word in lab for word in ("readout=mean", "width=1", "keep=last", "clip=1000"))
    app.selectbox(key="recipe").set_value("optimisers").run()
    assert "--optimiser adam adamw rmsprop sgd" in app.code[0].value
    command = app.code[0].value
    assert all(word in command for word in ("keep=last", "clip=1000", "schedule=constant"))
    assert "learning_rate" not in command
    button = next(button for button in app.button if button.label == "Start 4 runs")
    button.click().run()
    assert [spec.optimiser.name for spec in started] == ["adam", "adamw", "rmsprop", "sgd"]
    assert {(spec.task.name, spec.network.name, spec.optimiser.epochs) for spec in started} == {
        ("confidence", "coursework_gat", 200)
    }
    assert not app.exception


def test_one_click_asks_for_autoencoders_of_five_widths(
    store: RunStore, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[RunSpec] = []
    monkeypatch.setattr("slviz.pipeline.jobs.start_training", lambda spec, **more: started.append(spec))
    assert not [title for title in open_page("train").selectbox(key="recipe").options if title.startswith("Widths")]
    app = open_page("train", data="digits", task="classify")
    app.selectbox(key="recipe").set_value("widths").run()
    lines = app.code[0].value.splitlines()
    assert [line.rpartition("width=")[2] for line in lines if "width=" in line] == ["2", "4", "16", "32"]
    assert all("--network conv_autoencoder" in line and "epochs=" not in line for line in lines)
    next(button for button in app.button if button.label == "Start 5 runs").click().run()
    assert [getattr(spec.network, "width", None) for spec in started] == [2, 4, 8, 16, 32]
    assert {(spec.task.name, spec.network.name) for spec in started} == {("reconstruct", "conv_autoencoder")}
    assert not app.exception


def test_the_settings_of_a_paper_stand_in_the_form_on_the_public_split_until_they_are_changed(
    store: RunStore, open_page: Open
) -> None:
    app = open_page("train", task="classify")
    app.selectbox(key="split").set_value("public").run()
    assert app.number_input(key="network gat heads").value == 8
    app.number_input(key="network gat heads").set_value(2).run()
    app.selectbox(key="split").set_value("pairs").run()
    assert app.number_input(key="network gat heads").value == 2
    assert app.number_input(key="network gat width").value == 64
    assert not app.toggle(key="network gat bare").value
    assert not app.exception
