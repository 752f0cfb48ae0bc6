"""Talks on the pages: whose they are, which view an address means, and which figures a session remembers."""

from __future__ import annotations

from pathlib import Path

import plotly.graph_objects as go
import pytest

from slviz.errors import InvalidSetting
from slviz.talks import Talk, Talks, View
from slviz.ui import access, present


@pytest.mark.parametrize(
    ("slide", "place"), [("1", 0), ("3", 2), ("0", 0), ("9999", 2), ("9" * 5000, 0), ("²", 0), ("-1", 0), ("", 0)]
)
def test_any_slide_of_an_address_is_a_view(slide: str, place: int) -> None:
    assert present.slide_place(slide, 3) == place


def test_a_session_remembers_few_figures_and_none_where_nothing_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    session: dict = {}
    monkeypatch.setattr(present.st, "session_state", session)
    for level, most in ((access.READ_ONLY, 0), (access.FULL, present.MOST_DRAWN)):
        monkeypatch.setattr(access, "current", lambda level=level: access.Access(level))
        for number in range(present.MOST_DRAWN + 1):
            present.remember(f"figure {number}", go.Figure(), "A figure.")
        assert len(session.get(present.DRAWN, {})) == most


def test_a_talk_without_views_stays_its_maker_s(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(present, "store", lambda: Talks(tmp_path))
    monkeypatch.setattr(access, "current", lambda: access.Access(access.FULL))
    monkeypatch.setattr(access, "OWNERS", access.Owners())
    monkeypatch.setattr(access, "_visitor", lambda: "A")
    begun = present.begin("Seminar", View("gene"), None)
    present.change("Seminar", lambda talk: talk.without(begun.views[0]))
    monkeypatch.setattr(access, "_visitor", lambda: "B")
    assert not present.may_change(Talk("Seminar"))
    with pytest.raises(InvalidSetting, match="somebody else's"):
        present.change("Seminar", lambda talk: talk.added(View("gene")))
    monkeypatch.setattr(access, "_visitor", lambda: "A")
    assert len(present.change("Seminar", lambda talk: talk.added(View("gene"))).views) == 1
