"""Which classes the task `classify` tells apart: a set that the data set has, or terms that the visitor picks."""

from __future__ import annotations

import numpy as np
import streamlit as st

from slviz.datasets import GeneGraph, Terms
from slviz.datasets.classes import SEPARATOR, class_sets, gene_classes
from slviz.ui.labels import escape_markdown
from slviz.ui.nouns import in_words
from slviz.ui.training.form_start import key_of

SETTINGS = ("classes",)
"""Settings that are asked for here and not by the form of settings."""
OWN = "terms of my own"
HELP = "Which class a gene is in. A gene in none or in several of them has none: it is neither learnt nor evaluated."
FEWEST = 20
"""Terms with fewer genes are not offered: too few to learn from and to evaluate on."""


def ask(graph: GeneGraph) -> dict[str, str]:
    """The setting `classes`, with a sentence on how many genes have one."""
    own = [OWN] if graph.terms is not None else []
    options = [*class_sets(graph), *own]
    if not options:
        return {}
    _take_over(graph, options)
    left, right = st.columns([1, 2])
    with left:
        chosen = st.selectbox("Classes", options, key=_set_key(graph), help=in_words(HELP), persist_state="session")
    if chosen == OWN and graph.terms is not None:
        with right:
            chosen = _terms(graph, graph.terms)
        if not chosen:
            st.info("Pick two terms or more.", icon=":material/info:")
            st.stop()
    st.caption(in_words(escape_markdown(gene_classes(graph, chosen).statement())))
    return {"classes": chosen}


def _set_key(graph: GeneGraph) -> str:
    return f"classes {graph.name}"


def _terms_key(graph: GeneGraph) -> str:
    return f"class terms {graph.name}"


def _take_over(graph: GeneGraph, options: list[str]) -> None:
    """Choose here what a run or an address has put into the form under the name of the setting."""
    classes = st.session_state.pop(key_of("task", "classify", SETTINGS[0]), None)
    if classes in options:
        st.session_state[_set_key(graph)] = classes
    elif classes and graph.terms is not None:
        place = {term: number for number, term in enumerate(graph.terms.ids)}
        picked = [place[term.strip()] for term in classes.split(SEPARATOR) if term.strip() in place]
        if len(picked) > 1:
            st.session_state[_set_key(graph)] = OWN
            st.session_state[_terms_key(graph)] = picked


def _terms(graph: GeneGraph, terms: Terms) -> str:
    """The ids of the terms that were picked, as the setting is written; "" while they are fewer than two."""
    size = np.asarray(terms.membership.sum(axis=0)).ravel()
    taken = st.session_state.get(_terms_key(graph)) or []
    order = [int(term) for term in np.argsort(-size, kind="stable") if size[term] >= FEWEST or term in taken]
    picked = st.multiselect(
        "Terms",
        order,
        format_func=lambda number: f"{terms.names[number]} · {terms.groups[number]} · {size[number]:,} genes",
        key=_terms_key(graph),
        placeholder="Type to search, largest first",
        persist_state="session",
        help=in_words("Terms that overlap little: a gene in two of them has no class."),
    )
    return SEPARATOR.join(terms.ids[number] for number in picked) if len(picked) > 1 else ""
