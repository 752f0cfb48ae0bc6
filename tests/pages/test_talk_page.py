"""A talk: a view of a page is kept with its figure, changed, given as one file and live, also when its run is gone."""

from __future__ import annotations

import shutil

from page_tools import Open, asked, said
from streamlit.testing.v1 import AppTest

from slviz.runs import Run
from slviz.runs.store import RunStore
from slviz.talks import Talk, Talks, View


def test_a_view_is_kept_and_given_even_when_its_run_is_gone(run: Run, store: RunStore, open_at_once: Open) -> None:
    app = open_at_once("embedding", run=run.run_id, map="pca", colour="partners")
    app.button(key="keep for a talk").click().run()
    app.text_input(key="name of the talk").set_value("Group meeting")
    app.text_area(key="note of the view").set_value("First the map.")
    app.button(key="keep the view").click().run()
    assert not app.exception
    talk = Talks(store.root).open("Group meeting")
    assert talk.views[0].query == {"run": run.run_id, "map": "pca", "colour": "partners"}
    assert '"scattergl"' in (Talks(store.root).figure(talk, talk.views[0]) or "")

    long = View("predictions", {"run": run.run_id}, "T" * 200, "n" * 4000)
    Talks(store.root).change("Group meeting", lambda talk: talk.added(long))
    app = open_at_once("talk", talk="Group meeting")
    assert not app.exception
    Talks(store.root).change("Group meeting", lambda talk: talk.added(View("gene", title="Of somebody else")))
    app.button(key=f"Earlier {long.id}").click().run()
    pages = [view.page for view in Talks(store.root).open("Group meeting").views]
    assert pages == ["predictions", "embedding", "gene"], "moved, and what another added meanwhile stays"
    assert next(box.value for box in app.text_input if box.label == "Title") == long.title
    assert "First the map." in said(app)

    shutil.rmtree(store.root / run.run_id)
    app = open_at_once("embedding", talk="Group meeting", slide="2", present="true", run=run.run_id)
    assert not app.exception
    assert "2 of 3" in said(app)
    assert "No run is called" in said(app)
    app = open_at_once("embedding", talk="Nobody's", slide="2")
    assert "No talk is called" in said(app).replace("\\", "")


def test_presenting_hides_controls_and_leads_back(run: Run, open_at_once: Open) -> None:
    app: AppTest = open_at_once("embedding", run=run.run_id, map="pca", colour="partners")
    app.button(key="present this page").click().run()
    assert asked(app, "present") == "true"
    assert not app.exception
    app.button(key="leave presenting").click().run()
    assert "present" not in app.query_params


def test_a_read_only_server_keeps_no_views(run: Run, store: RunStore, open_at_once: Open, monkeypatch) -> None:
    Talks(store.root).begin(Talk("Kept before", (View("embedding", {"run": run.run_id}, "Map"),)))
    monkeypatch.setenv("SLVIZ_ACCESS", "read-only")
    app = open_at_once("talk")
    assert "Map" in said(app)
    labels = [button.label for button in app.button]
    assert not {"Keep for a talk", "Remove", "Earlier", "Remove it"} & set(labels)
