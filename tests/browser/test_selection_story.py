"""From a lasso to what the genes share, to a name, and away with them: in a real browser."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from served import address, served_app, settle

from slviz.datasets.sources import open_dataset
from slviz.gene_sets import GeneSets

pytestmark = [pytest.mark.browser, pytest.mark.slow]
MARKS = ".js-plotly-plot .nsewdrag"


def draw(page: Any, *, left: float, top: float, right: float, bottom: float) -> None:
    """A lasso around a part of the first chart, in shares of its width and height."""
    box = page.locator(MARKS).first.bounding_box()
    corners = [(left, top), (right, top), (right, bottom), (left, bottom), (left, top + 0.01)]
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in corners]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=8)
    page.mouse.up()
    page.get_by_role("heading", name=re.compile("selected genes")).wait_for(timeout=30_000)
    settle(page)


def test_a_lasso_is_understood_named_and_taken_away(
    base: str, runs: Any, models: Path, page: Any, tmp_path: Path
) -> None:
    page.goto(address(base, "embedding", run=runs["link"], map="PCA"))
    settle(page)
    page.get_by_test_id("stMain").get_by_text("lasso", exact=True).first.click()
    settle(page)
    draw(page, left=0.02, top=0.02, right=0.5, bottom=0.98)
    count = int(page.get_by_role("heading", name=re.compile("selected genes")).inner_text().split()[0].replace(",", ""))
    assert page.get_by_role("heading", name="Enriched terms").count() == 1
    assert page.locator('[class*="st-key-terms"] .js-plotly-plot').count() == 1
    page.get_by_test_id("stMain").get_by_role("button", name="Keep").first.click()
    page.get_by_role("textbox", name="Name").fill("left half")
    page.get_by_role("textbox", name="Name").press("Enter")
    page.get_by_role("button", name="Keep it").click()
    page.wait_for_url(re.compile("set=left(\\+|%20)half"))
    settle(page)
    from playwright.sync_api import expect

    named = page.locator(".st-key-map-window .slviz-labels rect")
    expect(named).to_have_count(5, timeout=30_000)  # the map, too, not only the table below it
    assert page.locator(".st-key-map-window .slviz-labels text").count() > 5, "clusters keep their names"
    demo = open_dataset("demo")
    assert len(GeneSets(models, demo.fingerprint).open("left half").genes) == count
    page.reload()
    settle(page)
    assert page.get_by_role("heading", name=re.compile(f"{count:,} selected genes")).count() == 1
    page.locator(".st-key-selected-genes").get_by_role("button", name="Download").click()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Genes (GMT)").click()
    waiting.value.save_as(tmp_path / "genes.gmt")
    cells = (tmp_path / "genes.gmt").read_text().rstrip("\n").split("\t")
    assert cells[0] == "left-half"
    assert "SYNTHETIC" in cells[1]
    assert len(cells) == count + 2
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Table (TSV)").click()
    waiting.value.save_as(tmp_path / "genes.tsv")
    lines = (tmp_path / "genes.tsv").read_text().splitlines()
    assert lines[0].startswith("# SYNTHETIC data set demo")
    assert runs["link"] in lines[0]
    assert lines[1].split("\t")[0] == "gene"
    assert len(lines) == count + 2


def test_pasted_genes_travel_to_their_pairs_and_back(base: str, runs: Any, page: Any) -> None:
    page.goto(address(base, "embedding", run=runs["link"], map="PCA"))
    settle(page)
    page.get_by_role("button", name="Paste genes").click()
    page.get_by_role("textbox", name="Genes").fill("APO1.01 APO1.02 oldAPO201")
    page.keyboard.press("Control+Enter")
    page.get_by_role("button", name="Select them").click()
    page.wait_for_url(re.compile("genes=APO1.01"))
    settle(page)
    page.get_by_test_id("stMain").get_by_role("link", name="Pairs among them").click()
    page.wait_for_url(re.compile("predictions.*genes="))
    settle(page)
    assert page.get_by_role("heading", name="Pairs among 3 selected genes").count() == 1
    page.get_by_role("link", name="Back to them on the map").click()
    page.wait_for_url(re.compile("embedding.*genes="))
    settle(page)
    assert page.get_by_role("heading", name="3 selected genes").count() == 1


@pytest.mark.real
def test_on_the_real_data_a_lasso_names_what_its_genes_share(real_folder: Path, real_models: Path, page: Any) -> None:
    [run] = real_models.glob("gat-*")
    with served_app(models=real_models, data=real_folder) as base:
        page.goto(address(base, "embedding", run=run.name, map="PCA", pointer="lasso"))
        settle(page)
        draw(page, left=0.3, top=0.3, right=0.7, bottom=0.7)
        said = page.locator('[data-testid="stMain"]').inner_text()
        assert re.search(r"terms? of 11,081 with q < 0\.05, against the 6,375 genes of the map", said)
        page.goto("about:blank")  # before the server goes
