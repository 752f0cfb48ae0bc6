"""What a session takes in memory, and what is left of it when it has gone: shared caches told from left-overs.

    python benchmarks/session_memory.py [--data FOLDER] [--models FOLDER] [--sessions 20] [--waves 4] [--census]

One server process, and visitors over real WebSockets (`socket_visitor.py`) in waves. All waves click the same things,
so what is kept for all by what it shows is there after the first wave, and what later waves add is left behind by
sessions. A wave leaves; when its sessions are gone (`slviz/ui/forgotten_sessions.py`), memory is read as it is, after
Python's collection of garbage, and after the allocator gave free memory back (`malloc_trim`). `--census` also
prints which kinds of objects became more between the first wave and the last. The server is started as `slviz serve`
starts its processes; `--environment NAME=VALUE` sets a variable, such as MALLOC_ARENA_MAX=16, to compare.
"""

from __future__ import annotations

import argparse
import asyncio
import collections
import contextlib
import ctypes
import gc
import http.server
import json
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import psutil

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from load import COLOURS, PAGES, wait_for  # noqa: E402
from socket_visitor import Visitor  # noqa: E402

from slviz.datasets.sources import open_dataset  # noqa: E402
from slviz.serving.environment import server_environment  # noqa: E402
from slviz.serving.fleet import free_ports  # noqa: E402

FORGET_SECONDS = 5
"""After how many seconds this server forgets a session whose browser has gone (otherwise two minutes)."""
PATIENCE_SECONDS = 120.0
HELD_BY_STREAMLIT = 1
"""A variable of its own loop holds the last session until somebody comes."""
GENES_OF_A_VISITOR = 6
MOST_KINDS = 15


@dataclass(frozen=True)
class Wave:
    """Megabytes of the server's process.

    Attributes:
        opened: while all visitors are still there.
        left: once their sessions are gone.
        collected: after Python's collection of garbage.
        trimmed: after free memory was given back to the system.
        errors: of pages.
    """

    opened: float
    left: float
    collected: float
    trimmed: float
    errors: int


@contextlib.contextmanager
def served(*, data: str, models: Path, environment: dict[str, str]) -> Iterator[tuple[str, str, psutil.Process]]:
    """A server of one process: its address, that of its census, and itself."""
    port, census = free_ports(2)
    shared = {"SLVIZ_DATA": data, "SLVIZ_MODELS": str(models), "SLVIZ_ACCESS": "full"}
    command = [sys.executable, __file__, "--inside", str(port), str(census)]
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            command,
            env={**server_environment(), **shared, **environment},
            cwd=ROOT,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            wait_for(f"http://127.0.0.1:{port}/")
            yield f"http://127.0.0.1:{port}/", f"http://127.0.0.1:{census}", psutil.Process(process.pid)
        finally:
            process.terminate()
            process.wait(30)


async def visit(
    address: str, genes: Sequence[str], number: int, *, leave: asyncio.Event, ready: asyncio.Queue[int]
) -> None:
    """Click the script of a visitor of this number, say so, and stay until all leave."""
    errors = 0
    async with Visitor(address) as visitor:
        for page, query in _script(genes, number):
            errors += len((await visitor.open(page, query)).errors)
        page = await visitor.open("predictions", "")
        for menu in page.menus[:1]:
            opened = await visitor.open("predictions", "", menu=menu)
            for id in list(opened.downloads.values())[:1]:
                try:
                    await visitor.download(id)
                except OSError:
                    errors += 1
        await ready.put(errors)
        await leave.wait()


def _script(genes: Sequence[str], number: int) -> list[tuple[str, str]]:
    random = Random(number)
    chosen = random.sample(list(genes), GENES_OF_A_VISITOR)
    clicks = [("gene", f"gene={gene}") for gene in chosen]
    clicks += [("embedding", f"colour={colour}") for colour in COLOURS]
    clicks += [("embedding", f"genes={','.join(chosen)}"), *((page, "") for page in PAGES)]
    random.shuffle(clicks)
    return clicks


async def wave(address: str, census: str, server: psutil.Process, genes: Sequence[str], sessions: int) -> Wave:
    """Let visitors in, and out again."""
    leave, ready = asyncio.Event(), asyncio.Queue[int]()
    async with asyncio.TaskGroup() as visitors:
        for number in range(sessions):
            visitors.create_task(visit(address, genes, number, leave=leave, ready=ready))
        errors = sum([await ready.get() for _ in range(sessions)])
        opened = megabytes(server)
        leave.set()
    until = time.monotonic() + PATIENCE_SECONDS
    while (kept := ask(census, "sessions")["sessions"]) > HELD_BY_STREAMLIT:
        if time.monotonic() > until:
            raise TimeoutError(f"The server still has {kept} sessions.")
        await asyncio.sleep(0.5)
    left = megabytes(server)
    ask(census, "collect")
    collected = megabytes(server)
    ask(census, "trim")
    return Wave(opened, left, collected, megabytes(server), errors)


