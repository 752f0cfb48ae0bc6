"""A student in the lab, in a real browser, light and dark: presets, playing, settings, addresses, downloads."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlparse

import pytest
from served import address, served_app, settle

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def lab(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A server without any run."""
    with served_app(models=tmp_path_factory.mktemp("models")) as base:
        yield base


def asked(page: Any) -> dict[str, str]:
    return {key: values[0] for key, values in parse_qs(urlparse(page.url).query).items()}


def metric(page: Any, label: str) -> str:
    found = page.locator('[data-testid="stMetric"]', has_text=label)
    return found.locator('[data-testid="stMetricValue"]').first.inner_text()


def finished(page: Any) -> None:
    """Until the page has trained to the end and is at rest."""
    page.wait_for_function("() => !document.body.innerText.includes('Trained to epoch')", timeout=120_000)
    settle(page)


def set_text(page: Any, label: str, value: str) -> None:
    field = page.get_by_label(label, exact=True).first
    field.fill(value)
    field.press("Enter")
    settle(page)


def test_a_student_watches_networks_that_learn_and_that_do_not(lab: str, page: Any, tmp_path: Path) -> None:
    page.emulate_media(color_scheme="light")
    page.goto(address(lab, "lab"))
    finished(page)
    assert float(metric(page, "Test accuracy")) > 0.75
    learnt = metric(page, "Training accuracy")

    page.get_by_role("button", name="Step", exact=True).click()  # after the last epoch it begins anew
    page.wait_for_url(re.compile(r"epoch=0\b"))
    page.get_by_role("button", name="Step", exact=True).click()
    page.wait_for_url(re.compile(r"epoch=1\b"))
    settle(page)
    assert metric(page, "Training accuracy") != learnt
    page.get_by_role("button", name="Play", exact=True).click()
    page.wait_for_url(re.compile("play=true"))
    page.wait_for_url(lambda url: int(parse_qs(urlparse(url).query).get("epoch", ["0"])[0]) >= 8, timeout=60_000)
    page.get_by_role("button", name="Pause", exact=True).click()
    page.wait_for_url(lambda url: "play=" not in url)
    settle(page)
    paused = asked(page)["epoch"]
    page.wait_for_timeout(1500)
    assert asked(page)["epoch"] == paused

    page.get_by_text("Zero start", exact=True).click()
    page.wait_for_url(re.compile("start=zeros"))
    finished(page)
    assert asked(page) == {"start": "zeros", "rate": "0.2", "epochs": "2000", "show": "weights", "epoch": "5"}
    assert page.get_by_text("equal to the bit, as the same gradient moves them").count() == 1

    page.get_by_text("Bias −8", exact=True).click()
    page.wait_for_url(re.compile("bias=-8"))
    finished(page)
    assert page.get_by_text("12 of 12 hidden neurons are dead").count() == 1
    page.get_by_text("Its cure", exact=True).click()
    page.wait_for_url(re.compile("activation=leaky"))
    finished(page)
    assert page.get_by_text("hidden neurons are dead").count() == 0
    here = page.url

    page.emulate_media(color_scheme="dark")
    set_text(page, "Hidden layers", "10000")
    assert page.get_by_text("the lab takes 1 to 64").count() == 1
    set_text(page, "Hidden layers", "4, 4")
    finished(page)
    assert page.get_by_text("the lab takes 1 to 64").count() == 0
    assert asked(page)["hidden"] == "4, 4"

    page.goto(here)  # what a colleague gets
    finished(page)
    assert page.get_by_text("loses 14", exact=False).count() == 1
    page.get_by_test_id("stPopover").filter(has_text="Download").first.get_by_role("button").first.click()
    with page.expect_download() as download:
        page.locator(".st-key-download-lab-regions-tsv button").click()
    file = tmp_path / "points.tsv"
    download.value.save_as(file)
    lines = file.read_text(encoding="utf-8").splitlines()
    assert "leaky ReLU 0.01" in lines[0]
    assert len(lines) == 1002


def test_autograd_stands_beside_and_a_table_of_ones_own_is_classified(lab: str, page: Any) -> None:
    page.goto(address(lab, "lab", preset="autograd", epochs="1"))
    settle(page)
    assert "preset" not in asked(page)
    page.get_by_text("Largest difference of a derivative").wait_for(timeout=120_000)
    settle(page)
    assert float(metric(page, "Largest difference of a derivative")) < 1e-6

    page.goto(address(lab, "lab", points="a table of my own"))
    settle(page)
    rows = "".join(f"{n % 7},{n % 3},{'ab'[n % 3 == 0]}\n" for n in range(60))
    page.locator('input[type="file"]').set_input_files(
        {"name": "mine.csv", "mimeType": "text/csv", "buffer": f"x,y,kind\n{rows}".encode()}
    )
    page.wait_for_url(re.compile("own="))
    finished(page)
    assert float(metric(page, "Training accuracy")) > 0.9
    shared = page.url
    page.goto("about:blank")
    page.goto(shared)
    finished(page)
    assert float(metric(page, "Training accuracy")) > 0.9
