"""The same map from several seeds: laid on top of each other, and how far each gene moves."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from slviz import figures
from slviz.datasets import GeneGraph
from slviz.figures import Colouring
from slviz.pipeline import commands
from slviz.projections import Projection, ProjectionMethod, Spread, spread_over
from slviz.runs import Run
from slviz.runs.summary import RunSummary
from slviz.ui import cache, charts, downloads, job_panel
from slviz.ui.labels import pluralise
from slviz.ui.nouns import in_words

SEEDS = 5
FEWEST_SEEDS = 3
DRAWN_SEEDS = 3
ALIGNED_UP_TO = 20_000
"""So many genes are drawn once more for each seed."""
HEIGHT = 380
MEANWHILE = "Until then the colour is “Neighbourhood preservation”."


def show(summary: RunSummary, graph: GeneGraph, run: Run, projection: Projection) -> None:
    """How far genes move from seed to seed, in words and side by side; offers to make the seeds where they are not."""
    st.markdown("**The same map from other seeds**")
    spread_and_seeds = spread_of(summary, projection)
    if spread_and_seeds is None:
        job_panel.panel(_job(summary, projection))
        return
    spread, numbers = spread_and_seeds
    seeds = len(numbers)
    middle, far = (100 * float(np.quantile(spread.value, share)) for share in (0.5, 0.95))
    st.markdown(
        in_words(
            f"Over {seeds} seeds, laid on top of each other, half of the genes move by less than "
            f"**{middle:.0f} %** of the "
            f"map's radius and one in twenty by more than **{far:.0f} %**. On random maps they would move "
            f"by {100 * spread.chance:.0f} %. Colour by “Moves between seeds” to see which."
        )
    )
    if len(graph) <= ALIGNED_UP_TO:
        _aligned(graph, run, projection, spread, numbers)
    else:
        downloads.table_button(
            f"{run.run_id}-{projection.method.name}-seeds",
            lambda: _table_of_spread(graph, spread),
            source=downloads.provenance(graph, run),
            label="Every gene's spread (TSV)",
        )


def _aligned(graph: GeneGraph, run: Run, projection: Projection, spread: Spread, seeds: Sequence[int]) -> None:
    """The first maps beside each other, laid on top of one another, coloured by how far each gene moves."""
    name = f"{run.run_id}-{projection.method.name}-seeds"
    beside = {
        f"seed {seed}": dataclasses.replace(projection, coordinates=place, seed=seed)
        for seed, place in zip(seeds[:DRAWN_SEEDS], spread.aligned, strict=False)
    }

    def drawn(*, webgl: bool) -> go.Figure:
        coloured = figures.by_spread(spread, len(seeds))
        maps = figures.side_by_side(graph.genes, beside, coloured, degree=graph.degree, webgl=webgl)
        return maps.update_layout(height=HEIGHT)

    charts.draw(
        drawn(webgl=True),
        name=name,
        synthetic=graph.synthetic,
        alt=f"The map from {len(beside)} seeds, laid on top of each other, coloured by how far each gene moves",
    )
    downloads.menu(
        name,
        source=downloads.provenance(graph, run),
        figure=lambda: drawn(webgl=False),
        table=lambda: _table_of_spread(graph, spread),
    )


def _table_of_spread(graph: GeneGraph, spread: Spread) -> pd.DataFrame:
    """One row a gene, the one that moves most first."""
    table = pd.DataFrame({"gene": np.asarray(graph.genes, dtype=object), "spread_share_of_radius": spread.value})
    return table.sort_values("spread_share_of_radius", ascending=False, kind="stable")


def colouring(summary: RunSummary, projection: Projection) -> tuple[Colouring, str] | None:
    """The colour by how far a gene moves; None, and the way to get it, where the seeds are not there yet."""
    if not projection.method.random:
        st.info(f"{projection.method.title} is the same for every seed. {MEANWHILE}", icon=":material/info:")
        return None
    spread_and_seeds = spread_of(summary, projection)
    if spread_and_seeds is None:
        st.info(f"It takes the map from {SEEDS} seeds: make them below the map. {MEANWHILE}", icon=":material/info:")
        return None
    spread, seeds = spread_and_seeds[0], len(spread_and_seeds[1])
    sentence = (
        f"How far a gene lies from its mean place over {seeds} seeds that were turned and mirrored onto each other "
        f"(Procrustes); by chance {100 * spread.chance:.0f} %."
    )
    return figures.by_spread(spread, seeds), sentence


def spread_of(summary: RunSummary, projection: Projection) -> tuple[Spread, tuple[int, ...]] | None:
    """How far genes move over all stored seeds of this map, and which these are; None for fewer than three."""
    stored = cache.store().artifacts(summary.run_id).maps()
    of_method = [seed for method, seed in stored if method == projection.method]
    seeds = tuple(seed for seed in of_method if cache.projection(summary, projection.method, seed) is not None)
    if len(seeds) < FEWEST_SEEDS:
        return None
    return _spread(summary.run_id, str(projection.method), seeds, projection.method, summary), seeds


@st.cache_resource(max_entries=8, show_spinner="Laying the maps on top of each other …")
def _spread(run_id: str, name: str, seeds: tuple[int, ...], _method: ProjectionMethod, _summary: RunSummary) -> Spread:
    placed = (cache.projection(_summary, _method, seed) for seed in seeds)
    return spread_over([projection.coordinates for projection in placed if projection is not None])


def _job(summary: RunSummary, projection: Projection) -> job_panel.Job:
    method, first = projection.method, projection.seed
    store = cache.store()
    return job_panel.Job(
        key=f"seeds {summary.run_id} {method} {first}",
        artifacts=lambda: [
            store.artifacts(summary.run_id).map_artifact(method, seed) for seed in range(first, first + SEEDS)
        ],
        command=commands.project(summary.run_id, method, seed=first, seeds=SEEDS),
        what=f"{pluralise(SEEDS, 'map')} from different seeds",
        offer=f"What {method.title} places by chance moves when the seed changes; {SEEDS} seeds show which genes "
        "have a stable place.",
        button=f"Make it from {SEEDS} seeds",
        takes=f"About {SEEDS} times as long as one map.",
    )
