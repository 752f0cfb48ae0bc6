"""Pictures as they became while an autoencoder learnt: originals beside what it drew after each of some epochs."""

from __future__ import annotations

import contextlib

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from slviz.datasets import GeneGraph
from slviz.errors import SlvizError
from slviz.figures.pictures import picture_grid_over_epochs
from slviz.networks.training_record import Redrawn
from slviz.runs import Run
from slviz.ui import cache, charts, downloads, pictures
from slviz.ui.nouns import in_words


def show(run: Run, redrawn: Redrawn | None) -> None:
    """The pictures with a slider over the epochs; nothing where none were drawn, or their data set is gone."""
    if redrawn is None:
        return
    graph = None
    with contextlib.suppress(SlvizError):  # said where the page needs more of it
        graph = cache.graph_of(run)
    if graph is None or graph.pictures is None or not fits(graph, redrawn):
        return
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.subheader(in_words("Genes as they became"), anchor=False, width="content")
        name = f"{run.run_id}-as-they-became"
        downloads.menu(name, source=downloads.provenance(graph, run), figure=lambda: drawn(graph, run, redrawn))
    alt = in_words("Genes as they are, and as they were drawn after some epochs")
    charts.draw(drawn(graph, run, redrawn), name=name, synthetic=graph.synthetic, alt=alt)
    st.caption(
        in_words(
            "Some genes that are learnt from and some that validate: as they are, and as the network drew them after "
            "the epoch of the slider. ▶ plays all epochs that were kept; epoch 0 stands before the first step."
        )
    )


def fits(graph: GeneGraph, redrawn: Redrawn) -> bool:
    """Whether the pictures are of this data set."""
    known = graph.pictures is not None and redrawn.pixels.shape[2] == graph.pictures.size
    return known and len(redrawn.genes) > 0 and int(redrawn.genes.max()) < len(graph)


def drawn(graph: GeneGraph, run: Run, redrawn: Redrawn) -> go.Figure:
    """A row of originals and one of what was drawn, for training and for validation, at every moment."""
    assert graph.pictures is not None
    shape = graph.pictures
    part = run.predictions["part"].to_numpy()[redrawn.genes]
    as_they_are = pictures.of_genes(graph, redrawn.genes)

    def rows(moment: int) -> dict[str, np.ndarray]:
        again = shape.pictures(redrawn.pixels[moment].astype(np.float32) / 255)
        chosen = {name: np.flatnonzero(part == name) for name in ("train", "validation")}
        of_parts = (
            (f"{name}: {what}", shown[numbers])
            for name, numbers in chosen.items()
            for what, shown in (("as it is", as_they_are), ("drawn", again))
            if len(numbers)
        )
        return dict(of_parts)

    moments = redrawn.epochs.tolist()
    return picture_grid_over_epochs(
        moments, [rows(at) for at in range(len(moments))], keep=f"{run.run_id} as they became"
    )
