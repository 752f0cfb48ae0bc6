"""Many visitors at once: what they wait for, whether anybody sees another's selection, and the memory they take.

    python benchmarks/load.py [--data FOLDER] [--models FOLDER] [--sessions 50] [--minutes 10] [--processes 2]

Starts `slviz serve` with so many processes behind HAProxy, or takes the server at --address. Each visitor has a real
WebSocket and does what people do, with a pause after each: opens pages, searches genes, changes colours, selects
genes, downloads a table; every tenth starts a small training. Selections are of another number of genes for each
visitor, and a page that names another number is a mix-up. Memory is the resident memory of the server's processes
without their trainings.
"""

from __future__ import annotations

import argparse
import asyncio
import collections
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import psutil

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from socket_visitor import Answer, Visitor, shown  # noqa: E402

from slviz.datasets.sources import open_dataset  # noqa: E402

PAUSE_SECONDS = 6.0, 14.0
FEWEST_GENES = 3
START_SECONDS = 90.0
COLOURS = ("cluster", "partners", "evidence", "chromosome", "density")
PAGES = ("", "gene", "embedding", "predictions", "results", "compare", "train", "glossary", "lab", "training")
TARGET_SECONDS = 2.0
TRAINS = 10
"""Every so manieth visitor starts a training once."""


@dataclass
class Log:
    """What all visitors met."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: collections.defaultdict(list))
    errors: list[str] = field(default_factory=list)
    mixed_up: list[str] = field(default_factory=list)
    memory: list[tuple[float, int]] = field(default_factory=list)

    def note(self, what: str, answer: Answer) -> Answer:
        """Count an answer."""
        self.seconds[what].append(answer.seconds)
        self.errors += [f"{what}: {error[:200]}" for error in answer.errors]
        return answer


async def visit(
    address: str, number: int, genes: Sequence[str], log: Log, *, until: float, pause: tuple[float, float]
) -> None:
    """What one visitor does until the time is over."""
    random, own = (
        Random(number),
        [genes[(7 * number + 13 * step) % len(genes)] for step in range(FEWEST_GENES + number)],
    )
    selection = f"genes={','.join(dict.fromkeys(own))}"
    count = len(dict.fromkeys(own))
    await asyncio.sleep(random.uniform(0, pause[1]))
    async with Visitor(address) as visitor:
        while time.monotonic() < until:
            await _click(visitor, number, random, genes, selection, count, log)
            await asyncio.sleep(random.uniform(*pause))


async def _click(
    visitor: Visitor, number: int, random: Random, genes: Sequence[str], selection: str, count: int, log: Log
) -> None:
    kind = random.choice(("page", "page", "gene", "gene", "colour", "select", "download", "train"))
    try:
        if kind == "gene":
            gene = random.choice(genes)
            answer = log.note("gene", await visitor.open("gene", f"gene={gene}"))
            if not any(gene in text for text in answer.texts):
                log.mixed_up.append(f"visitor {number} asked for {gene}: {answer.texts[:3]}")
        elif kind == "colour":
            log.note("colour", await visitor.open("embedding", f"colour={random.choice(COLOURS)}"))
        elif kind == "select":
            answer = log.note("select", await visitor.open("embedding", selection))
            if not any(f"{count} selected" in text or f"{count} genes" in text for text in answer.texts):
                log.mixed_up.append(f"visitor {number} selected {count} genes: {answer.texts}")
        elif kind == "download":
            answer = log.note("page", await visitor.open("predictions", ""))
            opened = log.note("menu", await visitor.open("predictions", "", menu=random.choice(answer.menus)))
            table = next((id for label, id in opened.downloads.items() if "TSV" in label), None)
            if table is not None:  # some menus have pictures alone
                began = time.monotonic()
                await visitor.download(table)
                log.seconds["download"].append(time.monotonic() - began)
        elif kind == "train" and number % TRAINS == 0:
            words = f"network=mlp&features=none&seed={number}&settings=epochs%3D3"
            answer = log.note("train", await visitor.open("train", words))
            start = next((id for label, id in answer.buttons.items() if label.startswith("Start")), "")
            if start:
                log.note("start training", await visitor.open("train", words, pressed=start))
        else:
            page = random.choice(PAGES)
            log.note("page", await visitor.open(page, ""))
    except (OSError, RuntimeError, TimeoutError, ValueError) as error:
        log.errors.append(f"{kind}: {type(error).__name__}: {error}"[:300])


async def watch(server: psutil.Process, log: Log, *, began: float, every: float = 5.0) -> None:
    """Note the memory of the server again and again."""
    while True:
        log.memory.append((time.monotonic() - began, memory_bytes(server)))
        await asyncio.sleep(every)


def memory_bytes(server: psutil.Process) -> int:
    """Resident bytes of the processes that serve pages."""
    total = 0
    for process in [server, *server.children(recursive=True)]:
        try:
            if "streamlit" in " ".join(process.cmdline()):
                total += process.memory_info().rss
        except psutil.Error:
            continue
    return total


@contextmanager
def served(processes: int, *, data: str, models: Path) -> Iterator[tuple[str, psutil.Process]]:
    """`slviz serve` on a free port, until the block ends."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "SLVIZ_DATA": data, "SLVIZ_MODELS": str(models), "SLVIZ_ACCESS": "full"}
    command = [sys.executable, "-m", "slviz", "serve", "--processes", str(processes), "--port", str(port)]
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT)
        address = f"http://127.0.0.1:{port}/"
        try:
            wait_for(address)
            yield address, psutil.Process(process.pid)
        finally:
            process.terminate()
            process.wait(30)


