"""Maps of the same genes in one chart, linked in the browser: `linked_maps.js`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.components.v2 import component


def listen(key: str, *, chart: str, on_click: Callable[[], None]) -> tuple[int, dict[str, Any]] | None:
    """Link the maps of the chart of key `chart`; which map (from 0) was drawn on, and the lasso or box, or None.

    Args:
        key: of this component; `clicked(key)` tells its callback which point it was.
        chart: key of the chart, in letters, digits and "-".
        on_click: called when a point was clicked.
    """
    events = _component()(key=key, data={"chart": chart}, on_clicked_change=on_click, on_selection_change=_nothing)
    shape = events.get("selection")
    if not isinstance(shape, dict) or not isinstance(shape.get("map"), int | float):
        return None
    return int(shape["map"]), shape


def clicked(key: str) -> int | None:
    """The number of the point that was clicked, for the callback of `listen`."""
    number = (st.session_state.get(key) or {}).get("clicked")
    return None if number is None else int(number)


def _nothing() -> None:
    """A state of a component is only there where it has a callback."""


@st.cache_resource
def _component() -> Any:
    script = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
    return component("slviz_linked_maps", html="<span></span>", js=script)
