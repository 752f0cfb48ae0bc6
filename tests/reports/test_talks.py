"""Talks: kept whole, changed without loss, refused in sentences, and one HTML file that needs nothing else."""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import replace
from pathlib import Path

import numpy as np
import plotly.graph_objects as go
import pytest
from builders import tiny_run

from slviz.datasets import GeneGraph
from slviz.errors import DamagedSelection, InvalidSetting, RunAlreadyRunning, SelectionExists, UnknownSelection
from slviz.figures import degree_ranks, network_figure
from slviz.figures.kept import kept_figure, unpacked
from slviz.neighbourhood import neighbourhood
from slviz.reports.talk_page import talk_page
from slviz.talks import MOST_VIEWS, Talk, Talks, View

FIGURE = (
    go.Figure(go.Scatter(x=[1, 2], y=[3, 4], text="</script><script>alert(1)</script>"), {"height": 240}).to_json()
    or ""
)


def a_talk(count: int = 3) -> Talk:
    return Talk("Seminar", tuple(View("embedding", {"run": f"r{each}"}, f"View {each}") for each in range(count)))


def test_views_are_moved_edited_and_removed() -> None:
    talk = a_talk()
    first, second, third = talk.views
    titles = [[view.title[-1] for view in changed.views] for changed in (talk.moved(first, 1), talk.moved(third, -9))]
    assert titles == [["1", "0", "2"], ["2", "0", "1"]]
    assert talk.edited(second, title="New", note="said").views[1] == View("embedding", {"run": "r1"}, "New", "said")
    assert [view.query["run"] for view in talk.without(first).views] == ["r1", "r2"]


def test_a_talk_is_kept_with_its_figures_and_comes_back(tmp_path: Path) -> None:
    talks = Talks(tmp_path)
    kept = talks.begin(a_talk(1), figure=FIGURE)
    assert talks.open("Seminar") == kept
    assert talks.names() == ["Seminar"]
    assert talks.figure(kept, kept.views[0]) == FIGURE
    talks.change("Seminar", lambda talk: talk.without(kept.views[0]))
    assert [path.name for path in tmp_path.rglob("*.json")] == ["talk.json"], "figures go with their views"
    talks.remove("Seminar")
    assert talks.names() == []


def test_what_cannot_be_kept_or_read_gets_a_sentence(tmp_path: Path) -> None:
    talks = Talks(tmp_path)
    with pytest.raises(InvalidSetting, match="at most 200"):
        View("embedding", {}, "x" * 201)
    with pytest.raises(InvalidSetting, match=f"at most {MOST_VIEWS} views"):
        a_talk(MOST_VIEWS).added(View("embedding"))
    with pytest.raises(InvalidSetting, match="needs a name"):
        talks.begin(Talk("  "))
    kept = talks.begin(a_talk(1), figure=FIGURE)
    with pytest.raises(UnknownSelection, match=r"There are: Seminar|Did you mean 'Seminar'"):
        talks.open("Seminat")
    next(tmp_path.rglob("*[0-9a-f].json")).write_text("{}")
    assert talks.figure(kept, kept.views[0]) is None, "an altered figure is not shown"
    path = next(tmp_path.rglob("talk.json"))
    path.write_text(path.read_text()[:-20])
    with pytest.raises(DamagedSelection, match="cut, altered"):
        talks.open("Seminar")
    assert talks.names() == []


def test_a_name_that_is_taken_is_not_begun_again(tmp_path: Path) -> None:
    talks = Talks(tmp_path)
    kept = talks.begin(replace(a_talk(1), name="Café  talk"), figure=FIGURE)
    assert talks.open("  Café   talk") == kept
    for name in ("Café talk", "Café  talk", unicodedata.normalize("NFD", "Café talk")):
        with pytest.raises(SelectionExists, match="already"):
            talks.begin(Talk(name, (View("gene"),)))
    assert talks.figure(kept, kept.views[0]) == FIGURE
    path = next(tmp_path.rglob("talk.json"))
    path.write_text('{"format": 99}')
    with pytest.raises(DamagedSelection, match="later"):
        talks.begin(Talk("Café talk"))
    assert path.read_text() == '{"format": 99}', "a talk that cannot be read is not written over"


def test_what_two_people_change_at_once_is_not_lost(tmp_path: Path) -> None:
    talks = Talks(tmp_path)
    seen = talks.begin(a_talk(2))
    talks.change("Seminar", lambda talk: talk.added(View("gene", title="Of another")))
    talks.change("Seminar", lambda talk: talk.moved(seen.views[1], -1))
    assert [view.title for view in talks.open("Seminar").views] == ["View 1", "View 0", "Of another"]
    talks.change("Seminar", lambda talk: talk.without(seen.views[0]))
    talks.change("Seminar", lambda talk: talk.edited(seen.views[1], title="Mine", note=""))
    assert [view.title for view in talks.open("Seminar").views] == ["Mine", "Of another"]
    with pytest.raises(InvalidSetting, match="changed this view"):
        talks.change("Seminar", lambda talk: talk.edited(seen.views[1], title="Late", note=""))
    with pytest.raises(InvalidSetting, match="is gone"):
        talks.change("Seminar", lambda talk: talk.without(seen.views[0]))
    talks.remove("Seminar")
    with pytest.raises(UnknownSelection):
        talks.change("Seminar", lambda talk: talk)


