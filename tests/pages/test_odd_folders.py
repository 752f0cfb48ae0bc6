"""A models folder with one odd folder beside a good run: every page shows the good run, and what is wrong."""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from odd_files import DEEP, seal_again, write_manifest
from page_tools import Open, said
from run_folders import a_map, finish
from safetensors.numpy import load, save

from slviz.datasets import GeneGraph
from slviz.gene_sets import GeneSet, GeneSets
from slviz.projections import PCA
from slviz.runs import Run
from slviz.runs.artifacts.maps import map_path
from slviz.runs.store import RunStore
from slviz.tuning.studies import FOLDER
from slviz.vectors import VectorStore, reference

PAGES = ("overview", "train", "embedding", "predictions", "neighbourhood", "compare", "results", "tuning", "vectors")
OPENED = ("embedding", "predictions", "neighbourhood", "compare")
LONG = bool(os.environ.get("SLVIZ_LONG_TRIALS"))
"""Every page for every odd folder; else three pages for each, in turn."""


@pytest.fixture
def open_page(open_at_once: Open) -> Open:
    """So many pages are opened here that none is opened on the way to another."""
    return open_at_once


@pytest.fixture
def odd(store: RunStore, run: Run) -> Path:
    """The folder of a second finished run, evaluated on the same pairs, for a test to spoil."""
    other = dataclasses.replace(run, spec=dataclasses.replace(run.spec, seed=7))
    return finish(store, other)


def _deep(folder: Path) -> None:
    (folder / "spec.json").write_text(DEEP)


def _odd_metrics(folder: Path) -> None:
    (folder / "metrics.json").write_text('[{"scorer": {}}]')
    seal_again(folder)


def _odd_manifest(folder: Path) -> None:
    write_manifest(folder / "manifest.json", {"format": 1, "run_id": folder.name, "files": {"log.txt": None}})


def _odd_time(folder: Path) -> None:
    write_manifest(folder / "manifest.json", json.loads((folder / "manifest.json").read_text()) | {"finished": "soon"})


def _later(folder: Path) -> None:
    stored = json.loads((folder / "spec.json").read_text())
    stored["network"]["name"] = "of the future"
    (folder / "spec.json").write_text(json.dumps(stored))
    seal_again(folder)


def _unfinished(folder: Path) -> None:
    (folder / "manifest.json").unlink()
    (folder / "progress.jsonl").write_text('{"epoch": 5, "ts": {}, "seds": 0}\n' + DEEP)
    (folder / "error.json").write_text(DEEP)


def _pipes(folder: Path) -> None:
    for path in folder.iterdir():
        path.unlink()
        os.mkfifo(path)


def _odd_name(folder: Path) -> None:
    folder.rename(folder.with_name(os.fsdecode(b"no\xff text \x1b[31m *`$")))


SEEN_AT_ONCE = (_deep, _odd_metrics, _odd_manifest, _odd_time, _later, _unfinished, _pipes, _odd_name)


@pytest.mark.parametrize("spoil", SEEN_AT_ONCE)
def test_every_page_shows_the_good_run(
    spoil: Callable[[Path], None], run: Run, odd: Path, store: RunStore, open_page: Open
) -> None:
    spoil(odd)
    for page in PAGES if LONG else PAGES[SEEN_AT_ONCE.index(spoil) % 3 :: 3]:
        app = open_page(page)
        assert not app.exception, (page, app.exception)
        if page in OPENED:
            assert app.selectbox(key="run picker").options != [], page
            assert not app.error, (page, said(app))
    overview = said(open_page("overview"))
    if spoil is not _unfinished:
        damaged = next(each for each in store.summaries() if each.run_id != run.run_id)
        assert damaged.state == "damaged"
        for app in (open_page("overview"), open_page("train", job=damaged.run_id)):
            assert not app.exception
            assert "spec.json" in said(app) or "metrics.json" in said(app) or "manifest.json" in said(app)
    assert "ROC AUC" in overview or run.run_id in overview


