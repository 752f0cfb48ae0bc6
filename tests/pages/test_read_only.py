"""The pages of a server that others can reach: read-only says what is off and shows nothing that does nothing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import streamlit as st
from builders import tiny_run, tiny_spec
from data_folders import GOOD, write_folder
from page_tools import Open, asked, said
from run_folders import finish
from streamlit.testing.v1 import AppTest

from slviz.datasets import GeneGraph
from slviz.datasets.sources import open_dataset
from slviz.errors import RunNotSaved
from slviz.gene_sets import GeneSet, GeneSets
from slviz.pipeline import jobs
from slviz.runs import Run
from slviz.runs.folder import holding
from slviz.runs.store import RunStore
from slviz.ui import access
from slviz.vectors import VectorStore, reference

PAGES = ("overview", "train", "embedding", "predictions", "neighbourhood", "results", "tuning", "compare", "vectors")
MAKES = re.compile(
    r"Make|Train|Start|Resume|Remove|Cancel|Stop|Keep|Bring in|Test |Check and open|Settings into|Upload"
)
OFF = "Read-only: training, tuning"


@pytest.fixture
def read_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(access.SETTING, access.READ_ONLY)


@pytest.fixture
def reachable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Streamlit was started with an address that others can reach; nobody has said what they may do."""
    usual = st.get_option
    monkeypatch.delenv(access.SETTING, raising=False)
    monkeypatch.setattr(st, "get_option", lambda key: "0.0.0.0" if key == "server.address" else usual(key))


