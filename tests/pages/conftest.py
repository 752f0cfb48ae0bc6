"""A models folder for the pages, and the application as Streamlit's own test runner sees it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from builders import tiny_run
from page_tools import Open
from run_folders import CHECKOUT, finish
from streamlit.testing.v1 import AppTest

from slviz.datasets import GeneGraph
from slviz.datasets.sources import open_dataset
from slviz.runs import Run
from slviz.runs.store import RunStore


@pytest.fixture(scope="session")
def demo() -> GeneGraph:
    return open_dataset("demo")


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunStore:
    """An empty models folder, which the pages read; the runs that git ships are out of sight."""
    monkeypatch.setenv("SLVIZ_MODELS", str(tmp_path / "models"))
    monkeypatch.delenv("SLVIZ_DATA", raising=False)
    monkeypatch.setattr("slviz.runs.store.SHIPPED", tmp_path / "nothing shipped")
    return RunStore.default()


@pytest.fixture
def run(store: RunStore, demo: GeneGraph) -> Run:
    """A finished link run on the demo."""
    made = tiny_run(demo)
    finish(store, made)
    return made


@pytest.fixture
def open_page() -> Open:
    """Opens a page of the application by its name and query, at once, as the first visit of a link from elsewhere."""

    def opened(page: str, **query: Any) -> AppTest:
        app = AppTest.from_file(str(CHECKOUT / "app.py"), default_timeout=180)
        for key, value in query.items():
            app.query_params[key] = value
        app.session_state["navigated"] = False  # AppTest forgets, from run to run, that app.py has a table of pages
        return app.switch_page(f"pages/{page}.py").run()

    return opened


@pytest.fixture
def open_at_once(open_page: Open) -> Open:
    """Another name of `open_page`."""
    return open_page
