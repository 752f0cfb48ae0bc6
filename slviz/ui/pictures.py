"""Pictures of a data set on its pages: beside a text, in cells of a table, and as a run's decoder draws them again."""

from __future__ import annotations

import numpy as np
import streamlit as st
from jaxtyping import Float32, UInt8

from slviz.datasets import GeneGraph
from slviz.datasets.picture_shape import PictureShape
from slviz.errors import DamagedRun
from slviz.figures.raster import png_address
from slviz.networks.picture_decoder import START, PictureDecoder
from slviz.runs import Run
from slviz.ui import cache

MOST_IN_A_TABLE = 1000
"""Rows whose pictures are sent with a table."""
WIDTH = 84
"""Pixels on the page of one picture beside a text."""


def of_genes(graph: GeneGraph, numbers: np.ndarray) -> UInt8[np.ndarray, "pictures height width *rgb"]:
    """The pictures with these numbers; of a data set of pictures."""
    assert graph.pictures is not None
    return graph.pictures.pictures(graph.features[PictureShape.feature][numbers])


def show_one(graph: GeneGraph, number: int) -> None:
    """One picture, enlarged without smoothing; nothing for a data set that has none."""
    if graph.pictures is None:
        return
    picture = of_genes(graph, np.array([number]))[0]
    times = max(1, WIDTH // max(picture.shape[:2]))
    st.image(picture.repeat(times, axis=0).repeat(times, axis=1), width=WIDTH)


def cells(graph: GeneGraph, numbers: np.ndarray) -> list[str]:
    """What an `ImageColumn` of a table shows: an address of each picture's own pixels."""
    shown = of_genes(graph, numbers[:MOST_IN_A_TABLE])
    addresses = [png_address(picture if picture.ndim == 3 else picture[..., None]) for picture in shown]
    return addresses + [""] * (len(numbers) - len(addresses))


def decoder_of(graph: GeneGraph, run: Run) -> PictureDecoder | None:
    """The decoder of a run that draws pictures again; None for runs that have none."""
    if graph.pictures is None or run.spec.task.about != "features" or not run.spec.network.reads_pictures:
        return None
    return _decoder(run.run_id, graph.pictures)


@st.cache_resource(max_entries=16, show_spinner=False)
def _decoder(run_id: str, shape: PictureShape) -> PictureDecoder:
    weights = cache.store().open_weights(run_id)
    if f"{START}.weight" not in weights:
        raise DamagedRun(f"Run {run_id} has no decoder among its weights. Train it again.")
    return PictureDecoder.of(weights, shape)


def drawn_again(decoder: PictureDecoder, run: Run, numbers: np.ndarray) -> Float32[np.ndarray, "pictures size"]:
    """Pixels as the decoder gives them from the embedding of the run."""
    return decoder.decode(run.embedding[numbers])
