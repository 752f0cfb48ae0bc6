"""Classes on the pages: the choice on Train, figures and genes on Predictions, colours on Embedding."""

from __future__ import annotations

import dataclasses

import pytest
from builders import tiny_spec
from page_tools import Open, said
from run_folders import finish

from slviz.datasets import GeneGraph
from slviz.datasets.sources import open_dataset
from slviz.runs import Run
from slviz.runs.store import RunStore
from slviz.training import train


@pytest.fixture(scope="module")
def trained() -> Run:
    graph = open_dataset("demo")
    return of(graph, "process")


def of(graph: GeneGraph, classes: str, *, features: str = "ppi") -> Run:
    spec = tiny_spec(graph, task="classify", network="mlp", features=features)
    spec = dataclasses.replace(
        spec, task=spec.task.replace(classes=classes), optimiser=spec.optimiser.replace(epochs=8)
    )
    return train(graph, spec, spec.split.divide(graph), device="cpu")


def test_predictions_show_classes_beside_baselines(trained: Run, store: RunStore, open_page: Open):
    finish(store, trained)
    app = open_page("predictions", run=trained.run_id)
    assert not app.exception
    assert not app.error
    assert not app.warning
    assert "800 of 1,000 genes have one of 20 classes; 200 are in none" in said(app)
    figures, each, genes = (table.value for table in app.dataframe)
    assert figures["model"].tolist()[0] == "network"
    assert {"logistic regression", "partners' majority"} <= set(figures["model"])
    assert (
        each["Genes"].sum() == ((trained.predictions["part"] == "test") & (trained.predictions["actual"] != "")).sum()
    )
    assert set(genes["Part"]) == {"test"}
    assert len(genes) == (trained.predictions["part"] == "test").sum()
    app.selectbox(key="by").select("most frequent class").run()
    assert not app.exception
    assert (app.dataframe[1].value["Recall"] == 1).sum() == 1  # the class that everybody was given
    app.toggle(key="wrong").set_value(True).run()
    shown = app.dataframe[2].value
    assert (shown["Given class"] != shown["Actual class"]).all()
    assert set(shown["Part"]) == {"test"}


def test_a_map_is_coloured_by_actual_and_given_class(trained: Run, store: RunStore, open_page: Open):
    finish(store, trained)
    app = open_page("embedding", run=trained.run_id, map="PCA")
    assert not app.exception
    assert app.selectbox(key="colour").value == "Actual class"
    assert "200 are in none" in said(app)
    app.selectbox(key="colour").select("Given class").run()
    assert not app.exception
    assert "The class that the network gives each gene" in said(app)
    assert "Predicted partners" not in app.selectbox(key="colour").options


def test_an_answer_among_the_features_is_said(store: RunStore, open_page: Open):
    terms = ";".join(open_dataset("demo").terms.ids[place] for place in (0, 9, 18))  # three processes
    run = of(open_dataset("demo"), terms, features="go")
    finish(store, run)
    assert "The answer is among the features" in said(open_page("predictions", run=run.run_id))


def test_train_asks_which_classes_and_writes_the_command(store: RunStore, open_page: Open):
    app = open_page("train", data="demo")
    app.selectbox(key="task").set_value("classify").run()
    assert not app.exception
    assert app.selectbox(key="classes demo").options == ["pathway", "process", "terms of my own"]
    assert "800 of 1,000 genes have one of 40 classes" in said(app)
    app.selectbox(key="classes demo").select("process").run()
    assert "--task classify" in app.code[0].value
    assert "classes=process" in app.code[0].value
    app.selectbox(key="classes demo").select("terms of my own").run()
    assert "Pick two terms or more" in said(app)
    app.multiselect(key="class terms demo").set_value([0, 9]).run()
    assert not app.exception
    assert "'classes=DEMO:0000001;DEMO:0000010'" in app.code[0].value


def test_the_karate_club_says_that_it_holds_no_genes(store: RunStore, open_page: Open):
    app = open_page("overview", data="karate")
    assert not app.exception
    assert "People, not genes" in said(app)
