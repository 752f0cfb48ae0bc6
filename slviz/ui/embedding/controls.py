"""Controls side by side: the trained embedding beside what it has to be told from, and how much they have in common."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from slviz import figures
from slviz.datasets import GeneGraph
from slviz.features.scaling import mapped_columns
from slviz.figures import Colouring
from slviz.pipeline import commands
from slviz.projections import Projection, ProjectionMethod
from slviz.projections.agreement import Agreement
from slviz.projections.nearest_genes import nearest_genes
from slviz.runs import Run
from slviz.runs.artifacts import Artifact
from slviz.runs.artifacts.controls import (
    FEATURES,
    KINDS,
    LAYERS,
    ORDER,
    SHUFFLED,
    STORED,
    UNTRAINED,
    is_stored,
    layer_number,
)
from slviz.runs.artifacts.maps import TRAINED
from slviz.runs.summary import RunSummary
from slviz.ui import address, cache, charts, downloads, job_panel, selection
from slviz.ui.embedding import controls_compared
from slviz.ui.embedding.controls_compared import SHORT, TITLES
from slviz.ui.glossary import glossary_link
from slviz.ui.key_metrics import key_metric
from slviz.ui.labels import escape_markdown, pluralise
from slviz.ui.nouns import in_words

MEANING = {
    FEATURES: "The features, before any network.",
    UNTRAINED: "The same network and seed before its first step: what its layers and the graph give without learning.",
    TRAINED: "This run.",
    SHUFFLED: "The same network trained on pairs with random partners: each gene keeps its number of pairs.",
}
MEANING |= {kind: f"What layer {layer_number(kind)} of the trained network gives." for kind in LAYERS}
NO_LAYER = "none"
LAYER_HELP = (
    "Also what a layer of the trained network gives, before the embedding: each layer says more of what is learnt and "
    "less of the features. Of a layer that adds to what a gene was, the addition."
)
MOST_GENES = 20_000


@dataclass(frozen=True, eq=False)
class Side:
    """One of the embeddings that stand beside each other, with its map."""

    kind: str
    vectors: np.ndarray
    projection: Projection


def show(
    summary: RunSummary,
    graph: GeneGraph,
    run: Run,
    *,
    wanted: tuple[ProjectionMethod, int],
    colouring: tuple[Colouring, str],
    gene: int | None,
) -> None:
    """The maps side by side, and below them what stays from one to the next; offers to make what is not there."""
    layer_column, shuffled_column, count_column, stay_column = st.columns([2, 3, 2, 3], vertical_alignment="bottom")
    with layer_column:
        layer = _layer(run)
    with shuffled_column:
        kinds = _kinds(run, has_pairs=bool(len(graph.pairs)))
    kinds = [kind for kind in ORDER if kind in (*kinds, layer)]
    method, seed = wanted
    missing = [kind for kind in kinds if not _is_there(summary, kind, method, seed)]
    if missing:
        job_panel.panel(_job(summary, missing, method, seed))
    sides = [_side(summary, graph, run, kind, method, seed) for kind in kinds if kind not in missing]
    if len(graph) > MOST_GENES:
        st.info(in_words(f"Neighbours are compared for up to {MOST_GENES:,} genes; here are {len(graph):,}."))
        _maps(graph, run, sides, colouring, gene)
        return
    with count_column:
        count = address.number(
            in_words("Nearest genes"), key="k", low=5, high=50, default=10, help="How many are compared."
        )
    vectors = {side.kind: side.vectors for side in sides}
    stays = controls_compared.stays_of(run, vectors, count)
    with stay_column:
        colouring = _colouring(colouring, stays)
    _maps(graph, run, sides, colouring, gene)
    if stays:
        controls_compared.agreement(graph, run, stays, count)
    controls_compared.homophily(graph, run, cache.split(summary, graph), vectors, count)
    if SHUFFLED in vectors:
        _shuffled_figure(summary, run)


def _layer(run: Run) -> str:
    """The layer whose map stands beside the others; "" for none."""
    count = int(getattr(run.spec.network, "layers", 0)) if run.spec.network.learns_in_epochs else 0
    if not count:
        return ""
    titles = {NO_LAYER: "", **{TITLES[kind]: kind for kind in LAYERS[:count]}}
    chosen = address.one_of(
        st.selectbox, "Layer", list(titles), key="of-layer", ids={NO_LAYER: "none"}, help=in_words(LAYER_HELP)
    )
    return titles[chosen]


def _kinds(run: Run, *, has_pairs: bool) -> list[str]:
    """What is shown: shuffled pairs on request, features where the network reads any; no network for a baseline."""
    if not run.spec.network.learns_in_epochs:
        st.caption("A baseline trains no network, so it is compared with the features alone.")
        return [kind for kind in KINDS if kind not in STORED]
    with_shuffled = has_pairs and address.toggle(
        "Beside a network trained on shuffled pairs",
        key="shuffled",
        help=f"{MEANING[SHUFFLED]} A worker trains it, which takes as long as this run took. "
        f"{glossary_link('Shuffled control')}",
    )
    left_out = set() if with_shuffled else {SHUFFLED}
    if not run.spec.features.sources:
        left_out.add(FEATURES)
    return [kind for kind in KINDS if kind not in left_out]


def _is_there(summary: RunSummary, kind: str, method: ProjectionMethod, seed: int) -> bool:
    if is_stored(kind) and cache.control(summary, kind) is None:
        return False
    return method.at_once or cache.projection(summary, method, seed, of=kind) is not None


def _job(summary: RunSummary, missing: list[str], method: ProjectionMethod, seed: int) -> job_panel.Job:
    store = cache.store()

    def artifacts() -> list[Artifact]:
        made = [store.artifacts(summary.run_id).control_artifact(kind) for kind in missing if is_stored(kind)]
        return made + [store.artifacts(summary.run_id).map_artifact(method, seed, of=kind) for kind in missing]

    names = " and ".join(TITLES[kind].lower() for kind in missing)
    return job_panel.Job(
        key=f"controls {summary.run_id} {missing} {method} {seed}",
        artifacts=artifacts,
        command=commands.controls(summary.run_id, missing, method, seed=seed),
        what=f"the {method.title} map of: {names}",
        offer=f"**Not there yet: {names}.** {' '.join(MEANING[kind] for kind in missing if is_stored(kind))}",
        button="Make it" if len(missing) == 1 else "Make them",
        takes="As long as training and a map take." if SHUFFLED in missing else "About as long as the maps take.",
    )


def _side(summary: RunSummary, graph: GeneGraph, run: Run, kind: str, method: ProjectionMethod, seed: int) -> Side:
    vectors = _vectors(summary, graph, run, kind)
    projection = cache.projection(summary, method, seed, of=kind)
    if projection is None:
        projection = _made(run.run_id, kind, method, seed, vectors)
    return Side(kind, vectors, projection)


def _vectors(summary: RunSummary, graph: GeneGraph, run: Run, kind: str) -> np.ndarray:
    if kind == FEATURES:
        return _features(run.run_id, graph, run)
    control = cache.control(summary, kind) if is_stored(kind) else None
    return run.embedding if control is None else control.embedding


@st.cache_resource(max_entries=8, show_spinner=False)
def _features(run_id: str, _graph: GeneGraph, _run: Run) -> np.ndarray:
    return mapped_columns(_run.spec.features.matrix(_graph), are_pixels=_graph.pictures is not None)


@st.cache_resource(max_entries=16, show_spinner="Making the map …")
def _made(run_id: str, kind: str, method: ProjectionMethod, seed: int, _vectors: np.ndarray) -> Projection:
    return method.fit(_vectors, seed)


def _maps(graph: GeneGraph, run: Run, sides: list[Side], colouring: tuple[Colouring, str], gene: int | None) -> None:
    linked = _linked(run)
    name = f"{run.run_id}-beside-controls"
    key = f"beside {run.run_id} {st.session_state.get(_version(run), 0)}"

    def drawn(*, webgl: bool) -> go.Figure:
        return figures.side_by_side(
            graph.genes,
            {TITLES[side.kind]: side.projection for side in sides},
            colouring[0],
            degree=graph.degree,
            highlighted=[] if gene is None else [gene],
            selected=linked.tolist(),
            joined=None if gene is None else {TITLES[side.kind]: _lines(side.vectors, gene) for side in sides},
            point_size=5.0 if len(graph) < 2000 else 3.5,
            webgl=webgl,
        )

    def picked() -> None:
        chosen = selection.numbers(st.session_state.get(key))
        if len(chosen) == 1:
            address.put(gene=graph.genes[int(chosen[0])])
        else:
            _link(run, chosen)

    charts.draw(
        drawn(webgl=True),
        name=name,
        key=key,
        synthetic=graph.synthetic,
        on_select=picked,
        selection_mode=("points", "box", "lasso"),
        alt=f"Maps of {len(graph)} genes beside each other, coloured by {colouring[0].title}",
    )
    _below(graph, run, sides, colouring, linked, drawn, name)


def _lines(vectors: np.ndarray, gene: int) -> np.ndarray:
    near, _ = nearest_genes(vectors, gene, count=10, measure="euclidean")
    return np.column_stack([np.full(len(near), gene), near])


def _below(
    graph: GeneGraph,
    run: Run,
    sides: list[Side],
    colouring: tuple[Colouring, str],
    linked: np.ndarray,
    drawn: Callable[..., go.Figure],
    name: str,
) -> None:
    kept = ", ".join(f"{SHORT[side.kind]} {100 * float(side.projection.kept.mean()):.0f} %" for side in sides)
    method = sides[0].projection
    used = method.method.describe(len(graph)) + (f", seed {method.seed}" if method.method.random else "")
    text, ways = st.columns([5, 1])
    seen = f" {method.method.reading}" if method.method.needs_labels else ""
    flat = "" if method.coordinates.shape[1] == 2 else " Only the first two of three axes are drawn."
    said = f"{used}.{seen}{flat}"
    text.caption(
        in_words(
            f"{escape_markdown(said)} The same genes on each. **Colour:** {colouring[1]} Of 15 nearest neighbours the "
            f"maps keep: {kept}. Draw around genes on one map to see them on all; a click opens a gene, "
            f"whose nearest in each "
            "embedding are joined to it by lines."
        )
    )
    with ways:
        downloads.menu(
            name,
            source=downloads.provenance(graph, run),
            figure=lambda: drawn(webgl=False),
            table=lambda: _places(graph, sides, colouring[0], linked),
        )
        if len(linked) and st.button(in_words(f"Clear {pluralise(len(linked), 'gene')}"), icon=":material/close:"):
            _link(run, np.empty(0, dtype=np.int64))
            st.rerun()


def _places(graph: GeneGraph, sides: list[Side], colouring: Colouring, linked: np.ndarray) -> pd.DataFrame:
    """One row a gene: what its colour says, whether it is selected, and where it lies on each map."""
    columns: dict[str, object] = {"gene": np.asarray(graph.genes, dtype=object)}
    columns[colouring.title.lower().replace(" ", "_")] = np.asarray(colouring.values)
    columns["selected"] = np.isin(np.arange(len(graph)), linked)
    for side in sides:
        for axis in range(side.projection.coordinates.shape[1]):
            columns[f"{SHORT[side.kind]}_{axis + 1}"] = side.projection.coordinates[:, axis]
    return pd.DataFrame(columns)


def _version(run: Run) -> str:
    return f"linked version {run.run_id}"


def _linked(run: Run) -> np.ndarray:
    return st.session_state.get(f"linked {run.run_id}", np.empty(0, dtype=np.int64))


def _link(run: Run, chosen: np.ndarray) -> None:
    """Select these genes on all maps, which are drawn anew, so that no chart keeps a selection of its own."""
    st.session_state[f"linked {run.run_id}"] = chosen
    st.session_state[_version(run)] = st.session_state.get(_version(run), 0) + 1


def _colouring(colouring: tuple[Colouring, str], stays: dict[str, Agreement]) -> tuple[Colouring, str]:
    """The colour of the page, or how many of each gene's neighbours stay between two embeddings."""
    options = ["as chosen above", *stays]
    ids = {options[0]: "none"} | {option: option.replace(" → ", "-") for option in stays}
    chosen = address.one_of(st.selectbox, "Colour by neighbours that stay", options, key="stay", ids=ids)
    if chosen == options[0]:
        return colouring
    agreement = stays[chosen]
    sentence = f"share of a gene's {agreement.neighbours} nearest that are the same, {escape_markdown(chosen)}."
    return figures.by_shared(agreement.shared, f"{chosen}; by chance {agreement.null.mean:.2g}"), sentence


def _shuffled_figure(summary: RunSummary, run: Run) -> None:
    """The key metric of the run beside that of the network trained on shuffled pairs."""
    control = cache.control(summary, SHUFFLED)
    own = key_metric(run.spec.task.name, run.metrics)
    theirs = key_metric(run.spec.task.name, control.metrics) if control is not None and len(control.metrics) else None
    if own is None or theirs is None:
        return
    st.markdown(
        f"On the run's own held-out pairs ({escape_markdown(own.negative_kind)}), {escape_markdown(own.metric)} is "
        f"**{own.value:.3f}** trained and **{theirs.value:.3f}** trained on shuffled pairs."
    )
