"""The same map with several perplexities, or numbers of neighbours, side by side: what is in all of them holds."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from slviz import figures
from slviz.datasets import GeneGraph
from slviz.figures import Colouring
from slviz.projections import Projection, ProjectionMethod
from slviz.runs import Run
from slviz.runs.summary import RunSummary
from slviz.ui import cache, charts, downloads, job_panel
from slviz.ui.embedding import map_choice
from slviz.ui.labels import escape_markdown
from slviz.ui.nouns import in_words

SEVERAL: Mapping[str, tuple[str, tuple[float, ...]]] = {
    "tsne": ("perplexity", (5.0, 30.0, 100.0)),
    "umap": ("neighbours", (5, 15, 50)),
    "pacmap": ("neighbours", (5, 10, 30)),
}
"""By method, the setting that decides how far a gene looks, and the values that stand side by side."""
READING = (
    "A small value keeps the nearest together and tears groups apart, a large one shows larger shapes. What stands in "
    "all of them is in the embedding; what stands in one alone may be the map's own."
)


def variants(method: ProjectionMethod) -> dict[str, ProjectionMethod]:
    """By words, the method with each of the values; empty for a method without such a setting."""
    if method.name not in SEVERAL:
        return {}
    key, values = SEVERAL[method.name]
    return {f"{method.title}, {key} {value:g}": method.replace(**{key: value, "dimensions": 2}) for value in values}


def show(
    summary: RunSummary,
    graph: GeneGraph,
    run: Run,
    *,
    wanted: tuple[ProjectionMethod, int],
    colouring: tuple[Colouring, str],
    gene: int | None,
) -> None:
    """The maps that are there side by side; offers to make the first one that is not."""
    method, seed = wanted
    of_words = variants(method)
    if not of_words:
        st.info(
            f"{escape_markdown(method.title)} has no setting of how far to look. Choose t-SNE, UMAP or PaCMAP.",
            icon=":material/info:",
        )
        return
    maps = {words: cache.projection(summary, variant, seed) for words, variant in of_words.items()}
    missing = [words for words, made in maps.items() if made is None]
    if missing:
        st.markdown(f"**{escape_markdown(missing[0])}**")
        job_panel.panel(map_choice.job(summary, of_words[missing[0]], seed))
    there = {words: made for words, made in maps.items() if made is not None}
    if there:
        _maps(graph, run, there, colouring, gene)


def _maps(
    graph: GeneGraph, run: Run, maps: dict[str, Projection], colouring: tuple[Colouring, str], gene: int | None
) -> None:
    name = f"{run.run_id}-{next(iter(maps.values())).method.name}-settings"

    def drawn(*, webgl: bool = False) -> go.Figure:
        return figures.side_by_side(
            graph.genes,
            maps,
            colouring[0],
            degree=graph.degree if len(graph.pairs) else None,
            highlighted=[] if gene is None else [gene],
            point_size=5.0 if len(graph) < 2000 else 3.5,
            webgl=webgl,
        )

    alt = in_words(f"Maps of {len(graph)} genes with several settings beside each other")
    charts.draw(drawn(webgl=True), name=name, synthetic=graph.synthetic, alt=alt)
    kept = "; ".join(f"{words}: {100 * float(made.kept.mean()):.0f} %" for words, made in maps.items())
    text, ways = st.columns([5, 1])
    text.caption(
        in_words(
            f"{READING} **Colour:** {colouring[1]} Of 15 nearest neighbours the maps keep: {escape_markdown(kept)}."
        )
    )
    with ways:
        downloads.menu(name, source=downloads.provenance(graph, run), figure=drawn, table=lambda: places(graph, maps))


def places(graph: GeneGraph, maps: Mapping[str, Projection]) -> pd.DataFrame:
    """One row a gene: where it lies on each map."""
    columns: dict[str, object] = {"gene": np.asarray(graph.genes, dtype=object)}
    for words, made in maps.items():
        for axis in range(made.coordinates.shape[1]):
            columns[f"{words}, {axis + 1}"] = made.coordinates[:, axis]
    return pd.DataFrame(columns)
