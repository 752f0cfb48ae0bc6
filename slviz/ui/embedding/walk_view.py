"""Walk: from one thing to another through the features and through the embedding, and arithmetic with three."""

from __future__ import annotations

from typing import cast
from zlib import crc32

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from slviz import figures
from slviz.datasets import GeneGraph
from slviz.datasets.classes import GeneClasses, class_sets, gene_classes
from slviz.enrichment import enrich
from slviz.errors import DataError, InvalidSetting
from slviz.features.scaling import mapped_columns
from slviz.figures.walk import scores_along, with_walk
from slviz.projections import Projection
from slviz.projections.walk import (
    HOWS,
    STEPS,
    How,
    Walk,
    typical_distance,
    walk,
)
from slviz.runs import Run
from slviz.scorers import PairDecoder
from slviz.scorers.pair_decoder import NAMES
from slviz.tasks import Classify
from slviz.ui import address, cache, charts, downloads, selection
from slviz.ui.embedding import map_events, walk_pictures, walk_triangle
from slviz.ui.embedding.walk_worth import EMBEDDING, FEATURES, Spaces, nearest_columns, show_sum, show_worth
from slviz.ui.labels import escape_markdown
from slviz.ui.nouns import in_words

ENDS = {"a": "A", "b": "B", "c": "C"}
NOBODY = "nothing"
MOST_GENES = 20_000
PARTNERS = 3


def show(graph: GeneGraph, run: Run, projection: Projection, colouring: figures.Colouring) -> None:
    """Controls, the walk on the map, its steps as a table, arithmetic, and what all of it is worth."""
    if len(graph) > MOST_GENES:
        st.info(in_words(f"A walk compares every step with every gene; that is done for up to {MOST_GENES:,} genes."))
        return
    ends, how, step = _controls(graph)
    a, b, c = ends
    if a == b:
        name = escape_markdown(graph.genes[a])
        st.info(
            f"A walk from {name} to itself stays where it is, and A − B + C is C itself. Choose another B.",
            icon=":material/info:",
        )
        _map(graph, run, projection, colouring, {}, ends, step)
        return
    try:
        spaces = _spaces(run.run_id, cache.run_stamp(run.run_id), graph.fingerprint, graph, run)
        walks = {
            name: walk(vectors, a, b, how=how, typical=spaces.typical[name]) for name, vectors in spaces.vectors.items()
        }
    except InvalidSetting as error:
        st.info(escape_markdown(str(error)), icon=":material/info:")
        return
    if FEATURES not in walks:
        st.info(in_words("This run reads no features that tell genes apart, so only its embedding is walked through."))
    classes = classes_of(graph, run)
    _map(graph, run, projection, colouring, walks, ends, step)
    pixels = walks[FEATURES].points if FEATURES in walks else None
    in_embedding = walks[EMBEDDING]
    walk_pictures.along(graph, run, pixels=pixels, latent=in_embedding.points, nearest=in_embedding.nearest[:, 0])
    _steps(graph, run, walks, classes)
    _partner_scores(graph, run, walks[EMBEDDING], a, b)
    if c is not None:
        walk_triangle.show(graph, run, spaces, (a, b, c), how, classes)
        show_sum(graph, spaces, (a, b, c), classes)
        walk_pictures.sums(graph, run, (a, b, c))
    show_worth(graph, run, spaces, walks, how, classes)


