"""Nothing lies over anything else in a window of 900 or 1,440 pixels: legends, axes, names, toolbars, buttons."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from served import address, settle

BOX = "(element) => { const box = element.getBoundingClientRect(); return [box.left, box.top, box.right, box.bottom] }"
IS_CUT = "(element) => element.scrollWidth > element.clientWidth + 1"


@pytest.fixture(params=[900, 1440])
def window(request: pytest.FixtureRequest, browser: Any) -> Iterator[Any]:
    """A page in a window of that width."""
    context = browser.new_context(viewport={"width": request.param, "height": 1000}, reduced_motion="reduce")
    yield context.new_page()
    context.close()


def box_of(place: Any) -> list[float]:
    return place.evaluate(BOX)


def overlap(a: list[float], b: list[float]) -> bool:
    return a[0] < b[2] - 1 and b[0] < a[2] - 1 and a[1] < b[3] - 1 and b[1] < a[3] - 1


def test_the_legend_of_a_3d_map_lies_beside_its_scene(window: Any, base: str, runs: dict[str, str]) -> None:
    window.goto(address(base, "embedding", run=runs["link"], map="pca", **{"pca-dimensions": "3", "colour": "cluster"}))
    settle(window)
    chart = window.locator(".js-plotly-plot").first
    scene, legend = box_of(chart.locator(".gl-container .scene, #scene").first), box_of(chart.locator(".legend .bg"))
    assert not overlap(scene, legend)
    assert scene[2] - scene[0] > 0.9 * (box_of(chart)[2] - box_of(chart)[0]), "the scene has the whole width"
    assert scene[3] - scene[1] > 200


@pytest.mark.parametrize("steps", ["1", "2"])
def test_a_neighbourhood_shows_whole_names_and_a_legend_aside(
    steps: str, window: Any, base: str, runs: dict[str, str]
) -> None:
    query = {"run": runs["link"], "gene": "APO1.01", "show": "neighbourhood", "hops": steps, "limit": "30"}
    window.goto(address(base, "gene", **query))
    settle(window)
    chart = window.locator(".js-plotly-plot").first
    chart.hover(position={"x": 200, "y": 40})
    whole, legend = box_of(chart), box_of(chart.locator(".legend .bg").first)
    toolbar = box_of(chart.locator(".modebar"))
    assert not overlap(legend, toolbar)
    names = [box_of(name) for name in chart.locator(".annotation .annotation-text").all()]
    assert len(names) > 10
    assert chart.locator(".legend").count() == 1
    for name in names:
        assert min(name[0] - whole[0], name[1] - whole[1], whole[2] - name[2], whole[3] - name[3]) >= 0
        assert not overlap(name, legend)


@pytest.mark.parametrize("page", ["", "train"])
def test_the_upload_button_says_its_whole_word(page: str, window: Any, base: str) -> None:
    window.goto(address(base, page))
    settle(window)
    word = window.locator('[data-testid="stPopover"] p', has_text="Upload").first
    assert not word.evaluate(IS_CUT)
    assert not word.locator("xpath=..").evaluate(IS_CUT)
