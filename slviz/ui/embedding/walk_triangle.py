"""The walk over the triangle of A, B and C: mixtures of all three in the features beside those in the embedding."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from slviz.datasets import GeneGraph
from slviz.datasets.classes import GeneClasses
from slviz.errors import InvalidSetting
from slviz.figures.triangle import triangle
from slviz.projections.triangle import TriangleWalk, barycentric, walk_triangle
from slviz.projections.walk import How
from slviz.runs import Run
from slviz.ui import address, charts, columns, downloads, pictures, selection
from slviz.ui.embedding.walk_worth import EMBEDDING, FEATURES, Spaces, nearest_columns
from slviz.ui.labels import escape_markdown
from slviz.ui.nouns import in_words

KEY = "walk-mix"


def show(
    graph: GeneGraph, run: Run, spaces: Spaces, of: tuple[int, int, int], how: How, classes: GeneClasses | None
) -> None:
    """The mixtures as a triangle for each space, the marked one, and a table of all."""
    st.markdown("**Between A, B and C**")
    try:
        walks = {
            name: walk_triangle(vectors, of, how=how, typical=spaces.typical[name])
            for name, vectors in spaces.vectors.items()
        }
    except InvalidSetting as error:
        st.info(escape_markdown(str(error)), icon=":material/info:")
        return
    count = len(barycentric())
    mixture = int(
        address.number(
            "Mixture",
            key=KEY,
            low=0,
            high=count - 1,
            default=count // 2,
            help="Which mixture has the ring: 0 is A, then row by row; the last is C. A click sets it, too.",
        )
    )
    most = max(float(on_way.ratio.max()) for on_way in walks.values())
    for place, (space, on_way) in zip(columns.beside("triangle", len(walks)), walks.items(), strict=True):
        with place:
            _one(graph, run, space, on_way, classes, mixture=mixture, most=most)
    st.caption(in_words(escape_markdown(sentence(graph, walks, mixture))))
    table = mixture_table(graph, walks, classes)
    st.dataframe(table, hide_index=True, height=min(38 + 35 * len(table), 330))
    downloads.table_button(f"{run.run_id}-walk-triangle", lambda: table, source=downloads.provenance(graph, run))


def _one(
    graph: GeneGraph,
    run: Run,
    space: str,
    on_way: TriangleWalk,
    classes: GeneClasses | None,
    *,
    mixture: int,
    most: float,
) -> None:
    """The triangle of one space with its downloads; a click sets the mixture that is marked."""
    images, title = _pictures(graph, run, space, on_way)
    name = f"{run.run_id}-triangle-{space}"
    key = f"{name}-chart"
    nearest = on_way.nearest[:, 0]

    def drawn() -> go.Figure:
        return triangle(
            [graph.genes[gene] for gene in nearest],
            on_way.shares,
            on_way.ratio,
            marked=mixture,
            most=most,
            keep=name,
            pictures=images,
            notes=[] if classes is None else [f"class {of}" if of else "" for of in classes.name_of_each[nearest]],
        )

    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(in_words(escape_markdown(title)), width="content")
        downloads.menu(name, source=downloads.provenance(graph, run), figure=drawn)
    charts.draw(
        drawn(),
        name=name,
        key=key,
        synthetic=graph.synthetic,
        alt=in_words(f"Triangle of mixtures of A, B and C in the {space}, each with the nearest gene"),
        on_select=partial(_clicked, key),
        selection_mode=("points",),
    )


def _clicked(key: str) -> None:
    number = selection.clicked(key)
    if number is not None:
        address.put(**{KEY: str(number)})


def _pictures(graph: GeneGraph, run: Run, space: str, on_way: TriangleWalk) -> tuple[np.ndarray | None, str]:
    """The pictures of the mixtures, None for things that have none; and a title."""
    if graph.pictures is None:
        return None, f"Through the {space}"
    points = on_way.points.astype(np.float32)
    if space == FEATURES:
        return graph.pictures.pictures(points), "Mixed pixel by pixel"
    decoder = pictures.decoder_of(graph, run)
    if decoder is None:
        return pictures.of_genes(graph, on_way.nearest[:, 0]), "The gene nearest in the embedding"
    return graph.pictures.pictures(decoder.decode(points)), "Drawn from between the embeddings"


def sentence(graph: GeneGraph, walks: dict[str, TriangleWalk], mixture: int) -> str:
    """What the marked mixture is, and how far the mixtures of all three lie from anything real."""
    a, b, c = (f"{100 * share:.0f} %" for share in walks[EMBEDDING].shares[mixture])
    near = "; ".join(
        f"in the {space} it is nearest to {graph.genes[on_way.nearest[mixture, 0]]} ({on_way.ratio[mixture]:.2f})"
        for space, on_way in walks.items()
    )
    inner = " and ".join(f"{on_way.inner_ratio:.2f} in the {space}" for space, on_way in walks.items())
    return (
        f"The marked mixture is {a} A, {b} B, {c} C: {near}. Below each mixture stands the gene that is nearest to it. "
        f"Colours and numbers are distances to that gene over the median distance of a gene to its nearest other: the "
        f"mixtures of all three have {inner} on average. A, B and C are among the genes."
    )


def mixture_table(graph: GeneGraph, walks: dict[str, TriangleWalk], classes: GeneClasses | None) -> pd.DataFrame:
    """One row a mixture: its shares, and for each space the nearest gene, its class, and the distance ratio."""
    shares = walks[EMBEDDING].shares
    columns: dict[str, object] = {"mixture": np.arange(len(shares))}
    columns |= {f"share of {letter}": shares[:, at] for at, letter in enumerate("ABC")}
    for space, on_way in walks.items():
        columns |= nearest_columns(graph, space, on_way.nearest[:, 0], on_way.ratio, classes)
    return pd.DataFrame(columns)
