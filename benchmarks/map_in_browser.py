#!/usr/bin/env python3
"""From a map's address to the drawn map, and from a lasso to its table, in Chromium; beside other explorers.

    .venv/bin/python benchmarks/map_in_browser.py [--points 6375 100000 1000000] [--run RUN] [--rounds 3]
        [--bare] [--tensorboard] [--protspace FOLDER/bin]

The same vectors for all: 12 Gaussian clouds, 32 numbers a point, generated; the map is PCA, made beforehand
(TensorBoard makes its own in the browser). The server runs; each round is a new visitor with an empty browser
cache, who then opens the address once more ("again"). slviz's first visit after the start of the server is told
apart, since it opens the vectors. Drawn is when the chart has its axes, all its points or its picture, and two more
frames have passed; in TensorBoard, when it states the number of points and the variance of its PCA; in ProtSpace, as
with slviz. Files are what came by HTTP as it was encoded (the program, and the others' data); data is slviz's
WebSocket. `--run` measures the Embedding page of a finished run as well. Seconds are on the clock, medians, and in
brackets in processor time of server, browser and driver, which other work on the machine touches less.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import psutil

CHECKOUT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(CHECKOUT), str(CHECKOUT / "tests" / "browser")]

from served import CHROMIUM_ARGUMENTS, address, chromium_path, served_app  # noqa: E402

from slviz.projections import PCA  # noqa: E402
from slviz.runs.store import RunStore  # noqa: E402
from slviz.vectors import VectorSet, VectorStore  # noqa: E402

CLOUDS, WIDTH = 12, 32
PATIENCE_SECONDS = 300
WEBGL = ["--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist"]
DRAWN = """(count) => {
    const chart = document.querySelector('.js-plotly-plot');
    if (!chart?._fullLayout?.xaxis?._length || !chart.querySelector('.nsewdrag')) return false;
    const points = chart._fullData.reduce((sum, trace) => sum + (trace.x?.length ?? 0), 0);
    return points >= count || (chart.layout.images?.length ?? 0) > 0;
}"""
TWO_FRAMES = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))"


def clouds(count: int) -> VectorSet:
    """The vectors that all explorers draw."""
    random = np.random.default_rng(0)
    centre, of = random.normal(size=(CLOUDS, WIDTH)) * 4, random.integers(CLOUDS, size=count)
    vectors = (centre[of] + random.normal(size=(count, WIDTH))).astype(np.float32)
    names = tuple(f"point {number}" for number in range(count))
    cloud = np.array([f"cloud {number + 1}" for number in range(CLOUDS)], dtype=object)[of]
    return VectorSet(name=f"clouds {count}", names=names, vectors=vectors, columns=pd.DataFrame({"cloud": cloud}))


class Traffic:
    """Bytes of a page: of files (mostly its program), and of the WebSocket in both directions (slviz's data)."""

    def __init__(self, page: Any) -> None:
        self.files = self.data = 0
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.on("Network.loadingFinished", self._loaded)
        session.on("Network.webSocketFrameReceived", self._frame)
        session.on("Network.webSocketFrameSent", self._frame)

    def _loaded(self, event: Any) -> None:
        self.files += int(event["encodedDataLength"])

    def _frame(self, event: Any) -> None:
        frame = event["response"]
        self.data += int(len(frame["payloadData"]) * (0.75 if frame["opcode"] == 2 else 1))  # binary comes as base64


@contextlib.contextmanager
def visitor(browser: Any) -> Iterator[tuple[Any, Traffic]]:
    context = browser.new_context(viewport={"width": 1440, "height": 1000})
    context.set_default_timeout(1000 * PATIENCE_SECONDS)
    page = context.new_page()
    yield page, Traffic(page)
    context.close()


@dataclass(frozen=True)
class Taken:
    """How long something took: on the clock, and in processor time of the server, the browser and its driver."""

    seconds: float
    processor_seconds: float


class Watch:
    """Counts from the moment it is made."""

    def __init__(self) -> None:
        self.started, self.used = time.perf_counter(), _processor_seconds()

    def read(self) -> Taken:
        seconds = time.perf_counter() - self.started
        used = sum(now - self.used.get(process, 0.0) for process, now in _processor_seconds().items())
        return Taken(seconds, used)


def _processor_seconds() -> dict[psutil.Process, float]:
    """Of each process that this one has started and that still lives."""
    used = {}
    for process in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):
            times = process.cpu_times()
            used[process] = times.user + times.system
    return used


