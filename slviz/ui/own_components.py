"""Components of our own: each a `.js` beside the `.py` that speaks with it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.components.v2 import component


def of_script(python_file: str, *, html: str = "<span></span>", css: str = "", before: Path | None = None) -> Any:
    """The component whose script lies beside `python_file` and is called like it; registered once.

    `before` is a script that stands before it, since a component is one script.
    """
    return _registered(python_file, html, css, before)


@st.cache_resource(show_spinner=False)
def _registered(python_file: str, _html: str, _css: str, _before: Path | None) -> Any:
    """The component of a script; what it consists of never changes, so the name of the file tells it."""
    script = Path(python_file).with_suffix(".js")
    js = "\n".join(path.read_text(encoding="utf-8") for path in (_before, script) if path is not None)
    return component(f"slviz_{script.stem}", html=_html, css=_css, js=js)


def no_callback() -> None:
    """A state of a component is only there where it has a callback, even one that does nothing."""


def clicked(key: str) -> int | None:
    """The number that a component of this key was last clicked at, for its callback."""
    number = (st.session_state.get(key) or {}).get("clicked")
    return None if number is None else int(number)
