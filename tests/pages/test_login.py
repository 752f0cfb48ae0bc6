"""Where the owner has set up a login, no page shows anything to somebody who has not signed in."""

from __future__ import annotations

from typing import Any

import pytest
import streamlit as st
from page_tools import Open, said

from slviz.runs import Run
from slviz.ui import login


class _Visitor:
    """What `st.user` says of a visitor where `[auth]` stands in the secrets."""

    def __init__(self, **told: Any) -> None:
        self.told = told
        self.is_logged_in = bool(told)

    def to_dict(self) -> dict[str, Any]:
        return self.told


def test_without_a_login_nobody_is_asked_to_sign_in(run: Run, open_page: Open) -> None:
    assert not login.is_set_up()
    assert "Sign in" not in [each.label for each in open_page("overview").button]


@pytest.mark.parametrize(
    "page", ["overview", "gene", "train", "embedding", "predictions", "compare", "vectors", "glossary"]
)
def test_a_stranger_sees_a_button_to_sign_in_and_nothing_else(
    page: str, run: Run, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(st, "user", _Visitor())
    app = open_page(page, run=run.run_id)
    assert not app.exception
    assert [each.label for each in app.button] == ["Sign in"]
    assert run.run_id not in said(app)
    assert not app.selectbox


def test_who_has_signed_in_sees_the_page_and_a_way_out(
    run: Run, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(st, "user", _Visitor(sub="ada", iss="https://login.example.org"))
    app = open_page("predictions", run=run.run_id)
    assert not app.exception
    assert "Sign out" in [each.label for each in app.button]
    assert [each.value for each in app.title] == ["Predictions"]