def seconds_to_map(page: Any, place: str, count: int) -> Taken:
    watch = Watch()
    page.goto(place, wait_until="commit")
    page.wait_for_function(DRAWN, arg=count, timeout=1000 * PATIENCE_SECONDS, polling="raf")
    page.evaluate(TWO_FRAMES)
    return watch.read()


def seconds_to_table(page: Any) -> Taken:
    """Draw a lasso around the upper left of the map; until the table's heading says how many were selected."""
    page.wait_for_timeout(1500)  # what the page does after its map is not part of a lasso
    box = page.locator(".js-plotly-plot .nsewdrag").first.bounding_box()
    left, top = box["x"] + 3, box["y"] + 3
    right, bottom = box["x"] + 0.6 * box["width"], box["y"] + 0.6 * box["height"]
    page.mouse.move(left, top)
    page.mouse.down()
    for x, y in ((right, top), (right, bottom), (left, bottom), (left, top + 1)):
        page.mouse.move(x, y, steps=6)
    page.evaluate(TWO_FRAMES)
    watch = Watch()
    page.mouse.up()
    page.locator("h3", has_text="selected").first.wait_for(timeout=1000 * PATIENCE_SECONDS)
    return watch.read()


def ours(browser: Any, place: Callable[..., str], count: int, rounds: int) -> dict[str, Any]:
    """Seconds and bytes of slviz's page."""
    with visitor(browser) as (page, _):
        first = seconds_to_map(page, place(), count)
    drawn, again, table, files, data, lasso = [], [], [], [], [], []
    for _ in range(rounds):
        with visitor(browser) as (page, traffic):
            drawn.append(seconds_to_map(page, place(pointer="lasso"), count))
            page.wait_for_timeout(500)
            files.append(traffic.files)
            data.append(traffic.data)
            table.append(seconds_to_table(page))
            page.wait_for_timeout(500)
            lasso.append(traffic.data - data[-1])
            page.close()
            again.append(seconds_to_map(page.context.new_page(), place(), count))
    return {
        "first": [first],
        "drawn": drawn,
        "again": again,
        "files": files,
        "data": data,
        "table": table,
        "lasso": lasso,
    }


def of_vectors_page(browser: Any, points: VectorSet, folder: Path, rounds: int) -> dict[str, Any]:
    """Keep the vectors with their PCA, serve them, and measure the page."""
    models = folder / "models"
    store = VectorStore(models / ".vectors")
    id = store.keep(points)
    store.artifacts(id).make_map(PCA(), 0)
    with served_app(models=models) as base:
        measured = ours(browser, lambda **query: address(base, "embedding", vectors=id, **query), len(points), rounds)
    shutil.rmtree(models)
    return measured


def of_run_page(browser: Any, run_id: str, rounds: int) -> dict[str, Any]:
    """The Embedding page of a finished run of the models folder."""
    store = RunStore.default()
    count = len(store.open(run_id).genes)
    with served_app(models=store.root) as base:
        measured = ours(browser, lambda **query: address(base, "embedding", run=run_id, **query), count, rounds)
    return measured | {"count": count}


BARE = """import numpy, plotly.graph_objects, streamlit
x, y = numpy.load({path!r}).T
streamlit.plotly_chart(plotly.graph_objects.Figure(plotly.graph_objects.Scattergl(x=x, y=y, mode="markers")))
"""


