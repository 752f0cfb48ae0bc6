"""A server process and a Dask worker are killed in the middle of a talk and of a training: nobody loses anything."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pandas as pd
import pytest
from builders import tiny_graph
from cluster_processes import dask_cluster, trained_by, until
from run_folders import CHECKOUT, environment, start_slviz, write_data_folder
from served import address, free_port, settle

from slviz.runs.folder import CHECKPOINT
from slviz.runs.store import RunStore
from slviz.talks import Talk, Talks, View

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(
        not (shutil.which("haproxy") or Path("/usr/sbin/haproxy").exists()), reason="HAProxy is not installed"
    ),
]
EPOCHS = 150
WANTED = {"network": "gcn", "features": "both", "seed": "3", "settings": f"width=8 epochs={EPOCHS}"}
TRAINED = ["--network", "gcn", "--features", "both", "--seed", "3", "width=8", f"epochs={EPOCHS}", "--device", "cpu"]
TALK = Talk("Seminar", tuple(View(page, title=title) for page, title in (
    ("results", "Every model"), ("glossary", "The words"), ("lab", "By hand"))))  # fmt: skip
WATCH_THE_CONNECTION = """() => {
    const app = document.querySelector('[data-testid="stApp"]');
    const note = () => window.connections.push(app.getAttribute('data-test-connection-state'));
    window.connections = [];
    new MutationObserver(note).observe(app, {attributes: true, attributeFilter: ['data-test-connection-state']});
}"""
IS_THERE_AGAIN = (
    "window.connections.some((state) => state !== 'CONNECTED') && window.connections.at(-1) === 'CONNECTED'"
)


@contextlib.contextmanager
def dashboard(models: Path, **more: str) -> Iterator[tuple[str, int]]:
    """`slviz serve` with two processes: its address, and the number of the process that starts them."""
    port = free_port()
    command = [sys.executable, "-m", "slviz", "serve", "--processes", "2", "--port", str(port)]
    with tempfile.TemporaryFile() as output:
        server = subprocess.Popen(
            command, cwd=CHECKOUT, env=environment(models) | more, stdout=output, stderr=subprocess.STDOUT
        )
        try:
            until(lambda: answers(f"http://localhost:{port}/"), "the server is there")
            yield f"http://localhost:{port}", server.pid
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(timeout=60)


def answers(url: str) -> bool:
    with contextlib.suppress(OSError, urllib.error.HTTPError):
        return urllib.request.urlopen(url, timeout=10).status == 200
    return False


def process_that_serves(context: Any, server: int) -> int:
    """The process that a visitor's cookie names; they are started in the order of their numbers."""
    import psutil

    number = next(int(cookie["value"]) for cookie in context.cookies() if cookie["name"] == "slviz_process")
    children = psutil.Process(server).children()
    return sorted(child.pid for child in children if "streamlit" in " ".join(child.cmdline()))[number - 1]


def slide_of(page: Any) -> str:
    return parse_qs(urlsplit(page.url).query).get("slide", [""])[0]


def test_nobody_loses_anything(browser: Any, tmp_path: Path) -> None:
    pytest.importorskip("distributed", reason="Dask is not installed")
    folder = write_data_folder(tmp_path / "tiny", tiny_graph())
    models, apart = tmp_path / "models", tmp_path / "apart"
    for place in (models, apart):
        place.mkdir()
    Talks(models).begin(TALK)
    undisturbed = start_slviz(apart, "train", "--data", str(folder), *TRAINED, "--no-projections")
    store = RunStore(models)
    with (
        dask_cluster(models) as (scheduler, workers),
        dashboard(models, SLVIZ_DATA=str(folder), SLVIZ_SCHEDULER=scheduler, SLVIZ_ACCESS="full") as (base, server),
    ):
        listeners, trains = browser.new_context(), browser.new_context()
        form = trains.new_page()
        form.goto(address(base, "train", **WANTED))
        settle(form)
        form.get_by_role("button", name="Start").click()
        until(lambda: any(trained_by(worker, store) for worker in workers), "a worker trains")
        [run_id] = [name for name in store.run_ids() if (models / name).is_dir()]

        talk = listeners.new_page()
        talk.goto(address(base, TALK.views[0].page, talk=TALK.name, slide="1", present="true"))
        settle(talk)
        talk.keyboard.press("ArrowRight")
        talk.get_by_text("2 of 3").wait_for()

        until(lambda: (store.root / run_id / CHECKPOINT).is_file(), "there is a checkpoint")
        lost = next(worker for worker in workers if run_id in trained_by(worker, store))
        assert store.state(run_id) == "running"
        os.kill(lost.pid, signal.SIGKILL)
        talk.evaluate(WATCH_THE_CONNECTION)
        os.kill(process_that_serves(listeners, server), signal.SIGKILL)

        talk.wait_for_function(IS_THERE_AGAIN)
        settle(talk)
        talk.get_by_text("2 of 3").wait_for()
        assert slide_of(talk) == "2"
        talk.keyboard.press("ArrowRight")
        talk.get_by_text("3 of 3").wait_for()
        assert slide_of(talk) == "3"

        until(lambda: store.state(run_id) == "finished", "the run is finished")
        assert "resumes after epoch" in store.log(run_id)
        form.reload()
        settle(form)
        assert "Finished" in form.locator('[data-testid="stMain"]').inner_text()
        listeners.close()
        trains.close()
    undisturbed.communicate(timeout=120)
    assert undisturbed.returncode == 0
    same = RunStore(apart)
    assert store.check(run_id) == []
    ours, theirs = store.open(run_id), same.open(run_id)
    np.testing.assert_array_equal(ours.embedding, theirs.embedding)
    pd.testing.assert_frame_equal(ours.metrics, theirs.metrics)
    learnt = store.progress(run_id).train_loss.tolist()
    assert learnt == same.progress(run_id).train_loss.tolist()
    assert len(learnt) == EPOCHS
