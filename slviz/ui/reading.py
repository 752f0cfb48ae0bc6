"""Reading an upload in a process of its own, with its progress on the page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import streamlit as st

from slviz.files.limited import run_limited
from slviz.ui.labels import escape_markdown

Value = TypeVar("Value")


def limited(function: Callable[..., Value], *arguments: Any, what: str, size_bytes: int, **more: Any) -> Value:
    """What the function returns, from a child process with bounded memory and time, and a bar until then.

    The bar shows the share of the time that the file may take. Whoever leaves the page ends the child. Raises the
    `SlvizError` of the function, or one on memory or time.
    """
    text = f"Reading {escape_markdown(what)} …"
    bar = st.progress(0.0, text)
    try:
        return run_limited(
            function,
            *arguments,
            what=what,
            size_bytes=size_bytes,
            on_wait=lambda share: bar.progress(min(share, 1.0), text) and None,
            **more,
        )
    finally:
        bar.empty()
