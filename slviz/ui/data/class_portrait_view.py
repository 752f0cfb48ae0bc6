"""Classes of a data set on its pairs: how many genes each has, and whether partners share a class."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from slviz.datasets import GeneGraph
from slviz.datasets.classes import class_sets, gene_classes
from slviz.projections.class_portrait import FEWEST, ClassPortrait, class_portrait
from slviz.ui import columns
from slviz.ui.glossary import glossary_link
from slviz.ui.labels import escape_markdown, pluralise
from slviz.ui.nouns import in_words

HELP = (
    "Whether the two genes of a pair are in the same class more often than by chance. Where they are not, a network "
    "that averages over partners may do worse than one without the graph."
)


def show(graph: GeneGraph) -> None:
    """One set of classes at a time; nothing for a data set without any."""
    sets = class_sets(graph)
    if not sets:
        return
    help_text = in_words(f"{HELP} {glossary_link('Edge homophily')}") if len(graph.pairs) else None
    st.subheader("Classes", anchor=False, help=help_text)
    first = next(iter(sets))
    chosen = first
    if len(sets) > 1:
        chosen = (
            st.segmented_control("Classes", sets, default=first, required=True, label_visibility="collapsed") or first
        )
    portrait = _portrait(graph.fingerprint, chosen, graph)
    with st.container(horizontal=True):
        _tiles(portrait, with_pairs=bool(len(graph.pairs)))
    table = columns.in_percent(class_table(portrait), "Share", "Pairs within")
    st.dataframe(
        table if len(graph.pairs) else table.drop(columns="Pairs within"),
        hide_index=True,
        column_config={
            "Share": columns.percent_column("Share", digits=1),
            "Pairs within": columns.percent_column(
                "Pairs within",
                help=in_words("Of the pairs of the class's genes with genes that have a class, the share within it."),
            ),
        },
    )
    st.caption(in_words(escape_markdown(gene_classes(graph, chosen).statement())))


def _beside_chance(label: str, share: float, chance: float, help_text: str) -> None:
    """One tile: a share, and what it would be by chance."""
    st.metric(
        label,
        _said(share),
        f"{_said(chance)} by chance",
        delta_color="off",
        delta_arrow="off",
        border=True,
        help=in_words(help_text),
    )


def _tiles(portrait: ClassPortrait, *, with_pairs: bool) -> None:
    if with_pairs:
        _beside_chance(
            "Edge homophily",
            portrait.edge_homophily,
            portrait.edge_chance,
            "Share of the pairs of two genes with a class that join genes of the same class.",
        )
        _beside_chance(
            "Group purity",
            portrait.purity,
            portrait.purity_chance,
            f"Of the genes with a class in {pluralise(portrait.groups, 'group')} of the graph (Leiden; {FEWEST} such "
            f"genes or more), the share that is in its group's commonest class. {glossary_link('Group purity')}",
        )
    st.metric(
        "Largest class",
        _said(portrait.largest_share),
        border=True,
        help="Share of the largest class: the accuracy of a model that always says it.",
    )


def class_table(portrait: ClassPortrait) -> pd.DataFrame:
    """One row a class, the largest first: `Class`, `Genes`, `Share`, `Pairs within`."""
    order = np.argsort(-portrait.size, kind="stable")
    return pd.DataFrame(
        {
            "Class": np.array(portrait.names, dtype=object)[order],
            in_words("Genes"): portrait.size[order],
            "Share": portrait.size[order] / max(1, int(portrait.size.sum())),
            "Pairs within": portrait.homophily[order],
        }
    )


def _said(share: float) -> str:
    return "–" if np.isnan(share) else f"{share:.2f}"


@st.cache_data(max_entries=32, show_spinner="Looking at the classes …")
def _portrait(fingerprint: str, chosen: str, _graph: GeneGraph) -> ClassPortrait:
    return class_portrait(_graph, gene_classes(_graph, chosen))
