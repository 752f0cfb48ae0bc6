"""The genes that a visitor has come from, each a way back."""

from __future__ import annotations

import streamlit as st

from slviz.datasets import GeneGraph
from slviz.ui import address
from slviz.ui.labels import escape_markdown

VISITED = "breadcrumbs"
STEPS = 6


def show(graph: GeneGraph, gene: int) -> None:
    """Back, the last genes, and this one; nothing at the first."""
    symbol = graph.genes[gene]
    visited: list[str] = [name for name in st.session_state.get(VISITED, []) if name in graph.number_of]
    visited = visited[: visited.index(symbol)] if symbol in visited else visited
    st.session_state[VISITED] = [*visited[-STEPS:], symbol]
    if not visited:
        return
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        if st.button("Back", icon=":material/arrow_back:", help=f"Back to {escape_markdown(visited[-1])}"):
            _go_to(visited[-1])
        for name in visited[-STEPS:]:
            if st.button(escape_markdown(name), type="tertiary", key=f"breadcrumb {name}"):
                _go_to(name)
        st.markdown(f"› **{escape_markdown(symbol)}**", width="content")


def _go_to(symbol: str) -> None:
    address.put(gene=symbol, partner=None, expanded=None, path=None)
    st.rerun()
