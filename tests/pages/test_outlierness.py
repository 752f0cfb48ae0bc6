"""Outlierness on the pages: the colour, the table and the noise on Embedding, the sentence on a gene's page."""

from __future__ import annotations

import dataclasses

import numpy as np
from page_tools import Open, said
from run_folders import finish

from slviz.datasets import GeneGraph
from slviz.outliers import groups_of, scores_of
from slviz.runs import Run
from slviz.runs.artifacts.noise import EmbeddedNoise
from slviz.runs.store import RunStore


def with_split(store: RunStore, run: Run, graph: GeneGraph, odd: int) -> Run:
    """The run finished with a real split, and one gene far from all others."""
    vectors = run.embedding.copy()
    vectors[odd] = 40
    changed = dataclasses.replace(run, spec=dataclasses.replace(run.spec, seed=3), embedding=vectors)
    with store.writing(changed.spec) as writer:
        writer.begin(changed.spec.split.divide(graph).to_frame(graph.genes))
        writer.finish(changed)
    return changed


def test_a_gene_unlike_the_others_is_found_and_noise_is_told(
    store: RunStore, run: Run, demo: GeneGraph, open_page: Open
):
    far = with_split(store, run, demo, odd=7)
    other = dataclasses.replace(far, spec=dataclasses.replace(far.spec, seed=4))
    finish(store, other)
    random = np.random.default_rng(0)
    noise, nothing = random.normal(size=(250, 6)).astype(np.float32), np.empty(0, np.float32)
    flat = np.concatenate([far.embedding[:, :2], noise[:, :2]])
    made = EmbeddedNoise(noise + 9, noise, far.embedding, nothing, nothing, nothing, flat)
    store.artifacts(far.run_id).save_noise("permuted", made)

    query = {"run": far.run_id, "map": "pca", "colour": "outlierness"}
    app = open_page("embedding", **query)
    assert not app.exception
    assert not app.error
    most = next(table.value for table in app.dataframe if "percentile_nearest" in table.value)
    assert most.iloc[0]["Gene"] == demo.genes[7]
    assert most.iloc[0].iloc[2] == 100.0
    bars = next(table.value for table in app.dataframe if "AUC" in table.value)
    split = far.spec.split.divide(demo)
    scores = scores_of(far.embedding, groups_of(split, genes=len(demo)), noise=made.trained)
    assert bars["AUC"].tolist() == [round(each.telling().auc, 3) for each in scores.values()]
    assert "Random weights" in bars
    assert "250 noise things against" in said(app)
    app.slider(key="noise-count").set_value(20).run()
    assert "20 noise things against" in said(app)
    app.segmented_control(key="noise-in").set_value("in the embedding").run()
    assert not app.exception
    assert "mixed from the columns of the embedding itself" in said(app)
    assert "Random weights" not in next(table.value for table in app.dataframe if "AUC" in table.value)

    app = open_page("gene", run=far.run_id, gene=demo.genes[7], show="known")
    assert not app.exception
    learns = groups_of(split, genes=len(demo)).learns
    assert ("is unlike the other genes that the run learnt from" if learns[7] else "an extrapolation") in said(app)
    assert "100 %" in said(app)
    app = open_page("gene", run=far.run_id, gene=demo.genes[500], show="known")
    assert "is like what was learnt from" in said(app)


def test_noise_among_genes_has_partners_and_features(store: RunStore, run: Run, demo: GeneGraph, open_page: Open):
    far = with_split(store, run, demo, odd=7)
    app = open_page("embedding", run=far.run_id, map="pca", outlierness="true")
    [where] = [control for control in app.segmented_control if control.label == "Put"]
    assert "things with random features and random partners, made by a worker" in where.help


def test_a_split_that_cannot_be_read_costs_the_sentence_alone(store: RunStore, run: Run, open_page: Open):
    app = open_page("gene", run=run.run_id, gene="APO1.01", show="ranked")  # `finish` writes no split that can be read
    assert not app.exception
    assert "Outlierness is unknown: the run's split cannot be read" in said(app)


def test_vectors_that_are_all_the_same_are_told(store: RunStore, run: Run, demo: GeneGraph, open_page: Open):
    flat = dataclasses.replace(run, embedding=np.ones_like(run.embedding), spec=dataclasses.replace(run.spec, seed=5))
    with store.writing(flat.spec) as writer:
        writer.begin(flat.spec.split.divide(demo).to_frame(demo.genes))
        writer.finish(flat)
    app = open_page("gene", run=flat.run_id, gene="APO1.01", show="known")
    assert not app.exception
    assert "what was learnt from" not in said(app)
