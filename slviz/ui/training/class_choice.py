"""Which classes the task `classify` tells apart: a set that the data set has, or terms that the visitor picks."""

from __future__ import annotations

import numpy as np
import streamlit as st

from slviz.datasets import GeneGraph, Terms
from slviz.datasets.classes import SEPARATOR, class_sets, gene_classes
from slviz.ui.words import plain

SETTINGS = ("classes",)
"""Settings that are asked for here and not by the form of settings."""
OWN = "terms of my own"
HELP = "Which class a gene is in. A gene in none or in several of them has none: it is neither learnt nor judged."
FEWEST = 20
"""Terms with fewer genes are not offered: too few to learn from and to judge on."""


def ask(graph: GeneGraph) -> dict[str, str]:
    """The setting `classes`, with a sentence on how many genes have one."""
    own = [OWN] if graph.terms is not None else []
    options = [*class_sets(graph), *own]
    if not options:
        return {}
    left, right = st.columns([1, 2])
    with left:
        asked = st.selectbox("Classes", options, key=f"classes {graph.name}", help=HELP, persist_state="session")
    if asked == OWN and graph.terms is not None:
        with right:
            asked = _terms(graph.name, graph.terms)
        if not asked:
            st.info("Pick two terms or more.", icon=":material/info:")
            st.stop()
    st.caption(plain(gene_classes(graph, asked).statement()))
    return {"classes": asked}


def _terms(name: str, terms: Terms) -> str:
    """The ids of the terms that were picked, as the setting is written; "" while they are fewer than two."""
    size = np.asarray(terms.membership.sum(axis=0)).ravel()
    order = [int(number) for number in np.argsort(-size, kind="stable") if size[number] >= FEWEST]
    picked = st.multiselect(
        "Terms",
        order,
        format_func=lambda number: f"{terms.names[number]} · {terms.groups[number]} · {size[number]:,} genes",
        key=f"class terms {name}",
        placeholder="Type to search, largest first",
        persist_state="session",
        help="Terms that overlap little: a gene in two of them has no class.",
    )
    return SEPARATOR.join(terms.ids[number] for number in picked) if len(picked) > 1 else ""
