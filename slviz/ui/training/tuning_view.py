"""The Tuning page: a search for settings, followed from its file, and a form that starts one."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from slviz import __version__
from slviz.datasets import GeneGraph
from slviz.datasets.report import shown
from slviz.errors import RunNotFound
from slviz.evaluation import METRICS
from slviz.features import richest
from slviz.figures.tuning import search_history, search_importances, search_learning, search_slices
from slviz.optimisers import OPTIMISERS
from slviz.pipeline import commands, jobs
from slviz.runs.offered import offered_networks, offered_splits, offered_tasks
from slviz.runs.spec_validation import SpecValidation
from slviz.tuning.search import SAMPLERS, Search, make_search
from slviz.tuning.studies import About, StudyFolder, about, trials_table
from slviz.tuning.tuner import best_trial
from slviz.ui import access, address, cache, charts, downloads, errors, layout
from slviz.ui.data import datasets
from slviz.ui.glossary import glossary_link
from slviz.ui.labels import NETWORK_WORDS, escape_markdown
from slviz.ui.server_paths import typed

if TYPE_CHECKING:
    from optuna.study import Study

POLL_SECONDS = 4.0
START_SECONDS = 30.0
ROW_PIXELS = 35
MOST_ROWS = 12
SAMPLER_HELP = (
    "**tpe** looks where earlier trials did well; **random** anywhere; **grid** tries every combination of lists."
)
EPOCHS_HELP = "Epochs of each trial; one that lags behind the others is stopped earlier."
ENOUGH_TRIALS = 20
USUAL = "the usual settings of this network"
TRIED_HELP = "Lists (width=32,64) and ranges (dropout=0.0..0.6, with :log). Empty: the usual settings of the network."


def show() -> None:
    """The search of the address with its metrics, then the form for a new one."""
    studies = StudyFolder(cache.store().root)
    names = studies.names()
    chosen = _pick(studies, names)
    if chosen is not None:
        alive = studies.state(chosen) == "running" or _is_starting(chosen, names)
        st.fragment(_panel, run_every=POLL_SECONDS if alive else None)(studies, chosen, was_alive=alive)
    else:
        st.info(
            "**No search yet.** A search trains a network with different settings and keeps what is best on "
            "validation pairs." + (" Start one below." if access.may_work() else ""),
            icon=":material/tune:",
        )
    if not access.may_work():
        return
    st.subheader("A new search", anchor=False)
    with st.container(border=True):
        _form()


def _pick(studies: StudyFolder, names: list[str]) -> str | None:
    """The search of the address, else the latest; a sentence for one that is not there."""
    name = address.value("study")
    if name is not None and name not in names and not _is_starting(name, names):
        st.warning(escape_markdown(f"No search is called “{shown(name)}”. It may be in another models folder."))
        name = None
    options = ([name] if name is not None and name not in names else []) + names
    if not options:
        return None
    key = "study picker"
    st.session_state[key] = name or options[0]
    with st.columns([2, 1])[0]:
        return st.selectbox(
            "Search",
            options,
            key=key,
            on_change=lambda: address.put(study=st.session_state[key]),
            help="The latest first.",
        )


def _is_starting(name: str, names: list[str]) -> bool:
    return name not in names and _seconds_since_start(name) < START_SECONDS


def _panel(studies: StudyFolder, name: str, *, was_alive: bool) -> None:
    if name not in studies.names():
        st.caption("The search is starting; that takes a few seconds.")
        return
    running = studies.state(name) == "running"
    if was_alive and not running and not _is_starting(name, studies.names()) and _began(name):
        st.rerun()
    with errors.as_sentences():
        study = _opened(str(studies.folder), name, studies.path(name).stat().st_ino)
        description = about(study)
        _head(studies, study, description, running=running)
        table = trials_table(study)
        if len(table):
            _figures(study, description)
            _trials(study, table, description)


@st.cache_resource(max_entries=8, show_spinner="Opening the search …")
def _opened(folder: str, name: str, file: int) -> Study:
    """One connection a search for all visitors; Optuna then reads only what is new."""
    return StudyFolder(Path(folder).parent).open(name)


def _began(name: str) -> bool:
    """Whether a search that this session started has had time to take its lock."""
    return _seconds_since_start(name) > START_SECONDS


def _seconds_since_start(name: str) -> float:
    """Since this session started the search; by a clock that nobody sets."""
    return time.monotonic() - st.session_state.get(f"searching {name}", float("-inf"))


def _head(studies: StudyFolder, study: Study, description: About, *, running: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.badge("Searching" if running else "At rest", color="blue" if running else "gray")
        if description.synthetic:
            layout.synthetic_badge()
        st.caption(escape_markdown(f"data {description.data_name}"), width="content")
        may_stop = running and access.may_cancel(f"search {study.study_name}")
        if may_stop and st.button("Stop", icon=":material/stop_circle:", help="You can resume it later."):
            studies.cancel(study.study_name)
            st.toast("It will stop soon.", icon=":material/stop_circle:")
    best = best_trial(study)
    states = Counter(trials_table(study)["state"])
    label = label_of(description)
    with st.container(horizontal=True):
        value = "–" if best is None or best.value is None else f"{best.value:.4f}"
        st.metric(f"{escape_markdown(label)}, best on validation", value, border=True, help=_help_of(description))
        st.metric("Finished trials", states["finished"], border=True)
        st.metric("Stopped early", states["stopped early"], border=True, help="They lagged behind the others.")
        if states["failed"]:
            st.metric("Failed", states["failed"], border=True)
    st.caption(
        "Trials are compared on validation pairs alone. The test metrics of the best run are then honest, and stand on "
        "its page beside the baselines."
    )
    if best is not None:
        _best(best.user_attrs.get("run_id", ""))


def _best(run_id: str) -> None:
    """The command that trains the best settings, and the pages that show its run."""
    try:
        summary = cache.store().summary(run_id)
    except RunNotFound:
        st.caption(escape_markdown(f"The best run, {run_id}, was removed."))
        return
    if summary.spec is None:
        return
    st.markdown("**The best settings as a command**")
    source = summary.spec.data_source
    command = commands.train(summary.spec, source=source)
    st.code(commands.in_terminal(typed(command)), language="bash", wrap_lines=True)
    if summary.state == "finished":
        with st.container(horizontal=True):
            layout.links_to(run_id)


def label_of(description: About) -> str:
    """What the compared metric is called, such as "Average precision"."""
    metric = METRICS.get(description.metric)
    return metric.label if metric else description.metric


def _help_of(description: About) -> str | None:
    metric = METRICS.get(description.metric)
    return f"{metric.help} {glossary_link(metric.label)}" if metric else None


def _figures(study: Study, description: About) -> None:
    label = label_of(description)
    left, right = st.columns(2)
    with left:
        _chart(study, description, "history", "History", lambda: search_history(study, figure=label))
    with right:
        _chart(study, description, "importance", "Which setting matters", lambda: search_importances(study))
        finished = sum(trial.value is not None for trial in study.trials)
        if finished < ENOUGH_TRIALS:
            st.caption(
                f"From {finished} trials only: with fewer than about {ENOUGH_TRIALS}, such shares are mostly chance."
            )
    _chart(study, description, "learning", "How the trials learnt", lambda: search_learning(study, figure=label))
    _chart(study, description, "settings", "Metric by setting", lambda: search_slices(study, figure=label))


def _chart(study: Study, description: About, name: str, title: str, make: Callable[[], go.Figure]) -> None:
    file = f"{study.study_name}-{name}"
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.subheader(title, anchor=False, width="content")
        downloads.menu(file, source=provenance(study, description), figure=make, table=lambda: trials_table(study))
    charts.draw(make(), name=file, synthetic=description.synthetic, alt=title)


def provenance(study: Study, description: About) -> str:
    """One line on where a metric of a search comes from."""
    kind = "SYNTHETIC data set" if description.synthetic else "data set"
    data = f"{kind} {description.data_name} ({description.data_fingerprint[:12]})"
    return f"{data}; search {study.study_name}; slviz {__version__}"


def _trials(study: Study, table: pd.DataFrame, description: About) -> None:
    """All trials, the best first; a click opens the run."""
    st.subheader("Trials", anchor=False)
    ordered = table.sort_values("metric", ascending=not description.higher_is_better, na_position="last", kind="stable")
    ordered = ordered.rename(columns={"metric": label_of(description)}).reset_index(drop=True)
    event = st.dataframe(
        ordered,
        key=f"trials {study.study_name}",
        hide_index=True,
        height=ROW_PIXELS * (min(len(ordered), MOST_ROWS) + 1) + 3,
        column_config={
            **{name: st.column_config.NumberColumn(format="%.3g") for name in ordered.select_dtypes("float").columns},
            label_of(description): st.column_config.NumberColumn(format="%.4f", help=_help_of(description)),
        },
        on_select="rerun",
        selection_mode="single-cell",
    )
    st.caption("Click a row for its run.")
    cells: list[Any] = list(event["selection"]["cells"]) if event else []
    if cells:
        _open_run(str(ordered["run"].iloc[cells[0][0]]))


def _open_run(run_id: str) -> None:
    try:
        state = cache.store().state(run_id)
    except RunNotFound:
        st.caption("This trial has no run: its settings cannot be trained, or the run was removed.")
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{escape_markdown(run_id)}**: {state}", width="content")
        if state == "finished":
            layout.links_to(run_id, icons=False)
        else:
            layout.link(layout.TRAIN, "Open it", icon=":material/monitoring:", job=run_id)


def _form() -> None:
    """What is searched, the command, and the button."""
    source, graph = datasets.pick()
    search = _asked_search(source, graph)
    st.markdown("**The same in a terminal**")
    st.code(commands.in_terminal(typed(search.command)), language="bash", wrap_lines=True)
    if st.button("Start the search", type="primary", icon=":material/play_arrow:"):
        SpecValidation(graph).check(search.base)
        command = [source if word == search.command[2] and at == 2 else word for at, word in enumerate(search.command)]
        jobs.start(command)
        access.note_started(f"search {search.name}")
        st.session_state[f"searching {search.name}"] = time.monotonic()
        address.put(study=search.name)
        st.rerun()


def _asked_search(source: str, graph: GeneGraph) -> Search:
    first, second, steps, third, fourth, fifth = st.columns([3, 2, 2, 2, 2, 2])
    with second:
        task = st.selectbox("Task", offered_tasks(graph), key="tune task")
    networks = offered_networks(graph, task)
    with first:
        network = st.selectbox(
            "Network",
            networks,
            index=networks.index("gat") if "gat" in networks else 0,
            key="tune network",
            format_func=lambda name: f"{name} ({NETWORK_WORDS[name]})" if name in NETWORK_WORDS else str(name),
        )
    with steps:
        optimiser = st.selectbox("Optimiser", list(OPTIMISERS), key="tune optimiser")
    with third:
        sampler = st.selectbox("Sampler", SAMPLERS, key="tune sampler", help=SAMPLER_HELP)
    with fourth:
        trials = st.number_input("Trials", 1, 1000, 20, key="tune trials")
    with fifth:
        epochs = st.number_input("Epochs", 1, 10_000, 100, key="tune epochs", help=EPOCHS_HELP)
    usual = "width=32,64 layers=1,2,3 learning_rate=0.002,0.005,0.01" if sampler == "grid" else ""
    words = st.text_input("What is tried", usual, key=f"tune words {sampler}", help=TRIED_HELP, placeholder=USUAL)
    features = richest(graph).name
    names = {
        "task": task,
        "network": network,
        "features": features,
        "split": offered_splits(graph)[0],
        "optimiser": optimiser,
    }
    return make_search(
        graph, names, [f"epochs={epochs}", *words.split()], source=source, trials=int(trials), sampler=sampler
    )
