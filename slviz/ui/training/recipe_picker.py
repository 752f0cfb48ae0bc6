"""Recipes above the form for a new run: one fills the form, or makes several runs of what the form says."""

from __future__ import annotations

import streamlit as st

from slviz.datasets import GeneGraph
from slviz.errors import SlvizError
from slviz.pipeline import commands, jobs
from slviz.pipeline.recipes import RECIPES, Recipe, several
from slviz.runs import RunSpec
from slviz.sweeps.plan import SweepEntry, make_plan
from slviz.ui import errors
from slviz.ui.labels import escape_markdown, pluralise
from slviz.ui.nouns import in_words
from slviz.ui.server_paths import typed
from slviz.ui.training import form_start, training_view

KEY, ONE_RUN = "recipe", ""
HELP = (
    "What is often trained. The gene lab's experiments fill the form; the others make several runs of what the form "
    "says, alike but for one thing; that of widths does both."
)


def pick(graph: GeneGraph) -> Recipe | None:
    """The recipe that is chosen, None for one run as the form says; one with choices fills the form at once."""
    offered = [name for name in RECIPES if _suits(RECIPES[name], graph)]
    if st.session_state.get(KEY) not in (None, ONE_RUN, *offered):  # of another data set
        st.session_state[KEY] = ONE_RUN
    left, right = st.columns(2, vertical_alignment="center")
    with left:
        name = st.selectbox(
            "Recipe",
            [ONE_RUN, *offered],
            format_func=lambda name: RECIPES[name].title if name in RECIPES else "One run, as the form says",
            key=KEY,
            on_change=_fill,
            persist_state="session",
            help=HELP,
        )
    recipe = RECIPES.get(name or ONE_RUN)
    if recipe is not None:
        with right:
            st.caption(in_words(escape_markdown(recipe.says)))
    return recipe


def _suits(recipe: Recipe, graph: GeneGraph) -> bool:
    return recipe.for_genes if graph.pictures is None else recipe.of_pictures


def _fill() -> None:
    recipe = RECIPES.get(st.session_state.get(KEY) or ONE_RUN)
    if recipe is not None and recipe.choices:
        form_start.fill(recipe.choices)


def offer(recipe: Recipe, spec: RunSpec, graph: GeneGraph, *, device: str) -> None:
    """The runs that a recipe makes of the form's: the command, what cannot be trained, and the button."""
    try:
        sweeps = several(recipe, spec)
    except SlvizError as error:
        errors.show(error)
        return
    plan = make_plan(graph, [SweepEntry(axes, words) for axes, words in sweeps], source=spec.data_source)
    states = {run.run_id: training_view.state_of(run.run_id) for run in plan.runs}
    left = [run for run in plan.runs if states[run.run_id] not in ("finished", "running", "waiting")]
    st.markdown("**The same in a terminal**")
    lines = [commands.in_terminal(typed(commands.sweep(*one, source=spec.data_source))) for one in sweeps]
    st.code("\n".join(lines), language="bash", wrap_lines=True)
    st.caption(f"{pluralise(len(plan.runs), 'run')}: {len(plan.runs) - len(left)} trained or at work already.")
    for refused in plan.refused:
        st.caption(escape_markdown(f"Left out: {refused}"))
    if left and st.button(f"Start {pluralise(len(left), 'run')}", type="primary", icon=":material/play_arrow:"):
        _start(left, device=device)


def _start(runs: list[RunSpec], *, device: str) -> None:
    """Ask for all of them; each waits for a place to train in, and the first is followed."""
    for run in runs:
        training_view.note_start(run.run_id, made=training_view.state_of(run.run_id) is None)
        jobs.start_training(run, source=run.data_source, device=device)
    st.query_params["job"] = runs[0].run_id
    st.rerun()
