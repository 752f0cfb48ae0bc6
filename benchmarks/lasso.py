"""How long it takes from the end of a lasso to the table of its genes, in headless Chromium.

    python benchmarks/lasso.py [--data synlethdb] [--models FOLDER --run RUN] [--rounds 5]

Without a run it trains one of 20 epochs first. Each round opens the page anew, draws a lasso around a part of the map
and measures in the browser from the release of the mouse to the moment when the heading "… selected genes" and its
table are in the page; and beside it the processor time that the server spent, which other work on the machine does not
change. Bytes are those of the websocket, both ways, until the page is at rest. The target is 0.5 s at 6,375 genes.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "browser")]

from served import address, chromium, served_app, settle, train  # noqa: E402 # pyright: ignore[reportMissingImports]

TARGET_SECONDS = 0.5
LASSOS = {"a small part": (0.44, 0.44, 0.52, 0.54), "a quarter": (0.3, 0.25, 0.55, 0.6)}
WATCH = """() => {
    window.released = null; window.seen = null;
    document.addEventListener('mouseup', () => { window.released = performance.now(); window.seen = null; }, true);
    new MutationObserver(() => {
        if (!window.released || window.seen) return;
        const told = [...document.querySelectorAll('h3')].some((each) => /selected gene/.test(each.innerText));
        if (told && document.querySelector('[data-testid="stDataFrame"]')) window.seen = performance.now();
    }).observe(document.body, {subtree: true, childList: true, characterData: true});
}"""


def draw(page: Any, part: tuple[float, float, float, float]) -> None:
    box = page.locator(".js-plotly-plot .nsewdrag").first.bounding_box()
    left, top, right, bottom = part
    places = [
        (box["x"] + x * box["width"], box["y"] + y * box["height"])
        for x, y in ((left, top), (right, top), (right, bottom), (left, bottom), (left, top + 0.01))
    ]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=6)
    page.mouse.up()


def processor_seconds(port: str) -> float:
    """Of the server that listens on a port, as Linux counts it."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if f"--server.port={port}" in (process / "cmdline").read_text():
                fields = (process / "stat").read_text().rpartition(")")[2].split()
                return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        except OSError:
            continue
    return float("nan")


def one_round(page: Any, base: str, run: str, part: tuple[float, float, float, float]) -> tuple[float, float, int, int]:
    """Seconds to the table, processor seconds of the server, bytes, genes."""
    page.goto(address(base, "embedding", run=run, pointer="lasso"))
    settle(page)
    page.evaluate(WATCH)
    frames: list[int] = []
    page.context.frames = frames
    port = base.rpartition(":")[2]
    spent = processor_seconds(port)
    draw(page, part)
    page.wait_for_function("() => window.seen", timeout=60_000)
    taken = page.evaluate("() => window.seen - window.released") / 1000
    settle(page)
    heading = page.get_by_role("heading", name=re.compile("selected gene")).inner_text()
    return taken, processor_seconds(port) - spent, sum(frames), int(heading.split()[0].replace(",", ""))


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--data", default="synlethdb")
    arguments.add_argument("--models", type=Path)
    arguments.add_argument("--run")
    arguments.add_argument("--rounds", type=int, default=5)
    asked = arguments.parse_args()
    models = asked.models or Path(tempfile.mkdtemp())
    run = asked.run or train(models, "--task", "link", "--network", "gat", "epochs=20", data=asked.data)
    with served_app(models=models) as base, chromium() as browser:
        context = browser.new_context(viewport={"width": 1440, "height": 1000})
        page = context.new_page()
        page.on("websocket", lambda socket: _count(socket, context))
        page.goto(address(base, "embedding", run=run))  # the server reads data and run once
        settle(page)
        for name, part in LASSOS.items():
            rounds = np.array([one_round(page, base, run, part) for _ in range(asked.rounds)])
            taken, spent, sent, genes = rounds.T
            within = "within" if np.median(taken) < TARGET_SECONDS else "OVER"
            print(
                f"{name}, {int(genes[0]):,} genes: table after median {np.median(taken):.2f} s, "
                f"fastest {taken.min():.2f}, slowest {taken.max():.2f} ({within} 0.5 s); "
                f"server's processor time {np.median(spent):.2f} s; {np.median(sent) / 1000:.0f} kB; "
                f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
            )


def _count(socket: Any, context: Any) -> None:
    def note(frame: Any) -> None:
        context.frames.append(len(frame))

    context.frames = []
    socket.on("framereceived", note)
    socket.on("framesent", note)


if __name__ == "__main__":
    start = time.monotonic()
    main()
    print(f"whole benchmark {time.monotonic() - start:.0f} s")
