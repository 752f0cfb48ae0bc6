"""Training seen from outside: a page only looks at the run's folder, so any browser sees the same."""

from __future__ import annotations

import time

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from slviz.datasets.report import shown
from slviz.errors import RunNotFound, SlvizError
from slviz.evaluation import METRICS, Metric
from slviz.figures import training_curves
from slviz.pipeline import jobs
from slviz.pipeline.time_left import evaluation_words, seconds_left, wait_words
from slviz.runs import RunSpec
from slviz.runs.history import metric_label, watched_metric
from slviz.runs.queue import queue_of
from slviz.runs.summary import RunSummary
from slviz.text import duration
from slviz.ui import access, cache, charts, downloads, errors, layout, run_cards, run_choice, run_names
from slviz.ui.glossary import glossary_link
from slviz.ui.labels import escape_markdown
from slviz.ui.server_paths import without_paths
from slviz.ui.training import form_start

ALIVE = ("running", "waiting")
POLL_SECONDS = 1.0
START_SECONDS = 20.0
STATE_WORDS = {
    "running": ("Training", "blue", ":material/model_training:"),
    "waiting": ("Waiting for its turn", "gray", ":material/hourglass_top:"),
    "finished": ("Finished", "green", ":material/check_circle:"),
    "failed": ("Failed", "red", ":material/error:"),
    "cancelled": ("Cancelled", "orange", ":material/cancel:"),
    "interrupted": ("Interrupted", "orange", ":material/power_off:"),
    "damaged": ("Damaged", "red", ":material/broken_image:"),
    "starting": ("Starting", "gray", ":material/hourglass_top:"),
}


def state_of(run_id: str) -> str | None:
    """The state of a run, or None where there is no such run."""
    try:
        return cache.store().state(run_id)
    except RunNotFound:
        return None


def note_start(run_id: str, *, made: bool) -> None:
    """Remember that this visitor has just asked for a run, whose worker takes a moment to begin.

    `made` says that there was no such run before, so that it is the visitor's own.
    """
    st.session_state[f"started {run_id}"] = time.monotonic()
    access.note_started(run_id)
    if made:
        access.note_made(run_id)


def follow(run_id: str) -> None:
    """The run of the address: its state, its curves, and what can be done with it."""
    _fill_an_untouched_form(run_id)
    alive = _state(run_id) in (*ALIVE, "starting")
    panel = st.fragment(_panel, run_every=POLL_SECONDS if alive else None)
    panel(run_id, was_alive=alive)


def _fill_an_untouched_form(run_id: str) -> None:
    if form_start.is_untouched() and state_of(run_id) is not None:
        spec = cache.store().summary(run_id).spec
        if spec is not None:
            form_start.take_over(spec)


def others(*, than: str | None) -> None:
    """What else is at work, or ended without a result, each with a button to look at it."""
    unfinished = [
        summary for summary in cache.store().summaries() if summary.state != "finished" and summary.run_id != than
    ]
    if not unfinished:
        return
    with st.expander(f"Other runs without a result ({len(unfinished)})", icon=":material/list:"):
        names = run_names.names(unfinished[:20])
        for summary in unfinished[:20]:
            _line(summary, name=names[summary.run_id])


