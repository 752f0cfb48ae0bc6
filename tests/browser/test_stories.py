"""What a person lives through, in a real browser."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from run_folders import wait_until
from served import address, served_app, settle

from slviz.runs.store import RunStore

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TITLES = {
    "": "Overview",
    "gene": "Gene",
    "train": "Train",
    "embedding": "Embedding",
    "predictions": "Predictions",
    "neighbourhood": "Gene",
    "results": "Results",
    "tuning": "Tuning",
    "compare": "Compare",
    "vectors": "Vectors",
    "talk": "Talk",
    "lab": "Lab",
    "glossary": "Glossary",
}
WITHOUT_FIGURES = ("", "gene", "train", "tuning", "compare", "vectors", "talk", "glossary")
FIRST_VISITS = ("", "embedding", "neighbourhood")
"""The entry itself, a page's own address, and one that leads on; the others are reached as the second is."""
OF_A_RUN = ("", "gene", "embedding", "predictions", "neighbourhood", "results", "compare")
"""Pages that show another thing for a run of another task."""
ROW_PIXELS = 35
MARKS = ".js-plotly-plot .nsewdrag"


def title(page: Any) -> str:
    return page.locator("h1").first.inner_text()


def places(page: Any, *, key: str) -> list[tuple[int, float, float]]:
    """Gene number, and where on the screen it lies, of the points of the first chart whose key begins so."""
    return [tuple(each) for each in page.evaluate(_PLACES, key)]


_PLACES = """(key) => {
    const chart = [...document.querySelectorAll('.js-plotly-plot')].find(
        (each) => each.closest(`[class*="st-key-${key}"]`));
    const box = chart.getBoundingClientRect();
    const {xaxis, yaxis} = chart._fullLayout;
    return chart._fullData.filter((t) => t.customdata && t.mode && t.mode.includes('markers')).flatMap((t) =>
        Array.from(t.x).map((x, i) => {
            const data = t.customdata[i];
            return [Number(data.length === undefined ? data : data[0]),
                    box.left + xaxis._offset + xaxis.d2p(x), box.top + yaxis._offset + yaxis.d2p(t.y[i])];
        }));
}"""


@pytest.mark.parametrize("path", FIRST_VISITS)
def test_a_deep_link_is_the_very_first_visit_of_a_fresh_server(path: str, models: Path, runs: Any, page: Any) -> None:
    with served_app(models=models) as fresh:
        page.goto(address(fresh, path, run=runs["link"], gene="APO1.01"))
        settle(page)
        assert_drawn(page, path)
        assert page.locator('[data-testid="stSidebar"] a').count() == len(TITLES) - len(["neighbourhood"])
        page.goto("about:blank")  # before the server goes, which the page would complain of


def assert_drawn(page: Any, path: str) -> None:
    assert title(page) == TITLES[path]
    if path not in WITHOUT_FIGURES:
        assert page.locator(MARKS).count() >= 1, path


@pytest.mark.parametrize("task", ["link", "confidence", "reconstruct"])
def test_every_page_of_every_task_is_drawn_without_a_complaint(task: str, base: str, runs: Any, page: Any) -> None:
    for path in TITLES if task == "link" else OF_A_RUN:
        page.goto(address(base, path, run=runs[task], gene="APO1.01"))
        settle(page)
        assert_drawn(page, path)


def test_the_pointer_over_a_gene_draws_lines_to_its_true_nearest_and_a_click_leads_to_it(
    base: str, models: Path, runs: Any, page: Any
) -> None:
    page.goto(address(base, "embedding", run=runs["link"], lines="4"))
    settle(page)
    points = places(page, key="map")
    number, x, y = _loneliest(points)
    page.mouse.move(x, y)
    page.wait_for_function("document.querySelectorAll('.slviz-marks line').length === 4")
    ends = page.evaluate(_LINE_ENDS)
    vectors = RunStore(models).open(runs["link"]).embedding.astype(np.float64)
    away = np.linalg.norm(vectors - vectors[number], axis=1)
    expected = {each: (x, y) for each, x, y in points if each in np.argsort(away, kind="stable")[1:5]}
    for there in expected.values():
        assert min(np.hypot(there[0] - x, there[1] - y) for x, y in ends) < 1
    page.mouse.move(5, 5)
    page.wait_for_function("document.querySelectorAll('.slviz-marks line').length === 0")
    assert "gene=" not in page.url
    page.mouse.click(x, y)
    page.wait_for_url(re.compile("gene="))
    settle(page)
    symbol = re.search("gene=([^&]+)", page.url).group(1)  # type: ignore[union-attr]
    assert page.locator("h3", has_text=symbol).count() == 1
    page.get_by_role("link", name="Open its neighbourhood").click()
    page.wait_for_url(re.compile("neighbourhood"))
    settle(page)
    assert page.locator("h3", has_text=f"Around {symbol}").count() == 1
    assert f"run={runs['link']}" in page.url