def bare_page(browser: Any, points: VectorSet, folder: Path, rounds: int) -> dict[str, Any]:
    """The least that Streamlit and Plotly can do: a page with the same points, without names, and nothing else."""
    np.save(folder / "bare.npy", PCA().fit(points.vectors, 0).coordinates.astype(np.float32))
    (folder / "bare.py").write_text(BARE.format(path=str(folder / "bare.npy")))
    drawn, again, files, data = [], [], [], []
    with served_app(models=folder / "no models", app=folder / "bare.py") as base:
        with visitor(browser) as (page, _):
            first = seconds_to_map(page, base, len(points))
        for _ in range(rounds):
            with visitor(browser) as (page, traffic):
                drawn.append(seconds_to_map(page, base, len(points)))
                page.wait_for_timeout(500)
                files.append(traffic.files)
                data.append(traffic.data)
                page.close()
                again.append(seconds_to_map(page.context.new_page(), base, len(points)))
    return {"first": [first], "drawn": drawn, "again": again, "files": files, "data": data}


def row(name: str, count: int, measured: dict[str, Any]) -> str:
    def seconds(key: str) -> str:
        values: list[Taken] = measured.get(key, [])
        if not values:
            return "–"
        middle = statistics.median(each.seconds for each in values)
        return f"{middle:.2f} ({statistics.median(each.processor_seconds for each in values):.2f})"

    def megabytes(key: str) -> str:
        values = measured.get(key)
        return f"{statistics.median(values) / 1e6:.2f}" if values else "–"

    cells = [
        seconds("first"),
        seconds("drawn"),
        seconds("again"),
        megabytes("files"),
        megabytes("data"),
        seconds("table"),
        megabytes("lasso"),
    ]
    count = measured.get("count", count)
    return f"| {name} | {count:,} | " + " | ".join(cells) + " |"


# --- others ---------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def serving(command: list[str], port: int, **more: Any) -> Iterator[str]:
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True, **more
    )
    base = f"http://127.0.0.1:{port}"
    try:
        end = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < end:
            with contextlib.suppress(OSError), urllib.request.urlopen(base, timeout=2):
                break
            time.sleep(0.2)
        yield base
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=30)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def projector_frame(page: Any) -> Any:
    """The plugin's own frame, two frames deep."""
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        for frame in page.frames:
            if "projector_binary" in frame.url:
                return frame
        page.wait_for_timeout(50)
    raise TimeoutError("the Projector did not appear")


def tensorboard(browser: Any, points: VectorSet, folder: Path, rounds: int) -> dict[str, Any]:
    """The Projector plugin of TensorBoard on the same vectors, as slviz exports them."""
    import zipfile

    from slviz.export import of_vectors, to_projector

    (folder / "projector.zip").write_bytes(to_projector(of_vectors(points)))
    zipfile.ZipFile(folder / "projector.zip").extractall(folder / "logs")
    port, drawn, files = free_port(), [], []
    command = [sys.executable, "-m", "tensorboard.main", "--logdir", str(folder / "logs"), "--port", str(port)]
    with serving(command, port) as base:
        for _ in range(rounds):
            with visitor(browser) as (page, traffic):
                watch = Watch()
                page.goto(f"{base}/#projector", wait_until="commit")
                frame = projector_frame(page)
                frame.get_by_text(f"Points: {len(points)}").first.wait_for(timeout=1000 * PATIENCE_SECONDS)
                frame.get_by_text("Total variance described").first.wait_for(timeout=1000 * PATIENCE_SECONDS)
                page.evaluate(TWO_FRAMES)
                drawn.append(watch.read())
                page.wait_for_timeout(500)
                files.append(traffic.files)
                page.screenshot(path=folder / "tensorboard.png")
    return {"drawn": drawn, "files": files}


