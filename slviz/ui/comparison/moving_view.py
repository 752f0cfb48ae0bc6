"""The map whose points move from one run's places to another's, and the genes that moved most."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from slviz.figures import Colouring
from slviz.figures.map_comparison import moving_map
from slviz.runs import Run
from slviz.ui import address, charts, downloads
from slviz.ui.comparison import gene_links
from slviz.ui.comparison.aligned_maps import LISTED, AlignedMaps, degree_of, moved_table, point_size
from slviz.ui.comparison.compared_runs import ComparedRuns, any_synthetic
from slviz.ui.labels import escape_markdown
from slviz.ui.nouns import in_words

MOST_LINES = 50
FAR_MEANS_LITTLE = (
    "On maps that keep neighbours, distances between clusters mean little: a gene that moved far with its whole "
    "cluster has not changed. *Neighbours* compares the embeddings themselves."
)


def show(compared: ComparedRuns, maps: AlignedMaps, colouring: Colouring, other: Run, highlighted: list[int]) -> None:
    """One map with a slider from the first run to another, lines of the genes that moved most, and their list."""
    one_name, other_name = compared.name(compared.first), compared.name(other)
    moved = maps.moved(other_name)
    order = np.argsort(-moved, kind="stable")
    name = f"{compared.first.run_id}-{other.run_id}-moving-map"
    table = moved_table(compared.graph, maps).iloc[order]
    with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
        st.subheader(in_words("From one map to the other"), anchor=False, width="content")
        lines = int(
            address.number(
                in_words("Lines for the genes that moved most"), key="lines", low=0, high=MOST_LINES, default=10
            )
        )
    most_moved = order[:lines].tolist()
    make = _figure(compared, maps, colouring, other_name, most_moved, highlighted)
    charts.draw(
        lambda: make(webgl=True),
        of=(maps, colouring, other_name, most_moved, highlighted),
        name=name,
        synthetic=any_synthetic((compared.first, other)),
        alt=f"The genes on their way from the map of {one_name} to that of {other_name}",
    )
    downloads.menu(name, source=compared.provenance(compared.first, other), figure=make, table=lambda: table)
    st.caption(
        in_words(
            f"The slider moves every gene from {escape_markdown(one_name)} (0 %) to {escape_markdown(other_name)} "
            f"(100 %). Half of the genes moved less than {float(np.median(moved)):.2f} radii of the map. "
            f"{FAR_MEANS_LITTLE}"
        )
    )
    gene_links.table(compared, table.head(LISTED), key=name, help_of={}, height=280)


def _figure(
    compared: ComparedRuns,
    maps: AlignedMaps,
    colouring: Colouring,
    other_name: str,
    most_moved: list[int],
    highlighted: list[int],
) -> Callable[..., go.Figure]:
    one_name = compared.name(compared.first)
    degree = degree_of(compared.graph, maps.shared.rows[0])

    def make(*, webgl: bool = False) -> go.Figure:
        return moving_map(
            maps.shared.genes,
            (maps.projections[one_name].coordinates, maps.projections[other_name].coordinates),
            colouring,
            names=(one_name, other_name),
            most_moved=most_moved,
            degree=degree,
            highlighted=highlighted,
            point_size=point_size(len(maps.shared.genes)) + 1,
            webgl=webgl,
        )

    return make
