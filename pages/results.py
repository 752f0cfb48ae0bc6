"""Results: every model and baseline by every protocol, on the same pairs."""

import streamlit as st

from slviz.ui import layout
from slviz.ui.comparison import results_view
from slviz.ui.data import datasets


def page() -> None:
    """Which data, then which model is best at what."""
    layout.heading("Results")
    with st.columns([2, 1])[0]:
        source, graph = datasets.pick()
    results_view.show(graph, source)


layout.show(page)