_LINE_ENDS = """() => {
    const box = document.querySelector('.slviz-marks').getBoundingClientRect();
    return [...document.querySelectorAll('.slviz-marks line')].map((line) =>
        [box.left + Number(line.getAttribute('x2')), box.top + Number(line.getAttribute('y2'))]);
}"""


def _loneliest(points: list[tuple[int, float, float]]) -> tuple[int, float, float]:
    """The point that is farthest from its nearest other, which a click cannot miss."""

    def room(point: tuple[int, float, float]) -> float:
        others = (other for other in points if other[0] != point[0])
        return min((point[1] - other[1]) ** 2 + (point[2] - other[2]) ** 2 for other in others)

    return max(points, key=room)


TAKEN_AWAY = {"Figure (SVG)": b"<svg", "Figure (HTML)": b"<!doctype html", "Network (GraphML)": b"<?xml"}


def test_a_click_on_a_neighbour_opens_the_pair_back_closes_it_and_the_figure_is_taken_away(
    base: str, runs: Any, page: Any, tmp_path: Path
) -> None:
    page.goto(address(base, "neighbourhood", run=runs["link"], gene="APO1.01"))
    settle(page)
    _, x, y = places(page, key="network")[0]  # the last is the centre
    page.mouse.click(x, y)
    page.wait_for_url(re.compile("partner="))
    settle(page)
    assert page.locator("h3", has_text="Around APO1.01").count() == 1
    assert page.get_by_role("link", name=re.compile("^Move to ")).count() == 1
    page.go_back()
    settle(page)
    assert page.get_by_role("link", name=re.compile("^Move to ")).count() == 0
    page.get_by_test_id("stPopoverButton").click()
    for button, begins in TAKEN_AWAY.items():
        with page.expect_download(timeout=60_000) as waiting:
            page.get_by_role("button", name=button).click()
        waiting.value.save_as(tmp_path / "taken")
        assert (tmp_path / "taken").read_bytes().startswith(begins), button


def test_training_survives_a_reload_and_is_cancelled(base: str, models: Path, page: Any, browser: Any) -> None:
    page.goto(address(base, "train"))
    settle(page)
    epochs = page.get_by_role("spinbutton", name="Epochs")
    epochs.fill("3000")
    epochs.press("Enter")
    settle(page)
    assert "epochs=3000" in page.locator("code").first.inner_text()
    page.get_by_role("button", name="Start training").click()
    page.wait_for_url(re.compile("job="))
    page.get_by_text(re.compile(r"Epoch \d+ of 3000")).wait_for(timeout=60_000)
    page.reload()
    page.get_by_text(re.compile(r"Epoch \d+ of 3000")).wait_for(timeout=60_000)
    elsewhere = browser.new_context().new_page()
    elsewhere.goto(page.url)
    elsewhere.get_by_text(re.compile(r"Epoch \d+ of 3000")).wait_for(timeout=60_000)
    elsewhere.context.close()
    page.get_by_role("button", name="Cancel").click()
    page.get_by_text("Cancelled: the curves show how far it came").wait_for(timeout=60_000)
    run_id = re.search("job=([^&]+)", page.url).group(1)  # type: ignore[union-attr]
    assert RunStore(models).state(run_id) == "cancelled"
    page.get_by_role("button", name="Remove").click()
    page.wait_for_url(lambda url: "job=" not in url)
    assert run_id not in RunStore(models).run_ids()


def choose(page: Any, label: str, option: str) -> None:
    """Pick an option of a list, as a person does."""
    page.get_by_role("combobox", name=re.compile(label)).click()
    page.get_by_role("option", name=option, exact=True).click()


def test_pairs_of_ones_own_are_held_out_training_ends_in_a_run_and_the_same_again_is_offered(
    base: str, models: Path, page: Any, demo_pairs: list[str], tmp_path: Path
) -> None:
    (tmp_path / "screen.tsv").write_text("\n".join(demo_pairs) + "\n")
    page.goto(address(base, "train"))
    settle(page)
    choose(page, "Network", "mlp")
    choose(page, "Split", "my own file")
    settle(page)
    page.locator('input[type="file"]').first.set_input_files(tmp_path / "screen.tsv")
    page.get_by_text(f"{len(demo_pairs)} pairs held out").wait_for()
    epochs = page.get_by_role("spinbutton", name="Epochs")
    epochs.fill("3")
    epochs.press("Enter")
    settle(page)
    assert "--test-pairs" in page.locator("code").first.inner_text()
    page.get_by_role("button", name="Start training").click()
    page.get_by_text("Trained already").wait_for(timeout=180_000)
    settle(page)
    run_id = re.search("job=([^&]+)", page.url).group(1)  # type: ignore[union-attr]
    assert RunStore(models).state(run_id) == "finished"
    assert page.get_by_test_id("stMain").get_by_role("button", name="Start training").count() == 0
    predictions = RunStore(models).open(run_id).predictions
    tested = predictions[(predictions["part"] == "test") & (predictions["negative_kind"] == "known")]
    assert {frozenset(pair) for pair in zip(tested["gene_a"], tested["gene_b"], strict=True)} == {
        frozenset(line.split("\t")) for line in demo_pairs
    }
    page.get_by_test_id("stMain").get_by_role("link", name="Predictions").first.click()
    page.wait_for_url(re.compile(f"predictions.*run={run_id}"))
    settle(page)
    assert title(page) == "Predictions"
    assert "own test pairs" in page.get_by_test_id("stSidebar").inner_text()


