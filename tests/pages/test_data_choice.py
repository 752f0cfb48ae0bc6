"""Which data and which run a page opens: what was asked for, never a synthetic run in its place."""

from __future__ import annotations

import dataclasses
import io
from pathlib import Path

import numpy as np
import pytest
from builders import tiny_run
from data_folders import GOOD, write_folder
from page_tools import Open, asked, said
from PIL import Image
from run_folders import finish

from slviz.datasets.sources import open_dataset
from slviz.networks import NETWORKS
from slviz.runs import Run
from slviz.runs.store import RunStore


@pytest.fixture
def mine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of one's own, which SLVIZ_DATA names."""
    folder = write_folder(tmp_path / "mine")
    monkeypatch.setenv("SLVIZ_CACHE", str(tmp_path / "cache"))
    return folder


def test_no_demo_run_opens_by_itself_where_other_data_was_asked_for(
    run: Run, mine: Path, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLVIZ_DATA", str(mine))
    app = open_page("predictions")
    assert not app.exception
    assert "No finished run on" in said(app)
    app.button(key=f"offer {run.run_id}").click().run()
    assert asked(app, "run") == run.run_id
    assert not app.exception


def test_the_run_on_the_data_that_was_asked_for_opens(
    run: Run, store: RunStore, mine: Path, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLVIZ_DATA", str(mine))
    import dataclasses

    graph = open_dataset(str(mine))
    own = tiny_run(graph)
    own = dataclasses.replace(own, spec=dataclasses.replace(own.spec, data_source=str(mine)))
    finish(store, own)
    finish(store, tiny_run(open_dataset("demo"), seed=1, task="confidence"))  # newer, on other data
    app = open_page("predictions")
    assert not app.exception
    assert asked(app, "run") == own.run_id


def test_without_a_wish_the_best_run_opens_and_a_pinned_one_before_it(
    run: Run, store: RunStore, open_page: Open
) -> None:
    """The newest is a worse one; the coursework's is better and there for comparison alone."""
    worse = dataclasses.replace(run, metrics=run.metrics.assign(value=[0.6, 0.8]))
    worse = dataclasses.replace(worse, spec=dataclasses.replace(run.spec, seed=5))
    better = dataclasses.replace(run, metrics=run.metrics.assign(value=[0.99, 0.8]))
    better = dataclasses.replace(better, spec=dataclasses.replace(run.spec, network=NETWORKS.make("coursework_gat")))
    finish(store, better)
    finish(store, worse)
    assert asked(open_page("predictions"), "run") == run.run_id
    app = open_page("predictions", run=worse.run_id)
    app.button(key="pin run").click().run()
    assert store.pinned() == worse.run_id
    assert asked(open_page("predictions"), "run") == worse.run_id
    app.button(key="pin run").click().run()
    assert store.pinned() == ""


def test_a_folder_is_uploaded_checked_and_opened(
    store: RunStore, tmp_path: Path, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLVIZ_CACHE", str(tmp_path / "cache"))
    app = open_page("overview")
    uploader = app.file_uploader(key="data upload")
    for name, text in GOOD.items():
        uploader = uploader.upload(name, text.encode())
    app.run()
    app.button(key="open upload").click().run()
    assert not app.exception
    assert str(tmp_path / "cache" / "uploads") in asked(app, "data")
    assert not app.error


def test_files_of_pictures_are_uploaded_and_opened_and_two_of_one_name_are_refused(
    store: RunStore, tmp_path: Path, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLVIZ_CACHE", str(tmp_path / "cache"))

    def png(number: int) -> bytes:
        content = io.BytesIO()
        Image.fromarray((np.arange(20, dtype=np.uint8) * number).reshape(4, 5)).save(content, "PNG")
        return content.getvalue()

    app = open_page("overview")
    uploader = app.file_uploader(key="data upload")
    for number in range(12):
        uploader = uploader.upload(f"{number}.png", png(number))
    app.run()
    app.button(key="open upload").click().run()
    assert not app.exception
    assert not app.error
    assert str(tmp_path / "cache" / "uploads") in asked(app, "data")
    app.file_uploader(key="data upload").upload("1.png", png(1)).upload("1.png", png(2)).run()
    app.button(key="open upload").click().run()
    assert "Two files are called 1.png and differ" in app.error[0].value


def test_an_upload_without_pairs_shows_its_report(
    store: RunStore, tmp_path: Path, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLVIZ_CACHE", str(tmp_path / "cache"))
    app = open_page("overview")
    app.file_uploader(key="data upload").upload("genes.txt", b"A\nB\n").run()
    app.button(key="open upload").click().run()
    assert not app.exception
    assert "cannot be used" in app.error[0].value
    assert "holds no file of pairs" in said(app)


@pytest.mark.usefixtures("store")
def test_an_address_does_not_tell_whether_a_path_is_there(tmp_path: Path, open_page: Open) -> None:
    """A missing path, a folder of other things and a file get the same sentence on the pages that read `data`."""
    folder, file, missing = tmp_path / "aa", tmp_path / "bb", tmp_path / "cc"
    folder.mkdir()
    (folder / "notes.txt").write_text("nothing of genes")
    file.write_text("nothing of genes")
    for page in ("overview", "train"):
        apps = [open_page(page, data=str(path)) for path in (folder, file, missing)]
        sentences = [said(app).replace(path.name, "X") for app, path in zip(apps, (folder, file, missing), strict=True)]
        assert sentences[0] == sentences[1] == sentences[2], page
        assert "There is no data set at" in sentences[0]


@pytest.mark.usefixtures("store")
def test_who_types_the_path_of_a_folder_is_told_what_is_missing(tmp_path: Path, open_page: Open) -> None:
    (tmp_path / "aa").mkdir()
    app = open_page("train", data=str(tmp_path / "aa"))
    app.session_state["typed data folder"] = str(tmp_path / "aa")  # AppTest cannot type a new option
    app.run()
    assert "no file of genes" in said(app)
