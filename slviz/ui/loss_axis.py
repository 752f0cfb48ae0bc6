"""The axis of losses over epochs, chosen in the address."""

from __future__ import annotations

import streamlit as st

from slviz.ui import address

LINEAR, LOGARITHMIC = "linear", "logarithmic"


def is_logarithmic() -> bool:
    """The choice, on the page."""
    axis = address.one_of(
        st.segmented_control,
        "Axis of the loss",
        (LINEAR, LOGARITHMIC),
        key="axis",
        help="A logarithmic axis shows how a small loss still changes; a metric that is an error follows it.",
    )
    return axis == LOGARITHMIC
