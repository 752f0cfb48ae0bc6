"""Maps on the Embedding page: which are there, making one that is not, and what their colour means."""

from __future__ import annotations

import shlex
from collections.abc import Callable

import numpy as np
import streamlit as st

from slviz import figures, jobs
from slviz.datasets import GeneGraph
from slviz.figures import Colouring
from slviz.projections import DENSITIES, PROJECTIONS, Density, Projection, ProjectionMethod
from slviz.runs import Run
from slviz.runs.summary import RunSummary
from slviz.tasks.pair_decoder import PairDecoder
from slviz.ui import address, colour_choices, opened
from slviz.ui.words import SCORE, plain

DENSITY, DEGREE, EVIDENCE, PARTNER, KEPT = (
    "Local density",
    "Known partners",
    "Evidence",
    "Predicted partners",
    "Neighbours kept",
)
COLOUR_HELP = (
    f"- **{DENSITY}**: how crowded it is around a gene\n"
    f"- **{DEGREE}**: how many known partners a gene has\n"
    f"- **{EVIDENCE}**: where most of its known pairs come from\n"
    f"- **{PARTNER}**: the network's score of each gene with the gene that you search\n"
    f"- **{KEPT}**: how many of a gene's nearest neighbours the map keeps near\n"
) + "\n".join(f"- **{name}**: {what}" for name, what in colour_choices.HELP.items())
POLL_SECONDS = 1.0


def choose(summary: RunSummary) -> tuple[ProjectionMethod, int]:
    """The method of the address, as it lies with the run where it does; those that are there come first."""
    stored = opened.store().projections(summary.run_id)
    there = {str(getattr(method, "title", method.name)): (method, seed) for method, seed in reversed(stored)}
    titles = {cls.title: cls.name for cls in PROJECTIONS.values()}
    order = sorted(titles, key=lambda title: (title not in there and title != "PCA", _PREFERRED.index(title)))
    title = address.one_of(
        st.segmented_control,
        "Map",
        order,
        key="map",
        help="How the embedding's many numbers a gene become two.\n\n"
        + "\n".join(f"- **{cls.title}**: {plain(cls.summary())}" for cls in PROJECTIONS.values()),
    )
    return there.get(title) or (PROJECTIONS.make(titles[title]), 0)  # pyright: ignore[reportReturnType]


_PREFERRED = ("t-SNE", "UMAP", "PCA")


def stored_or_made(summary: RunSummary, run: Run, method: ProjectionMethod, seed: int) -> Projection:
    """The map; PCA is made at once, others by a job: then this shows its progress and stops the page."""
    projection = opened.projection(summary, method, seed)
    if projection is not None:
        return projection
    if method.name != "pca":
        _offer(summary, method, seed)
        st.stop()
    return _pca(run.run_id, run)


@st.cache_resource(max_entries=8, show_spinner="Making the map …")
def _pca(run_id: str, _run: Run) -> Projection:
    return PROJECTIONS.make("pca").fit(_run.embedding, 0)


def _offer(summary: RunSummary, method: ProjectionMethod, seed: int) -> None:
    asked = f"asked {summary.run_id} {method} {seed}"
    waiting = st.fragment(_wait, run_every=POLL_SECONDS if st.session_state.get(asked) else None)
    waiting(summary, method, seed, asked)


def _wait(summary: RunSummary, method: ProjectionMethod, seed: int, asked: str) -> None:
    store = opened.store()
    state = store.projection_state(summary.run_id, method, seed)
    if state == "finished":
        st.session_state.pop(asked, None)
        st.rerun()
    if state == "running" or (st.session_state.get(asked) and state == "none"):
        st.session_state[asked] = True
        with st.container(border=True):
            st.markdown(
                f":material/hourglass_top: **Making the {method.title} map …** It appears here when it is done."
            )
            st.caption("Usually 10 to 40 seconds. You can leave this page; the work goes on.")
        return
    if state == "failed":
        st.session_state.pop(asked, None)
        st.error(plain(store.projection_failure(summary.run_id, method, seed)), icon=":material/error:")
    command = jobs.project_command(summary.run_id, method, seed=seed)
    with st.container(border=True):
        st.markdown(f"**There is no {method.title} map of this run yet.** {plain(method.summary())}")
        if st.button(f"Make the {method.title} map", type="primary", icon=":material/play_arrow:"):
            st.session_state[asked] = True
            jobs.start(command)
            st.rerun()
        st.caption("The same in a terminal:")
        st.code(shlex.join(["python", "-m", "slviz", *command]), language="bash")


def colouring(name: str, graph: GeneGraph, run: Run, projection: Projection, gene: int | None) -> tuple[Colouring, str]:
    """What the colour means, and a sentence about it; asks for what it needs to know."""
    simple: dict[str, tuple[Callable[[], Colouring], str]] = {
        DEGREE: (lambda: figures.by_degree(graph), "Known partners, held-out ones included."),
        EVIDENCE: (lambda: figures.by_evidence(graph), "The kind of evidence behind most of a gene's known pairs."),
        KEPT: (lambda: figures.by_kept(projection), "Share of a gene's 15 nearest neighbours that the map keeps near."),
    }
    if name in simple:
        make, sentence = simple[name]
        return make(), sentence
    if name == PARTNER:
        return _by_partner(graph, run, gene)
    if name in colour_choices.HELP:
        return colour_choices.colouring(name, graph, run, projection)
    space = _space("map")
    estimate = address.one_of(
        st.segmented_control,
        "Estimate",
        list(DENSITIES),
        key="estimate",
        help="\n".join(f"- **{each}**: {plain(DENSITIES[each].summary())}" for each in DENSITIES),
    )
    density = _density(run.run_id, _map_key(projection, space), space, estimate, _vectors(run, projection, space))
    return figures.by_density(density), density.how


def _by_partner(graph: GeneGraph, run: Run, gene: int | None) -> tuple[Colouring, str]:
    if gene is None or not run.decoder:
        why = "Search a gene to colour by its predicted partners" if run.decoder else "This run scores no pairs"
        st.info(f"{why}; until then the colour is the number of known partners.", icon=":material/search:")
        return figures.by_degree(graph), "Known partners, held-out ones included."
    score = PairDecoder(run.decoder).score_against(run.embedding, gene)
    return figures.by_partner_score(score, graph.genes[gene], gene=gene), SCORE


def _space(default: str) -> str:
    order = (default, "embedding" if default == "map" else "map")
    return address.one_of(
        st.segmented_control,
        "Measured",
        [f"on the {each}" if each == "map" else "in the embedding" for each in order],
        key=f"space-{default}",
        help="On the map: what you see. In the embedding: what the network learnt, before it was flattened.",
    ).rpartition(" ")[2]


def _vectors(run: Run, projection: Projection, space: str) -> np.ndarray:
    return projection.coordinates if space == "map" else run.embedding


def _map_key(projection: Projection, space: str) -> str:
    return f"{projection.method} {projection.seed}" if space == "map" else ""


@st.cache_resource(max_entries=32, show_spinner="Measuring density …")
def _density(run_id: str, map_key: str, space: str, estimate: str, _vectors: np.ndarray) -> Density:
    return DENSITIES.make(estimate).estimate(_vectors, space="map" if space == "map" else "embedding")
