"""What embeddings have in common: neighbours that stay from one to the next, and what neighbours share."""

from __future__ import annotations

import itertools
from collections.abc import Mapping

import numpy as np
import pandas as pd
import streamlit as st

from slviz import figures
from slviz.datasets import GeneGraph
from slviz.projections.agreement import Agreement, neighbour_agreement
from slviz.projections.homophily import (
    HELD_OUT,
    SAME_CLASS,
    NeighbourHomophily,
    Relation,
    neighbour_homophily,
    relations_of,
)
from slviz.projections.neighbours import nearest_neighbours
from slviz.runs import Run
from slviz.runs.artifacts.controls import FEATURES, LAYERS, SHUFFLED, UNTRAINED, layer_number
from slviz.runs.artifacts.maps import TRAINED
from slviz.splits import PairSplit
from slviz.ui import charts, downloads
from slviz.ui.nouns import in_words

TITLES = {
    FEATURES: "Features",
    UNTRAINED: "Untrained network",
    TRAINED: "Trained network",
    SHUFFLED: "Trained on shuffled pairs",
    **{kind: f"Layer {layer_number(kind)}" for kind in LAYERS},
}
SHORT = {FEATURES: "features", UNTRAINED: "untrained", TRAINED: "trained", SHUFFLED: "shuffled"}
SHORT |= {kind: f"layer {layer_number(kind)}" for kind in LAYERS}
IN = {
    FEATURES: "in the features",
    UNTRAINED: "in the untrained network",
    SHUFFLED: "in the one trained on shuffled pairs",
    **{kind: f"in layer {layer_number(kind)}" for kind in LAYERS},
}


def stays_of(run: Run, vectors: Mapping[str, np.ndarray], count: int) -> dict[str, Agreement]:
    """By words, how many neighbours stay between each two embeddings."""
    nearest = {kind: _nearest(run.run_id, kind, count, vectors_of_kind) for kind, vectors_of_kind in vectors.items()}
    return {
        f"{SHORT[one]} → {SHORT[other]}": _stay(run.run_id, one, other, count, nearest[one], nearest[other])
        for one, other in itertools.combinations(nearest, 2)
    }


@st.cache_resource(max_entries=32, show_spinner="Finding nearest genes …")
def _nearest(run_id: str, kind: str, count: int, _vectors: np.ndarray) -> np.ndarray:
    return nearest_neighbours(_vectors, count=min(count, len(_vectors) - 1))[0]


@st.cache_resource(max_entries=32, show_spinner="Comparing neighbours …")
def _stay(run_id: str, one: str, other: str, count: int, _one: np.ndarray, _other: np.ndarray) -> Agreement:
    return neighbour_agreement(_one, _other)


def agreement(graph: GeneGraph, run: Run, stays: dict[str, Agreement], count: int) -> None:
    """How many nearest neighbours stay between each two embeddings, as bars and as a table of all genes."""
    name = f"{run.run_id}-neighbours-that-stay"
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.subheader("How many nearest neighbours stay", anchor=False, width="content")
        downloads.menu(
            name,
            source=downloads.provenance(graph, run),
            figure=lambda: figures.agreement_bars(stays),
            table=lambda: _per_gene(graph, stays),
        )
    charts.draw(
        figures.agreement_bars(stays),
        name=name,
        synthetic=graph.synthetic,
        alt="Share of nearest neighbours that stay from one embedding to the next, beside chance",
    )
    example = next(iter(stays.values())).null
    st.caption(
        in_words(
            f"Of each gene's {count} nearest, by Euclidean distance in the embeddings themselves; mean "
            f"over genes. Chance: "
            f"the genes' names permuted {example.permutations} times. The table has every gene."
        )
    )


def _per_gene(graph: GeneGraph, stays: dict[str, Agreement]) -> pd.DataFrame:
    columns = {f"stay {words}": agreement.shared for words, agreement in stays.items()}
    return pd.DataFrame({"gene": np.asarray(graph.genes, dtype=object), **columns})


def homophily(graph: GeneGraph, run: Run, split: PairSplit, vectors: Mapping[str, np.ndarray], count: int) -> None:
    """What nearest neighbours share in each embedding, by kind, as bars, a sentence and a table."""
    homophily = {
        kind: _homophily(run.run_id, kind, count, _nearest(run.run_id, kind, count, of_kind), graph, split)
        for kind, of_kind in vectors.items()
    }
    name = f"{run.run_id}-neighbours-share"
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.subheader("What nearest neighbours share", anchor=False, width="content")
        downloads.menu(
            name,
            source=downloads.provenance(graph, run),
            figure=lambda: figures.homophily_bars(homophily, TITLES),
            table=lambda: _homophily_table(homophily),
        )
    charts.draw(
        figures.homophily_bars(homophily, TITLES),
        name=name,
        synthetic=graph.synthetic,
        alt="Share of nearest neighbours that are partners or share a term, in each embedding, beside chance",
    )
    st.markdown(in_words(_verdict(homophily)))
    st.caption(
        in_words(
            "\n".join(f"- **{relation.name}**: {relation.help}" for relation in _relations(run.run_id, graph, split))
            + f"\n\nMean over genes of the share among their {count} nearest. Chance: the genes' names permuted."
        )
    )


@st.cache_resource(max_entries=4, show_spinner=False)
def _relations(run_id: str, _graph: GeneGraph, _split: PairSplit) -> tuple[Relation, ...]:
    return relations_of(_graph, training=_split.training_pairs, test=_split.pairs[_split.rows("test")])


@st.cache_resource(max_entries=32, show_spinner="Looking what neighbours share …")
def _homophily(
    run_id: str, kind: str, count: int, _nearest: np.ndarray, _graph: GeneGraph, _split: PairSplit
) -> list[NeighbourHomophily]:
    return [neighbour_homophily(_nearest, relation) for relation in _relations(run_id, _graph, _split)]


def _homophily_table(homophily: dict[str, list[NeighbourHomophily]]) -> pd.DataFrame:
    """One row for each embedding and relation: the share, and chance with its spread."""
    rows = [
        {
            "embedding": SHORT[kind],
            "nearest_neighbours": measurement.relation,
            "share": measurement.mean,
            "by_chance": measurement.null.mean,
            "standard_deviation_of_chance": measurement.null.spread,
        }
        for kind, of_kind in homophily.items()
        for measurement in of_kind
    ]
    return pd.DataFrame(rows)


def _verdict(homophily: dict[str, list[NeighbourHomophily]]) -> str:
    """One sentence on what training added, by pairs that it never saw, or by classes where there are no pairs."""
    relations = {measurement.relation for of_kind in homophily.values() for measurement in of_kind}
    by_class = HELD_OUT not in relations
    told_by = SAME_CLASS if by_class else HELD_OUT
    share = {
        kind: next((measurement for measurement in of_kind if measurement.relation == told_by), None)
        for kind, of_kind in homophily.items()
    }
    trained = share.get(TRAINED)
    if trained is None:
        return ""
    others = [
        f"{100 * measurement.mean:.0f} % {IN[kind]}"
        for kind, measurement in share.items()
        if measurement is not None and kind != TRAINED
    ]
    beside = ", ".join([*others, f"{100 * trained.null.mean:.0f} % by chance"])
    if by_class:
        return (
            f"**{100 * trained.mean:.0f} %** of a gene's nearest in the trained embedding are in its class, {beside}. "
            "Training helps only where its share is the largest."
        )
    return (
        f"Pairs that the network never saw are the honest test: **{100 * trained.mean:.0f} %** of a gene's nearest in "
        f"the trained embedding are listed with one of its held-out partners, {beside}."
    )
