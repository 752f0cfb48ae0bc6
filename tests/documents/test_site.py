"""The documentation as a site: it is built without a warning, and nothing of it comes from the net."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from slviz.ui.glossary import anchor, entries

CHECKOUT = Path(__file__).resolve().parents[2]
LOADED = {"script": "src", "img": "src", "iframe": "src", "link": "href", "source": "src", "video": "src"}
SECONDS = 300


class LoadedFiles(HTMLParser):
    """The addresses that a browser loads by itself when it shows a page; those that a reader may click are not."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in LOADED and given.get("rel") not in ("canonical", "prev", "next"):
            self.addresses.append(given.get(LOADED[tag]) or "")


def loaded_by(html: str) -> list[str]:
    parser = LoadedFiles()
    parser.feed(html)
    return parser.addresses


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("mkdocs", reason="mkdocs is not installed (requirements-dev.txt)")
    folder = tmp_path_factory.mktemp("site")
    built = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--quiet", "--strict", "--site-dir", str(folder)],
        cwd=CHECKOUT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "true"},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert built.returncode == 0, built.stdout + built.stderr
    return folder


@pytest.mark.slow
def test_it_is_built_strictly_and_loads_nothing_from_the_net(site: Path) -> None:
    pages = sorted(site.rglob("*.html"))
    assert len(pages) > 40
    for page in pages:
        html = page.read_text(encoding="utf-8")
        assert not [address for address in loaded_by(html) if re.match(r"(https?:)?//", address)], page
        assert "@import" not in html
    for style in site.rglob("*.css"):
        assert not re.search(r"(url\(\s*['\"]?|@import\s+['\"]?)(https?:)?//", style.read_text(encoding="utf-8")), style


@pytest.mark.slow
def test_its_glossary_has_the_anchors_that_the_pages_link_to(site: Path) -> None:
    html = (site / "glossary.html").read_text(encoding="utf-8")
    assert not [entry.term for entry in entries() if f'id="{anchor(entry.term)}"' not in html]


@pytest.mark.slow
def test_its_reference_holds_signatures_and_docstrings_of_the_library(site: Path) -> None:
    runs = (site / "reference" / "api" / "runs.html").read_text(encoding="utf-8")
    assert 'id="slviz.runs.store.RunStore.find"' in runs
    assert "A finished run of exactly this spec" in runs or "finished run" in runs
    packages = {path.name for path in (CHECKOUT / "slviz").iterdir() if (path / "__init__.py").is_file()}
    told = {path.stem for path in (site / "reference" / "api").glob("*.html")}
    assert packages - {"ui", "cli"} <= told


def test_a_page_that_loads_a_font_would_be_noticed() -> None:
    fonts = '<link rel="stylesheet" href="https://fonts.example.org/css"><a href="https://example.org">read</a>'
    assert loaded_by(fonts) == ["https://fonts.example.org/css"]
