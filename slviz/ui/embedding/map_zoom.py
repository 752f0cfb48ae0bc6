"""Which part of a map of very many points is looked at: told by the browser, kept in the address."""

from __future__ import annotations

import math

import numpy as np
import streamlit as st

from slviz.figures.raster import POINTS_IN_WINDOW, Window
from slviz.ui import address
from slviz.ui.labels import escape_markdown


def of_address() -> Window | None:
    """The part of the map that the address asks for; None for all, and for nonsense."""
    try:
        left, right, bottom, top = (float(edge) for edge in (address.value("window") or "").split(","))
    except ValueError:
        return None
    known = all(math.isfinite(edge) for edge in (left, right, bottom, top, right - left, top - bottom))
    return Window(left, right, bottom, top) if known and left < right and bottom < top else None


def current(key: str) -> Window | None:
    """What the visitor has zoomed to, kept in the address, so that a link shows the same part.

    Args:
        key: of the map's events (see `map_events.listen`).
    """
    of_link = of_address()
    view = (st.session_state.get(key) or {}).get("view")
    if not view or st.session_state.get(f"seen {key}") == view:
        return of_link
    st.session_state[f"seen {key}"] = view
    address.put(window=",".join(f"{edge:g}" for edge in view))
    return Window(*view)


def edges(window: Window | None) -> tuple[float, float, float, float] | None:
    """The part as events of a map want it; None for all of it."""
    return None if window is None else (window.left, window.right, window.bottom, window.top)


def say_each_is_drawn(count: int, *, things: str) -> None:
    """That the browser draws so many points one by one, and what that asks of it."""
    st.caption(
        f":material/blur_on: **Each of the {count:,} {escape_markdown(things)} is drawn**, by the graphics card of "
        "your computer. Without one, moving the map stutters; the map itself and what is selected on it are the same."
    )


def say(coordinates: np.ndarray, window: Window | None, *, drawn: int, things: str) -> None:
    """What is drawn and how to see more: nothing is thinned without a word.

    Args:
        coordinates: float [N, 2 or more], of all points.
        window: the part that is looked at.
        drawn: how many points are drawn one by one.
        things: what the points are, in the plural.
    """
    inside = int(window.holds(coordinates).sum()) if window else len(coordinates)
    if not inside:
        said = f"No {things} lie in this part of the map."
    elif drawn:
        said = f"{drawn:,} of {len(coordinates):,} {things} lie in this part; each is drawn."
    else:
        said = (
            f"{inside:,} {things} drawn as a density picture; zoom in to at most {POINTS_IN_WINDOW:,} to see {things}."
        )
    st.caption(f":material/blur_on: **{said}**")
    if window is not None and st.button("Whole map", icon=":material/zoom_out_map:", key="whole map"):
        address.put(window=None)
        st.rerun()