def test_a_talk_is_read_again_once_nobody_else_can_write_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    talks = Talks(tmp_path)
    talks.begin(a_talk(1))

    def after_another(self: Talks, name: str):
        monkeypatch.undo()
        Talks(tmp_path).change(name, lambda talk: talk.added(View("gene", title="Of another")))
        return self._holding(name)

    monkeypatch.setattr(Talks, "_holding", after_another)
    talks.change("Seminar", lambda talk: talk.added(View("gene", title="Mine")))
    assert [view.title for view in talks.open("Seminar").views] == ["View 0", "Of another", "Mine"]


def test_what_could_not_be_read_again_is_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    talks = Talks(tmp_path)
    kept = talks.begin(a_talk(1), figure=FIGURE)
    with pytest.raises(InvalidSetting, match="10,000 letters"):
        talks.change("Seminar", lambda talk: talk.added(View("gene", {"genes": "x" * 10_001})))
    monkeypatch.setattr("slviz.talks.LARGEST_TALK_BYTES", 2 * len(FIGURE))
    another = FIGURE.replace("240", "250")
    talks.change("Seminar", lambda talk: talk.added(View("gene")), figure=another)
    with pytest.raises(InvalidSetting, match="begin another talk"):
        talks.change("Seminar", lambda talk: talk.added(View("gene")), figure=FIGURE.replace("240", "260"))
    talks.change("Seminar", lambda talk: talk.added(View("gene")), figure=another)
    now = talks.open("Seminar")
    assert [talks.has_figure(now, view) for view in now.views] == [True, True, True]
    assert talks.figure(now, kept.views[0]) == FIGURE


def test_a_talk_is_not_removed_while_somebody_writes_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("slviz.runs.folder.PATIENCE_SECONDS", 0.0)
    talks = Talks(tmp_path)

    def removed_meanwhile(talk: Talk) -> Talk:
        with pytest.raises(RunAlreadyRunning, match="Somebody else"):
            talks.remove("Seminar")
        return talk

    talks.begin(a_talk(1))
    talks.change("Seminar", removed_meanwhile)
    assert talks.names() == ["Seminar"]
    talks.remove("Seminar")
    talks.remove("Seminar")
    assert talks.names() == []


def test_views_of_before_they_had_ids_are_told_apart(tmp_path: Path) -> None:
    talks = Talks(tmp_path)
    talks.begin(a_talk(3))
    path = next(tmp_path.rglob("talk.json"))
    former = json.loads(path.read_text())
    for view in former["views"]:
        del view["id"]
    path.write_text(json.dumps(former))
    seen = talks.open("Seminar")
    assert seen == a_talk(3)
    talks.change("Seminar", lambda talk: talk.moved(seen.views[0], 2))
    talks.change("Seminar", lambda talk: talk.without(seen.views[1]))
    assert [view.title for view in talks.open("Seminar").views] == ["View 2", "View 0"]


def test_figures_with_sizes_of_their_own_are_drawn_and_an_altered_one_is_said_to_be(graph: GeneGraph) -> None:
    drawn = (
        network_figure(neighbourhood(graph, tiny_run(graph), 3, hops=2)),
        degree_ranks(graph),
        go.Figure(go.Heatmap(z=np.arange(6.0).reshape(2, 3))),
    )
    kept = {str(number): figure.to_json() for number, figure in enumerate(drawn)} | {"3": '{"data": [{"type": "no"}]}'}
    talk = Talk("Seminar", tuple(View("gene", title=number) for number in kept))
    page = talk_page(talk, lambda view: kept[view.title]).decode().partition("</style>")[2]
    shown = re.findall(r'<script type="application/json">(.*?)</script>', page, re.S)
    assert len(shown) == len(drawn)
    sizes = [
        unpacked(figure.to_plotly_json())["data"][0]["marker"]["size"] for figure in (drawn[1], kept_figure(shown[1]))
    ]
    assert sizes[1] == (1.25 * sizes[0]).tolist()
    assert unpacked(json.loads(shown[2]))["data"][0]["z"].tolist() == [[0, 1, 2], [3, 4, 5]]
    assert page.count("is altered") == 1


def test_the_page_of_a_talk_needs_nothing_else() -> None:
    long = View(
        "embedding", {"run": "r", "data": "/home/somebody/unpublished"}, "L" * 200, "<b>note</b>", figure="0" * 64
    )
    talk = Talk("A & B", (long, View("gene", {"gene": "BRCA1"}, "No figure")))
    page = talk_page(talk, lambda view: FIGURE if view.figure else None, dark=True).decode()
    assert page.count("<section") == 2
    assert "L" * 200 in page
    assert "&lt;b&gt;note&lt;/b&gt;" in page
    own = page.partition("</style>")[2]
    assert "<script>alert(1)" not in own
    assert not re.search(r"""(src|href)=["']?(https?:)?//""", own.partition("<script>")[0])
    figure = json.loads(re.search(r'<script type="application/json">(.*?)</script>', own, re.S)[1])
    assert figure["data"][0]["text"] == "</script><script>alert(1)</script>"
    assert "height" not in figure["layout"]
    assert "open it live" in page
    assert "unpublished" not in page
    assert "<footer>gene · BRCA1</footer>" in page
