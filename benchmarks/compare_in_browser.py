#!/usr/bin/env python3
"""From the address of Compare with two maps to the drawn maps, in Chromium, beside the page without maps.

    .venv/bin/python benchmarks/compare_in_browser.py RUN OTHER [--map pca] [--rounds 5]

Runs are taken from the models folder (SLVIZ_MODELS), their data from SLVIZ_DATA. The server runs; each round is a new
visitor with an empty browser cache. The first visit after the start of the server is told apart, since it opens the
data and the runs; "again" opens the address once more in the same browser, which has the program by then. Drawn is when
the maps side by side, and then the map whose points move, too, have all their points and two more frames have passed.
Beside it, in the same run, the same page with its curves of training (`tab=training`): what page, Streamlit and Plotly
take without maps. Seconds are on the clock, medians, and in brackets in processor time of server, browser and driver.
The target is 3 s for a warm server.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psutil

CHECKOUT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(CHECKOUT), str(CHECKOUT / "tests" / "browser")]

from served import CHROMIUM_ARGUMENTS, chromium_path, served_app  # noqa: E402

from slviz.runs.store import RunStore  # noqa: E402

TARGET_SECONDS = 3.0
PATIENCE_MS = 300_000
DRAWN = """([charts, count]) => {
    const drawn = [...document.querySelectorAll('.js-plotly-plot')].filter((chart) => chart._fullLayout?.xaxis?._length
        && (chart._fullData ?? []).reduce((sum, trace) => sum + (trace.x?.length ?? 0), 0) >= count);
    return drawn.length >= charts;
}"""
TWO_FRAMES = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))"


@dataclass(frozen=True)
class Visit:
    """One visit: seconds to the first and to the last figure, and processor seconds to the last."""

    first: float
    last: float
    processor: float


def visit(page: Any, url: str, *, genes: int, first: int, charts: int) -> Visit:
    """Open an address.

    Args:
        page: of a running Chromium.
        url: the address.
        genes: how many points a figure of one map has.
        first: how many maps the first figure has.
        charts: how many figures are drawn in all.
    """
    before, started = processor_seconds(), time.perf_counter()
    page.goto(url)
    page.wait_for_function(DRAWN, arg=[1, first * genes], timeout=PATIENCE_MS)
    page.evaluate(TWO_FRAMES)
    to_first = time.perf_counter() - started
    page.wait_for_function(DRAWN, arg=[charts, genes], timeout=PATIENCE_MS)
    page.evaluate(TWO_FRAMES)
    return Visit(to_first, time.perf_counter() - started, processor_seconds() - before)


def new_visitor(browser: Any, url: str, **look: int) -> tuple[Visit, Visit]:
    """The first visit with an empty cache, and the same once more; `look` as in `visit`."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    measured = visit(page, url, **look)
    page.goto("about:blank")
    again = visit(page, url, **look)
    context.close()
    return measured, again


def processor_seconds() -> float:
    """Of this process and all that it started: the server and the browser."""
    own = psutil.Process()
    total = 0.0
    for process in [own, *own.children(recursive=True)]:
        try:
            times = process.cpu_times()
        except psutil.Error:  # it has ended meanwhile
            continue
        total += times.user + times.system
    return total


def line(name: str, visits: list[Visit]) -> str:
    """Medians, and the slowest."""
    first, last, processor = (
        statistics.median(values) for values in zip(*((v.first, v.last, v.processor) for v in visits), strict=True)
    )
    slowest = max(visited.first for visited in visits)
    return f"{name}: first figure {first:.2f} s (slowest {slowest:.2f}), all figures {last:.2f} s [{processor:.2f}]"


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("run")
    arguments.add_argument("other")
    arguments.add_argument("--map", default="pca")
    arguments.add_argument("--rounds", type=int, default=5)
    options = arguments.parse_args()
    from playwright.sync_api import sync_playwright

    store = RunStore.default()
    genes = len(store.open(options.run).genes)
    data = os.environ.get("SLVIZ_DATA")
    query = {"run": options.run, "with": options.other, "tab": "maps", "map-of-runs": options.map}
    with (
        served_app(models=store.root, data=Path(data) if data else None) as server,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=CHROMIUM_ARGUMENTS)
        maps = f"{server}/compare?{urlencode(query)}"
        curves = f"{server}/compare?{urlencode(query | {'tab': 'training'})}"
        look, plain = {"genes": genes, "first": 2, "charts": 2}, {"genes": 1, "first": 1, "charts": 1}
        print(f"{genes:,} genes, {options.map}, two maps; load of the machine {os.getloadavg()[0]:.1f}")
        cold, _ = new_visitor(browser, maps, **look)
        print(line("First visit after the start of the server", [cold]), flush=True)
        new_visitor(browser, curves, **plain)
        rounds = [
            (new_visitor(browser, maps, **look), new_visitor(browser, curves, **plain)) for _ in range(options.rounds)
        ]
        of_maps, of_curves = (list(visits) for visits in zip(*rounds, strict=True))
        for name, visits in (("Maps", of_maps), ("Curves of training, without maps", of_curves)):
            print(line(f"{name}, new visitor", [first for first, _ in visits]))
            print(line(f"{name}, again", [again for _, again in visits]))
        median = statistics.median(again.first for _, again in of_maps)
        beside = median / statistics.median(again.first for _, again in of_curves)
        verdict = "within" if median < TARGET_SECONDS else "OVER"
        print(f"Two maps, again: {median:.2f} s, {verdict} {TARGET_SECONDS:.0f} s; {beside:.2f} times the page without")
        browser.close()


if __name__ == "__main__":
    main()
