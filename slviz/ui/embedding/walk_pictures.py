"""Pictures along a walk: mixed pixel by pixel, and as the decoder of the run draws what lies between embeddings."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from slviz.datasets import GeneGraph
from slviz.figures.pictures import picture_grid
from slviz.networks.picture_decoder import PictureDecoder
from slviz.runs import Run
from slviz.ui import charts, downloads, pictures
from slviz.ui.nouns import in_words

ALONG = (
    "Mixed pixel by pixel, two pictures shine through each other; drawn from between their embeddings, one turns into "
    "the other where the network has learnt how. The last row is the real gene that is nearest to each step in the "
    "embedding. Which way passes nearer to real ones is told in numbers below, and is not always the embedding's."
)

SUMS = "A, B and C; then A − B + C of the pixels, and as it is drawn from that of the embeddings."


def along(graph: GeneGraph, run: Run, *, pixels: np.ndarray | None, latent: np.ndarray, nearest: np.ndarray) -> None:
    """The pictures of each step; nothing for a data set without pictures.

    Args:
        graph: the data set.
        run: of the embedding.
        pixels: the walk through the pixels [T, size], None where it is none.
        latent: the walk through the embedding [T, D].
        nearest: number of the picture that is nearest to each step in the embedding [T].
    """
    if graph.pictures is None:
        return
    decoder = pictures.decoder_of(graph, run)
    rows = _rows(graph, decoder, pixels=pixels, latent=latent) | {"nearest": pictures.of_genes(graph, nearest)}
    shares = [f"{100 * step / max(len(latent) - 1, 1):.0f} %" for step in range(len(latent))]
    _show(graph, run, rows, shares, name=f"{run.run_id}-walk-pictures", title="Genes on the way", caption=ALONG)


def sums(graph: GeneGraph, run: Run, of: tuple[int, int, int]) -> None:
    """A, B, C and A − B + C, of the pixels and drawn from that of the embeddings; nothing without pictures."""
    if graph.pictures is None:
        return
    a, b, c = of
    pixels = graph.features[graph.pictures.feature]
    both = _rows(
        graph,
        pictures.decoder_of(graph, run),
        pixels=(pixels[a] - pixels[b] + pixels[c])[None],
        latent=(run.embedding[a] - run.embedding[b] + run.embedding[c])[None],
    )
    shown = np.concatenate([pictures.of_genes(graph, np.array(of)), *both.values()])
    columns = ["A", "B", "C", *both]
    _show(graph, run, {"": shown}, columns, name=f"{run.run_id}-walk-sum", title="", caption=SUMS)


def _rows(
    graph: GeneGraph, decoder: PictureDecoder | None, *, pixels: np.ndarray | None, latent: np.ndarray
) -> dict[str, np.ndarray]:
    assert graph.pictures is not None
    rows = {} if pixels is None else {"pixels": graph.pictures.pictures(pixels)}
    if decoder is not None:
        rows["embedding"] = graph.pictures.pictures(decoder.decode(latent.astype(np.float32)))
    return rows


def _show(
    graph: GeneGraph,
    run: Run,
    rows: Mapping[str, np.ndarray],
    columns: list[str],
    *,
    name: str,
    title: str,
    caption: str,
) -> None:
    def drawn() -> go.Figure:
        return picture_grid(rows, columns=columns, keep=name)

    if title:
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.subheader(in_words(title), anchor=False, width="content")
            downloads.menu(name, source=downloads.provenance(graph, run), figure=drawn)
    charts.draw(drawn(), name=name, synthetic=graph.synthetic, alt=in_words(title or "Genes A, B, C and their sums"))
    st.caption(in_words(caption))
