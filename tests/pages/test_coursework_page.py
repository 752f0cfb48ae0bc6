"""The coursework's experiment on the Predictions page: it says why it is no better than the mean."""

from __future__ import annotations

import dataclasses

import numpy as np
from page_tools import Open, said
from run_folders import finish

from slviz.cli.coursework import coursework_specs
from slviz.datasets.sources import open_dataset
from slviz.runs import Run
from slviz.runs.store import RunStore
from slviz.training import train
from slviz.ui.embedding.collapsed import sentence


def test_a_run_that_gives_every_gene_one_number_says_so_and_others_do_not(store: RunStore, open_page: Open):
    graph = open_dataset("demo")
    spec = coursework_specs(graph, source="demo", experiments=["confidence"])[0]
    run = train(graph, spec, spec.split.divide(graph), device="cpu")
    finish(store, run)
    app = open_page("predictions", run=run.run_id)
    assert not app.exception
    assert "One number for every pair" in said(app)
    assert f"{run.metric('rmse', negative_kind='all', model='mean'):.4f}" in said(app)
    told = dataclasses.replace(
        spec, features=type(coursework_specs(graph, source="demo", experiments=["joint"])[0].features)()
    )
    told = dataclasses.replace(told, optimiser=told.optimiser.replace(epochs=5))
    other = train(graph, told, told.split.divide(graph), device="cpu")
    finish(store, other)
    assert "One number for every pair" not in said(open_page("predictions", run=other.run_id))


def test_an_embedding_on_one_place_says_so_and_its_distance_is_a_setting(store: RunStore, run: Run, open_page: Open):
    vectors = np.repeat(run.embedding[:1], len(run.embedding), axis=0)
    vectors[:10] += np.arange(10)[:, None]
    vectors[:, 2] = 0  # as a ReLU does it
    flat = dataclasses.replace(run, embedding=vectors, spec=dataclasses.replace(run.spec, seed=8))
    finish(store, flat)
    app = open_page("embedding", run=flat.run_id, map="columns", colour="density", estimate="same-place")
    assert not app.exception
    shared = len(vectors) - 9  # the first of the ten is where the others are
    assert f"{100 * shared / len(vectors):.1f} % of the genes lie within 1e-07 of another one" in said(app)
    assert f"{shared:,} on the fullest place" in said(app)
    assert f"1 of {vectors.shape[1]} columns of the embedding is the same for every gene" in said(app)
    assert "Number of other genes within a distance of 1e-07" in said(app)
    [within] = [field for field in app.number_input if field.label == "Within"]
    within.set_value(1e-3).run()
    assert not app.exception
    assert "Number of other genes within a distance of 0.001" in said(app)


def test_nothing_is_said_where_all_is_told_apart() -> None:
    random = np.random.default_rng(0)
    assert sentence(random.normal(size=(200, 4)).astype(np.float32)) == ""
    one = random.normal(size=(200, 2)).astype(np.float32)
    one[:, 0] = 0
    assert sentence(one).endswith("all genes lie along 1 axis.")