@pytest.fixture
def full(reachable: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(access.SETTING, access.FULL)


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Commands that pages start; nothing is started."""
    commands: list[list[str]] = []
    monkeypatch.setattr(jobs, "start", lambda arguments, **_: commands.append(arguments))
    return commands


def _labels(app: AppTest) -> list[str]:
    return [each.label for each in app.button]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.usefixtures("reachable")
def test_a_server_that_others_can_reach_is_read_only_by_itself(page: str, run: Run, open_page: Open) -> None:
    app = open_page(page)
    assert not app.exception
    assert said(app).count(OFF) == 1
    assert "since others can reach this server" in said(app)
    assert not [label for label in _labels(app) if MAKES.search(label)]
    assert not app.file_uploader


@pytest.mark.parametrize("page", PAGES)
def test_on_this_machine_alone_nothing_is_off(page: str, run: Run, open_page: Open) -> None:
    app = open_page(page)
    assert not app.exception
    assert "Read-only" not in said(app)


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.usefixtures("read_only")
def test_without_any_run_there_is_no_way_to_train_one(page: str, store: RunStore, open_page: Open) -> None:
    app = open_page(page)
    assert not app.exception
    assert said(app).count(OFF) == 1
    assert "Train" not in "".join(_labels(app))


@pytest.mark.parametrize(("level", "shown"), [(access.READ_ONLY, False), (access.FULL, True)])
def test_the_cluster_is_told_only_to_those_who_may_train(
    level: str, shown: bool, store: RunStore, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(access.SETTING, level)
    monkeypatch.setenv("SLVIZ_SCHEDULER", "no address")
    assert ("is not the address of a Dask scheduler" in said(open_page("train"))) == shown


@pytest.mark.usefixtures("read_only")
class TestReadOnly:
    """What stands where a button would be, and that nothing starts."""

    def test_a_map_that_is_missing_is_not_made(self, run: Run, open_page: Open, started: list[list[str]]) -> None:
        app = open_page("embedding", run=run.run_id, map="t-SNE", **{"map-quality": "true"})
        assert "There is no t-SNE map of this run" in said(app)
        assert not [label for label in _labels(app) if MAKES.search(label)]
        assert not started

    def test_controls_and_deletion_tests_are_not_made(
        self, run: Run, open_page: Open, started: list[list[str]]
    ) -> None:
        gene = run.genes[int(run.predictions["a"].iloc[0])] if "a" in run.predictions else run.genes[0]
        for app in (
            open_page("embedding", run=run.run_id, view="beside controls"),
            open_page("gene", show="neighbourhood", run=run.run_id, gene=gene),
        ):
            assert not app.exception
            assert not [label for label in _labels(app) if MAKES.search(label)]
        assert not started

    def test_a_run_at_work_is_followed_and_not_cancelled(
        self, store: RunStore, demo: GeneGraph, open_page: Open
    ) -> None:
        spec = tiny_spec(demo)
        with store.writing(spec):
            app = open_page("train", job=spec.run_id)
        assert not app.exception
        assert spec.run_id in "".join(str(each.value) for each in app.subheader)
        assert not [label for label in _labels(app) if MAKES.search(label)]

    def test_a_failed_run_says_why_and_is_not_touched(self, store: RunStore, demo: GeneGraph, open_page: Open) -> None:
        spec = tiny_spec(demo)
        with store.writing(spec):
            pass
        (store.folder(spec.run_id) / "error.json").write_text('{"error": "X", "message": "The disk is full."}')
        app = open_page("train", job=spec.run_id)
        assert "The disk is full." in said(app)
        assert not [label for label in _labels(app) if MAKES.search(label)]

    def test_selections_are_opened_and_not_kept(
        self, run: Run, demo: GeneGraph, store: RunStore, open_page: Open
    ) -> None:
        GeneSets(store.root, demo.fingerprint).keep(GeneSet.of("mine", demo, range(5)))
        app = open_page("embedding", run=run.run_id, set="mine")
        assert not app.exception
        assert "5 selected genes" in [each.value for each in app.subheader]
        assert not [label for label in _labels(app) if MAKES.search(label)]
        assert not app.file_uploader

    def test_a_long_pasted_list_is_refused_in_a_sentence(
        self, run: Run, demo: GeneGraph, store: RunStore, open_page: Open
    ) -> None:
        app = open_page("embedding", run=run.run_id)
        app.text_area(key="pasted genes").set_value(" ".join(demo.genes[:300]))
        next(each for each in app.button if each.label == "Select them").click().run()
        assert not app.exception
        assert re.search(r"300 genes are too many .* nothing is kept on this server\W+paste 250 or fewer", said(app))
        assert not GeneSets(store.root, demo.fingerprint).all()

    def test_a_column_of_a_table_is_not_offered(self, run: Run, open_page: Open) -> None:
        app = open_page("embedding", run=run.run_id)
        assert "A column of my table" not in app.selectbox(key="colour").options

    def test_vectors_are_looked_at_and_neither_brought_in_nor_removed(self, store: RunStore, open_page: Open) -> None:
        id = VectorStore.default().keep(reference("iris"))
        app = open_page("vectors")
        assert not [label for label in _labels(app) if MAKES.search(label)]
        assert not app.file_uploader
        assert not open_page("embedding", vectors=id).exception


@pytest.mark.usefixtures("full")
class TestFull:
    """On a server that many use, each ends what he or she began."""

    def test_a_run_of_somebody_else_may_be_gone_on_with_and_not_removed(
        self, store: RunStore, demo: GeneGraph, open_page: Open
    ) -> None:
        spec = tiny_spec(demo)
        with store.writing(spec):
            pass
        app = open_page("train", job=spec.run_id)
        assert "Resume" in _labels(app)
        assert "Remove" not in _labels(app)
        assert "Read-only" not in said(app)

    def test_a_run_at_work_of_somebody_else_is_not_cancelled(
        self, store: RunStore, demo: GeneGraph, open_page: Open
    ) -> None:
        spec = tiny_spec(demo)
        with store.writing(spec):
            app = open_page("train", job=spec.run_id)
        assert "Cancel" not in _labels(app)

    def test_what_one_has_started_one_may_cancel_and_remove(
        self, store: RunStore, open_page: Open, started: list[list[str]]
    ) -> None:
        app = open_page("train")
        next(each for each in app.button if each.label == "Start training").click().run()
        assert not app.exception
        assert started
        run_id = asked(app, "job")
        with holding(store.folder(run_id) / ".lock", busy="busy"):
            app.run()
            assert "Cancel" in _labels(app)
        app.session_state[f"started {run_id}"] = 0.0
        app.run()
        assert "Remove" in _labels(app)
        app.button(key=f"remove {run_id}").click().run()
        assert run_id not in store.run_ids()

    def test_vectors_and_selections_of_others_stay(
        self, run: Run, demo: GeneGraph, store: RunStore, open_page: Open
    ) -> None:
        VectorStore.default().keep(reference("iris"))
        GeneSets(store.root, demo.fingerprint).keep(GeneSet.of("theirs", demo, range(5)))
        assert "Remove" not in _labels(open_page("vectors"))
        app = open_page("embedding", run=run.run_id, set="theirs")
        assert "Remove it" not in _labels(app)
        assert "Keep it" in _labels(app)

    def test_an_address_opens_no_folder_and_does_not_tell_whether_it_is_there(
        self, store: RunStore, tmp_path: Path, open_page: Open, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("SLVIZ_CACHE", str(tmp_path / "cache"))
        there, missing = str(write_folder(tmp_path / "there")), str(tmp_path / "other")
        for page in ("overview", "train", "results", "tuning", "embedding"):
            told = {folder: said(open_page(page, data=folder)).replace(folder, "X") for folder in (there, missing)}
            assert re.sub(r"\\?/[^ ”]*(there|other)", "X", told[there]) == re.sub(
                r"\\?/[^ ”]*(there|other)", "X", told[missing]
            )
        assert "no data set" in said(open_page("overview", data=there))

    def test_an_upload_stands_in_the_address_without_a_path(
        self, store: RunStore, tmp_path: Path, open_page: Open, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("SLVIZ_CACHE", str(tmp_path / "cache"))
        app = open_page("train")
        uploader = app.file_uploader(key="data upload")
        for name, text in GOOD.items():
            uploader = uploader.upload(name, text.encode())
        app.run()
        app.button(key="open upload").click().run()
        assert not app.exception
        assert re.fullmatch(r"upload-[0-9a-f]{32}", asked(app, "data"))
        again = open_page("train", data=asked(app, "data"))
        assert not again.exception
        assert str(again.selectbox(key="data picker").value).startswith(str(tmp_path / "cache" / "uploads"))
        assert str(tmp_path) not in _everything(again)


def _everything(app: AppTest) -> str:
    """What the page shows and the address says."""
    return "\n".join([said(app), *(str(each.value) for each in app.code), str(app.query_params)])


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.usefixtures("full")
def test_no_path_of_the_server_is_on_a_page(
    page: str, store: RunStore, tmp_path: Path, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLVIZ_CACHE", str(tmp_path / "cache"))
    folder = write_folder(tmp_path / "their data")
    monkeypatch.setenv("SLVIZ_DATA", str(folder))
    graph = open_dataset(str(folder))
    finish(store, tiny_run(graph))
    spec = tiny_spec(open_dataset("demo"))
    with store.writing(spec):
        pass
    broken = store.folder(spec.run_id)
    (broken / "error.json").write_text(f'{{"error": "OSError", "message": "No such file: {tmp_path}/models/x.tsv"}}')
    (broken / "log.txt").write_text(f'  File "{tmp_path}/slviz/train.py", line 3\n')
    damaged = store.root / "gat-both-link-00000000"
    damaged.mkdir()
    (damaged / "spec.json").write_text("{")
    for query in ({}, {"job": spec.run_id}, {"job": damaged.name, "run": damaged.name}, {"data": "their data"}):
        app = open_page(page, **query)
        assert not app.exception
        assert str(tmp_path) not in _everything(app)
        assert str(tmp_path).replace("_", r"\_") not in _everything(app)


def test_a_disk_that_refuses_a_map_is_said_in_a_sentence_without_its_path(
    run: Run, store: RunStore, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(_arguments: list[str]) -> None:
        raise RunNotSaved(f"{store.root}/.jobs/project.log could not be written: no space left. Make room there.")

    app = open_page("embedding", run=run.run_id, map="t-SNE")
    monkeypatch.setattr(jobs, "start", refused)
    next(each for each in app.button if each.label == "Make the t-SNE map").click().run()
    assert not app.exception
    assert "project.log could not be written" in said(app).replace("\\", "")
    assert str(store.root) not in said(app).replace("\\", "")