def test_the_server_never_imports_torch(base: str, runs: Any, page: Any) -> None:
    """Looked up in the maps of the server's own process, after pages were shown."""
    page.goto(address(base, "embedding", run=runs["link"], colour="Predicted partners", gene="APO1.01"))
    settle(page)
    port = base.rpartition(":")[2]
    servers = [path for path in Path("/proc").glob("[0-9]*") if _command(path).find(f"--server.port={port}") >= 0]
    if not servers:
        pytest.skip("no /proc to look at the server's process")
    for server in servers:
        assert "libtorch" not in (server / "maps").read_text()


def _command(process: Path) -> str:
    try:
        return (process / "cmdline").read_text().replace("\0", " ")
    except OSError:
        return ""


@pytest.mark.real
def test_on_the_real_data_from_training_to_the_neighbourhood_of_brca1(
    real_folder: Path, real_models: Path, page: Any
) -> None:
    [finished] = real_models.glob("gat-*")
    with served_app(models=real_models, data=real_folder) as base:
        page.goto(address(base, "train", data="synlethdb"))
        settle(page)
        epochs = page.get_by_role("spinbutton", name="Epochs")
        epochs.fill("400")
        epochs.press("Enter")
        settle(page)
        page.get_by_role("button", name="Start training").click()
        page.get_by_text(re.compile(r"Epoch \d+ of 400")).wait_for(timeout=90_000)
        page.reload()
        page.get_by_text(re.compile(r"Epoch \d+ of 400")).wait_for(timeout=90_000)
        page.get_by_role("button", name="Cancel").click()
        page.get_by_text("Cancelled: the curves show how far it came").wait_for(timeout=90_000)
        run_id = finished.name
        page.goto(address(base, "embedding", run=run_id, map="PCA"))
        settle(page)
        assert "6,375" in page.locator('[data-testid="stMain"]').inner_text()
        page.goto(address(base, "predictions", run=run_id))
        settle(page)
        assert page.locator(MARKS).count() >= 2
        begun = time.monotonic()
        page.goto(address(base, "neighbourhood", run=run_id, gene="ENSG00000012048"))
        settle(page)
        assert page.locator("h3", has_text="Around BRCA1").count() == 1
        assert (
            page.get_by_role("link", name="NCBI Gene").get_attribute("href") == "https://www.ncbi.nlm.nih.gov/gene/672"
        )
        assert time.monotonic() - begun < 20
        page.goto("about:blank")  # before the server goes


def test_a_row_of_the_results_shows_its_runs_and_opens_one(base: str, runs: Any, page: Any) -> None:
    page.goto(address(base, "results"))
    settle(page)
    assert title(page) == "Results"
    table = page.get_by_test_id("stDataFrame").first
    table.scroll_into_view_if_needed()
    box = table.bounding_box()
    page.mouse.click(box["x"] + 60, box["y"] + 1.5 * ROW_PIXELS)  # the first row: a network
    page.wait_for_url(re.compile(r"model=(gat|multiview)"))
    settle(page)
    page.get_by_test_id("stMain").get_by_role("link", name="Predictions").first.click()
    page.wait_for_url(re.compile(r"/predictions\?.*run=(gat|multiview)-both-link-"))
    page.locator("h1", has_text="Predictions").wait_for(timeout=60_000)


def test_a_search_is_started_in_the_browser_and_found_again(base: str, models: Path, page: Any) -> None:
    page.goto(address(base, "tuning"))
    settle(page)
    page.get_by_role("spinbutton", name="Trials").fill("2")
    page.get_by_role("spinbutton", name="Trials").press("Enter")
    settle(page)
    page.get_by_role("spinbutton", name="Epochs").fill("3")
    page.get_by_role("spinbutton", name="Epochs").press("Enter")
    settle(page)
    page.get_by_role("button", name="Start the search").click()
    page.wait_for_url(re.compile(r"study=gat-both-link-"))
    page.get_by_text("The best settings as a command").wait_for(timeout=120_000)
    page.reload()
    settle(page)
    assert page.get_by_text("The best settings as a command").count() == 1
    study = next((models / ".studies").glob("*.db")).stem
    wait_until(lambda: not (models / ".studies" / f"{study}.lock").exists())
