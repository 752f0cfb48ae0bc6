"""Colours of the map from what a data set tells beside its pairs, a column over genes or a screen, and their filter."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from slviz import figures
from slviz.datasets import GeneGraph
from slviz.figures import Colouring
from slviz.figures.screens import HIT, TESTED, UNTESTED
from slviz.projections.cluster_publications import Publications
from slviz.ui import address
from slviz.ui.labels import escape_markdown, pluralise
from slviz.ui.nouns import in_words

COLUMN, SCREEN, PUBLICATION = "A column of the data set", "In a screen", "Publication"
IDS = {COLUMN: "column", SCREEN: "screen", PUBLICATION: "publication"}
HELP: dict[str, str] = {
    COLUMN: "what the data set tells of each gene: essentiality, expression, papers, …",
    SCREEN: "the genes that a screen tested, and those of its hits",
    PUBLICATION: "the publication that lists most of a gene's known pairs",
}
WHERE = "where"
SHARES = {"highest tenth": 0.9, "highest quarter": 0.75, "lowest quarter": 0.25, "lowest tenth": 0.1}
NOTHING = "no value"
MOST_VALUES = 40
PUBLICATION_SENTENCE = (
    "The publication that lists most of a gene's known pairs; the ten that do so for most genes have a colour of their "
    "own. Where a cluster is of one colour, it may be no more than one paper."
)


def offered(graph: GeneGraph) -> tuple[str, ...]:
    """Which of these colours the data set can give."""
    has = {
        COLUMN: graph.gene_columns is not None and len(graph.gene_columns) > 0,
        SCREEN: graph.screens is not None,
        PUBLICATION: graph.evidence is not None and bool((graph.evidence["pubmed"] != "").any()),
    }
    return tuple(name for name, there in has.items() if there)


def colouring(name: str, graph: GeneGraph) -> tuple[Colouring, str]:
    """What the colour means, and a sentence about it; asks which column, or which screen."""
    if name == COLUMN:
        column, values = _column(graph)
        there = ~np.isnan(values) if values.dtype.kind == "f" else values != ""
        sentence = f"“{column}” of the data set: told of {pluralise(int(there.sum()), 'gene')}; the others are grey."
        return figures.by_column(column, values), escape_markdown(sentence)
    if name == PUBLICATION:
        return figures.by_publication(graph, _publications(graph.fingerprint, graph)), PUBLICATION_SENTENCE
    assert graph.screens is not None
    screen = _screen(graph)
    tested = graph.screens.tested(screen)
    hits = pluralise(int(tested.hit.sum()), "pair")
    sentence = f"{screen} tested {pluralise(len(tested), 'pair')} of these genes; {hits} came out as a hit."
    return figures.by_screen(tested, len(graph), title=screen), escape_markdown(sentence)


def filtered(name: str, graph: GeneGraph) -> tuple[np.ndarray, str] | None:
    """The genes with one value of the colour, and what they are called; None where the visitor chooses none."""
    groups = GROUPS[name](graph)
    key = "where box"
    ids = address.ids_of(list(groups), {})
    group = address.option_of(WHERE, ids)
    st.session_state[key] = group

    def changed() -> None:
        address.put(where=ids.get(st.session_state[key] or ""))

    options: dict[str, Any] = {"index": None, "key": key, "on_change": changed, "filter_mode": "contains"}
    st.selectbox(
        in_words("Select genes with"),
        list(groups),
        format_func=lambda value: f"{value} · {pluralise(len(groups[value]), 'gene')}",
        placeholder="Any value",
        help=in_words(
            "Selects the genes with this value: their table, their terms and what joins them stand under the map."
        ),
        **options,
    )
    if group is None:
        return None
    called = {COLUMN: _asked_column, SCREEN: _asked_screen}.get(name)
    return groups[group], f"{name if called is None else called(graph)}: {group}"


def _asked_column(graph: GeneGraph) -> str:
    assert graph.gene_columns is not None
    names = list(graph.gene_columns.columns)
    wanted = st.session_state.get("gene-column")
    return wanted if wanted in names else names[0]


def _asked_screen(graph: GeneGraph) -> str:
    assert graph.screens is not None
    wanted = st.session_state.get("screen")
    return wanted if wanted in graph.screens.names else graph.screens.names[0]


def _column(graph: GeneGraph) -> tuple[str, np.ndarray]:
    assert graph.gene_columns is not None
    columns = graph.gene_columns.columns
    name = address.one_of(st.selectbox, "Column", list(columns), key="gene-column")
    return name, columns[name]


def _screen(graph: GeneGraph) -> str:
    assert graph.screens is not None
    return address.one_of(st.selectbox, "Screen", list(graph.screens.names), key="screen")


def _groups_of_column(graph: GeneGraph) -> dict[str, np.ndarray]:
    """Gene numbers by what they have in common: each word or code of a column, or the ends of its numbers."""
    assert graph.gene_columns is not None
    values = graph.gene_columns.columns[_asked_column(graph)]
    missing = np.isnan(values) if values.dtype.kind == "f" else values == ""
    there = values[~missing]
    names, sizes = np.unique(there, return_counts=True)
    groups: dict[str, np.ndarray] = {}
    if values.dtype.kind == "f" and len(names) > len(SHARES):
        for name, share in SHARES.items():
            bound = np.quantile(there, share)
            inside = values >= bound if share > 0.5 else values <= bound
            groups[f"{name} ({'from' if share > 0.5 else 'to'} {bound:.4g})"] = np.flatnonzero(inside & ~missing)
    else:
        for place in np.argsort(-sizes, kind="stable")[:MOST_VALUES].tolist():
            value = names[place]
            groups[f"{value:g}" if values.dtype.kind == "f" else str(value)] = np.flatnonzero(values == value)
    return groups | ({NOTHING: np.flatnonzero(missing)} if missing.any() else {})


def _groups_of_screen(graph: GeneGraph) -> dict[str, np.ndarray]:
    assert graph.screens is not None
    values = figures.by_screen(graph.screens.tested(_asked_screen(graph)), len(graph), title="").values
    return {kind: np.flatnonzero(values == kind) for kind in (HIT, TESTED, UNTESTED) if (values == kind).any()}


def _groups_of_publication(graph: GeneGraph) -> dict[str, np.ndarray]:
    """The genes in pairs of each of the publications that list most pairs."""
    publications = _publications(graph.fingerprint, graph)
    marks = publications.membership
    names = publications.names[:MOST_VALUES]
    return {name: np.flatnonzero(marks[:, [at]].toarray()[:, 0]) for at, name in enumerate(names)}


@st.cache_resource(max_entries=4, show_spinner=False)
def _publications(fingerprint: str, _graph: GeneGraph) -> Publications:
    publications = Publications.of(_graph)
    assert publications is not None, "the colour is offered where publications are named"
    return publications


GROUPS = {COLUMN: _groups_of_column, SCREEN: _groups_of_screen, PUBLICATION: _groups_of_publication}
"""By colour, the groups of genes that can be selected."""
