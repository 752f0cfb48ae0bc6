#!/usr/bin/env python3
"""How fluid the network of a gene is while it is panned and a gene in it is dragged, in Chromium.

    .venv/bin/python benchmarks/network_in_browser.py RUN GENE [--seconds 4]

The run is taken from the models folder (SLVIZ_MODELS), its data from SLVIZ_DATA. The mouse moves all the time; told are
the pictures that Cytoscape.js drew in a second and the longest pause between two, for the network as it opens and for
150 partners of either kind. Chromium draws by the processor here; a screen with a graphics card is quicker.
"""

from __future__ import annotations

import argparse
import itertools
import math
import os
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

CHECKOUT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(CHECKOUT), str(CHECKOUT / "tests" / "browser")]

from served import CHROMIUM_ARGUMENTS, chromium_path, served_app  # noqa: E402

from slviz.runs.store import RunStore  # noqa: E402

PATIENCE_MS = 180_000
SIZES = {"as it opens": {}, "150 partners of either kind": {"new": 150, "known": 150, "interactions": "false"}}
THERE = "() => [...(globalThis.__slvizNetworks?.values() ?? [])].some((cy) => cy.nodes().length > 1)"
COUNT = """() => {
    const cy = [...globalThis.__slvizNetworks.values()].at(-1)
    const box = cy.container().getBoundingClientRect()
    const node = cy.nodes().filter((node) => node.renderedDegree !== 0)[1].renderedPosition()
    if (!globalThis.__drawn) {
        globalThis.__drawn = []
        cy.on('render', () => globalThis.__drawn.push(performance.now()))
    }
    return { genes: cy.nodes().length, edges: cy.edges().length, left: box.left, top: box.top, width: box.width,
             height: box.height, x: node.x, y: node.y }
}"""


def moved(page: Any, x: float, y: float, *, seconds: float) -> tuple[float, float]:
    """Pictures a second, and the longest pause in seconds, while the mouse is held and goes around in circles."""
    page.mouse.move(x, y)
    page.mouse.down()
    page.evaluate("() => { globalThis.__drawn.length = 0 }")
    end, step = time.perf_counter() + seconds, 0
    while time.perf_counter() < end:
        step += 1
        page.mouse.move(x + 60 * math.sin(step / 6), y + 60 * math.cos(step / 6))
    page.mouse.up()
    drawn = page.evaluate("() => globalThis.__drawn")
    pauses = [(after - before) / 1000 for before, after in itertools.pairwise(drawn)]
    return len(drawn) / seconds, max(pauses, default=float("inf"))


def main() -> None:
    """Print a row for each size and each way to move."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run")
    parser.add_argument("gene")
    parser.add_argument("--seconds", type=float, default=4.0)
    options = parser.parse_args()
    from playwright.sync_api import sync_playwright

    store, data = RunStore.default(), os.environ.get("SLVIZ_DATA")
    print(f"load of the machine {os.getloadavg()[0]:.1f}\n")
    print("| network | genes | edges | panned | longest pause | a gene dragged | longest pause |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    with served_app(models=store.root, data=Path(data) if data else None) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=CHROMIUM_ARGUMENTS)
        for name, size in SIZES.items():
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            query = {"run": options.run, "gene": options.gene, "show": "network", **size}
            page.goto(f"{server}/gene?{urlencode(query)}")
            page.wait_for_function(THERE, timeout=PATIENCE_MS)
            time.sleep(3)
            page.locator(".canvas").first.scroll_into_view_if_needed()
            place = page.evaluate(COUNT)
            empty = moved(page, place["left"] + 20, place["top"] + place["height"] - 20, seconds=options.seconds)
            place = page.evaluate(COUNT)
            node = moved(page, place["left"] + place["x"], place["top"] + place["y"], seconds=options.seconds)
            shown = " | ".join(f"{rate:.0f} /s | {pause:.2f} s" for rate, pause in (empty, node))
            print(f"| {name} | {place['genes']} | {place['edges']} | {shown} |", flush=True)
            page.close()
        browser.close()


if __name__ == "__main__":
    main()
