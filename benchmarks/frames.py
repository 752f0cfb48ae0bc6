#!/usr/bin/env python3
"""Frames a second while a map is panned with the mouse, in Chromium on slviz's real page; beside Plotly alone.

    .venv/bin/python benchmarks/frames.py [--points 6375 20000 100000] [--seconds 3] [--rounds 3] [--still]

The vectors and the map are those of `map_in_browser.py`: 12 Gaussian clouds, PCA. The page is the Embedding page in a
window of 1440 × 1000, the mouse goes in a circle with the button down, as fast as the browser takes its moves. A frame
is a call of `requestAnimationFrame`, counted by the page from the first move to the last; a redraw is the event
`plotly_relayouting`, after which the points stand elsewhere. The slowest twentieth of the frames is told as the 95 %
quantile of their intervals; processor time is that of server, browser and driver together, which other work on the
machine touches less. `--still` measures the same without a pressed button: what the machine can do at most.
Headless Chromium draws by WebGL in software where no graphics card is: points cost processor time there, and on
a computer with a card they do not.
"""

from __future__ import annotations

import argparse
import math
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

CHECKOUT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(CHECKOUT), str(CHECKOUT / "tests" / "browser"), str(CHECKOUT / "benchmarks")]

from map_in_browser import BARE, DRAWN, PATIENCE_SECONDS, TWO_FRAMES, WEBGL, Watch, clouds, visitor  # noqa: E402
from served import CHROMIUM_ARGUMENTS, address, chromium_path, served_app  # noqa: E402

from slviz.projections import PCA  # noqa: E402
from slviz.vectors import VectorStore  # noqa: E402

RADIUS, STEPS = 120, 60
"""Pixels of the circle, and moves of the mouse around it."""
COUNT = """() => {
    const counts = { frames: [], redraws: 0, running: true };
    window.slvizFrames = counts;
    const chart = document.querySelector('.js-plotly-plot');
    chart.on('plotly_relayouting', () => { counts.redraws += 1 });
    const frame = (now) => { counts.frames.push(now); if (counts.running) requestAnimationFrame(frame) };
    requestAnimationFrame(frame);
}"""
READ = "() => { slvizFrames.running = false; return { frames: slvizFrames.frames, redraws: slvizFrames.redraws } }"
RENDERER = """() => {
    const context = document.createElement('canvas').getContext('webgl');
    const about = context?.getExtension('WEBGL_debug_renderer_info');
    return about ? context.getParameter(about.UNMASKED_RENDERER_WEBGL) : 'no WebGL';
}"""


def panned(page: Any, place: str, count: int, *, seconds: float, pressed: bool) -> dict[str, float]:
    """Frames and redraws a second while the mouse goes round, and the interval that one frame in twenty exceeds."""
    page.goto(place, wait_until="commit")
    page.wait_for_function(DRAWN, arg=count, timeout=1000 * PATIENCE_SECONDS, polling="raf")
    page.evaluate(TWO_FRAMES)
    page.wait_for_timeout(1500)  # what the page does after its map is not part of panning
    box = page.locator(".js-plotly-plot .nsewdrag").first.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x + RADIUS, y)
    if pressed:
        page.mouse.down()
    page.evaluate(COUNT)
    watch, begun, step = Watch(), time.perf_counter(), 0
    while time.perf_counter() - begun < seconds:
        step += 1
        angle = 2 * math.pi * step / STEPS
        page.mouse.move(x + RADIUS * math.cos(angle), y + RADIUS * math.sin(angle))
    counted = page.evaluate(READ)
    used = watch.read().processor_seconds
    if pressed:
        page.mouse.up()
    times = np.array(counted["frames"])
    intervals = np.diff(times)
    took = (times[-1] - times[0]) / 1000
    return {
        "frames": len(intervals) / took,
        "redraws": counted["redraws"] / took,
        "slow": float(np.quantile(intervals, 0.95)),
        "processor": 1000 * used / max(counted["redraws"], 1),
    }


def row(name: str, count: int, rounds: list[dict[str, float]]) -> str:
    middle = {key: statistics.median(values[key] for values in rounds) for key in rounds[0]}
    cells = [f"{middle[key]:.0f}" for key in ("frames", "redraws", "slow", "processor")]
    return f"| {name} | {count:,} | {' | '.join(cells)} |"


def measured(browser: Any, place: str, count: int, options: argparse.Namespace) -> list[dict[str, float]]:
    rounds = []
    for _ in range(options.rounds):
        with visitor(browser) as (page, _):
            rounds.append(panned(page, place, count, seconds=options.seconds, pressed=not options.still))
    return rounds


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--points", type=int, nargs="+", default=[6_375, 20_000, 100_000])
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--still", action="store_true", help="the mouse moves with no button pressed")
    options = parser.parse_args()

    from playwright.sync_api import sync_playwright

    arguments = [each for each in CHROMIUM_ARGUMENTS if each != "--disable-gpu"] + WEBGL
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as temporary:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=arguments)
        page = browser.new_page()
        print(f"{page.evaluate(RENDERER)}; {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}\n")
        page.close()
        print("| | points | frames a second | redraws a second | 95 % of frames within, ms | processor ms a redraw |")
        print("| --- | --- | --- | --- | --- | --- |")
        for count in options.points:
            points, folder = clouds(count), Path(temporary)
            store = VectorStore(folder / "models" / ".vectors")
            id = store.keep(points)
            store.artifacts(id).make_map(PCA(), 0)
            with served_app(models=folder / "models") as base:
                place = address(base, "embedding", vectors=id, map="pca", pointer="pick")
                print(row("slviz, vectors", count, measured(browser, place, count, options)), flush=True)
            np.save(folder / "bare.npy", PCA().fit(points.vectors, 0).coordinates.astype(np.float32))
            bare = BARE.replace('mode="markers")', 'mode="markers"), layout={{"dragmode": "pan"}}')
            (folder / "bare.py").write_text(bare.format(path=str(folder / "bare.npy")))
            with served_app(models=folder / "no models", app=folder / "bare.py") as base:
                print(row("Streamlit and Plotly alone", count, measured(browser, base, count, options)), flush=True)
        browser.close()


if __name__ == "__main__":
    main()