def _line(summary: RunSummary, *, name: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        _badge(summary.state)
        if summary.spec is not None and summary.spec.synthetic:
            layout.synthetic_badge(short=True)
        st.markdown(escape_markdown(name), width="stretch", help=escape_markdown(summary.run_id))
        if st.button("Look", key=f"look {summary.run_id}", icon=":material/monitoring:"):
            st.query_params["job"] = summary.run_id
            st.rerun()


def _state(run_id: str) -> str | None:
    state = state_of(run_id)
    if state == "finished" and _damage(run_id):
        return "damaged"
    since = time.monotonic() - st.session_state.get(f"started {run_id}", float("-inf"))
    return "starting" if state in ("interrupted", "failed", "cancelled") and since < START_SECONDS else state


def _damage(run_id: str) -> str:
    """What is wrong with the files of a finished run; "" where all are there and whole in size."""
    return cache.store().summary(run_id).problem


def _panel(run_id: str, *, was_alive: bool) -> None:
    state = _state(run_id)
    if was_alive and state not in (*ALIVE, "starting"):
        st.rerun()  # the whole page, once: it stops looking, and the finished run joins the picker
    with errors.as_sentences(), st.container(border=True):
        if state is None:
            _say_unknown(run_id)
            return
        with st.container(horizontal=True, vertical_alignment="center"):
            _badge(state)
            st.subheader(escape_markdown(run_id), anchor=False)
            spec = cache.store().summary(run_id).spec
            if spec is not None:
                if spec.synthetic:
                    layout.synthetic_badge(short=True)
                _offer_settings(run_id, spec)
        history = cache.store().progress(run_id) if state != "starting" else pd.DataFrame()
        if state in ALIVE:
            _while_alive(run_id, state, history)
        elif state == "starting":
            st.caption("The worker is starting; that takes a few seconds.")
        else:
            if state == "finished":
                run_choice.speak_of_data_of(cache.store().summary(run_id))  # the form speaks of its own data again
            _after(run_id, state, history)
        if len(history) and spec is not None:
            _curves(spec, history, ended=state not in (*ALIVE, "starting"))


def _offer_settings(run_id: str, spec: RunSpec) -> None:
    if not access.may_work():
        return
    st.button(
        "Settings into the form",
        key=f"settings {run_id}",
        icon=":material/edit_note:",
        type="tertiary",
        on_click=form_start.take_over,
        args=(spec,),
        help="Fills the form below with the settings of this run, to change some and train another.",
    )


def _curves(spec: RunSpec, history: pd.DataFrame, *, ended: bool) -> None:
    """The curves; once they have come to their end, they can be downloaded."""
    name = f"{spec.run_id}-training"

    def drawn() -> go.Figure:
        return training_curves(history, epochs=_epochs_asked(spec.run_id))

    charts.draw(drawn(), name=name, synthetic=spec.synthetic, alt="Loss and validation metric by epoch")
    if ended:
        downloads.menu(name, source=downloads.provenance_of_spec(spec), figure=drawn, table=lambda: history)


def _badge(state: str) -> None:
    word, colour, icon = STATE_WORDS[state]
    st.badge(word, color=colour, icon=icon)  # pyright: ignore[reportArgumentType]


def _say_unknown(run_id: str) -> None:
    said = f"No run is called “{shown(run_id)}”: it was removed, or never started. Start a new one below."
    st.warning(escape_markdown(said), icon=":material/link_off:")
    if st.button("Close", key="close job", icon=":material/close:"):
        _close()


def _while_alive(run_id: str, state: str, history: pd.DataFrame) -> None:
    if state == "waiting":
        if queue_of(cache.store().folder(run_id)):
            st.caption("It starts by itself as soon as a worker of the cluster is free.")
        else:
            st.caption(f"It starts by itself. {wait_words(cache.store())}")
    epochs = _epochs_asked(run_id)
    if len(history):
        _figures(history, epochs)
    evaluation = cache.store().evaluation(run_id)
    if evaluation is not None:
        st.progress(evaluation.share, text=evaluation_words(evaluation.share, evaluation.seconds_left))
    else:
        st.progress(min(len(history) / epochs, 1.0) if epochs else 0.0, text=_progress_words(history, epochs))
    if not access.may_cancel(run_id):
        return
    if st.button("Cancel", key=f"cancel {run_id}", icon=":material/stop_circle:", help="Stops after this epoch."):
        cache.store().cancel(run_id)
        st.toast("It will stop after this epoch.", icon=":material/stop_circle:")


def _epochs_asked(run_id: str) -> int:
    spec = cache.store().summary(run_id).spec
    return int(getattr(spec.optimiser, "epochs", 0)) if spec else 0


def _progress_words(history: pd.DataFrame, epochs: int) -> str:
    if not len(history):
        return "Reading the data and building the network …"
    if len(history) >= epochs:
        return f"All {epochs} epochs done; measuring on the held-out pairs …"
    return f"Epoch {len(history)} of {epochs}, about {duration(seconds_left(history, epochs))} left"


def _figures(history: pd.DataFrame, epochs: int) -> None:
    last = history.iloc[-1]
    with st.container(horizontal=True):
        st.metric("Epoch", f"{int(last['epoch'])} / {epochs}", border=True)
        st.metric("Training loss", f"{last['train_loss']:.4f}", border=True)
        st.metric("Validation loss", f"{last['validation_loss']:.4f}", border=True)
        if name := watched_metric(history):
            label = escape_markdown(metric_label(name))
            help_of = _help_of(METRICS.get(name.removeprefix("validation_")))
            st.metric(f"{label}, validation", f"{last[name]:.3f}", border=True, help=help_of)


def _help_of(metric: Metric | None) -> str | None:
    return f"{metric.help} {glossary_link(metric.label)}" if metric else None


def _after(run_id: str, state: str, history: pd.DataFrame) -> None:
    if state == "finished":
        summary = cache.store().summary(run_id)
        if summary.spec is not None:
            run_cards.show_metrics(summary, summary.spec)
        _links(run_id)
        return
    if state == "damaged":
        st.error(escape_markdown(without_paths(_damage(run_id))), icon=":material/broken_image:")
    elif state == "failed":
        reason = without_paths(cache.store().failure(run_id)) or "It failed, and left no reason."
        st.error(escape_markdown(reason), icon=":material/error:")
        _log(run_id)
    elif state == "interrupted":
        st.warning(escape_markdown(cache.store().summary(run_id).problem) or _why_interrupted(history))
    elif state == "cancelled":
        how_far = "the curves show how far it came" if len(history) else "before its first epoch"
        st.info(f"Cancelled: {how_far}; there is no result to open.")
    with st.container(horizontal=True):
        may_resume = state != "damaged" and access.may_work()
        if may_resume and st.button(
            "Resume", key=f"resume {run_id}", icon=":material/play_arrow:", help="Finishes it from where it stopped."
        ):
            _resume(run_id)
        if access.may_remove(run_id) and st.button(
            "Remove", key=f"remove {run_id}", icon=":material/delete:", help="Deletes the run's folder."
        ):
            cache.store().remove(run_id)
            access.note_removed(run_id)
            _close()


def _why_interrupted(history: pd.DataFrame) -> str:
    done = f" after epoch {len(history)}" if len(history) else ""
    return (
        f"The worker ended{done} without a result: it was killed, the machine stopped, or its manifest, which is "
        "written last, was removed since. “Resume” finishes it."
    )


def _log(run_id: str) -> None:
    log = cache.store().log(run_id)
    if log:
        with st.expander("Log of the run", icon=":material/description:"):
            st.code(without_paths(log), language=None, wrap_lines=True)


def _resume(run_id: str) -> None:
    try:
        jobs.resume(run_id)
    except SlvizError as error:
        errors.show(error)
        return
    note_start(run_id, made=False)
    st.rerun()


def _links(run_id: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        layout.links_to(run_id)
        if st.button("Close", key=f"close {run_id}", icon=":material/close:", type="tertiary"):
            _close()


def _close() -> None:
    if "job" in st.query_params:
        del st.query_params["job"]
    st.rerun()
