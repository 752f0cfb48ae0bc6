"""The job panel: work offered with its command, followed while a worker does it, cancelled; or why it failed."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from slviz.pipeline import commands, jobs
from slviz.runs.artifacts.artifact import Artifact
from slviz.ui import access, cache, errors
from slviz.ui.labels import escape_markdown
from slviz.ui.server_paths import typed, without_paths

POLL_SECONDS = 1.0
START_SECONDS = 60.0
"""So long after it was asked for, a worker may be on its way to its first file."""
BETWEEN_SECONDS = 5.0
"""So long it may be on its way from one file to the next."""


@dataclass(frozen=True)
class Job:
    """Something that a command makes beside a run, in one or several files.

    Attributes:
        key: tells it from other work on the page.
        works: its files in the order in which they are made; looked at again and again.
        command: what makes them, after `python -m slviz`.
        what: such as "the t-SNE map".
        offer: Markdown on what it is and that it is not there.
        button: what the button says that starts it.
        takes: about how long, in words.
    """

    key: str
    artifacts: Callable[[], Sequence[Artifact]]
    command: list[str]
    what: str
    offer: str
    button: str
    takes: str


def panel(job: Job) -> None:
    """The job's state in a box: the offer, or its progress with a button to cancel; draws the page anew at its end."""
    started_key = f"asked {job.key}"
    artifacts = job.artifacts()
    damage = [sentence for artifact in artifacts if (sentence := cache.damage_of(artifact.path))]
    if damage:
        for sentence in damage:
            st.error(escape_markdown(sentence), icon=":material/broken_image:")
        _offer(job, artifacts, [artifact.state for artifact in artifacts], started_key)
        return
    st.fragment(_look, run_every=POLL_SECONDS if _is_on(job, started_key) else None)(job, started_key)


def _is_on(job: Job, started_key: str) -> bool:
    return started_key in st.session_state or any(artifact.state == "running" for artifact in job.artifacts())


@errors.as_sentences()
def _look(job: Job, started_key: str) -> None:
    artifacts = job.artifacts()
    states = [artifact.state for artifact in artifacts]
    if all(state == "finished" for state in states):
        st.session_state.pop(started_key, None)
        st.rerun()
    elif "running" in states:
        st.session_state[started_key] = time.monotonic() + BETWEEN_SECONDS
        _follow(job, artifacts, states)
    elif "failed" not in states and st.session_state.get(started_key, 0.0) > time.monotonic():
        with st.container(border=True):
            st.progress(0.0, f"Making {job.what}: starting …")
    else:
        if st.session_state.pop(started_key, None) is not None:
            st.rerun()  # it has ended without a result: draw anew, without looking every second
        _offer(job, artifacts, states, started_key)


def _follow(job: Job, artifacts: Sequence[Artifact], states: Sequence[str]) -> None:
    now = states.index("running")
    progress = artifacts[now].progress
    share = (states.count("finished") + progress.share) / len(artifacts)
    count = f" ({states.count('finished') + 1} of {len(artifacts)})" if len(artifacts) > 1 else ""
    with st.container(border=True):
        st.progress(min(share, 1.0), f"Making {job.what}{count}: {escape_markdown(without_paths(progress.doing))}")
        with st.container(horizontal=True, vertical_alignment="center"):
            if access.may_cancel(job.key) and st.button("Cancel", icon=":material/close:", key=f"cancel {job.key}"):
                st.session_state.pop(f"asked {job.key}", None)
                for artifact in artifacts:
                    artifact.cancel()
            st.caption("You can leave this page; the work continues and is kept.")


def _offer(job: Job, artifacts: Sequence[Artifact], states: Sequence[str], started_key: str) -> None:
    with st.container(border=True):
        if "failed" in states:
            st.error(escape_markdown(without_paths(artifacts[states.index("failed")].failure)), icon=":material/error:")
        st.markdown(job.offer)
        if not access.may_work():
            return
        if st.button(job.button, type="primary", icon=":material/play_arrow:", key=f"start {job.key}"):
            st.session_state[started_key] = time.monotonic() + START_SECONDS
            with errors.as_sentences():
                for artifact in artifacts:
                    artifact.forget_failure()
                    if cache.damage_of(artifact.path):
                        artifact.path.unlink(missing_ok=True)
                jobs.start(job.command)
                access.note_started(job.key)
                st.rerun()
        st.caption(f"{job.takes} The same in a terminal:")
        st.code(commands.in_terminal(typed(job.command)), language="bash")
