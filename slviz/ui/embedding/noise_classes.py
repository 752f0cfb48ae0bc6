"""What a network about classes makes of noise: the class that it gives each noise thing, and some noise pictures."""

from __future__ import annotations

from typing import cast

import numpy as np
import streamlit as st

from slviz.datasets import GeneGraph
from slviz.datasets.picture_shape import PictureShape
from slviz.outliers.given_classes import given_classes
from slviz.outliers.noise import NoiseKind, noise_like
from slviz.pipeline.noise import SEED
from slviz.runs import Run
from slviz.tasks import Classify
from slviz.text import percent
from slviz.ui import cache
from slviz.ui.embedding.noise_mixed import Mixed
from slviz.ui.labels import as_code, escape_markdown
from slviz.ui.nouns import in_words

SHOWN = 10
PIXELS = 64
"""Of a noise picture on the page, about."""
NO_WAY_OUT = "It has no class for what it has never seen, so that each gets one, however odd it is."


def show(graph: GeneGraph, run: Run, mixed: Mixed) -> None:
    """Nothing for noise that went through no network, and where none is mixed in."""
    if not mixed.through or not mixed.count:
        return
    given = _given(mixed.key, graph, run, mixed)
    if given is not None:
        st.caption(in_words(escape_markdown(sentence(given[: mixed.count]))))
    if graph.pictures is not None:
        _pictures(graph, mixed, given)


def sentence(given: np.ndarray) -> str:
    """How many noise things got each class, the commonest first."""
    names, counts = np.unique(given.astype(str), return_counts=True)
    order = np.argsort(-counts, kind="stable")
    listed = ", ".join(f"“{names[at]}” {counts[at]:,}" for at in order[:SHOWN].tolist())
    more = f" and {len(names) - SHOWN:,} more" if len(names) > SHOWN else ""
    return (
        f"The class that the network gives the noise: {listed}{more}. The commonest takes "
        f"{percent(counts.max() / len(given))}. {NO_WAY_OUT}"
    )


@st.cache_data(max_entries=16, show_spinner=False)
def _given(key: tuple[str, int, str, str, int], _graph: GeneGraph, _run: Run, _mixed: Mixed) -> np.ndarray | None:
    """The class of each noise thing; None where the layer that gives it does not give the run's own predictions."""
    if _run.spec.task.about != "classes":
        return None
    weights = cache.store().open_weights(_run.run_id)
    names = np.asarray(cast(Classify, _run.spec.task).classes_of(_graph).names, dtype=object)
    of_genes, of_noise = (given_classes(vectors, weights) for vectors in (_run.embedding, _mixed.vectors))
    if of_genes is None or of_noise is None or of_genes.max(initial=0) >= len(names):
        return None
    predicted = dict(zip(_run.predictions["gene"], _run.predictions["prediction"], strict=True))
    of_head = dict(zip(_graph.genes, names[of_genes].tolist(), strict=True))
    if any(str(of_head.get(gene)) != str(name) for gene, name in predicted.items()):
        return None
    return names[of_noise]


def _pictures(graph: GeneGraph, mixed: Mixed, given: np.ndarray | None) -> None:
    """The first noise pictures: drawn anew from the seed that made them."""
    assert graph.pictures is not None
    kind = cast(NoiseKind, mixed.kind)
    pixels = noise_like(graph.features[PictureShape.feature], len(mixed.vectors), kind=kind, seed=SEED)
    shown = graph.pictures.pictures(np.clip(pixels[: min(SHOWN, mixed.count)], 0, 1))
    times = max(1, PIXELS // max(shown.shape[1:3]))
    under = [
        f"noise {number + 1}" if given is None else f"noise {number + 1}: {as_code(given[number])}"
        for number in range(len(shown))
    ]
    images = [picture.repeat(times, axis=0).repeat(times, axis=1) for picture in shown]
    st.image(images, caption=under, width=PIXELS + 16)
