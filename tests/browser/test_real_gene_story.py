"""From the Overview to a printed plan on the real genes: hubs, lonely genes, an alias, an identifier."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from served import address, served_app, settle

from slviz.datasets import GeneGraph
from slviz.datasets.folder import read_folder
from slviz.runs.store import RunStore

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.real]

TICK_X, FIRST_ROW_Y, ROW = 15, 54, 35
WALKS = [
    ("BRCA1", "BRCA1", 1440, "light"),
    ("KRAS", "KRAS", 1280, "dark"),
    ("FANCS", "BRCA1", 900, "light"),
    ("ENSG00000012048", "BRCA1", 900, "dark"),
]
"""What is typed, the gene that it names, the width of the window and its theme."""


@pytest.fixture(scope="module")
def trained(
    real_folder: Path, real_trained: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, str, GeneGraph]:
    """A models folder, the name of its run and the real genes."""
    models = shutil.copytree(real_trained, tmp_path_factory.mktemp("real-gene") / "models")
    [run] = models.glob("gat-*")
    return models, run.name, read_folder(real_folder)[0]


@pytest.fixture(scope="module")
def real_base(trained: tuple[Path, str, GeneGraph], real_folder: Path) -> Iterator[str]:
    """Address of the application over it."""
    with served_app(models=trained[0], data=real_folder) as base:
        yield base


def lonely(trained: tuple[Path, str, GeneGraph]) -> tuple[str, str]:
    """A gene with one partner, which the run learnt from, and one that has none among what it learnt from."""
    models, run, graph = trained
    split = RunStore(models).open_split(run)
    learnt = split.loc[(split["part"] == "train") & (split["negative_kind"] == "known"), ["gene_a", "gene_b"]]
    degree = np.bincount(graph.pairs.ravel(), minlength=len(graph))
    numbers = [graph.number_of[symbol] for symbol in learnt.to_numpy().ravel()]
    trained_degree = np.bincount(numbers, minlength=len(graph))
    one = int(np.flatnonzero((degree == 1) & (trained_degree == 1))[0])
    none = int(np.flatnonzero((degree > 0) & (trained_degree == 0))[0])
    return graph.genes[one], graph.genes[none]


def open_by_search(page: Any, base: str, typed: str, symbol: str) -> None:
    """One click: the first answer to what is typed on the Overview."""
    page.goto(base)
    settle(page)
    page.get_by_role("combobox", name="Find a gene").first.press_sequentially(typed)
    option = page.get_by_role("option").first
    option.wait_for()
    assert option.inner_text().startswith(symbol)
    option.click()
    page.wait_for_url(re.compile(f"gene={re.escape(symbol)}(&|$)"))
    settle(page)


def plan_and_print(page: Any, symbol: str, *, rows: int) -> str:
    """A click for each row, one for the plan and one for the page to print, which is given."""
    tick(page, rows)
    assert page.url.count(f"{symbol}") > rows
    page.get_by_role("button", name=f"Plan the test of {rows} pairs").click()
    settle(page)
    assert page.get_by_text("Controls to run beside them").is_visible()
    with page.expect_download(timeout=60_000) as download:
        page.get_by_role("button", name="Page to print (HTML)").click()
    return download.value.path().read_text()


def tick(page: Any, rows: int) -> None:
    """A click a row."""
    table = page.locator('[data-testid="stDataFrameResizable"] canvas').first
    table.scroll_into_view_if_needed()
    box = table.bounding_box()
    for row in range(rows):
        page.mouse.click(box["x"] + TICK_X, box["y"] + FIRST_ROW_Y + ROW * row)
        settle(page)


@pytest.mark.parametrize(("typed", "symbol", "width", "theme"), WALKS)
def test_a_named_gene_leads_to_a_printed_plan_in_six_clicks(
    real_base: str, page: Any, typed: str, symbol: str, width: int, theme: str
) -> None:
    page.emulate_media(color_scheme=theme)
    page.set_viewport_size({"width": width, "height": 900})
    open_by_search(page, real_base, typed, symbol)
    printed = plan_and_print(page, symbol, rows=3)
    assert printed.count(symbol) >= 3
    assert "SYNTHETIC" not in printed
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.goto("about:blank")


def test_a_gene_with_one_partner_is_a_hint_and_one_without_is_not_ranked_unless_asked(
    trained: tuple[Path, str, GeneGraph], real_base: str, page: Any
) -> None:
    one, none = lonely(trained)
    open_by_search(page, real_base, one, one)
    assert "too few to tell its own partners from hubs" in page.locator('[data-testid="stMain"]').inner_text()
    assert one in plan_and_print(page, one, rows=3)
    open_by_search(page, real_base, none, none)
    assert (
        "has no training partner, so everything here rests on hubs"
        in page.locator('[data-testid="stMain"]').inner_text()
    )
    assert not page.locator('[data-testid="stDataFrameResizable"] canvas').count()
    page.get_by_text("Show the list nevertheless").click()
    settle(page)
    assert none in plan_and_print(page, none, rows=2)
    page.goto(address(real_base, "gene", gene="NO-SUCH-GENE"))
    settle(page)
    assert "NO-SUCH-GENE" in page.locator('[data-testid="stMain"]').inner_text()
    page.goto("about:blank")
