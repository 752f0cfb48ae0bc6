"""Two boxes for two genes: how a run ranks the pair; with one gene, its best partners that nobody has reported."""

from __future__ import annotations

import streamlit as st

from slviz.datasets import GeneGraph
from slviz.ranking import Ranker, percentile_text, score_text
from slviz.ui import address, columns, downloads, gene_finder, genes, layout, rankings, search_box
from slviz.ui.labels import escape_markdown
from slviz.ui.nouns import in_words

BEST = 10
UNKNOWN = "unreported"


def genes_asked(graph: GeneGraph) -> tuple[int | None, int | None]:
    """The two boxes, both in the address; the genes that they name."""
    first, second, _ = columns.beside("pair", [2, 2, 3], room=columns.FOR_A_BOX)
    with first:
        one = _box(graph, "Gene", "gene")
    with second:
        other = _box(graph, "And", "partner")
    return one, other


def _box(graph: GeneGraph, title: str, parameter: str) -> int | None:
    given = address.value(parameter)
    number = None if given is None else genes.find(graph, given)

    def choose(text: str) -> None:
        address.put(**{parameter: text or None})
        st.rerun(scope="app")

    search_box.box(
        f"{parameter} of the pair",
        lambda text: search_box.matches(graph, text),
        choose,
        label=in_words(f"{title}: {gene_finder.ANY_NAME}"),
        title=in_words(title),
        placeholder=in_words("A gene") if parameter == "gene" else in_words("A second gene"),
        given=given if number is None and given else "" if number is None else graph.genes[number],
        clears=True,
    )
    return number


def best_partners(ranker: Ranker, gene: int) -> None:
    """The best unreported partners of one gene, and the way to all of them."""
    graph = ranker.graph
    symbol = graph.genes[gene]
    table = rankings.partners(ranker, gene)
    free = table.loc[table["status"] == UNKNOWN].head(BEST)
    bounded = ranker.bounded
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.subheader(f"Best unreported partners of {escape_markdown(symbol)}", anchor=False, width="content")
        name = f"{ranker.run.run_id}-partners-{symbol}"
        source = downloads.provenance(graph, ranker.run)
        downloads.table_button(name, lambda: table.drop(columns="number"), source=source)
    shown = {
        "Rank": free["rank"],
        "Partner": free["gene"],
        "Percentile": [percentile_text(value) for value in free["percentile"]],
        "Score": [score_text(value, bounded=bounded) for value in free["score"]],
        "Reason": free["reason"],
    }
    st.dataframe(shown, hide_index=True, column_config={"Reason": st.column_config.TextColumn(width="large")})
    label = f"All partners of {symbol}, with filters, reasons and a plan"
    layout.link(layout.GENE, label, icon=":material/genetics:", gene=symbol)


def same_gene(graph: GeneGraph, gene: int) -> None:
    """What is said of a gene with itself."""
    st.caption(in_words(f"{escape_markdown(graph.genes[gene])} is named twice: a pair is of two genes."))
