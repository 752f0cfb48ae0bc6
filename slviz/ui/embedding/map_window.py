"""The layout of the Embedding page: one row of controls, and a map that fills the rest of the window."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from slviz.ui import columns

ABOVE_REM = 17.5
"""What stands above the map in a window of usual width: title, one line on the run, one row of controls."""
LEAST_REM = 24
CSS = f"""<style>
[data-testid="stMainBlockContainer"] {{ padding-left: 2.5rem; padding-right: 2.5rem; }}
.stVerticalBlock.st-key-map-window {{ height: max({LEAST_REM}rem, calc(100vh - {ABOVE_REM}rem)); flex: none; }}
.st-key-map-window > .stElementContainer:first-child {{ flex: 1 1 auto; height: 100%; }}
.st-key-map-window .stFullScreenFrame, .st-key-map-window .stPlotlyChart {{ height: 100%; }}
</style>"""
CARD_ROOM = "15.5rem"


@dataclass(frozen=True)
class Controls:
    """The places of the controls: all in one row, but for what a colour needs to know, below it.

    Attributes:
        search, map, colour, pointer: in the row.
        settings: folded away at its end.
        options: below the row; nothing where the colour needs none.
    """

    search: DeltaGenerator
    map: DeltaGenerator
    colour: DeltaGenerator
    pointer: DeltaGenerator
    settings: DeltaGenerator
    options: DeltaGenerator


def controls() -> Controls:
    """The row over the map; in a narrow window it takes two lines."""
    st.html(CSS)
    row = st.container(key="map-controls", horizontal=True, vertical_alignment="bottom")
    with row:
        search, method, colour = (st.container(width=width) for width in (200, 130, 190))
        pointer = st.container(width="content")
        settings = st.popover("Settings", icon=":material/tune:")
    return Controls(search, method, colour, pointer, settings, st.container(key="map-options"))


def stage(*, with_card: bool) -> tuple[DeltaGenerator, DeltaGenerator, DeltaGenerator]:
    """The places of the map, of what stands beside it (a gene's card), and of what stands right below."""
    if not with_card:
        return st.container(key="map-window"), st.container(), st.container()
    left, right = columns.beside("map", [5, 2], room=CARD_ROOM)
    return left.container(key="map-window"), right, st.container()
