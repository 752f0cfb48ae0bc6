"""A new run: the form that asks for it, the command that would do the same, and the button that starts it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from slviz.choices import Choices
from slviz.datasets import GeneGraph
from slviz.errors import SlvizError
from slviz.features import FEATURE_SETS, richest
from slviz.networks import NETWORKS
from slviz.optimisers import OPTIMISERS
from slviz.pipeline import commands, jobs
from slviz.pipeline.recipes import Recipe
from slviz.runs import RunSpec
from slviz.runs.offered import offered_features, offered_networks, offered_tasks
from slviz.runs.spec_validation import refuse_network
from slviz.splits import SPLITS
from slviz.tasks import TASKS
from slviz.ui import errors, layout
from slviz.ui.data import datasets
from slviz.ui.glossary import glossary_link
from slviz.ui.labels import escape_markdown
from slviz.ui.nouns import in_words
from slviz.ui.server_paths import typed
from slviz.ui.training import (
    class_choice,
    form_start,
    held_out_files,
    protocols,
    recipe_picker,
    settings_form,
    training_view,
)

OWN_FILE = "file"
CLASSIFY = "classify"
PUBLICATION = "publication"
ASKED_ELSEWHERE = commands.FROM_A_FILE | {"publication", *class_choice.SETTINGS}
MORE_WORDS = {
    "network": "The network",
    "task": "The task",
    "split": "The split",
    "optimiser": "How it learns",
    "run": "The run",
}
OPTIMISER_WORDS = {"adam": "Adam", "adamw": "AdamW", "rmsprop": "RMSprop", "sgd": "SGD"}
DEVICES = ("auto", "cpu", "cuda", "mps")


@dataclass(frozen=True)
class FormState:
    """What the form describes: a spec on a data set, where to run it, the visitor's own held-out pairs, a recipe."""

    spec: RunSpec
    device: str
    graph: GeneGraph
    staged: held_out_files.Staged | None = None
    recipe: Recipe | None = None

    @property
    def arguments(self) -> list[str]:
        """What would be typed after `python -m slviz`."""
        return commands.train(self.spec, source=self.spec.data_source, device=self.device, **self._files)

    def start(self) -> None:
        """Start training in a process of its own."""
        jobs.start_training(self.spec, source=self.spec.data_source, device=self.device, **self._files)

    @property
    def _files(self) -> Mapping[str, Path]:
        if self.staged is None:
            return {}
        return self.staged.files


def form() -> FormState | None:
    """The form, ready to start from the first moment; None while a file that it needs is missing.

    What cannot be trained is said in a sentence before any work.
    """
    source, graph = datasets.pick()
    recipe = recipe_picker.pick(graph)
    names = _pick_names(graph)
    staged = held_out_files.ask(graph) if names["split"] == OWN_FILE else None
    publication = protocols.pick_publication(graph) if names["split"] == PUBLICATION else None
    tables: dict[str, Choices] = {"network": NETWORKS, "task": TASKS, "split": SPLITS, "optimiser": OPTIMISERS}
    form_start.follow_usual(names)
    chosen = {part: table[names[part]] for part, table in tables.items()}
    unasked = ASKED_ELSEWHERE | frozenset(SPLITS[names["split"]].unasked)
    offered = {part: choice for part, choice in chosen.items() if part != "optimiser" or _learns(names["network"])}
    values = settings_form.controls(offered, advanced=False, leave_out=unasked)
    values["task"] |= class_choice.ask(graph) if names["task"] == CLASSIFY else {}
    with st.expander("More settings", icon=":material/tune:"):
        more = settings_form.grouped(offered, MORE_WORDS, leave_out=unasked)
        st.caption(MORE_WORDS["run"])
        seed, device = _seed_and_device()
    _write_address(names, graph, offered, values, more, publication=publication, seed=seed)
    if names["split"] == OWN_FILE:
        if staged is None:
            return None
        values["split"] |= staged.held_out.digests
    if names["split"] == PUBLICATION:
        if publication is None:
            return None
        values["split"]["publication"] = publication
    try:
        made: dict[str, Any] = {
            part: table.make(names[part], **values.get(part, {}), **more.get(part, {}))
            for part, table in tables.items()
        }
        features = FEATURE_SETS.make(names["features"])
        features.matrix(graph)  # says at once when the data set lacks a feature
        made["task"].refuse(graph)  # or what the task needs
        spec = RunSpec.of(graph, source=source, seed=seed, features=features, **made)
        refuse_network(spec, graph)
        spec.task.refuse_features(spec.features, graph)
        divided = protocols.refuse_impossible(
            graph,
            made["split"],
            None if staged is None else staged.held_out,
            task=made["task"],
            epochs=made["network"].learns_in_epochs,
        )
    except SlvizError as error:
        errors.show(error)
        return None
    st.caption(in_words(escape_markdown(divided)))
    return FormState(spec, device, graph, staged, recipe)


