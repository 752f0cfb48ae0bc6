"""Columns that stand beside each other where each has room, else one below the other."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

FOR_A_FIGURE, FOR_A_CHOICE, FOR_A_BOX = "22rem", "14rem", "10rem"
"""What a figure with its legend, a row of a few buttons, and a box to type in take."""


def beside(key: str, spec: int | Sequence[int] = 2, *, room: str = FOR_A_FIGURE) -> list[DeltaGenerator]:
    """Columns as `st.columns(spec)` gives them; `key` names them on the page, `room` is the least that each takes."""
    name = f"columns-{key}"
    column = f".st-key-{name} > [data-testid='stLayoutWrapper'] > [data-testid='stHorizontalBlock'] > *"
    st.html(f"<style>{column} {{ min-width: min({room}, 100%) }}</style>")
    with st.container(key=name):
        return st.columns(spec, gap="medium")
