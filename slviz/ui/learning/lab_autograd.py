"""Autograd beside the lab's own gradients: a worker imports torch, the page only shows its result."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import uuid
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
from slviz.ui.learning import lab_play, lab_table
from slviz.ui.server_paths import typed

LOOK_SECONDS = 1.0
PATIENCE_SECONDS = 300
MOST_KEPT = 64
VISITOR, AWAITED = "lab autograd visitor", "lab autograd awaited"
"""What the session knows: its own name, and the command whose work it waits for."""


@dataclass
class Worker:
    """One worker of the server at a time, and what the last ones computed by their command."""

    pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "lab autograd"))
    kept: OrderedDict[tuple[str, ...], Future[Beside]] = field(default_factory=OrderedDict)
    waiting: dict[tuple[str, ...], set[str]] = field(default_factory=dict)
    """By command, the visitors who wait for its work."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def known(self, command: tuple[str, ...]) -> Future[Beside] | None:
        """The work of a command, begun or finished."""
        with self.lock:
            return self.kept.get(command)

    def start(self, command: tuple[str, ...], *, visitor: str) -> Future[Beside]:
        """Put it into the line, unless it has begun, for a visitor who waits for it."""
        with self.lock:
            if command not in self.kept or (self.kept[command].done() and self.kept[command].exception()):
                self.kept[command] = self.pool.submit(_compare, command)
                while len(self.kept) > MOST_KEPT:
                    self._forget(next(iter(self.kept)))
            self.waiting.setdefault(command, set()).add(visitor)
            return self.kept[command]

    def withdraw(self, command: tuple[str, ...], *, visitor: str) -> None:
        """A visitor no longer waits for it: what has not begun and nobody else waits for leaves the line."""
        with self.lock:
            others = self.waiting.get(command, set()) - {visitor}
            if others:
                self.waiting[command] = others
            else:
                self.waiting.pop(command, None)
                if command in self.kept and self.kept[command].cancel():
                    del self.kept[command]

    def _forget(self, command: tuple[str, ...]) -> None:
        self.kept.pop(command)
        self.waiting.pop(command, None)


@st.cache_resource(show_spinner=False)
def _worker() -> Worker:
    return Worker()


def _compare(command: tuple[str, ...]) -> Beside:
    """What the command computes, from a process of its own; raises `RunError` in a sentence."""
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
    _withdraw_others(command)
    work = _worker().known(command)
    if work is None or not work.done():
        if not access.may_work():
            st.info("On a read-only server no worker is started. In a terminal:", icon=":material/lock:")
            typable = typed([word for word in command if word != "--json"])
            st.code(commands.in_terminal(typable), language="bash", wrap_lines=True)
            return
        if lab_play.is_playing():
            st.info("Autograd computes the epoch at which you pause.", icon=":material/pause:")
            return
        work = _start(command)
    st.fragment(_look, run_every=None if work.done() else LOOK_SECONDS)(work, command, source, was_done=work.done())


def _start(command: tuple[str, ...]) -> Future[Beside]:
    """Wait for the work of a command."""
    st.session_state[AWAITED] = command
    return _worker().start(command, visitor=_visitor())


def _withdraw_others(command: tuple[str, ...]) -> None:
    """No longer wait for the epoch or the settings that were looked at before."""
    before = st.session_state.get(AWAITED)
    if before is not None and before != command:
        _worker().withdraw(before, visitor=_visitor())
        del st.session_state[AWAITED]


def _visitor() -> str:
    return st.session_state.setdefault(VISITOR, uuid.uuid4().hex)


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
                _start(command)
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
