"""A new user makes a talk of five pages, takes it away as one file, and gives it where there is no network."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from served import address, settle

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TALK = "Seminar of the lab"
KEPT = [
    ("embedding", "What the network learnt", "Genes of one pathway lie together."),
    ("predictions", "How good it is", "Compare with the baselines."),
    ("training", "How it learnt", "Few epochs, for a talk."),
    ("results", "Every model on the same pairs", "<b>No</b> model is best everywhere."),
    ("lab", "A network by hand", "Forward and backward."),
]
"""The page of each view, its title and its note, as they are kept one after the other."""
GIVEN = [0, 1, 3, 2, 4]
"""Their order after the fourth was moved one earlier."""
MARKS = """() => {
    const slide = [...document.querySelectorAll('section')].find((section) => !section.hidden);
    const chart = slide.querySelector('.figure');
    if (!chart || !chart._fullData) return {title: slide.querySelector('h1').textContent, marks: 0, wide: 0};
    const box = chart.querySelector('.main-svg').getBoundingClientRect();
    const drawn = chart.querySelectorAll('.trace path, .point, .js-line, image').length;
    const points = chart._fullData.filter((trace) => trace.type === 'scattergl').reduce((n, t) => n + t.x.length, 0);
    return {title: slide.querySelector('h1').textContent, note: slide.querySelector('.note').textContent,
            place: document.getElementById('place').textContent, marks: drawn + points,
            wide: box.width, high: box.height, live: typeof chart.on === 'function'};
}"""


COVERED = """() => {
    const boxes = [...document.querySelectorAll('section:not([hidden]) :is(.annotation-text-g text, .g-ytitle text)')]
        .map((text) => text.getBoundingClientRect()).filter((box) => box.width && box.height);
    return boxes.flatMap((one, place) => boxes.slice(place + 1).filter((other) =>
        one.left + 1 < other.right && other.left + 1 < one.right && one.top + 1 < other.bottom
        && other.top + 1 < one.bottom)).length;
}"""


def keep(page: Any, title: str, note: str) -> None:
    """The view that is open, in the one talk, which the first view begins."""
    page.get_by_role("button", name="Keep for a talk").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Title", exact=True).wait_for()
    name = dialog.get_by_label("Name of the talk")
    for box, text in (
        (name, TALK),
        (dialog.get_by_label("Title", exact=True), title),
        (dialog.get_by_label("Note"), note),
    ):
        if box.count():
            box.fill(text)
            box.press("Tab")
    dialog.get_by_role("button", name="Keep", exact=True).click()
    dialog.wait_for(state="hidden")
    settle(page)


def made_by_clicks(page: Any, base: str, run: str, folder: Path) -> Path:
    """The file, as a visitor makes it: from the pages."""
    for name, title, note in KEPT:
        page.goto(address(base, name, run=run))
        settle(page)
        keep(page, title, note)
    page.get_by_role("link", name="Talk", exact=True).click()
    settle(page)
    page.get_by_role("button", name="Earlier").nth(3).click()
    settle(page)
    shown = [page.get_by_text(re.compile(rf"^{number}\. ")).inner_text() for number in range(1, 6)]
    assert shown == [f"{number}. {KEPT[kept][1]}" for number, kept in enumerate(GIVEN, 1)]
    with page.expect_download(timeout=60_000) as download:
        page.get_by_role("button", name="Talk (HTML)").click()
    file = folder / download.value.suggested_filename
    download.value.save_as(file)
    return file


def test_a_talk_of_five_pages_is_given_from_one_file_without_a_network(
    base: str, runs: dict[str, str], page: Any, browser: Any, tmp_path: Path
) -> None:
    talk_file = made_by_clicks(page, base, runs["link"], tmp_path)
    assert talk_file.name == f"{TALK}.html".replace(" ", "-")
    context = browser.new_context(viewport={"width": 1440, "height": 900}, offline=True)
    requests: list[str] = []
    complaints: list[str] = []
    context.on("request", lambda request: requests.append(request.url))
    given = context.new_page()
    given.on("pageerror", lambda error: complaints.append(str(error)))
    given.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    given.goto(talk_file.as_uri())
    for place, kept in enumerate(GIVEN, 1):
        given.wait_for_function(f"({MARKS})().marks > 0")
        given.wait_for_timeout(200)
        drawn = given.evaluate(MARKS)
        _, title, note = KEPT[kept]
        assert (drawn["title"], drawn["note"], drawn["place"]) == (title, note, f"{place} / 5")
        assert drawn["live"], title
        assert drawn["marks"] >= 3, title
        assert drawn["wide"] > 1200, title
        assert drawn["high"] > 400, title
        if KEPT[kept][0] == "embedding":
            given.wait_for_timeout(600)  # labels are placed after the first drawing
            assert given.evaluate(COVERED) == 0
        given.keyboard.press("ArrowRight")
    assert given.evaluate(MARKS)["place"] == "5 / 5"
    for key, place in (("Home", "1 / 5"), (" ", "2 / 5"), ("ArrowLeft", "1 / 5"), ("End", "5 / 5")):
        given.keyboard.press(key)
        assert given.evaluate(MARKS)["place"] == place
    given.keyboard.press("n")
    assert not given.locator("section:visible .note").is_visible()
    context.close()
    assert not complaints
    assert [url for url in requests if not url.startswith(("file:", "data:", "blob:"))] == []
