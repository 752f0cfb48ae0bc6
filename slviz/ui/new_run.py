"""A new run: the form that asks for it, the command that would do the same, and the button that starts it."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from slviz import jobs
from slviz.choices import Choices
from slviz.datasets import GeneGraph
from slviz.features import FEATURE_SETS
from slviz.networks import NETWORKS
from slviz.optimisers import OPTIMISERS
from slviz.runs import RunSpec
from slviz.splits import SPLITS
from slviz.tasks import TASKS
from slviz.ui import datasets, frame, held_out_files, settings_form, training_view
from slviz.ui.words import plain

OWN_FILE = "file"
SPLIT_WORDS = {OWN_FILE: "my own file"}
SPLIT_HELP = "Which pairs the network never sees, so that they can judge it."
DEVICES = ("auto", "cpu", "cuda", "mps")


@dataclass(frozen=True)
class Wish:
    """What the form describes: a spec, where to run it, and where the visitor's own held-out pairs lie."""

    spec: RunSpec
    device: str
    staged: held_out_files.Staged | None = None

    @property
    def arguments(self) -> list[str]:
        """What would be typed after `python -m slviz`."""
        return jobs.train_command(self.spec, source=self.spec.data_source, device=self.device, **self._files)

    def start(self) -> None:
        """Start training in a process of its own."""
        jobs.start_training(self.spec, source=self.spec.data_source, device=self.device, **self._files)

    @property
    def _files(self) -> dict[str, Path | None]:
        if self.staged is None:
            return {}
        return {"test_pairs": self.staged.pairs, "test_negatives": self.staged.negatives}


def form() -> Wish | None:
    """The form, ready to start from the first moment; None while a file that it needs is missing."""
    source, graph = datasets.pick()
    names = _pick_names(graph)
    staged = held_out_files.ask(graph) if names["split"] == OWN_FILE else None
    st.markdown("**Settings**")
    tables: dict[str, Choices] = {"network": NETWORKS, "task": TASKS, "split": SPLITS, "optimiser": OPTIMISERS}
    chosen = {part: table[names[part]] for part, table in tables.items()}
    values = settings_form.controls(chosen, advanced=False)
    with st.expander("More settings", icon=":material/tune:"):
        more = settings_form.controls(chosen, advanced=True, leave_out=jobs.FROM_A_FILE)
        seed, device = _seed_and_device()
    if names["split"] == OWN_FILE:
        if staged is None:
            return None
        values["split"] |= {
            "test_pairs": staged.held_out.test_pairs,
            "test_negatives": staged.held_out.test_negatives,
        }
    made: dict[str, Any] = {
        part: table.make(names[part], **values[part], **more[part]) for part, table in tables.items()
    }
    features = FEATURE_SETS.make(names["features"])
    features.matrix(graph)  # says at once when the data set lacks a feature
    spec = RunSpec(
        data_name=graph.name,
        data_source=source,
        data_fingerprint=graph.fingerprint,
        synthetic=graph.synthetic,
        features=features,
        seed=seed,
        **made,
    )
    return Wish(spec, device, staged)


def start(wish: Wish | None) -> None:
    """The command, and the button; a run that is there already is offered instead of trained again."""
    if wish is None:
        return
    st.markdown("**The same in a terminal**")
    st.code(shlex.join(["python", "-m", "slviz", *wish.arguments]), language="bash", wrap_lines=True)
    state = training_view.state_of(wish.spec.run_id)
    if state == "finished":
        _offer_finished(wish)
    elif state in ("running", "waiting"):
        st.info(f"This very run is {state} already.", icon=":material/info:")
        if st.button("Follow it", icon=":material/monitoring:"):
            _follow(wish.spec.run_id)
    elif st.button(_start_words(state), type="primary", icon=":material/play_arrow:"):
        training_view.note_start(wish.spec.run_id)
        wish.start()
        _follow(wish.spec.run_id)


def _start_words(state: str | None) -> str:
    return "Start training" if state is None else f"Go on with the {state} run"


def _follow(run_id: str) -> None:
    st.query_params["job"] = run_id
    st.rerun()


def _offer_finished(wish: Wish) -> None:
    run_id = wish.spec.run_id
    st.success(
        f"**Trained already.** Run {plain(run_id)} has exactly these settings, and training it again would give the "
        "same. Open it:",
        icon=":material/check_circle:",
    )
    with st.container(horizontal=True):
        frame.links_to(run_id)


def _pick_names(graph: GeneGraph) -> dict[str, str]:
    first, second, third, fourth = st.columns([4, 3, 4, 3])
    with first:
        task = settings_form.pick(TASKS, "Task", key="task", help="What the network learns to predict.")
    with second:
        network = settings_form.pick(
            NETWORKS, "Network", key="network", default="gat", help="How a gene's embedding is computed."
        )
    with third:
        features = settings_form.pick(
            FEATURE_SETS,
            "Features",
            key="features",
            default=settings_form.richest(graph),
            help="What the network is told about each gene before it sees the graph.",
        )
    with fourth:
        split = settings_form.pick(SPLITS, "Held out", key="split", help=SPLIT_HELP, words=SPLIT_WORDS)
    return {"task": task, "network": network, "features": features, "split": split, "optimiser": "adam"}


def _seed_and_device() -> tuple[int, str]:
    left, right = st.columns(2)
    with left:
        seed = st.number_input(
            "Seed",
            0,
            2**31 - 1,
            0,
            step=1,
            key="seed",
            persist_state="session",
            help="Of the network's first weights and of chance in training; the same seed gives the same result.",
        )
    with right:
        device = st.selectbox(
            "Device",
            DEVICES,
            key="device",
            persist_state="session",
            help="auto takes a graphics card where there is one (cuda, mps), else the processor (cpu).",
        )
    return seed, device
