"""The way to the page of a gene from any page: a search box in the sidebar, and on the Overview."""

from __future__ import annotations

import numpy as np
import streamlit as st

from slviz.datasets import GeneGraph
from slviz.datasets.sources import default_source
from slviz.errors import SlvizError
from slviz.ranking import QUESTIONS, runs_of_question
from slviz.ui import address, cache, data_folders, data_of_address, nouns, search_box
from slviz.ui.labels import escape_markdown
from slviz.ui.server_paths import without_paths

ANY_NAME = "symbol, alias, identifier or word of its name"


def in_sidebar(gene_page: str) -> None:
    """The box that every page has; its data set is opened when a person types, not before."""
    with st.sidebar:
        search_box.box(
            "find anywhere",
            _matches_anywhere,
            lambda text: open_gene(gene_page, shown_graph(), text),
            label=f"Find: {ANY_NAME}",
            placeholder="Find by any name …",
        )


def _matches_anywhere(text: str) -> search_box.Matches:
    try:
        return search_box.matches(shown_graph(), text)
    except SlvizError as error:
        return search_box.Matches({}, (), without_paths(error))


def suggest(gene_page: str, graph: GeneGraph, *, count: int = 6) -> None:
    """The empty state: genes to begin with."""
    st.info(
        nouns.in_words("**Which gene?** Search above, or begin with one of those with most known partners:")
        if len(graph.pairs)
        else nouns.in_words("**Which gene?** Search above, or begin with one of these:"),
        icon=":material/search:",
    )
    with st.container(horizontal=True):
        for gene in np.argsort(-graph.degree, kind="stable")[:count]:
            symbol = graph.genes[gene]
            st.page_link(
                gene_page,
                label=escape_markdown(symbol),
                icon=":material/arrow_forward:",
                query_params=address.shared_parameters(gene=symbol),
            )


def on_page(gene_page: str, graph: GeneGraph) -> None:
    """The box of a page about one data set."""
    words = graph.nouns
    example = graph.genes[int(np.argmax(graph.degree))]
    names = f", by {ANY_NAME}" if words.are_genes else ""
    search_box.box(
        "find on page",
        lambda text: search_box.matches(graph, text),
        lambda text: open_gene(gene_page, graph, text),
        label=f"Find {nouns.with_article(words.thing)}",
        placeholder=f"Find {nouns.with_article(words.thing)}{names}, such as {example}",
    )


def open_gene(gene_page: str, graph: GeneGraph, text: str) -> None:
    """Go to the page of a gene, in the run of the address where it ranks pairs of this data, else in the best one."""
    if text:
        query = address.shared_parameters(gene=text, run=_run_on(graph.fingerprint) or "")
        st.switch_page(gene_page, query_params=query)


def _run_on(fingerprint: str) -> str | None:
    """The run of the address where it scores pairs of this data; else the best one that does; else any on it."""
    summaries = cache.store().summaries()
    of_questions = (runs_of_question(summaries, question, fingerprint=fingerprint) for question in QUESTIONS)
    ranking = [summary.run_id for runs in of_questions for summary in runs]
    on_data = [
        summary.run_id
        for summary in summaries
        if summary.state == "finished" and summary.spec is not None and summary.spec.data_fingerprint == fingerprint
    ]
    wanted = address.value("run")
    return wanted if wanted in ranking else next(iter([*ranking, *on_data]), None)


def shown_graph() -> GeneGraph:
    """What is searched: the data set of the page, else that of the address's run, else the address's or the default.

    Raises `DataError` where it cannot be opened.
    """
    shown = nouns.shown_data()
    if shown is not None:
        return shown
    return graph_of_address()


def graph_of_address() -> GeneGraph:
    """The data set of the address's run, else the one that the address names, else the default one."""
    wanted = address.value("run")
    for summary in cache.store().summaries() if wanted else []:
        if summary.run_id == wanted and summary.state == "finished":
            return cache.graph_of(cache.run(summary))
    name = address.value("data")
    return data_of_address.opened(data_folders.source_of(name)) if name else cache.dataset(default_source())