def wait_for(address: str) -> None:
    """Return once a server answers; raises `OSError` where it does not."""
    end = time.monotonic() + START_SECONDS
    while True:
        try:
            urllib.request.urlopen(address, timeout=5).read()
            return
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)


def percentile(values: Sequence[float], share: float) -> float:
    """The value that this share of all do not exceed."""
    return sorted(values)[min(int(share * len(values)), len(values) - 1)]


async def run(
    address: str, server: psutil.Process, genes: Sequence[str], *, sessions: int, seconds: float,
    pause: tuple[float, float] = PAUSE_SECONDS,
) -> Log:  # fmt: skip
    """Let all visitors in, and out again."""
    log, began = Log(), time.monotonic()
    watcher = asyncio.create_task(watch(server, log, began=began))
    async with asyncio.TaskGroup() as visitors:
        for number in range(sessions):
            visitors.create_task(visit(address, number, genes, log, until=began + seconds, pause=pause))
    watcher.cancel()
    return log


def report(log: Log, *, sessions: int, before: int, after: int) -> str:
    """The table and the sentences."""
    every = [value for values in log.seconds.values() for value in values]
    rows = [("all", every), *sorted(log.seconds.items())]
    lines = ["| click | number | median | p95 | longest |", "| --- | ---: | ---: | ---: | ---: |"]
    for name, values in rows:
        if values:
            lines.append(
                f"| {name} | {len(values):,} | {statistics.median(values):.2f} s | {percentile(values, 0.95):.2f} s | "
                f"{max(values):.2f} s |"
            )
    megabytes = [value / 1e6 for _, value in log.memory]
    third = max(len(megabytes) // 3, 1)
    lines += [
        "",
        f"- errors: {len(log.errors)}; selections of another: {len(log.mixed_up)}",
        f"- memory: {before / 1e6:,.0f} MB before; {statistics.median(megabytes[:third]):,.0f} MB in the first third, "
        f"{statistics.median(megabytes[-third:]):,.0f} MB in the last; at most {max(megabytes):,.0f} MB, "
        f"{(max(megabytes) - before / 1e6) / sessions:.1f} MB a session; {after / 1e6:,.0f} MB after they left",
    ]
    kinds = collections.Counter(error.split(":")[0] for error in log.errors)
    lines += [f"- errors by click: {shown(kinds)}"] if kinds else []
    lines += [f"  - {sentence}" for sentence in [*log.errors[:8], *log.mixed_up[:5]]]
    return "\n".join(lines)


def main() -> None:
    """Run it and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", default="demo")
    parser.add_argument(
        "--models", type=Path, default=None, help="runs that visitors look at (default: the shipped ones)"
    )
    parser.add_argument("--sessions", type=int, default=50)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument(
        "--leave-seconds", type=float, default=150.0, help="how long the server may take to forget them"
    )
    options = parser.parse_args()
    genes = list(open_dataset(options.data).genes)
    with (
        tempfile.TemporaryDirectory() as empty,
        served(options.processes, data=options.data, models=options.models or Path(empty)) as (address, server),
    ):
        for page in PAGES:
            asyncio.run(_first(address, page))
        before = memory_bytes(server)
        log = asyncio.run(run(address, server, genes, sessions=options.sessions, seconds=60 * options.minutes))
        time.sleep(options.leave_seconds)
        print(report(log, sessions=options.sessions, before=before, after=memory_bytes(server)))


async def _first(address: str, page: str) -> None:
    """Warm the server: what the first visitor of all waits for is measured elsewhere."""
    async with Visitor(address) as visitor:
        await visitor.open(page, "")


if __name__ == "__main__":
    main()
