"""Pictures of a data set by class, on the Overview."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from slviz.datasets import GeneGraph
from slviz.datasets.classes import class_sets, gene_classes
from slviz.figures.pictures import picture_grid
from slviz.ui import charts, downloads, pictures
from slviz.ui.nouns import in_words

COLUMNS, MOST_ROWS = 20, 12


def show(graph: GeneGraph) -> None:
    """Some pictures of every class, the first ones in the order of the data; nothing where things are no pictures."""
    if graph.pictures is None:
        return
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.subheader(in_words("Some of the genes"), anchor=False, width="content")
        name = f"{graph.name}-pictures"
        downloads.menu(name, source=downloads.provenance(graph), figure=lambda: gallery(graph))
    alt = in_words("Genes, a row a class")
    charts.draw(gallery(graph), name=name, synthetic=graph.synthetic, alt=alt)


def gallery(graph: GeneGraph) -> go.Figure:
    """A row a class of the first set of classes, the largest classes of many; one row where there are none."""
    sets = class_sets(graph)
    if not sets:
        rows = {"": np.arange(min(COLUMNS, len(graph)))}
    else:
        classes = gene_classes(graph, sets[0])
        size = np.bincount(classes.label[classes.labelled], minlength=len(classes.names))
        shown = sorted(np.argsort(-size, kind="stable")[:MOST_ROWS].tolist())
        rows = {classes.names[number]: np.flatnonzero(classes.label == number)[:COLUMNS] for number in shown}
    grids = {name: pictures.of_genes(graph, numbers) for name, numbers in rows.items() if len(numbers)}
    return picture_grid(grids, keep=f"pictures of {graph.name}")
