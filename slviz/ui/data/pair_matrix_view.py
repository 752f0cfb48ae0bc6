"""The known pairs of a data set as a matrix, and as a file for other programs."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
import streamlit as st

from slviz.datasets import GeneGraph
from slviz.datasets.classes import class_sets, gene_classes
from slviz.figures.pair_matrix import pair_matrix
from slviz.projections.leiden import leiden
from slviz.ui import address, charts, downloads
from slviz.ui.nouns import in_words

GROUPS, PARTNERS, CLASSES = "groups", "partners", "classes"
TITLES = {GROUPS: "groups", PARTNERS: "number of partners", CLASSES: "class"}
HELP = (
    "Row and column are a gene each; a cell is dark where they are a known pair. Groups whose genes pair with each "
    "other are squares along the diagonal; hubs are lines from side to side."
)


def show(graph: GeneGraph) -> None:
    """A folded part; the matrix is made when it is opened."""
    if not len(graph.pairs):
        return
    part = address.folded("The pairs as a matrix", key="matrix", icon=":material/grid_on:")
    if not part.open:
        return
    with part:
        there = {key: title for key, title in TITLES.items() if key != CLASSES or class_sets(graph)}
        by = address.choice(st.segmented_control, "Order by", there, key="matrix-by", help=in_words(HELP))
        order = _order(graph.fingerprint, by, graph)
        name = f"{graph.name}-pairs-by-{by}"
        charts.draw(
            lambda: pair_matrix(graph.pairs, order, by=TITLES[by]),
            of=(graph.fingerprint, by),
            name=name,
            synthetic=graph.synthetic,
            alt=in_words(f"Matrix of the known pairs, genes by {TITLES[by]}"),
        )
        downloads.menu(
            name,
            source=downloads.provenance(graph),
            figure=lambda: pair_matrix(graph.pairs, order, by=TITLES[by]),
            others=_files(graph),
        )


def _files(graph: GeneGraph) -> dict[str, downloads.File]:
    from slviz.export.whole_graph import MOST_PAIRS, graph_to_gexf, graph_to_graphml

    if len(graph.pairs) > MOST_PAIRS:
        return {}
    source = downloads.provenance(graph)
    return {
        "All pairs (GraphML)": ("graphml", lambda: graph_to_graphml(graph, provenance=source)),
        "All pairs (GEXF, for Gephi)": ("gexf", lambda: graph_to_gexf(graph, provenance=source)),
    }


@st.cache_data(max_entries=16, show_spinner="Ordering …")
def _order(fingerprint: str, by: str, _graph: GeneGraph) -> np.ndarray:
    return order_of(_graph, by)


def order_of(graph: GeneGraph, by: str) -> np.ndarray:
    """Gene numbers in the order of a side: the largest group or class first, within it those with most partners."""
    if by == PARTNERS:
        return np.argsort(-graph.degree, kind="stable")
    label = gene_classes(graph).label if by == CLASSES else leiden(sp.csr_array(graph.adjacency > 0, dtype=np.float64))
    size = np.bincount(label + 1, minlength=int(label.max(initial=-1)) + 2)
    return np.lexsort((-graph.degree, label, -size[label + 1]))