def _controls(graph: GeneGraph) -> tuple[tuple[int, int, int | None], How, int]:
    """The ends of the walk, the way, and the step that is marked; all in the address."""
    hubs = np.argsort(-graph.degree, kind="stable")[:2].tolist()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        a = _gene(graph, "a", _searched(graph, hubs[0]))
        b = _gene(graph, "b", hubs[1] if hubs[1] != a else hubs[0])
        c = _gene(graph, "c", None)
        clicked = address.choice(st.segmented_control, "A click sets", ENDS, key="walk-click")
        st.session_state["walk clicked end"] = clicked
        way = address.one_of(
            st.segmented_control,
            "Way",
            list(HOWS),
            key="walk-way",
            help="**linear**: straight. **spherical**: along the circle between the two directions.",
        )
        step = int(address.number("Step", key="walk-step", low=0, high=STEPS - 1, default=STEPS // 2))
    assert a is not None
    assert b is not None
    return (a, b, c), "spherical" if way == "spherical" else "linear", step


def _searched(graph: GeneGraph, otherwise: int) -> int:
    wanted = address.value("gene")
    return graph.genes.index(wanted) if wanted in graph.genes else otherwise


def _gene(graph: GeneGraph, end: str, default: int | None) -> int | None:
    """One end of the walk: that of the address, else `default`."""
    key, box = f"walk-{end}", f"walk box {end}"
    options = list(graph.genes) if default is not None else [NOBODY, *graph.genes]
    wanted = address.option_of(key, {name: name for name in graph.genes})
    st.session_state[box] = wanted or (NOBODY if default is None else graph.genes[default])

    def changed() -> None:
        chosen = st.session_state[box]
        address.put(**{key: None if chosen == NOBODY else chosen})

    st.selectbox(ENDS[end], options, key=box, on_change=changed, width=170)
    chosen = st.session_state[box]
    return None if chosen == NOBODY else graph.genes.index(chosen)


@st.cache_resource(max_entries=8, show_spinner="Measuring distances …")
def _spaces(run_id: str, stamp: int, fingerprint: str, _graph: GeneGraph, _run: Run) -> Spaces:
    features = mapped_columns(_run.spec.features.matrix(_graph), are_pixels=_graph.pictures is not None)
    vectors = {FEATURES: features, EMBEDDING: _run.embedding}
    if not np.ptp(features, axis=0).any():
        del vectors[FEATURES]
    return Spaces(vectors, {name: typical_distance(of_space) for name, of_space in vectors.items()})


def classes_of(graph: GeneGraph, run: Run) -> GeneClasses | None:
    """The classes that a run is about, else the first that the data set has; None where it has none."""
    if run.spec.task.about == "classes":
        return cast(Classify, run.spec.task).classes_of(graph)
    return gene_classes(graph) if class_sets(graph) else None


# --- the map and the steps ------------------------------------------------------------------------------------


def _map(
    graph: GeneGraph,
    run: Run,
    projection: Projection,
    colouring: figures.Colouring,
    walks: dict[str, Walk],
    ends: tuple[int, int, int | None],
    step: int,
) -> None:
    name = f"{run.run_id}-walk"
    key = f"walk-{run.run_id}-{crc32(f'{projection.method} {projection.seed}'.encode()):08x}"
    paths = {space: on_way.nearest[:, 0] for space, on_way in walks.items()}
    shown = [gene for gene in ends if gene is not None]

    def drawn(*, webgl: bool) -> go.Figure:
        base = figures.embedding_scatter(
            graph.genes,
            projection,
            colouring,
            highlighted=shown,
            point_size=5.0 if len(graph) < 2000 else 3.5,
            opacity=0.35,
            webgl=webgl,
            height=560,
        )
        return with_walk(base, graph.genes, projection.coordinates[:, :2], paths, step=step) if paths else base

    def picked() -> None:
        gene = selection.clicked(key)
        if gene is not None and 0 <= gene < len(graph):
            address.put(**{f"walk-{st.session_state.get('walk clicked end', 'a')}": graph.genes[gene]})

    charts.draw(
        drawn(webgl=True),
        name=name,
        key=key,
        synthetic=graph.synthetic,
        alt=in_words("The genes nearest to each step of the walk, on the map"),
        on_select=picked,
        selection_mode=("points",),
    )
    map_events.place_labels(f"labels-{key}", chart=key)
    if paths:
        st.caption(
            in_words(
                "Lines join the genes that are nearest to each step: the walk itself passes between them, and a map "
                "cannot show where. Rings mark the chosen step; *Play* moves them from A to B."
            )
        )
    st.caption("A click sets the end that is chosen above.")
    downloads.menu(name, source=downloads.provenance(graph, run), figure=lambda: drawn(webgl=False))


def _steps(graph: GeneGraph, run: Run, walks: dict[str, Walk], classes: GeneClasses | None) -> None:
    """One row a step."""
    table = step_table(graph, walks, classes)
    terms = _terms(graph.fingerprint, walks[EMBEDDING].nearest.tobytes(), graph, walks[EMBEDDING])
    if any(terms):
        table["enriched among 10 nearest in the embedding"] = terms
    st.markdown("**What lies on the way**")
    st.dataframe(table, hide_index=True, height=38 + 35 * len(table))
    st.caption(
        in_words(
            "Distance of each step to the nearest gene, over the median distance of a gene to its nearest other: 1 is "
            "usual, far above 1 means that nothing real is near. A and B are among the genes."
        )
    )
    downloads.table_button(f"{run.run_id}-walk-steps", lambda: table, source=downloads.provenance(graph, run))


def step_table(graph: GeneGraph, walks: dict[str, Walk], classes: GeneClasses | None) -> pd.DataFrame:
    """One row a step: for each space the nearest gene, its class where any has one, and the distance ratio."""
    columns: dict[str, object] = {"step": np.arange(len(walks[EMBEDDING].share))}
    for space, on_way in walks.items():
        columns |= nearest_columns(graph, space, on_way.nearest[:, 0], on_way.ratio, classes)
    table = pd.DataFrame(columns)
    return table.loc[:, [any(cell != "" for cell in table[name].tolist()) for name in table]]


@st.cache_data(max_entries=32, show_spinner=False)
def _terms(fingerprint: str, mark: bytes, _graph: GeneGraph, _walk: Walk) -> list[str]:
    """For each step the most enriched term of its nearest genes; "" where there is none."""
    terms = []
    for near in _walk.nearest:
        try:
            leading = enrich(_graph, near).leading
        except DataError:
            terms.append("")
            continue
        terms.append(f"{leading['term'].iloc[0]} (q {leading['q'].iloc[0]:.1g})" if len(leading) else "")
    return terms


def _partner_scores(graph: GeneGraph, run: Run, on_way: Walk, a: int, b: int) -> None:
    """Scores of the best partners of both ends with each point of the walk."""
    if any(name not in run.decoder for name in NAMES):
        st.caption(in_words("This run scores no pairs by two embeddings alone, so a point between genes has no score."))
        return
    scores, of_start = partner_scores(graph, run, on_way, a, b)
    name = f"{run.run_id}-walk-scores"

    def drawn() -> go.Figure:
        return scores_along(on_way.share, scores, of_start=of_start)

    st.markdown("**Scores on the way**")
    charts.draw(drawn(), name=name, synthetic=graph.synthetic, alt="Scores of partners along the walk")
    st.caption(
        in_words(
            f"Score of each point of the walk through the embedding with the {PARTNERS} best partners of A (full) and "
            "of B (dotted), by the run's decoder. Between the ends no gene stands, so no pair does either."
        )
    )
    downloads.menu(
        name,
        source=downloads.provenance(graph, run),
        figure=drawn,
        table=lambda: pd.DataFrame({"share": on_way.share, **scores}),
    )


def partner_scores(graph: GeneGraph, run: Run, on_way: Walk, a: int, b: int) -> tuple[dict[str, np.ndarray], list[str]]:
    """By partner, its score with each point of a walk; and which of them are partners of the start."""
    decoder = PairDecoder(run.decoder)
    together = np.concatenate([run.embedding, on_way.points.astype(np.float32)])
    points = len(graph) + np.arange(len(on_way.points))
    chosen: dict[int, bool] = {}
    for end in (a, b):
        order = np.argsort(-decoder.score_with(run.embedding, end), kind="stable")
        for partner in order[~np.isin(order, (a, b))][:PARTNERS].tolist():
            chosen.setdefault(partner, end == a)
    scores = {
        graph.genes[partner]: decoder.score(together, np.column_stack([points, np.full(len(points), partner)]))
        for partner in chosen
    }
    return scores, [graph.genes[partner] for partner, is_start in chosen.items() if is_start]
