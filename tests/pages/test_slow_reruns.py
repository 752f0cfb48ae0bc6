"""A rerun of a page that takes long is noted in the server's log."""

from __future__ import annotations

import re

import pytest
from page_tools import Open

from slviz.runs.store import RunStore


def test_a_slow_rerun_is_noted_and_a_quick_one_is_not(
    store: RunStore, open_page: Open, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SLVIZ_SLOW_SECONDS", "1000")
    app = open_page("vectors")
    assert "slviz rerun" not in capfd.readouterr().err
    monkeypatch.setenv("SLVIZ_SLOW_SECONDS", "0")
    app.run()
    said = capfd.readouterr().err
    assert re.search(r"Z slviz rerun session=[0-9a-f]{12} page=\"[a-z-]+\" seconds=\d+\.\d+ processor=\d+\.\d+\n", said)
