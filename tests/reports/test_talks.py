"""Talks: kept whole, changed without loss, refused in sentences, and one HTML file that needs nothing else."""

from __future__ import annotations

import json
import re
from pathlib import Path

import plotly.graph_objects as go
import pytest

from slviz.errors import DamagedSelection, InvalidSetting, UnknownSelection
from slviz.reports.talk_page import talk_page
from slviz.talks import MOST_VIEWS, Talk, Talks, View

FIGURE = go.Figure(go.Scatter(x=[1, 2], y=[3, 4], text="</script><script>alert(1)</script>"), {"height": 240}).to_json()


def a_talk(count: int = 3) -> Talk:
    return Talk("Seminar", tuple(View("embedding", {"run": f"r{each}"}, f"View {each}") for each in range(count)))


def test_views_are_moved_edited_and_removed() -> None:
    talk = a_talk()
    titles = [[view.title[-1] for view in changed.views] for changed in (talk.moved(0, 1), talk.moved(2, -9))]
    assert titles == [["1", "0", "2"], ["2", "0", "1"]]
    assert talk.edited(1, title="New", note="said").views[1] == View("embedding", {"run": "r1"}, "New", "said")
    assert [view.query["run"] for view in talk.without(0).views] == ["r1", "r2"]


def test_a_talk_is_kept_with_its_figures_and_comes_back(tmp_path: Path) -> None:
    talks = Talks(tmp_path)
    kept = talks.keep(a_talk(1), figure=FIGURE)
    assert talks.open("Seminar") == kept
    assert talks.names() == ["Seminar"]
    assert talks.figure(kept, kept.views[0]) == FIGURE
    talks.keep(kept.without(0))
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
        talks.keep(Talk("  "))
    kept = talks.keep(a_talk(1), figure=FIGURE)
    with pytest.raises(UnknownSelection, match=r"There are: Seminar|Did you mean 'Seminar'"):
        talks.open("Seminat")
    next(tmp_path.rglob("*[0-9a-f].json")).write_text("{}")
    assert talks.figure(kept, kept.views[0]) is None, "an altered figure is not shown"
    path = next(tmp_path.rglob("talk.json"))
    path.write_text(path.read_text()[:-20])
    with pytest.raises(DamagedSelection, match="cut, altered"):
        talks.open("Seminar")
    assert talks.names() == []


def test_the_page_of_a_talk_needs_nothing_else() -> None:
    long = View("embedding", {"run": "r"}, "L" * 200, "<b>note</b>", figure="0" * 64)
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
