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

P = ParamSpec("P")


@contextlib.contextmanager
def noted_where_slow(part: str = "") -> Iterator[None]:
    """Note whose session, which page and part of it, and how long, where that is `activity.slow_seconds` or longer."""
    began, worked = time.monotonic(), time.thread_time()
    try:
        yield
    finally:
        seconds = time.monotonic() - began
        if seconds >= activity.slow_seconds():
            where = {"page": str(st.session_state.get(PAGE, "-"))} | ({"part": part} if part else {})
            activity.note("rerun", **where, seconds=seconds, processor=time.thread_time() - worked)


def noted_fragment(body: Callable[P, None]) -> Callable[P, None]:
    """`st.fragment`, whose slow reruns are noted with the module of `body`; within a whole page, the page is noted."""

    @functools.wraps(body)
    def noted(*arguments: P.args, **keywords: P.kwargs) -> None:
        if not _runs_alone():
            return body(*arguments, **keywords)
        with noted_where_slow(body.__module__.rsplit(".", 1)[-1]):
            return body(*arguments, **keywords)

    return st.fragment(noted)


def _runs_alone() -> bool:
    context = get_script_run_ctx(suppress_warning=True)
    return context is not None and bool(context.fragment_ids_this_run)
