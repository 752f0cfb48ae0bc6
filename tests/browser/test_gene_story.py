"""From the Overview to a plan in at most six clicks; and the network: click, double click, keyboard."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree

import pytest
from PIL import Image
from served import address, settle

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WHERE = """(label) => {
    const cy = [...globalThis.__slvizNetworks.values()].at(-1);
    const node = cy.nodes().filter((each) => each.data('label') === label)[0];
    const box = cy.container().getBoundingClientRect();
    return [box.x + node.renderedPosition().x, box.y + node.renderedPosition().y];
}"""
NETWORK = "() => globalThis.__slvizNetworks && [...globalThis.__slvizNetworks.values()].at(-1)?.nodes().length > 0"
NAMES = "() => [...globalThis.__slvizNetworks.values()].at(-1)?.nodes().map((each) => each.data('label'))"
TICK_X, FIRST_ROW_Y, ROW = 15, 54, 35


def test_from_the_overview_to_a_plan_in_six_clicks(base: str, page: Any) -> None:
    page.goto(base)
    settle(page)
    box = page.get_by_role("combobox", name="Find a gene")
    box.press_sequentially("oldAPO101")
    page.get_by_role("option", name=re.compile(r"APO1\.01 *\(alias oldAPO101\)")).click()  # 1
    page.wait_for_url(re.compile("gene=APO1.01"))
    settle(page)
    table = page.locator('[data-testid="stDataFrameResizable"] canvas').first.bounding_box()
    for row in range(3):  # 2 to 4
        page.mouse.click(table["x"] + TICK_X, table["y"] + FIRST_ROW_Y + ROW * row)
        settle(page)
    assert page.url.count("~APO1.01") == 3
    page.get_by_role("button", name="Plan the test of 3 pairs").click()  # 5
    settle(page)
    assert page.get_by_text("Controls to run beside them").is_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Page to print (HTML)").click()  # 6
    printed = download.value.path().read_text()
    assert printed.count("APO1.01") >= 5  # three pairs and two controls
    assert "SYNTHETIC DATA" in printed


def test_the_network_opens_pairs_moves_on_and_takes_the_keyboard(base: str, runs: Any, page: Any) -> None:
    page.goto(address(base, "gene", run=runs["link"], gene="APO1.01", show="Network"))
    settle(page)
    page.wait_for_function(NETWORK)
    unreported = page.evaluate(NAMES)[1]
    page.mouse.click(*page.evaluate(WHERE, unreported))
    page.wait_for_url(re.compile(f"partner={re.escape(unreported)}"))
    settle(page)
    assert page.get_by_role("heading", name=f"APO1.01 – {unreported}").is_visible()
    before = page.evaluate(NAMES)
    page.get_by_role("application").focus()
    page.keyboard.press("e")
    page.wait_for_url(re.compile(f"expanded={re.escape(unreported)}"))
    settle(page)
    assert set(page.evaluate(NAMES)) > set(before)
    _is_saved_as_drawn(page)
    known = before[-1]
    page.mouse.dblclick(*page.evaluate(WHERE, known))
    page.wait_for_url(re.compile(f"gene={re.escape(known)}"))
    settle(page)
    page.get_by_role("radio", name="Known partners").click()
    page.wait_for_function("() => globalThis.__slvizNetworks.size === 0")


def _is_saved_as_drawn(page: Any) -> None:
    """The picture as SVG has every gene once, the key and the label of synthetic data; as PNG it can be opened."""
    with page.expect_download() as download:
        page.get_by_role("button", name="SVG", exact=True).click()
    words = [
        text.text or "" for text in ElementTree.parse(download.value.path()).iter("{http://www.w3.org/2000/svg}text")
    ]
    genes = page.evaluate(NAMES)
    assert [words.count(gene) for gene in genes] == [1] * len(genes)
    assert {"SYNTHETIC DATA", "predicted"} <= set(words)
    with page.expect_download() as download:
        page.get_by_role("button", name="PNG", exact=True).click()
    with Image.open(download.value.path()) as picture:
        assert min(picture.size) > 1000


def test_a_map_finds_a_gene_by_a_former_name_and_shows_what_matched(base: str, runs: Any, page: Any) -> None:
    page.goto(address(base, "embedding", run=runs["link"], map="PCA"))
    settle(page)
    page.get_by_role("combobox", name="Gene", exact=True).press_sequentially("oldAPO101")
    page.get_by_role("option", name=re.compile(r"APO1\.01 *\(alias oldAPO101\)")).click()
    page.wait_for_url(re.compile("gene=APO1.01"))
    settle(page)
    assert page.get_by_role("combobox", name="Gene", exact=True).input_value() == "APO1.01"
    page.get_by_role("button", name="Clear").first.click()
    page.wait_for_url(lambda url: "gene=" not in url)


def test_figures_stand_beside_each_other_where_they_have_room(base: str, runs: Any, page: Any) -> None:
    page.goto(address(base, "predictions", run=runs["link"]))
    settle(page)
    charts = page.locator('[data-testid="stPlotlyChart"]')
    for width, beside in ((1440, True), (900, False)):
        page.set_viewport_size({"width": width, "height": 900})
        settle(page)
        roc, precision = (charts.nth(number).bounding_box() for number in range(2))
        assert (abs(roc["y"] - precision["y"]) < 60) is beside
        assert min(roc["width"], precision["width"]) >= 340
