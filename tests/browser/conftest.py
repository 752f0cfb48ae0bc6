"""A server over finished demo runs, a Chromium, and pages that fail a test for a console error."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from served import chromium, chromium_path, served_app, train

from slviz.datasets.sources import open_dataset

TRAINED = (
    ("--task", "link", "--network", "gat", "--features", "both", "epochs=8"),
    ("--task", "confidence", "--network", "gcn", "--features", "both", "epochs=4"),
    ("--task", "reconstruct", "--network", "mlp", "--features", "ppi", "epochs=4"),
)
REAL_TRAINED = ("--task", "link", "--network", "gat", "--features", "both", "epochs=4")
VISITOR = {"viewport": {"width": 1440, "height": 1000}, "accept_downloads": True, "reduced_motion": "reduce"}
"""What a visitor's browser is like. Without a graphics card, what moves while a page waits is a third of its work."""
PROBED_BY_STREAMLIT = "/_stcore/"
"""Streamlit looks for its server below the page's own path first, and does not find it there."""


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Headless Chromium, or a skipped test that says what is missing."""
    pytest.importorskip("playwright", reason="playwright is not installed (requirements-dev.txt)")
    if chromium_path() is None:
        pytest.skip("no chromium or google-chrome is on the PATH")
    with chromium() as opened:
        yield opened


def trained_once(factory: pytest.TempPathFactory, name: str, *commands: Sequence[str], data: str = "demo") -> Path:
    """A models folder with a run of each command, without maps, which one of the workers has trained for all."""
    base = factory.getbasetemp()
    trained = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / name
    with FileLock(f"{trained}.lock"):
        if not trained.is_dir():
            begun = factory.mktemp("begun")
            for arguments in commands:
                train(begun, "--no-projections", *arguments, data=data)
            begun.rename(trained)
    return trained


@pytest.fixture(scope="session")
def models(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A models folder with a finished run of each task on the demo."""
    trained = trained_once(tmp_path_factory, "trained", *TRAINED)
    return shutil.copytree(trained, tmp_path_factory.mktemp("own") / "models")


@pytest.fixture(scope="session")
def real_trained(real_folder: Path, browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A models folder with a finished run on the real data; a test that writes into it takes a copy."""
    return trained_once(tmp_path_factory, "real-trained", REAL_TRAINED, data="synlethdb")


@pytest.fixture
def real_models(real_trained: Path, tmp_path: Path) -> Path:
    """A copy of it for one test."""
    return shutil.copytree(real_trained, tmp_path / "models")


@pytest.fixture(scope="session")
def runs(models: Path) -> dict[str, str]:
    """Name of the finished run of each task."""
    return {path.name.split("-")[2]: path.name for path in models.glob("*-*")}


@pytest.fixture(scope="session")
def base(models: Path) -> Iterator[str]:
    """Address of the application over those runs."""
    with served_app(models=models) as address:
        yield address


@pytest.fixture(scope="session")
def digits(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of the application over the runs of the digits that come with slviz."""
    with served_app(models=tmp_path_factory.mktemp("models")) as base:
        yield base


@pytest.fixture(scope="session")
def demo_pairs() -> list[str]:
    """Some known pairs of the demo, as lines of a file."""
    graph = open_dataset("demo")
    return [f"{graph.genes[b]}\t{graph.genes[a]}" for a, b in graph.pairs[::40].tolist()]


class Watched:
    """A browser page with what its console complained of."""

    def __init__(self, browser: Any) -> None:
        self.context = browser.new_context(**VISITOR)
        self.page = self.context.new_page()
        self.complaints: list[str] = []
        self.page.on("request", self._note_elsewhere)
        self.page.on("console", self._note)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def tracebacks(self) -> list[str]:
        return self.page.locator('[data-testid="stException"]').all_inner_texts()

    def _note_elsewhere(self, request: Any) -> None:
        if request.url.startswith("http") and not request.url.startswith("http://127.0.0.1"):
            self.complaints.append(f"the page asked another server for {request.url}")

    def _note(self, message: Any) -> None:
        if message.type == "error" and PROBED_BY_STREAMLIT not in message.location["url"]:
            self.complaints.append(f"{message.text} ({message.location['url']})")


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """A fresh visitor; at the end neither a console error nor a traceback may be there."""
    watched = Watched(browser)
    yield watched.page
    tracebacks = watched.tracebacks()
    watched.context.close()
    assert not tracebacks
    assert not watched.complaints


@pytest.fixture(scope="module")
def returning(browser: Any) -> Iterator[Watched]:
    """One visitor for all tests of a file, who costs half of what a fresh one does; see `same_page`."""
    watched = Watched(browser)
    yield watched
    watched.context.close()


@pytest.fixture
def same_page(returning: Watched) -> Iterator[Any]:
    """The page of the returning visitor; after each test neither a console error nor a traceback may be there."""
    returning.complaints.clear()
    yield returning.page
    assert not returning.tracebacks()
    assert not returning.complaints
