"""A student of pictures in a real browser, light and dark: the digits, their widths, a walk, and noise among them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from served import address, settle

from slviz.cli.demo_runs import DIGIT_RUNS, digit_spec
from slviz.datasets.sources import open_dataset

pytestmark = [pytest.mark.browser, pytest.mark.slow]
BACKGROUNDS = {"light": 200, "dark": 60}
"""How bright the page is at least, or at most."""


@pytest.fixture(scope="module")
def run_ids() -> dict[str, str]:
    """The runs on the digits that come with slviz, by the last word of their settings."""
    graph = open_dataset("digits")
    return {choices[-1]: digit_spec(graph, *choices).run_id for choices in DIGIT_RUNS}


def main_text(page: Any) -> str:
    return page.get_by_test_id("stMain").inner_text()


def is_in_theme(page: Any, theme: str) -> bool:
    colour = page.evaluate("getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor")
    brightness = [int(part) for part in re.findall(r"\d+", colour)[:3]]
    return min(brightness) > BACKGROUNDS["light"] if theme == "light" else max(brightness) < BACKGROUNDS["dark"]


def rows_of(table: Any) -> dict[str, list[str]]:
    """The cells of a table by the first of each row."""
    table.scroll_into_view_if_needed()
    rows = [row.locator("[role=gridcell]").all_inner_texts() for row in table.locator("[role=row]").all()]
    return {cells[0]: cells[1:] for cells in rows if cells}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_student_opens_the_digits_looks_at_what_is_drawn_again_and_compares_widths(
    theme: str, digits: str, page: Any, run_ids: dict[str, str]
) -> None:
    page.emulate_media(color_scheme=theme)
    page.goto(address(digits, ""))
    settle(page)
    page.get_by_role("combobox", name=re.compile("Data")).first.click()
    page.get_by_role("option", name=re.compile("^Handwritten digits")).click()
    page.wait_for_url("**data=digits**")
    settle(page)
    assert is_in_theme(page, theme)
    assert "1,797 digits, 0 pairs, features: pixels" in main_text(page)
    for width in (2, 8, 32):
        assert re.search(rf"Conv autoencoder .*width of the bottleneck {width}\)", main_text(page)), width
    page.locator(f'[data-testid="stMain"] a[href*="predictions"][href*="{run_ids["width=8"]}"]').first.click()
    page.wait_for_url("**/predictions**")
    page.get_by_role("heading", name="Digits drawn again").wait_for(timeout=60_000)
    settle(page)
    assert "network conv_autoencoder, 8 wide" in main_text(page)
    grid = page.locator(".js-plotly-plot", has=page.locator("text=as it is")).first
    assert grid.locator("image").count() == 1
    assert [grid.get_by_text(row, exact=True).count() for row in ("as it is", "network", "PCA")] == [1, 1, 1]
    some = grid.locator("image").get_attribute("href") or grid.locator("image").get_attribute("xlink:href")
    page.get_by_text("largest error", exact=True).click()
    page.wait_for_url("**pictures=worst**")
    settle(page)
    worst = grid.locator("image").get_attribute("href") or grid.locator("image").get_attribute("xlink:href")
    assert worst != some, "other digits are shown"
    over_width = page.evaluate(
        """() => [...document.querySelectorAll('.js-plotly-plot')].map((chart) => chart._fullData)
            .find((data) => data.some((trace) => trace.name === 'conv autoencoder'))
            .map(({ name, x, y }) => [name, Array.from(x), Array.from(y)])"""
    )
    [(_, widths, errors)] = [trace for trace in over_width if trace[0] == "conv autoencoder"]
    [(_, of_pca, errors_of_pca)] = [trace for trace in over_width if trace[0] == "PCA"]
    assert widths == [2, 8, 32]
    assert errors == sorted(errors, reverse=True), "the wider, the less is lost"
    better = [error < errors_of_pca[of_pca.index(width)] for width, error in zip(widths, errors, strict=True)]
    assert better == [True, True, False], "at 32 of 64 numbers a PCA loses less"
    page.get_by_role("link", name="Results").first.click()
    page.wait_for_url("**/results**")
    page.get_by_role("heading", name="All metrics").wait_for(timeout=60_000)
    settle(page)
    for row in ("conv_autoencoder (width=8), pixels", "PCA (8 wide)", "conv_autoencoder (width=2), pixels"):
        assert page.get_by_text(row, exact=True).count(), row


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_student_walks_from_one_digit_to_another_and_reads_what_that_is_worth(
    theme: str, digits: str, page: Any, run_ids: dict[str, str]
) -> None:
    page.emulate_media(color_scheme=theme)
    page.goto(address(digits, "embedding", run=run_ids["width=8"], map="pca", view="walk"))
    settle(page)
    assert is_in_theme(page, theme)
    for end, digit in (("B", "digit-0005"), ("C", "digit-0006")):
        box = page.get_by_role("combobox", name=re.compile(rf"(^|\. ){end}$")).first
        box.click()
        box.fill(digit)
        page.get_by_role("option", name=digit, exact=True).click()
        page.wait_for_url(f"**walk-{end.lower()}={digit}**")
        settle(page)
    assert "Mixed pixel by pixel, two pictures shine through each other" in main_text(page)
    page.get_by_text("spherical", exact=True).click()
    page.wait_for_url("**walk-way=spherical**")
    settle(page)
    text = main_text(page)
    assert re.search(r"digit-\d{4} − digit-0005 \+ digit-0006", text)
    assert "Nothing here says that the embedding is better" in text
    numbers = rows_of(page.get_by_test_id("stDataFrame").last)
    features, embedding, chance = map(float, numbers["A − B + C is of C's class"][:3])
    alone = [float(cell) for cell in numbers["C alone"][:2]]
    assert chance == 0.1, "ten digits"
    assert min(features, embedding) > 3 * chance
    assert alone[0] > features, "without A − B, C's own nearest is more often right, and the page says so"
    assert alone[1] > embedding
    assert float(numbers["10 nearest of the same class"][1]) > 0.8


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_student_mixes_noise_in_and_reads_the_auc_beside_random_weights(
    theme: str, digits: str, page: Any, run_ids: dict[str, str]
) -> None:
    page.emulate_media(color_scheme=theme)
    page.goto(address(digits, "embedding", run=run_ids["classify"], map="pca"))
    settle(page)
    page.get_by_text("Outlierness", exact=True).last.click()
    page.wait_for_url("**outlierness=true**")
    settle(page)
    assert is_in_theme(page, theme)
    through = page.get_by_role("button", name="Put noise through it")
    if through.count():  # the other theme's visitor may have done it
        assert "Until then noise is mixed into the embedding itself" in main_text(page)
        through.click()
        page.get_by_text("The noise went through the network.").wait_for(timeout=120_000)
        settle(page)
    text = main_text(page)
    assert "449 noise things against 504 held-out digits; 0.5 is chance" in text
    assert "Random weights: the same noise and digits in the network before its first step" in text
    bars = page.evaluate(
        """() => [...document.querySelectorAll('.js-plotly-plot')].map((chart) => chart._fullData)
            .find((data) => data.some((trace) => trace.name === 'random weights'))
            .map(({ name, x, y }) => [name, Array.from(x), Array.from(y)])"""
    )
    trained, random_weights = (next(bar for bar in bars if bar[0] == name) for name in ("trained", "random weights"))
    assert set(trained[2]) == set(random_weights[2]) >= {"Distance to nearest", "Isolation forest"}
    for name, numbers, _ in (trained, random_weights):
        assert all(0 <= number <= 1 for number in numbers), name
    table = rows_of(page.get_by_test_id("stDataFrame").first)
    nearest = dict(zip(trained[2], trained[1], strict=True))["Distance to nearest"]
    assert float(table["Distance to nearest"][0]) == pytest.approx(nearest, abs=0.001)
    slider = page.get_by_role("slider", name="Noise mixed in")
    slider.focus()
    page.keyboard.press("Home")
    page.get_by_text("Mix in some noise to see which measure tells it").wait_for(timeout=60_000)
    page.keyboard.press("ArrowRight")
    page.get_by_text("1 noise thing against 504 held-out digits").wait_for(timeout=60_000)
    settle(page)
