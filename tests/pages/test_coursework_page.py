"""The coursework's experiment on the Predictions page: it says why it is no better than the mean."""

from __future__ import annotations

import dataclasses

from page_tools import Open, said
from run_folders import finish

from slviz.cli.coursework import coursework_specs
from slviz.datasets.sources import open_dataset
from slviz.runs.store import RunStore
from slviz.training import train


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
