"""Compare, Maps: the maps of two to four runs, aligned and linked, and the way of each gene from one to another."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from slviz import figures
from slviz.datasets import GeneGraph
from slviz.datasets.classes import class_sets, gene_classes
from slviz.figures import Colouring
from slviz.figures.colouring import Kind
from slviz.figures.map_comparison import aligned_maps
from slviz.pipeline import commands
from slviz.projections import CLUSTERINGS, PROJECTIONS, Projection, ProjectionMethod
from slviz.projections.cluster_names import named
from slviz.projections.lasso import inside
from slviz.runs import Run
from slviz.runs.shared_genes import SharedGenes
from slviz.runs.summary import RunSummary
from slviz.ui import address, cache, charts, downloads, job_panel, own_components
from slviz.ui.comparison import gene_links, linked_maps, moving_view, shared_genes
from slviz.ui.comparison.aligned_maps import (
    LISTED,
    AlignedMaps,
    align,
    degree_of,
    moved_table,
    places_table,
    point_size,
)
from slviz.ui.comparison.compared_runs import ComparedRuns, any_synthetic
from slviz.ui.comparison.disagreements_tab import pick_other
from slviz.ui.labels import escape_markdown, pluralise
from slviz.ui.nouns import in_words
from slviz.ui.slow_reruns import noted_fragment

MOST_MAPS = 4
MOST_GENES = 20_000
"""More would make a figure that moves, of 21 places a gene, too large for a browser."""
SAMPLED = (
    f"The maps have more genes than a browser can move: {MOST_GENES:,} of them, drawn by chance and the same every "
    "time, are compared here. The Embedding page draws all."
)
SEED = 0
COLOURS = {
    "class": "Actual class",
    "cluster": "Cluster",
    "partners": "Known partners",
    "evidence": "Evidence",
    "moved": "Distance moved",
}
COLOUR_HELP = {
    "class": "the class a gene is in",
    "cluster": "of the first run's map; a cluster that is torn apart on another map was not found by that run",
    "partners": "how many a gene has",
    "evidence": "where most of its known pairs come from",
    "moved": "how far the gene lies from its place on the first run's map, on the run beside it",
}
OF_PAIRS = ("partners", "evidence")
"""Colours that say nothing of things without pairs."""
ALIGNED = (
    "Each map is shifted, turned and mirrored to lie as near to the first as it can (Procrustes, Gower 1975), and has "
    "its size."
)
NO_OTHER = "Choose another run above to see its map beside this one."


def show(compared: ComparedRuns) -> None:
    """The maps side by side, what is selected on them, and the map whose points move."""
    if not compared.others:
        st.info(NO_OTHER, icon=":material/compare_arrows:")
        return
    runs = compared.runs[:MOST_MAPS]
    if len(compared.runs) > MOST_MAPS:
        st.caption(f"The first {MOST_MAPS} of {len(compared.runs)} runs are drawn; choose fewer above to see others.")
    shared = shared_genes.of_runs(runs)
    if shared is None:
        return
    if len(shared.genes) > MOST_GENES:
        shared = shared.sample(MOST_GENES, keep=address.value("gene"))
        st.caption(in_words(SAMPLED))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        method = PROJECTIONS.make(
            _pick_method(compared.summaries[: len(runs)], with_classes=bool(class_sets(compared.graph)))
        )
        offered = colours(compared.graph)
        help_text = in_words("\n".join(f"- **{title}**: {COLOUR_HELP[name]}" for name, title in offered.items()))
        colour = address.choice(st.segmented_control, "Colour", offered, key="colour-by", help=help_text)
    flat = [compared.name(run) for run in runs if not run.embedding.size]
    if flat:
        st.info(escape_markdown(f"{' and '.join(flat)} has no embedding, so there is no map of it."))
        return
    maps = _maps(compared, runs, shared, method)
    if maps is None:
        return
    other = pick_other(compared) if colour == "moved" or len(runs) > 2 else compared.others[0]
    if other not in runs:
        other = compared.others[0]
    colouring = _colouring(colour, compared, maps, other)
    gene = address.value("gene")
    highlighted = [shared.genes.index(gene)] if gene in shared.genes else []
    _side_by_side(compared, maps, colouring, highlighted)
    moving_view.show(compared, maps, colouring, other, highlighted)


def colours(graph: GeneGraph) -> dict[str, str]:
    """What maps can be coloured by, by id: of things without pairs their classes, where they have any, come first."""
    if len(graph.pairs):
        return {name: title for name, title in COLOURS.items() if name != "class"}
    left_out = OF_PAIRS if class_sets(graph) else (*OF_PAIRS, "class")
    return {name: title for name, title in COLOURS.items() if name not in left_out}


def _pick_method(summaries: Sequence[RunSummary], *, with_classes: bool) -> str:
    """The id of the method of all maps; those whose maps lie with all runs come first.

    `with_classes` offers methods that need classes, too.
    """
    stored = [{method.name for method, _ in cache.store().artifacts(run.run_id).maps()} for run in summaries]
    everywhere = set.intersection(*stored)
    methods = sorted(
        (cls for cls in PROJECTIONS.values() if with_classes or not cls.needs_labels),
        key=lambda cls: (cls.name not in everywhere and not cls.at_once, cls.offered),
    )
    return address.choice(
        st.segmented_control,
        "Map",
        {cls.name: cls.title for cls in methods},
        key="map-of-runs",
        help=in_words(
            "How the many numbers of each gene are reduced to two, with the default settings, for all runs alike."
        ),
    )


def _maps(
    compared: ComparedRuns, runs: Sequence[Run], shared: SharedGenes, method: ProjectionMethod
) -> AlignedMaps | None:
    """The aligned maps; None where some are not made yet, which is offered."""
    projections: dict[str, Projection] = {}
    for summary, run in zip(compared.summaries, runs, strict=False):
        projection = cache.projection(summary, method, SEED)
        if projection is None and method.at_once:
            projection = _made(cache.stamps(run), method, run)
        if projection is None:
            job_panel.panel(_job(summary, compared.name(run), method))
        else:
            projections[compared.name(run)] = projection
    if len(projections) < len(runs):
        return None
    return align(shared, tuple(runs), projections)


def _job(summary: RunSummary, name: str, method: ProjectionMethod) -> job_panel.Job:
    return job_panel.Job(
        key=f"{summary.run_id} {method} {SEED}",
        artifacts=lambda: [cache.store().artifacts(summary.run_id).map_artifact(method, SEED)],
        command=commands.project(summary.run_id, method, seed=SEED),
        what=f"the {method.title} map",
        offer=f"**There is no {method.title} map of {escape_markdown(name)} yet.** {escape_markdown(method.summary())}",
        button=f"Make the {method.title} map",
        takes=method.takes,
    )


@st.cache_resource(max_entries=8, show_spinner="Making the map …")
def _made(stamps: tuple[tuple[str, int], ...], method: ProjectionMethod, _run: Run) -> Projection:
    """A quick map; how many neighbours it keeps, which takes longest, is not measured, since nothing here tells it."""
    coordinates, axes = method.lay_out(_run.embedding, SEED, lambda share, doing: None)
    unknown = np.full(len(coordinates), np.nan, dtype=np.float32)
    return Projection(method, SEED, method.placed(coordinates), axes, unknown)


def _colouring(colour: str, compared: ComparedRuns, maps: AlignedMaps, other: Run) -> Colouring:
    rows, graph = maps.shared.rows[0], compared.graph
    if colour == "moved":
        unit = f"{compared.name(other)}, in radii of the map"
        return Colouring("Distance moved", "continuous", maps.moved(compared.name(other)), unit=unit)
    if colour == "class":
        classes = gene_classes(graph)
        return _of_shared(figures.by_class(classes.name_of_each, classes.names, title=COLOURS[colour]), rows)
    if colour == "partners":
        return _of_shared(figures.by_degree(graph), rows)
    if colour == "evidence":
        return _of_shared(figures.by_evidence(graph), rows)
    first = compared.first
    projection = maps.projections[compared.name(first)]
    return _by_cluster(cache.stamps(first), str(projection.method), rows.tobytes(), projection, graph)


@st.cache_resource(max_entries=16, show_spinner="Finding clusters …")
def _by_cluster(
    stamps: tuple[tuple[str, int], ...], method: str, rows: bytes, _projection: Projection, _graph: GeneGraph
) -> Colouring:
    """Leiden clusters of the first map, named; of the shared genes alone, those of `rows`."""
    clusters = CLUSTERINGS.make("leiden").find(_projection.coordinates, space="map")
    if len(_projection.coordinates) == len(_graph):
        clusters = named(clusters, _graph)
    return figures.by_cluster(clusters)


def _of_shared(colouring: Colouring, rows: np.ndarray) -> Colouring:
    kind: Kind = colouring.kind
    return dataclasses.replace(colouring, kind=kind, values=np.asarray(colouring.values)[rows], clusters=None)


def _side_by_side(compared: ComparedRuns, maps: AlignedMaps, colouring: Colouring, highlighted: list[int]) -> None:
    graph, shared = compared.graph, maps.shared
    method = next(iter(maps.projections.values())).method
    name = f"{compared.first.run_id}-{method.name}-maps"
    chart = f"linked-{name}-{_mark_of(maps.runs)}"
    degree = degree_of(graph, shared.rows[0])

    def make(*, webgl: bool = False) -> go.Figure:
        return aligned_maps(
            shared.genes,
            maps.projections,
            colouring,
            degree=degree,
            highlighted=highlighted,
            point_size=point_size(len(shared.genes)),
            webgl=webgl,
        )

    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.subheader("Maps side by side", anchor=False, width="content")
        source = compared.provenance(*maps.runs)
        downloads.menu(name, source=source, figure=make, table=lambda: places_table(maps))
    charts.draw(
        lambda: make(webgl=True),
        of=(maps, colouring, degree, highlighted),
        name=name,
        key=chart,
        synthetic=any_synthetic(maps.runs),
        scroll_zoom=True,
        alt=f"{method.title} maps of {len(maps.projections)} runs, coloured by {colouring.title}",
    )
    _selected(compared, maps, chart)
    seen = f" {method.reading}" if method.needs_labels else ""
    how = f"{method.describe(len(shared.genes))}, seed {SEED}.{seen}"
    st.caption(
        in_words(
            f"{escape_markdown(how)} {ALIGNED} Point at a gene, or draw around genes "
            "on one map, to see them on all; a click keeps a gene, a double click undoes a selection."
        )
    )


def _mark_of(runs: Sequence[Run]) -> str:
    """Eight digits that change with the runs and their order: a selection belongs to the maps that it was drawn on."""
    return hashlib.sha256(" ".join(run.run_id for run in runs).encode()).hexdigest()[:8]


@noted_fragment
def _selected(compared: ComparedRuns, maps: AlignedMaps, chart: str) -> None:
    """The genes inside the lasso or box, with how far each moved; a click goes into the address."""
    key = f"events-{chart}"

    def picked() -> None:
        number = own_components.clicked(key)
        if number is not None and 0 <= number < len(maps.shared.genes):
            address.put(gene=maps.shared.genes[number])
            st.session_state[f"picked {chart}"] = True

    drawn = linked_maps.listen(key, chart=chart, on_click=picked)
    if st.session_state.pop(f"picked {chart}", False):
        st.rerun(scope="app")
    projections = list(maps.projections.values())
    if drawn is None or not 0 <= drawn[0] < len(projections):
        return
    rows = inside(projections[drawn[0]].coordinates, drawn[1])
    if not len(rows):
        return
    table = moved_table(compared.graph, maps).iloc[rows]
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(f"**{pluralise(len(rows), 'selected gene')}**")
        symbols = table["Gene"].tolist()
        with st.container(horizontal=True, width="content"):
            source = compared.provenance(*maps.runs)
            downloads.table_button("selected-on-maps", lambda: table, source=source)
            downloads.gmt_button("selected-on-maps", lambda: ("selected on the maps", symbols), source=source)
    gene_links.table(compared, table.head(LISTED), key=f"selected {chart}", help_of={}, height=280)