def _write_address(
    names: dict[str, str],
    graph: GeneGraph,
    offered: dict[str, Any],
    *values: dict[str, dict[str, Any]],
    publication: str | None,
    seed: int,
) -> None:
    """Keep the form in the address, for a reload and for a colleague."""
    said = {part: {} for part in offered}
    for of_parts in values:
        for part, of_part in of_parts.items():
            said[part] = {**said[part], **of_part}
    said["split"] |= {PUBLICATION: publication} if publication is not None else {}
    features = names["features"] if names["features"] != richest(graph).name else ""
    form_start.write_address({**names, "features": features}, offered, said, seed=seed)


def start(form_state: FormState | None) -> None:
    """The command, and the button; a run that is there already is offered instead of trained again."""
    if form_state is None:
        return
    if form_state.recipe is not None and form_state.recipe.makes_several:
        recipe_picker.offer(form_state.recipe, form_state.spec, form_state.graph, device=form_state.device)
        return
    st.markdown("**The same in a terminal**")
    st.code(commands.in_terminal(typed(form_state.arguments)), language="bash", wrap_lines=True)
    state = training_view.state_of(form_state.spec.run_id)
    if state == "finished":
        _offer_finished(form_state)
    elif state in ("running", "waiting"):
        st.info("Exactly this run is in progress already.", icon=":material/info:")
        if st.button("Follow it", icon=":material/monitoring:"):
            _follow(form_state.spec.run_id)
    elif st.button(_start_words(state), type="primary", icon=":material/play_arrow:"):
        training_view.note_start(form_state.spec.run_id, made=state is None)
        form_state.start()
        _follow(form_state.spec.run_id)


def _start_words(state: str | None) -> str:
    return "Start training" if state is None else f"Resume the {state} run"


def _follow(run_id: str) -> None:
    st.query_params["job"] = run_id
    st.rerun()


def _offer_finished(form_state: FormState) -> None:
    run_id = form_state.spec.run_id
    st.success(
        f"**Trained already.** Run {escape_markdown(run_id)} has exactly these settings, and training it again would "
        "give the same. Open it:",
        icon=":material/check_circle:",
    )
    with st.container(horizontal=True):
        layout.links_to(run_id)


def _pick_names(graph: GeneGraph) -> dict[str, str]:
    left, right = st.columns(2)
    with left:
        task = settings_form.pick(
            TASKS,
            "Task",
            key="task",
            only=offered_tasks(graph),
            help=f"What the network learns to predict. {glossary_link('Tasks')}",
        )
        network = settings_form.pick(
            NETWORKS,
            "Network",
            key="network",
            default=form_start.USUAL["network"],
            only=offered_networks(graph, task),
            help=f"How a gene's embedding is computed. {glossary_link('Embedding')}",
        )
        st.caption(in_words(escape_markdown(NETWORKS[network].summary())))
    optimiser = form_start.USUAL["optimiser"]
    with right:
        features = richest(graph).name
        if _learns(network):
            form_start.refuse_unknown_features(graph)
            features = settings_form.pick(
                FEATURE_SETS,
                "Features",
                key="features",
                default=features,
                only=offered_features(graph),
                words={name: features.title for name, features in FEATURE_SETS.items()},
                typed=True,
                help="What the network is told about each gene before it sees the graph. Join several by typing their "
                f"names with + between them, such as ppi+expression. {glossary_link('Features')}",
            )
        split = protocols.pick(graph)
    if _learns(network):
        with left:
            optimiser = settings_form.pick(
                OPTIMISERS,
                "Optimiser",
                key="optimiser",
                default=optimiser,
                words=OPTIMISER_WORDS,
                help=f"How the steps of learning follow from the gradient. {glossary_link('Optimiser')}",
            )
    return {
        "task": task,
        "network": network,
        "features": features,
        "split": split,
        "optimiser": optimiser,
    }


def _learns(network: str) -> bool:
    """Whether a network is trained in epochs, on features; a baseline is not."""
    return NETWORKS[network].learns_in_epochs


def _seed_and_device() -> tuple[int, str]:
    left, right = st.columns(2)
    with left:
        seed = st.number_input(
            "Seed",
            0,
            form_start.MOST_SEED,
            0,
            step=1,
            key=form_start.SEED,
            persist_state="session",
            help="Of the first weights and of the randomness in training; the same seed gives the same result.",
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
