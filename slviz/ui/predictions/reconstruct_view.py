"""Predictions of the task reconstruct: the error of each gene's features beside a baseline's."""

from __future__ import annotations

import streamlit as st

from slviz.datasets import GeneGraph
from slviz.figures.reconstruction import error_vs_baseline
from slviz.runs import PARTS, Run
from slviz.ui import address, columns, genes, layout
from slviz.ui.labels import PART_HELP
from slviz.ui.nouns import in_words
from slviz.ui.predictions import picture_views, view_parts

MEAN = "mean"
NOTHING = 1e-5
"""An error of rounding."""


def show(graph: GeneGraph, run: Run) -> None:
    """Error of each gene's features beside a baseline's."""
    left, right = st.columns(2)
    with left:
        part = address.one_of(
            st.segmented_control,
            in_words("Genes"),
            ("test", "validation", "train", view_parts.ALL_PARTS),
            key="part",
            help=PART_HELP,
        )
    with right:
        strongest_first = sorted(run.baselines, key=lambda name: name == MEAN)
        baseline = address.one_of(st.segmented_control, "Beside", strongest_first, key="beside")
    parts = PARTS if part == view_parts.ALL_PARTS else (part,)
    picture_views.drawn_again(graph, run, part="test" if part == view_parts.ALL_PARTS else part)
    left, right = columns.beside("errors", [3, 2])
    with left:
        chosen = view_parts.chart(
            graph,
            run,
            f"{run.run_id}-errors-{part}-{baseline}",
            lambda webgl=False: error_vs_baseline(run.predictions, baseline, parts=parts, webgl=webgl),
            title=in_words("Error of each gene"),
            of=(parts, baseline),
            clickable=True,
            note=view_parts.note_of(run, "genes of every part" if part == view_parts.ALL_PARTS else f"{part} genes"),
        )
        st.caption(
            in_words(
                "Root mean squared error of a gene's features, in their units. Below the dashed line the "
                "network is better."
            )
        )
        if pca_is_exact(run):
            st.caption(
                in_words(
                    f"The PCA makes no error: with {run.spec.network.embedding_width} numbers a gene, as many as the "
                    "features have columns or more, it gives back what it was given. Train with a smaller "
                    "width for a fair "
                    "match."
                )
            )
    with right:
        view_parts.table_of_metrics(
            graph, run, part="test" if part == view_parts.ALL_PARTS else part, negative_kind="genes"
        )
        if len(chosen) and chosen[0] < len(run.predictions):
            gene = str(run.predictions["gene"].iloc[int(chosen[0])])
            genes.card(graph, graph.number_of[gene])
            if len(graph.pairs):
                layout.neighbourhood_link("Open its neighbourhood", gene=gene)
        else:
            st.caption(in_words("Click a point to see which gene it is."))
    picture_views.over_width(graph, run, part="test" if part == view_parts.ALL_PARTS else part)


def pca_is_exact(run: Run) -> bool:
    """Whether the PCA beside the network is as wide as the features, so that it loses nothing."""
    return "PCA" in run.baselines and run.metric("rmse", negative_kind="genes", model="PCA") < NOTHING