def protspace(browser: Any, points: VectorSet, folder: Path, binaries: Path, rounds: int) -> dict[str, Any]:
    """ProtSpace from an environment of its own; its PCA is made beforehand, as ours is."""
    import h5py

    identifiers = [each.replace(" ", "_") for each in points.names]
    with h5py.File(folder / "vectors.h5", "w") as file:
        for name, vector in zip(identifiers, points.vectors, strict=True):
            file.create_dataset(name, data=vector)
    labels = pd.DataFrame({"identifier": identifiers, "cloud": points.columns["cloud"]})
    labels.to_parquet(folder / "labels.parquet", index=False)
    program, places, bundle = str(binaries / "protspace"), folder / "places", folder / "all.parquetbundle"
    places.mkdir()
    for arguments in (
        ["project", "-i", f"{folder / 'vectors.h5'}:vectors", "-m", "pca2", "-o", str(places)],
        ["bundle", "-p", str(places), "-a", str(folder / "labels.parquet"), "-o", str(bundle)],
    ):
        subprocess.run([program, *arguments], check=True, capture_output=True, timeout=600)
    port, drawn, files = free_port(), [], []
    with serving([program, "serve", str(bundle), "--port", str(port)], port) as base:
        for _ in range(rounds):
            with visitor(browser) as (page, traffic):
                drawn.append(seconds_to_map(page, base, len(points)))
                page.wait_for_timeout(500)
                files.append(traffic.files)
                page.screenshot(path=folder / "protspace.png")
    return {"drawn": drawn, "files": files}


def attempt(name: str, count: int, measure: Callable[[], dict[str, Any]]) -> None:
    """Print the row of another explorer, or why there is none."""
    from playwright.sync_api import Error

    try:
        print(row(name, count, measure()), flush=True)
    except (Error, subprocess.SubprocessError, OSError, MemoryError) as error:
        reason = str(error).splitlines()[0][:90] if str(error) else type(error).__name__
        print(f"| {name} | {count:,} | not drawn: {reason} | | | | | | |", flush=True)


def main(asked: argparse.Namespace) -> None:
    from playwright.sync_api import Error, sync_playwright

    print(f"Load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors.\n")
    print(
        "| | points | first after the start | new visitor | again | MB of files | MB of data "
        "| lasso → table | MB of a lasso |"
    )
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium_path(),
            args=[*(each for each in CHROMIUM_ARGUMENTS if each != "--disable-gpu"), *WEBGL],
        )
        if asked.run:
            attempt("slviz, a run", 0, lambda: of_run_page(browser, asked.run, asked.rounds))
        for count in asked.points:
            points = clouds(count)
            attempt("slviz, vectors", count, lambda: of_vectors_page(browser, points, Path(folder), asked.rounds))  # noqa: B023
            others = {}
            if asked.bare:
                others["Streamlit and Plotly alone"] = lambda place: bare_page(browser, points, place, asked.rounds)  # noqa: B023
            if asked.tensorboard:
                others["TensorBoard Projector"] = lambda place: tensorboard(browser, points, place, asked.rounds)  # noqa: B023
            if asked.protspace:
                others["ProtSpace"] = lambda place: protspace(browser, points, place, asked.protspace, asked.rounds)  # noqa: B023
            for name, measure in others.items():
                place = Path(folder) / f"{name}-{count}"
                place.mkdir()
                attempt(name, count, lambda: measure(place))  # noqa: B023
                if asked.pictures:
                    for picture in place.glob("*.png"):
                        shutil.copy(picture, asked.pictures / f"{count}-{picture.name}")
                shutil.rmtree(place)
        with contextlib.suppress(Error):  # a page of a million points may have taken the browser with it
            browser.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--points", type=int, nargs="*", default=[6375, 100_000, 1_000_000])
    parser.add_argument("--run", help="a finished run of SLVIZ_MODELS to measure as well")
    parser.add_argument("--rounds", type=int, default=3, help="visitors each (3)")
    parser.add_argument("--bare", action="store_true", help="measure the same points on an otherwise empty page, too")
    parser.add_argument("--tensorboard", action="store_true", help="measure its Projector, where it is installed")
    parser.add_argument("--protspace", type=Path, metavar="FOLDER", help="bin folder of an environment with ProtSpace")
    parser.add_argument("--pictures", type=Path, metavar="FOLDER", help="keep pictures of the other explorers there")
    main(parser.parse_args())
