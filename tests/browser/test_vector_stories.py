"""What a person does with vectors of other things, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from served import address, served_app, settle

from slviz.projections import PCA
from slviz.vectors import VectorSet, VectorStore

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MANY = 200_000
AT = """(number) => {
    const chart = document.querySelector('.js-plotly-plot'), box = chart.getBoundingClientRect();
    const {xaxis, yaxis} = chart._fullLayout;
    for (const trace of chart._fullData) {
        const numbers = Array.from(trace.customdata ?? [], (each) => Number(each.length ? each[0] : each));
        const place = numbers.indexOf(number);
        if (place >= 0) return [box.left + xaxis._offset + xaxis.d2p(trace.x[place]),
                                box.top + yaxis._offset + yaxis.d2p(trace.y[place])];
    }
}"""


@pytest.fixture(scope="module")
def many() -> VectorSet:
    """More points than a browser draws one by one: two clouds."""
    random = np.random.default_rng(0)
    vectors = random.normal(size=(MANY, 2)).astype(np.float32)
    vectors[: MANY // 4, 0] += 12
    kind = np.where(np.arange(MANY) < MANY // 4, "right", "left").astype(object)
    names = tuple(f"p{number}" for number in range(MANY))
    return VectorSet(name="many", names=names, vectors=vectors, columns=pd.DataFrame({"kind": kind}))


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, many: VectorSet, browser: Any) -> Iterator[tuple[str, str]]:
    """A server over a models folder with one large set; its address and the set's name."""
    models: Path = tmp_path_factory.mktemp("vectors")
    store = VectorStore(models / ".vectors")
    id = store.keep(many)
    store.artifacts(id).make_map(PCA(), 0)
    with served_app(models=models) as base:
        yield base, id


def drag(page: Any, corners: list[tuple[float, float]]) -> None:
    page.mouse.move(*corners[0])
    page.mouse.down()
    for corner in corners[1:]:
        page.mouse.move(*corner, steps=5)
    page.mouse.up()


def test_digits_show_their_picture_neighbours_and_table(place: tuple[str, str], page: Any) -> None:
    page.goto(address(place[0], "vectors"))
    settle(page)
    page.get_by_role("button", name="Handwritten digits").click()
    page.wait_for_url(lambda url: "vectors=digits-" in url)
    settle(page)
    x, y = page.evaluate(AT, 70)
    page.mouse.move(x, y)
    picture = page.locator(".picture")
    page.wait_for_function("() => document.querySelectorAll('.slviz-marks').length === 1")
    picture.wait_for(state="visible")
    assert "data:image/png" in picture.evaluate("each => getComputedStyle(each).backgroundImage")
    page.mouse.click(x, y)
    page.wait_for_url(lambda url: "point=digit" in url)
    page.locator("h3", has_text="digit 71").wait_for()
    page.locator(".picture[data-number='']").wait_for()  # its card shows it
    page.mouse.move(*page.evaluate(AT, 700))
    page.locator(".picture[data-number]:not([data-number=''])").wait_for()
    page.wait_for_function("() => document.querySelectorAll('.slviz-marks line').length === 10")
    page.get_by_text("lasso", exact=True).first.click()
    settle(page)
    box = page.locator(".nsewdrag").first.bounding_box()
    left, top, right, bottom = box["x"] + 4, box["y"] + 4, box["x"] + box["width"] - 4, box["y"] + box["height"] - 4
    drag(page, [(left, top), (right, top), (right, bottom), (left, bottom), (left, top + 1)])
    page.locator("h3", has_text="1,797 selected points").wait_for()


def test_a_large_set_is_a_picture_that_becomes_points_and_a_picture_again(
    place: tuple[str, str], many: VectorSet, page: Any
) -> None:
    page.goto(address(place[0], "embedding", vectors=place[1]))
    settle(page)
    page.get_by_text(f"{MANY:,} points drawn as a density picture").wait_for()
    assert page.locator(".js-plotly-plot image").count() == 1
    box = page.locator(".nsewdrag").first.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    drag(page, [(x - 60, y - 60), (x, y), (x + 60, y + 60)])  # between the clouds few points lie
    page.get_by_text("points lie in this part").or_(page.get_by_text("No point lies in this part")).first.wait_for()
    settle(page)
    assert "window=" in page.url
    assert page.locator(".js-plotly-plot image").count() == 0
    page.reload()
    settle(page)
    assert page.locator(".js-plotly-plot image").count() == 0  # the link shows the same part
    page.get_by_role("button", name="Whole map").click()
    page.get_by_text(f"{MANY:,} points drawn as a density picture").wait_for()
    settle(page)
    assert "window=" not in page.url


def test_a_lasso_on_a_picture_finds_the_points_in_it(place: tuple[str, str], page: Any) -> None:
    page.goto(address(place[0], "embedding", vectors=place[1], pointer="box"))
    settle(page)
    box = page.locator(".nsewdrag").first.bounding_box()
    middle = box["x"] + box["width"] * 0.62  # PCA puts the longer tail, the smaller cloud, on the right
    drag(page, [(middle, box["y"] + 5), (box["x"] + box["width"] - 5, box["y"] + box["height"] - 5)])
    page.locator("h3", has_text="selected points").wait_for()
    found = int(page.locator("h3", has_text="selected points").inner_text().split()[0].replace(",", ""))
    assert found == pytest.approx(MANY // 4, rel=0.02)
