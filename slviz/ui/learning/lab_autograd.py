"""Autograd beside the lab's own gradients: a worker imports torch, the page only shows what it found."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections import OrderedDict
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

import pandas as pd
import streamlit as st

from slviz.errors import RunError, SlvizError
from slviz.lab.autograd import Beside
from slviz.lab.training import LabTraining, Moment
from slviz.pipeline import commands, jobs
from slviz.ui import access, address, downloads, errors
from slviz.ui.glossary import glossary_link
from slviz.ui.learning import lab_table

LOOK_SECONDS = 1.0
PATIENCE_SECONDS = 300
MOST_KEPT = 64


@dataclass
class Worker:
    """One worker of the server at a time, and what the last ones found by their command."""

    pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "lab autograd"))
    kept: OrderedDict[tuple[str, ...], Future[Beside]] = field(default_factory=OrderedDict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def known(self, command: tuple[str, ...]) -> Future[Beside] | None:
        """The work of a command, begun or finished."""
        with self.lock:
            return self.kept.get(command)

    def start(self, command: tuple[str, ...]) -> Future[Beside]:
        """Begin it, unless it has begun."""
        with self.lock:
            if command not in self.kept or (self.kept[command].done() and self.kept[command].exception()):
                self.kept[command] = self.pool.submit(_compare, command)
                while len(self.kept) > MOST_KEPT:
                    self.kept.popitem(last=False)
            return self.kept[command]


@st.cache_resource(show_spinner=False)
def _worker() -> Worker:
    return Worker()


def _compare(command: tuple[str, ...]) -> Beside:
    """What the command finds, from a process of its own; raises `RunError` in a sentence."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", "slviz", *command],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            env=jobs.environment(OMP_NUM_THREADS="1"),
            timeout=PATIENCE_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise RunError(
            f"Autograd took more than {PATIENCE_SECONDS // 60} minutes. Take fewer epochs or fewer neurons."
        ) from None
    if done.returncode:
        said = done.stderr.strip().splitlines()
        raise RunError(said[-1].removeprefix("slviz: ") if said else "The worker ended without a word. Try again.")
    return Beside.from_json(json.loads(done.stdout))


def show(training: LabTraining, moment: Moment, source: str) -> None:
    """Gradients of both ways side by side; a worker computes autograd's."""
    st.caption(
        "The same network in PyTorch: from the same first weights, with its own functions, its autograd and its "
        f"optimiser, in double precision. {glossary_link('Backpropagation')}"
    )
    command = _command(training, moment)
    work = _worker().known(command)
    if work is None:
        if not access.may_work():
            st.info("On a read-only server no worker is started. In a terminal:", icon=":material/lock:")
            st.code(commands.in_terminal([word for word in command if word != "--json"]), language="bash")
            return
        work = _worker().start(command)
    st.fragment(_look, run_every=None if work.done() else LOOK_SECONDS)(work, command, source, was_done=work.done())


def _command(training: LabTraining, moment: Moment) -> tuple[str, ...]:
    setup = training.setup
    table = lab_table.path_of(address.value("own") or "") if setup.points == "own" else None
    words = [word for word in setup.words() if word != "points=own"]
    return tuple(
        commands.lab(words, table=table, label=address.value("label") or "", epoch=moment.epoch, autograd=True)
    )


def _look(work: Future[Beside], command: tuple[str, ...], source: str, *, was_done: bool) -> None:
    if not work.done():
        st.info("A worker computes the gradients by autograd; that takes a few seconds.", icon=":material/hourglass:")
        return
    if not was_done:
        st.rerun()
    with errors.as_sentences():
        try:
            comparison = work.result()
        except SlvizError:
            if st.button("Try again", icon=":material/refresh:", key="lab autograd again"):
                _worker().start(command)
                st.rerun()
            raise
        _result(comparison, source)


def _result(comparison: Beside, source: str) -> None:
    first, second, third = st.columns(3)
    first.metric(
        "Largest difference of a derivative", f"{comparison.largest:.1e}", help="Over all weights and biases, absolute."
    )
    second.metric(
        f"Loss after {comparison.epochs:,} epochs",
        f"{comparison.loss_by_hand:.6f}",
        f"by autograd {comparison.loss_by_autograd:.6f}",
        delta_color="off",
        delta_arrow="off",
    )
    third.metric(
        "Largest difference of a parameter after that",
        f"{comparison.largest_parameter:.1e}",
        help="Rounding adds up over the epochs; where the path is unstable, it grows.",
    )
    table = pd.DataFrame(
        {
            "layer": [layer.layer for layer in comparison.gradients],
            "parameters": [layer.block for layer in comparison.gradients],
            "norm by hand": [layer.by_hand for layer in comparison.gradients],
            "norm by autograd": [layer.by_autograd for layer in comparison.gradients],
            "largest difference": [layer.largest for layer in comparison.gradients],
        }
    )
    st.caption(f"Gradients at epoch {comparison.epoch:,}")
    numbers = {column: st.column_config.NumberColumn(format="%.6g") for column in table.select_dtypes("float").columns}
    st.dataframe(table, hide_index=True, column_config=numbers)
    downloads.table_button("lab-autograd", lambda: table, source=source)