def megabytes(server: psutil.Process) -> float:
    """Memory that is this process's alone, in MB."""
    return server.memory_full_info().uss / 1e6


def ask(census: str, what: str) -> dict[str, int]:
    """Let the server do something, or count."""
    return json.loads(urllib.request.urlopen(f"{census}/{what}", timeout=PATIENCE_SECONDS).read())


def kinds() -> dict[str, int]:
    """How many objects of each type there are."""
    return collections.Counter(f"{type(thing).__module__}.{type(thing).__qualname__}" for thing in gc.get_objects())


def _sessions() -> dict[str, int]:
    return {"sessions": sum(type(thing).__name__ == "AppSession" for thing in gc.get_objects())}


def _trim() -> dict[str, int]:
    with contextlib.suppress(OSError, AttributeError):
        return {"trimmed": ctypes.CDLL(None).malloc_trim(0)}
    return {}


ANSWERS: dict[str, Callable[[], dict[str, int]]] = {
    "sessions": _sessions,
    "collect": lambda: {"collected": gc.collect()},
    "trim": _trim,
    "kinds": kinds,
}


class Census(http.server.BaseHTTPRequestHandler):
    """Answers, inside the server's process, to this machine alone."""

    def do_GET(self) -> None:
        """The answer as JSON."""
        body = json.dumps(ANSWERS[self.path.strip("/")]()).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Say nothing."""


def inside(port: int, census: int) -> None:
    """Be the server."""
    from streamlit.web import cli

    answering = http.server.ThreadingHTTPServer(("127.0.0.1", census), Census)
    threading.Thread(target=answering.serve_forever, daemon=True).start()
    where = ["--server.port", str(port), "--server.address", "127.0.0.1", "--server.headless", "true"]
    forgets = ["--server.disconnectedSessionTTL", str(FORGET_SECONDS)]
    cli.main(["run", str(ROOT / "app.py"), *where, *forgets], prog_name="streamlit")


def report(waves: Sequence[Wave], *, sessions: int, before: float) -> str:
    """The table; a session's share is what is there more than before its wave, over all sessions of it."""
    lines = [
        f"{before:,.0f} MB before.",
        "",
        "| wave | open | more a session | left | collected | trimmed | errors |",
        "| ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for number, one in enumerate(waves, 1):
        lines.append(
            f"| {number} | {one.opened:,.0f} MB | {(one.opened - before) / sessions:.1f} MB | {one.left:,.0f} MB | "
            f"{one.collected:,.0f} MB | {one.trimmed:,.0f} MB | {one.errors} |"
        )
        before = one.trimmed
    return "\n".join(lines)


def grown(first: dict[str, int], last: dict[str, int]) -> list[str]:
    """The kinds of objects that became more, the most first."""
    more = {kind: count - first.get(kind, 0) for kind, count in last.items()}
    ranked = sorted(more.items(), key=lambda item: -item[1])[:MOST_KINDS]
    return [f"{kind}: {count:+,}" for kind, count in ranked if count > 0]


async def _measure(options: argparse.Namespace) -> None:
    genes = list(open_dataset(options.data).genes)
    environment = dict(setting.split("=", 1) for setting in options.environment)
    with (
        tempfile.TemporaryDirectory() as empty,
        served(data=options.data, models=options.models or Path(empty), environment=environment) as places,
    ):
        address, census, server = places
        async with Visitor(address) as first:
            for page in PAGES:
                await first.open(page, "")
        before, waves, counts = megabytes(server), [], []
        for _ in range(options.waves):
            waves.append(await wave(address, census, server, genes, options.sessions))
            counts.append(ask(census, "kinds") if options.census else {})
            print(waves[-1], file=sys.stderr, flush=True)
        print(report(waves, sessions=options.sessions, before=before))
        print("\n".join(grown(counts[0], counts[-1])))


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", default="demo")
    parser.add_argument("--models", type=Path, default=None, help="runs that visitors look at (the shipped ones)")
    parser.add_argument("--sessions", type=int, default=20, help="of a wave (20)")
    parser.add_argument("--waves", type=int, default=4)
    parser.add_argument("--census", action="store_true", help="count objects, too")
    parser.add_argument("--environment", nargs="*", default=[], metavar="NAME=VALUE", help="for the server")
    parser.add_argument("--inside", nargs=2, type=int, help=argparse.SUPPRESS)  # this process is the server
    options = parser.parse_args()
    if options.inside:
        inside(*options.inside)
    else:
        asyncio.run(_measure(options))


if __name__ == "__main__":
    main()
