"""Compare, Maps: the maps of two to four runs, aligned and linked, and the way of each gene from one to another."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st
from jaxtyping import Float64

from slviz import figures
from slviz.datasets import GeneGraph
from slviz.datasets.classes import class_sets, gene_classes
from slviz.figures import Colouring
from slviz.figures.colouring import Kind
from slviz.figures.map_comparison import aligned_maps, moving_map
from slviz.pipeline import commands
from slviz.projections import CLUSTERINGS, PROJECTIONS, Projection, ProjectionMethod
from slviz.projections.alignment import laid_on
from slviz.projections.cluster_names import named
from slviz.projections.lasso import inside
from slviz.projections.method import oriented
from slviz.runs import Run
from slviz.runs.shared_genes import SharedGenes
from slviz.runs.summary import RunSummary
from slviz.ui import address, cache, charts, downloads, job_panel, own_components
from slviz.ui.comparison import gene_links, linked_maps, shared_genes
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
LISTED = 200
MOST_LINES = 50
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
FAR_MEANS_LITTLE = (
    "On maps that keep neighbours, distances between clusters mean little: a gene that moved far with its whole "
    "cluster has not changed. *Neighbours* compares the embeddings themselves."
)
NO_OTHER = "Choose another run above to see its map beside this one."


@dataclass(frozen=True, eq=False)
class AlignedMaps:
    """Maps of several runs on the genes that all have, laid on the first.

    Attributes:
        shared: the genes.
        runs: whose maps these are.
        projections: by the run's name, aligned.
        radius: root mean square distance of the genes of the first map from its centre.
    """

    shared: SharedGenes
    runs: tuple[Run, ...]
    projections: Mapping[str, Projection]
    radius: float

    def moved(self, name: str) -> Float64[np.ndarray, " genes"]:
        """How far each gene lies from its place on the first map, in radii of that map."""
        first = next(iter(self.projections.values())).coordinates
        return np.linalg.norm(self.projections[name].coordinates.astype(np.float64) - first, axis=1) / self.radius


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
    _moving(compared, maps, colouring, other, highlighted)


def colours(graph: GeneGraph) -> dict[str, str]:
    """What maps can be coloured by, by id: of things without pairs their classes, where they have any, come first."""
    if len(graph.pairs):
        return {name: title for name, title in COLOURS.items() if name != "class"}
    left_out = OF_PAIRS if class_sets(graph) else (*OF_PAIRS, "class")
    return {name: title for name, title in COLOURS.items() if name not in left_out}


def _degree(graph: GeneGraph, rows: np.ndarray) -> np.ndarray | None:
    """Known partners of the genes for their hover; None where nothing has any."""
    return graph.degree[rows] if len(graph.pairs) else None


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


def align(shared: SharedGenes, runs: tuple[Run, ...], projections: Mapping[str, Projection]) -> AlignedMaps:
    """The maps at the shared genes, each laid on the first; by name in the order of the runs."""
    first = next(iter(projections.values())).coordinates[shared.rows[0], :2].astype(np.float64)
    aligned = {}
    for (name, projection), rows in zip(projections.items(), shared.rows, strict=True):
        place = laid_on(first, projection.coordinates[rows, :2].astype(np.float64))
        aligned[name] = dataclasses.replace(
            projection, coordinates=place.astype(np.float32), axes=projection.axes[:2], kept=projection.kept[rows]
        )
    radius = float(np.sqrt(((first - first.mean(axis=0)) ** 2).sum(axis=1).mean())) or 1.0
    return AlignedMaps(shared, runs, aligned, radius)


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
    return Projection(method, SEED, oriented(coordinates).astype(np.float32), axes, unknown)


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
    degree = _degree(graph, shared.rows[0])

    def make(*, webgl: bool = False) -> go.Figure:
        return aligned_maps(
            shared.genes,
            maps.projections,
            colouring,
            degree=degree,
            highlighted=highlighted,
            point_size=_size(len(shared.genes)),
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


def _size(genes: int) -> float:
    return 5.0 if genes < 2000 else 3.5


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
    table = moved_table(compared, maps).iloc[rows]
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(f"**{pluralise(len(rows), 'selected gene')}**")
        symbols = table["Gene"].tolist()
        with st.container(horizontal=True, width="content"):
            source = compared.provenance(*maps.runs)
            downloads.table_button("selected-on-maps", lambda: table, source=source)
            downloads.gmt_button("selected-on-maps", lambda: ("selected on the maps", symbols), source=source)
    gene_links.table(compared, table.head(LISTED), key=f"selected {chart}", help_of={}, height=280)


def moved_table(compared: ComparedRuns, maps: AlignedMaps) -> pd.DataFrame:
    """One row a shared gene: its known partners, where there are pairs, and how far it moved to each further map."""
    columns: dict[str, object] = {"Gene": np.asarray(maps.shared.genes, dtype=object)}
    degree = _degree(compared.graph, maps.shared.rows[0])
    if degree is not None:
        columns["Known partners"] = degree
    for name in list(maps.projections)[1:]:
        columns[f"Moved in {name}"] = maps.moved(name).round(2)
    return pd.DataFrame(columns)


def places_table(maps: AlignedMaps) -> pd.DataFrame:
    """One row a gene: its aligned place on every map."""
    columns: dict[str, object] = {"gene": np.asarray(maps.shared.genes, dtype=object)}
    for name, projection in maps.projections.items():
        for axis in (0, 1):
            columns[f"{name}, axis {axis + 1}"] = projection.coordinates[:, axis]
    return pd.DataFrame(columns)


def _moving(
    compared: ComparedRuns, maps: AlignedMaps, colouring: Colouring, other: Run, highlighted: list[int]
) -> None:
    """One map with a slider from the first run to another, lines of the genes that moved most, and their list."""
    one_name, other_name = compared.name(compared.first), compared.name(other)
    moved = maps.moved(other_name)
    order = np.argsort(-moved, kind="stable")
    name = f"{compared.first.run_id}-{other.run_id}-moving-map"
    table = moved_table(compared, maps).iloc[order]
    with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
        st.subheader(in_words("From one map to the other"), anchor=False, width="content")
        lines = int(
            address.number(
                in_words("Lines for the genes that moved most"), key="lines", low=0, high=MOST_LINES, default=10
            )
        )
    most_moved = order[:lines].tolist()
    make = _moving_figure(compared, maps, colouring, other_name, most_moved, highlighted)
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


def _moving_figure(
    compared: ComparedRuns,
    maps: AlignedMaps,
    colouring: Colouring,
    other_name: str,
    most_moved: list[int],
    highlighted: list[int],
) -> Callable[..., go.Figure]:
    one_name = compared.name(compared.first)
    degree = _degree(compared.graph, maps.shared.rows[0])

    def make(*, webgl: bool = False) -> go.Figure:
        return moving_map(
            maps.shared.genes,
            (maps.projections[one_name].coordinates, maps.projections[other_name].coordinates),
            colouring,
            names=(one_name, other_name),
            most_moved=most_moved,
            degree=degree,
            highlighted=highlighted,
            point_size=_size(len(maps.shared.genes)) + 1,
            webgl=webgl,
        )

    return make