def _other_genes(folder: Path) -> None:
    path = folder / "arrays.safetensors"
    arrays = load(path.read_bytes())
    count = len(arrays["embedding"])
    packed = np.frombuffer("\n".join(f"OTHER{number}" for number in range(count)).encode(), dtype=np.uint8)
    path.write_bytes(save(arrays | {"genes": packed}))
    table = pd.read_parquet(folder / "predictions.parquet")
    table.assign(gene_a="OTHER0", gene_b="OTHER1").to_parquet(folder / "predictions.parquet", index=False)
    seal_again(folder)


def _beyond(folder: Path) -> None:
    path = folder / "arrays.safetensors"
    arrays = load(path.read_bytes())
    path.write_bytes(save(arrays | {"attention.edges": arrays["attention.edges"] + 1_000_000}))
    seal_again(folder)


def _other_columns(folder: Path) -> None:
    pd.DataFrame({"x": [1.0]}).to_parquet(folder / "predictions.parquet", index=False)
    seal_again(folder)


FOREIGN = (_other_genes, _beyond, _other_columns)


@pytest.mark.parametrize("spoil", FOREIGN)
def test_a_run_whose_arrays_are_foreign_is_said_and_another_is_offered(
    spoil: Callable[[Path], None], run: Run, odd: Path, open_page: Open
) -> None:
    spoil(odd)
    for page in OPENED if LONG else OPENED[FOREIGN.index(spoil) % 2 :: 2]:
        app = open_page(page, run=odd.name)
        assert not app.exception, (page, app.exception)
        assert "Remove the run and train it again" in app.error[0].value, page
        assert any(button.key == f"offer {run.run_id}" for button in app.button), page
    app = open_page("compare", run=run.run_id)
    assert not app.exception
    if spoil is not _other_genes:
        assert odd.name in said(app)
    assert "Metrics on test pairs" in [each.value for each in app.subheader], "the good run is shown all the same"


def test_a_damaged_map_is_said_and_may_be_made_again(store: RunStore, run: Run, open_page: Open) -> None:
    store.artifacts(run.run_id).save_map(a_map(run))
    path = map_path(store.folder(run.run_id), PCA(), 0)
    path.write_bytes(path.read_bytes()[:-9])
    app = open_page("embedding", run=run.run_id, map="PCA")
    assert not app.exception
    assert not app.error
    assert app.get("plotly_chart"), "PCA takes no time to make"
    other = path.with_name(path.name.replace("pca-", "tsne-"))
    other.write_text(DEEP)
    app = open_page("embedding", run=run.run_id, map="t-SNE")
    assert not app.exception
    assert app.get("plotly_chart")


def test_damaged_vectors_selections_and_searches_are_said(
    store: RunStore, run: Run, demo: GeneGraph, open_page: Open
) -> None:
    vectors, sets = VectorStore.default(), GeneSets(store.root, demo.fingerprint)
    good = vectors.keep(reference("iris"))
    bad = vectors.root / "bad-00000000"
    shutil.copytree(vectors.folder(good), bad)
    (bad / "vectors.safetensors").write_bytes(b"\xff" * 100)
    sets.keep(GeneSet.of("repair", demo, [1, 2, 3]))
    (sets.folder / "odd.json").write_text(DEEP)
    os.mkfifo(sets.folder / "pipe.json")
    (store.root / FOLDER).mkdir()
    (store.root / FOLDER / "odd.db").write_bytes(b"no database")
    (store.root / FOLDER / "No Name!.db").write_bytes(b"")
    (store.root / FOLDER / "gone.db").symlink_to("nothing")
    app = open_page("vectors")
    assert not app.exception
    assert "Iris flowers" in said(app)
    assert "vectors.safetensors of the vectors bad-00000000 is cut or altered" in said(app)
    app.button(key="remove bad-00000000").click().run()
    assert not app.exception
    assert [each.id for each in vectors.summaries()] == [good]
    app = open_page("tuning")
    assert not app.exception
    assert "odd" in said(app)
    assert "cannot be read" in said(app)
    app = open_page("embedding", run=run.run_id, set="repair")
    assert not app.exception
    assert "odd.json is cut or altered" in said(app)
    assert "pipe.json is cut or altered" in said(app)
