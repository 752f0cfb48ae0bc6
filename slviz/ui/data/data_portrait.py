"""What a data set is like: its size, its hubs, and where its pairs come from."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st
from scipy.sparse.csgraph import connected_components

from slviz.datasets import GeneGraph
from slviz.datasets.classes import class_sets, gene_classes
from slviz.figures import degree_distribution, degree_ranks
from slviz.text import percent
from slviz.ui import charts, downloads, genes, layout, selection
from slviz.ui.glossary import glossary_link
from slviz.ui.labels import escape_markdown, pluralise
from slviz.ui.nouns import in_words

HUBS = 10
NOT_RECORDED = "none recorded"


def tiles(graph: GeneGraph) -> None:
    """The numbers that say how large the data set is and how uneven."""
    if graph.pictures is not None:
        _tiles_of_pictures(graph)
        return
    with st.container(horizontal=True):
        st.metric(in_words("Genes"), f"{len(graph):,}", border=True)
        st.metric(
            "Known pairs",
            f"{len(graph.pairs):,}",
            border=True,
            help=f"Pairs listed as {escape_markdown(graph.nouns.pairs)}. {glossary_link('Known pairs')}",
        )
        st.metric(
            "Kinds of evidence",
            f"{(kinds_of_evidence(graph)['Evidence'] != NOT_RECORDED).sum():,}",
            border=True,
            help=f"Screens, computation, text mining, curated papers, … {glossary_link('Evidence')}",
        )
        st.metric(
            f"Pairs of the {HUBS} largest hubs",
            percent(share_of_hubs(graph)),
            border=True,
            help=in_words(
                "Share of all pairs that touch one of the genes with most partners. The larger it is, the better a "
                "model does by knowing only how many partners a gene has."
            ),
        )
        st.metric(
            in_words("Genes with one partner"),
            f"{int((graph.degree == 1).sum()):,}",
            border=True,
            help=in_words("Little can be learnt about these genes from their partners."),
        )
    if len(graph.pairs):
        parts, share = connected(graph)
        st.caption(
            in_words(
                "Known pairs join the genes with a partner, over however many steps, into "
                f"{pluralise(parts, 'connected part')}. The largest holds {percent(share, digits=1)} of them; no "
                "message passes from one part to another."
            )
        )


def _tiles_of_pictures(graph: GeneGraph) -> None:
    assert graph.pictures is not None
    with st.container(horizontal=True):
        st.metric(in_words("Genes"), f"{len(graph):,}", border=True)
        st.metric("Size of each", str(graph.pictures), border=True, width="content")
        st.metric(
            "Numbers of each",
            f"{graph.pictures.size:,}",
            border=True,
            help="Pixels, times three in colour: what a network reads, and what an autoencoder has to give back.",
        )
        sets = class_sets(graph)
        if sets:
            st.metric("Classes", f"{len(gene_classes(graph, sets[0]).names):,}", border=True)


def share_of_hubs(graph: GeneGraph, hubs: int = HUBS) -> float:
    """Share of the pairs that touch one of the genes with most partners; 0 without pairs."""
    if not len(graph.pairs):
        return 0.0
    largest = np.argsort(-graph.degree, kind="stable")[:hubs]
    return float(np.isin(graph.pairs, largest).any(axis=1).mean())


def kinds_of_evidence(graph: GeneGraph) -> pd.DataFrame:
    """One row a kind of evidence, commonest first: `Evidence`, `Pairs` that have it, their mean `Score`."""
    return _kinds_of_evidence(graph.fingerprint, graph)


@st.cache_resource(max_entries=8, show_spinner=False)
def _kinds_of_evidence(fingerprint: str, _graph: GeneGraph) -> pd.DataFrame:
    graph = _graph
    kinds = pd.Series(graph.pair_evidence, dtype=object).str.split(";").explode()
    table = pd.DataFrame({"Evidence": kinds.replace("", NOT_RECORDED), "Score": graph.score[kinds.index]})
    grouped = table.groupby("Evidence")["Score"].agg(["size", "mean"]).reset_index()
    grouped.columns = ["Evidence", "Pairs", "Mean score"]
    return grouped.sort_values("Pairs", ascending=False, ignore_index=True)


def hubs(graph: GeneGraph, *, run_id: str | None) -> None:
    """The degree plots; a click on a gene opens its card, and leads to its neighbourhood in a run on this data."""
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.subheader(
            f"{HUBS} hubs hold {percent(share_of_hubs(graph))} of the pairs",
            anchor=False,
            width="content",
            help=in_words(
                "Hubs are often genes that a large screen was made for. A high score for a pair with a hub may say "
                f"no more than that. {glossary_link('Hub')}"
            ),
        )
        downloads.menu(
            f"{graph.name}-degrees",
            source=downloads.provenance(graph),
            figure=lambda: degree_ranks(graph),
            table=lambda: degree_table(graph),
        )
    left, right = st.columns(2)
    with left:
        event = charts.draw(
            lambda: degree_ranks(graph),
            of=graph,
            name=f"{graph.name}-hubs",
            key="degree ranks",
            synthetic=graph.synthetic,
            on_select="rerun",
            selection_mode="points",
            alt=in_words("Genes ranked by their number of known partners; a few hubs have hundreds"),
        )
        st.caption(in_words("Each point is a gene; click one for its card."))
    with right:
        charts.draw(
            lambda: degree_distribution(graph),
            of=graph,
            name=f"{graph.name}-degrees",
            synthetic=graph.synthetic,
            alt=in_words("Share of genes with at least so many partners"),
        )
    chosen = selection.numbers(event)
    if len(chosen):
        symbol = graph.genes[int(chosen[0])]
        genes.card(graph, int(chosen[0]))
        if run_id is not None:
            layout.neighbourhood_link("Open its neighbourhood", gene=symbol, run=run_id)


def connected(graph: GeneGraph) -> tuple[int, float]:
    """How many connected parts the genes with a partner have, and the share of these genes in the largest."""
    _, part = connected_components(graph.adjacency, directed=False)
    size = np.bincount(part[graph.degree > 0])
    return int((size > 0).sum()), float(size.max(initial=0) / max(1, size.sum()))


def degree_table(graph: GeneGraph) -> pd.DataFrame:
    """Genes by falling number of known partners."""
    order = np.argsort(-graph.degree, kind="stable")
    return pd.DataFrame({"gene": np.asarray(graph.genes)[order], "known_partners": graph.degree[order]})


def evidence(graph: GeneGraph) -> None:
    """Where pairs come from, and what score each source gives."""
    if graph.evidence is None or not len(graph.evidence):
        return
    st.subheader(
        "Where pairs come from",
        anchor=False,
        help="The score of a pair mostly says which source it comes from: compare scores within a source. "
        f"{glossary_link('Confidence score')}",
    )
    table = kinds_of_evidence(graph)
    most = int(table["Pairs"].to_numpy().max())
    st.dataframe(
        table,
        hide_index=True,
        column_config={
            "Pairs": st.column_config.ProgressColumn(
                "Pairs",
                format="%d",
                min_value=0,
                max_value=most,
                help="Pairs with this evidence.",
            ),
            "Mean score": st.column_config.NumberColumn(
                "Mean score", format="%.2f", help="Mean confidence score of these pairs, as the data set gives it."
            ),
        },
    )
    st.caption(f"A pair may have several kinds. {pluralise(len(graph.evidence), 'record')} in all.")
