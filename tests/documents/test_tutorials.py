"""The tutorials do what they say: every command is run, every file written, every address opened."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from tutorial_steps import addresses, follow

CHECKOUT = Path(__file__).resolve().parents[2]
TUTORIALS = sorted((CHECKOUT / "docs" / "tutorials").glob("*.md"))
BESIDE = ("app.py", "pages", "data", "models")


def test_there_are_four_tutorials() -> None:
    assert {page.stem for page in TUTORIALS} == {
        "first-gene",
        "your-own-data",
        "reading-a-result",
        "adding-a-model",
    }


@pytest.mark.slow
@pytest.mark.parametrize("page", TUTORIALS, ids=lambda page: page.stem)
def test_a_reader_can_follow_it(page: Path, tmp_path: Path) -> None:
    checkout = copied_checkout(tmp_path / "checkout")
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("SLVIZ")},
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(checkout),
        "OMP_NUM_THREADS": "1",
        "SLVIZ_MODELS": str(tmp_path / "models"),
        "SLVIZ_CACHE": str(tmp_path / "cache"),
        "DEMO": str(CHECKOUT / "data" / "demo"),
    }
    assert follow(page, folder=checkout, environment=environment) >= 3


def copied_checkout(folder: Path) -> Path:
    """The library as files that a tutorial may change, and the rest of the checkout beside it as links."""
    shutil.copytree(CHECKOUT / "slviz", folder / "slviz", ignore=shutil.ignore_patterns("__pycache__"))
    for name in BESIDE:
        (folder / name).symlink_to(CHECKOUT / name)
    return folder


@pytest.mark.parametrize("page", TUTORIALS, ids=lambda page: page.stem)
def test_the_addresses_it_links_to_show_a_page(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLVIZ_MODELS", str(tmp_path))
    for name, query in addresses(page):
        app = AppTest.from_file(str(CHECKOUT / "app.py"), default_timeout=60)
        for key, value in query.items():
            app.query_params[key] = value
        app.session_state["navigated"] = False
        app.switch_page(f"pages/{name}.py").run()
        assert not app.exception
        dropped = [warning for warning in app.warning if "link_off" in warning.icon]
        assert not [*app.error, *dropped], f"{page.name}: {name} {query}"
