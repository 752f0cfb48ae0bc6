"""The application, served for a test or a picture, and a headless Chromium to look at it."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

CHECKOUT = Path(__file__).resolve().parents[2]
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE_SECONDS = 60


@contextlib.contextmanager
def served_app(*, models: Path, data: Path | None = None, app: Path = CHECKOUT / "app.py") -> Iterator[str]:
    """Address of a running server over these models; the server and all it started are gone afterwards."""
    port = free_port()
    environment = {**os.environ, "SLVIZ_MODELS": str(models), "PYTHONUNBUFFERED": "1"}
    environment.pop("SLVIZ_DATA", None)
    if data is not None:
        environment["SLVIZ_DATA"] = str(data)
    command = [sys.executable, "-m", "streamlit", "run", str(app), "--server.headless=true"]
    with serving(
        [*command, f"--server.port={port}", "--server.address=127.0.0.1"],
        port,
        folder=CHECKOUT,
        environment=environment,
    ):
        yield f"http://127.0.0.1:{port}"


@contextlib.contextmanager
def serving(command: list[str], port: int, *, folder: Path, environment: dict[str, str]) -> Iterator[None]:
    """A server that was started with `command` and answers; it and all it started are gone afterwards."""
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            _wait_until_healthy(process, port, log)
            yield
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def train(models: Path, *arguments: str, data: str = "demo") -> str:
    """Train a run from the command line and give its name; any data set but the demo lies below SLVIZ_TEST_DATA."""
    environment = {**os.environ, "SLVIZ_MODELS": str(models)}
    if data != "demo":
        environment["SLVIZ_DATA"] = str(Path(os.environ["SLVIZ_TEST_DATA"]) / data)
    before = {path.name for path in models.glob("*-*")}
    subprocess.run(
        [sys.executable, "-m", "slviz", "train", "--data", data, *arguments],
        cwd=CHECKOUT,
        env=environment,
        check=True,
        capture_output=True,
        timeout=900,
    )
    return ({path.name for path in models.glob("*-*")} - before).pop()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_until_healthy(process: subprocess.Popen[bytes], port: int, log: Any) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        with contextlib.suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=2):
            return
        time.sleep(0.1)
    log.seek(0)
    raise RuntimeError(f"The application did not start:\n{log.read().decode(errors='replace')}")


def chromium_path() -> str | None:
    """Where a Chromium lies on this machine, or None."""
    import shutil

    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@contextlib.contextmanager
def chromium() -> Iterator[Any]:
    """A headless Chromium, driven by Playwright."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=CHROMIUM_ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


def address(base: str, page: str, **query: str) -> str:
    """Address of a page with its query."""
    return f"{base}/{page}" + (f"?{urlencode(query)}" if query else "")


def settle(page: Any, *, quiet_seconds: float = 0.6) -> None:
    """Wait until the script has run, no figure is still being drawn, and it stays so for a moment."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    quiet_since = None
    while time.monotonic() < deadline:
        if page.evaluate(_IS_QUIET):
            quiet_since = quiet_since or time.monotonic()
            if time.monotonic() - quiet_since > quiet_seconds:
                return
        else:
            quiet_since = None
        page.wait_for_timeout(100)
    raise TimeoutError(f"{page.url} did not come to rest in {PATIENCE_SECONDS} s")


_IS_QUIET = """() => {
    const app = document.querySelector('[data-testid="stApp"]');
    if (!app || app.getAttribute('data-test-script-state') !== 'notRunning') return false;
    if (!document.querySelector('[data-testid="stMain"] :is(h1, [data-testid="stAlert"])')) return false;
    if (document.querySelector('[data-testid="stSkeleton"], [data-testid="stAppSkeleton"]')) return false;
    return [...document.querySelectorAll('[data-testid="stPlotlyChart"]')].every(c => c.querySelector('.main-svg'));
}"""
