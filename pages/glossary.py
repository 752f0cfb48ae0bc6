"""Glossary: what the words on the pages mean."""

import streamlit as st

from slviz.ui import glossary, layout
from slviz.ui.labels import escape_markdown


def page() -> None:
    """Every term under its anchor, so that an address such as `glossary#roc-auc` opens at it."""
    layout.heading("Glossary")
    searched = st.text_input("Search", key="find", bind="query-params", placeholder="Such as degree-matched")
    words = (searched or "").casefold().split()
    shown = [
        entry for entry in glossary.entries() if all(word in f"{entry.term} {entry.text}".casefold() for word in words)
    ]
    if not shown:
        st.info(f"No entry of the glossary has all of the words “{escape_markdown(searched or '')}”.")
    group = ""
    for entry in shown:
        if entry.group != group:
            group = entry.group
            st.header(escape_markdown(group), anchor=glossary.anchor(group), divider="gray")
        st.subheader(escape_markdown(entry.term), anchor=glossary.anchor(entry.term))
        st.markdown(entry.text)


layout.show(page)
