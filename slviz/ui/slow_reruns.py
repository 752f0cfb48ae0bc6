"""A line in the server's log where a page, or a part of it that runs alone, takes long; see `slviz.activity`."""

from __future__ import annotations

import contextlib
import functools
import time
from collections.abc import Callable, Iterator
from typing import ParamSpec

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from slviz import activity

PAGE = "page shown"
"""Key of the session's state under which a page says which one it is."""
BETWEEN_LINES = 60.0
"""Seconds between two lines of a part that runs on a timer: an open page would fill the log while nobody clicks."""

P = ParamSpec("P")


@contextlib.contextmanager
def noted_where_slow(part: str = "", *, every: float | None = None) -> Iterator[None]:
    """Note whose session, which page and part of it, and how long, where that is `activity.slow_seconds` or longer.

    A part that runs by itself `every` so many seconds has a line a minute at most in a session, which counts (`unsaid`)
    its slow reruns since the line before.
    """
    began, worked = time.monotonic(), time.thread_time()
    try:
        yield
    finally:
        seconds = time.monotonic() - began
        if seconds >= activity.slow_seconds():
            where = {"page": str(st.session_state.get(PAGE, "-"))} | ({"part": part} if part else {})
            processor = time.thread_time() - worked
            if every is None:
                activity.note("rerun", **where, seconds=seconds, processor=processor)
            elif (unsaid := _unsaid(part)) is not None:
                activity.note("rerun", **where, every=float(every), unsaid=unsaid, seconds=seconds, processor=processor)


def noted_fragment(body: Callable[P, None], *, run_every: float | None = None) -> Callable[P, None]:
    """`st.fragment`, whose slow reruns are noted with the module of `body`; within a whole page, the page is noted."""

    @functools.wraps(body)
    def noted(*arguments: P.args, **keywords: P.kwargs) -> None:
        if not _runs_alone():
            return body(*arguments, **keywords)
        with noted_where_slow(body.__module__.rsplit(".", 1)[-1], every=run_every):
            return body(*arguments, **keywords)

    return st.fragment(noted, run_every=run_every)


def _unsaid(part: str) -> int | None:
    """How many slow reruns of a part had no line since its last one; None where it had one a moment ago."""
    key, now = f"slow line {part}", time.monotonic()
    last, unsaid = st.session_state.get(key, (-BETWEEN_LINES, 0))
    is_due = now - last >= BETWEEN_LINES
    st.session_state[key] = (now, 0) if is_due else (last, unsaid + 1)
    return unsaid if is_due else None


def _runs_alone() -> bool:
    context = get_script_run_ctx(suppress_warning=True)
    return context is not None and bool(context.fragment_ids_this_run)
