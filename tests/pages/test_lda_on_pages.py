"""LDA is offered where there are classes, learns from the training part alone, and says what that is worth."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import numpy as np
import pytest
from additions import work_here
from builders import tiny_graph, tiny_run, tiny_spec
from page_tools import Open, said
from run_folders import finish, write_data_folder

from slviz.cli import main
from slviz.datasets import GeneGraph
from slviz.datasets.classes import gene_classes
from slviz.datasets.sources import open_dataset
from slviz.pipeline import jobs
from slviz.projections import LDA
from slviz.runs import Run
from slviz.runs.store import RunStore
from slviz.splits import PairSplit
from slviz.training import train
from slviz.vectors import VectorStore, reference


@pytest.fixture(scope="module")
def trained() -> tuple[Run, PairSplit]:
    """A short run about the demo's processes, and its split."""
    graph = open_dataset("demo")
    spec = tiny_spec(graph, task="classify", network="mlp", features="ppi")
    spec = dataclasses.replace(
        spec, task=spec.task.replace(classes="process"), optimiser=spec.optimiser.replace(epochs=8)
    )
    split = spec.split.divide(graph)
    return train(graph, spec, split, device="cpu"), split


@pytest.fixture
def run(trained: tuple[Run, PairSplit], store: RunStore) -> Run:
    made, split = trained
    keep(store, made, split)
    return made


def keep(store: RunStore, made: Run, split: PairSplit) -> None:
    with store.writing(made.spec) as writer:
        writer.begin(split.to_frame(made.genes))
        writer.finish(made)


def maps_offered(app) -> list[str]:
    [maps] = [each for each in (*app.selectbox, *app.segmented_control) if each.label == "Map"]
    return list(maps.options)


def test_the_worker_makes_it_of_the_classes_of_the_training_part_alone(
    run: Run, trained: tuple[Run, PairSplit], store: RunStore, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    commands = work_here(monkeypatch, jobs)
    app = open_page("embedding", run=run.run_id, map="lda")
    assert not app.exception
    assert not app.error
    [make] = [each for each in app.button if each.label == "Make the LDA map"]
    make.click().run()
    assert commands == [f"project {run.run_id} --method lda"]
    label, part = gene_classes(open_dataset("demo"), "process").label, trained[1].gene_part
    learnt = np.where(part == "train", label, -1)
    projection = store.artifacts(run.run_id).open_map(LDA(), 0)
    assert projection is not None
    assert np.array_equal(projection.coordinates, LDA().fit(run.embedding, 0, labels=learnt).coordinates)
    assert not np.allclose(projection.coordinates, LDA().fit(run.embedding, 0, labels=label).coordinates)
    app = open_page("embedding", run=run.run_id, map="lda")
    assert not app.exception
    text = said(app).replace("\\", "")
    assert LDA.reading in text
    told = re.search(r"learnt from the classes of ([\d,]+) genes, and (\d+) % .* Of the ([\d,]+) whose class", text)
    assert told is not None
    assert int(told[1]) == (learnt >= 0).sum()
    assert int(told[3]) == ((label >= 0) & (part != "train")).sum()
    assert re.search(r"with their classes permuted, \d+ % would", text)
    assert main(["project", run.run_id, "--method", "lda", "classes=permuted"]) == 0
    app = open_page("embedding", run=run.run_id, map="lda", **{"lda-classes": "permuted"})
    assert not app.exception
    assert "LDA of permuted classes, a control." in said(app)
    assert "There is no LDA map" not in said(app)


def test_two_classes_get_a_sentence_and_nothing_to_start(store: RunStore, open_page: Open, capsys) -> None:
    graph = open_dataset("demo")
    spec = tiny_spec(graph, task="classify", network="mlp", features="ppi")
    assert graph.terms is not None
    spec = dataclasses.replace(spec, task=spec.task.replace(classes=f"{graph.terms.ids[0]};{graph.terms.ids[9]}"))
    split = spec.split.divide(graph)
    run = train(graph, spec, split, device="cpu")
    keep(store, run, split)
    app = open_page("embedding", run=run.run_id, map="lda")
    assert not app.exception
    assert "LDA tells 2 classes apart along 1 axes at most" in said(app)
    assert "Until then you see another map that is there: PCA" in said(app)
    assert not [each for each in app.button if "LDA" in each.label]
    assert main(["project", run.run_id, "--method", "lda"]) == 1
    assert "LDA tells 2 classes apart" in capsys.readouterr().err


def test_it_is_not_offered_where_there_are_no_classes(
    store: RunStore, open_page: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys
) -> None:
    folder = write_data_folder(tmp_path / "data" / "bare", tiny_graph())
    monkeypatch.setenv("SLVIZ_DATA", str(folder))
    bare = open_dataset(str(folder))
    made = tiny_run(bare)
    keep(store, made, made.spec.split.divide(bare))
    app = open_page("embedding", run=made.run_id, map="pca")
    assert not app.exception
    assert "ICA" in maps_offered(app)
    assert "LDA" not in maps_offered(app)
    monkeypatch.setattr("slviz.runs.map_labels.data_of_run", lambda run: bare)
    assert main(["project", made.run_id, "--method", "lda"]) == 1
    assert "has no classes of genes" in capsys.readouterr().err
    vectors = VectorStore.default()
    kept = vectors.keep(reference("iris"))
    app = open_page("embedding", vectors=kept)
    assert "ICA" in maps_offered(app)
    assert "LDA" not in maps_offered(app)
    assert main(["vectors", "project", kept, "--method", "lda"]) == 1
    assert "these vectors have none" in capsys.readouterr().err


def test_a_run_about_pairs_is_offered_it_where_the_data_set_has_classes(
    store: RunStore, demo: GeneGraph, open_page: Open
) -> None:
    made = tiny_run(demo)
    finish(store, made)
    assert "LDA" in maps_offered(open_page("embedding", run=made.run_id, map="pca"))
