"""What a person does with maps: settings, progress, cancel, other seeds, controls side by side."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from served import address, settle

from slviz.projections import TSNE, PaCMAP
from slviz.runs.store import RunStore

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MAIN = '[data-testid="stMain"]'


def drawn(page: Any) -> list[dict[str, Any]]:
    """Of every trace of the first chart: its kind, mode, name, axis, number of points and width of their outline."""
    return page.evaluate(
        """() => document.querySelector('.js-plotly-plot')._fullData.map((t) => ({
            type: t.type, mode: t.mode || '', name: t.name || '', axis: t.xaxis || '', points: (t.x || []).length,
            outline: t.marker?.line?.width || 0}))"""
    )


def lasso(page: Any, *, left: float, right: float) -> None:
    """Draw around all of the first map of the first chart between these shares of its width."""
    box = page.locator(".js-plotly-plot .nsewdrag").first.bounding_box()
    x = [box["x"] + box["width"] * share for share in (left, right)]
    y = [box["y"] + 3, box["y"] + box["height"] - 3]
    page.mouse.move(x[0], y[0])
    page.mouse.down()
    for place in ((x[1], y[0]), (x[1], y[1]), (x[0], y[1]), (x[0], y[0] + 1)):
        page.mouse.move(*place, steps=8)
    page.mouse.up()


def test_a_map_is_made_with_ones_own_settings_followed_cancelled_and_made(
    base: str, runs: Any, models: Path, page: Any
) -> None:
    store, run = RunStore(models), runs["link"]
    page.goto(address(base, "embedding", run=run, map="t-SNE", **{"tsne-iterations": "10000"}))
    settle(page)
    assert "another map that is there: PCA" in page.locator(MAIN).inner_text()
    page.get_by_role("button", name="Make the t-SNE map").click()
    page.get_by_text(re.compile(r"Making the t-SNE map: step [\d,]+ of 10,150")).wait_for(timeout=60_000)
    page.reload()
    page.get_by_text(re.compile(r"Making the t-SNE map: step [\d,]+ of 10,150")).wait_for(timeout=60_000)
    page.locator(".js-plotly-plot").first.wait_for(timeout=30_000)  # the page shows another map meanwhile
    page.get_by_role("button", name="Cancel").click()
    page.get_by_role("button", name="Make the t-SNE map").wait_for(timeout=60_000)
    assert store.artifacts(run).map_artifact(TSNE(iterations=10_000), 0).state == "none"
    page.get_by_test_id("stPopoverButton").filter(has_text="Settings").click()
    steps = page.get_by_role("spinbutton", name="Iterations")
    steps.fill("60")
    steps.press("Enter")
    page.wait_for_url(re.compile("tsne-iterations=60"))
    page.keyboard.press("Escape")
    settle(page)
    page.get_by_role("button", name="Make the t-SNE map").click()
    page.get_by_text("t-SNE, perplexity 30, 150 + 60 iterations, seed 0.").first.wait_for(timeout=60_000)
    settle(page)
    page.reload()
    settle(page)
    assert "t-SNE, perplexity 30, 150 + 60 iterations, seed 0." in page.locator(MAIN).inner_text()


def test_other_seeds_of_the_fast_map_tell_which_genes_have_a_place(
    base: str, runs: Any, models: Path, page: Any
) -> None:
    run = runs["link"]
    RunStore(models).artifacts(run).make_map(PaCMAP(), 0)
    page.goto(address(base, "embedding", run=run, map="PaCMAP", colour="Moves between seeds"))
    settle(page)
    assert "make them below the map" in page.locator(MAIN).inner_text()
    page.get_by_role("button", name="Make it from 5 seeds").click()
    page.get_by_text("half of the genes move by less than").wait_for(timeout=120_000)
    settle(page)
    said = page.locator(MAIN).inner_text()
    assert "laid on top of each other" in said
    assert "over 5 seeds" in said
    assert "by chance" in said


def test_a_chosen_gene_is_joined_to_its_true_nearest(base: str, runs: Any, page: Any) -> None:
    page.goto(address(base, "embedding", run=runs["link"], map="PCA", gene="APO1.01", lines="7"))
    settle(page)
    lines = [trace for trace in drawn(page) if trace["mode"] == "lines"]
    assert [trace["points"] for trace in lines] == [21], "two ends and a gap for each of seven lines"
    assert "its 7 nearest genes in the embedding itself" in page.locator(MAIN).inner_text()


def test_a_map_in_three_dimensions_is_drawn(base: str, runs: Any, page: Any) -> None:
    page.goto(address(base, "embedding", run=runs["link"], map="PCA", gene="APO1.01", **{"pca-dimensions": "3"}))
    settle(page)
    assert {trace["type"] for trace in drawn(page)} == {"scatter3d"}


def test_controls_stand_side_by_side_with_one_selection(base: str, runs: Any, models: Path, page: Any) -> None:
    run = runs["link"]
    page.goto(address(base, "embedding", run=run, map="PCA", view="beside controls", colour="Known partners"))
    settle(page)
    page.get_by_role("button", name=re.compile("Make it")).click()
    page.wait_for_function(
        "() => new Set([...document.querySelectorAll('.js-plotly-plot')].flatMap((c) => c._fullData"
        ".filter((t) => t.customdata && t.mode).map((t) => t.xaxis))).size === 3",
        timeout=120_000,
    )
    settle(page)
    assert RunStore(models).artifacts(run).open_control("untrained") is not None
    said = page.locator(MAIN).inner_text()
    assert "How many nearest neighbours stay" in said
    assert "What nearest neighbours share" in said
    lasso(page, left=0.05, right=0.5)
    page.get_by_role("button", name=re.compile(r"Clear [\d,]+ genes")).wait_for(timeout=60_000)
    settle(page)
    number = page.get_by_role("button", name=re.compile(r"Clear [\d,]+ genes")).inner_text()
    chosen = int(re.sub(r"\D", "", number))
    assert 0 < chosen < 1000
    coloured: dict[str, int] = {}
    for trace in drawn(page):
        if trace["name"] in ("Known partners", "unknown") and trace["outline"] > 1:
            coloured[trace["axis"]] = coloured.get(trace["axis"], 0) + trace["points"]
    assert coloured == {"x": chosen, "x2": chosen, "x3": chosen}, "the same genes are selected on every map"
    page.get_by_role("button", name=re.compile("Clear")).click()
    page.get_by_role("button", name=re.compile("Clear")).wait_for(state="detached", timeout=60_000)


def test_a_network_trained_on_shuffled_pairs_is_told_from_the_run(
    base: str, runs: Any, models: Path, page: Any
) -> None:
    page.goto(address(base, "embedding", run=runs["link"], map="PCA", view="beside controls", shuffled="true"))
    settle(page)
    assert "trained on shuffled pairs" in page.locator(MAIN).inner_text()
    page.get_by_role("button", name=re.compile("Make it|Make them")).click()
    page.get_by_text(re.compile(r"AUC is [\d.]+ trained")).wait_for(timeout=240_000)
    settle(page)
    said = page.locator(MAIN).inner_text()
    found = re.search(r"AUC is ([\d.]+) trained and ([\d.]+) trained on shuffled pairs", said)
    assert found is not None
    assert float(found[1]) > float(found[2])
