"""Genes on a page: the search box, the card of a gene, and what links them to the other pages."""

from __future__ import annotations

import numpy as np
import streamlit as st

from slviz.datasets import GeneGraph
from slviz.errors import UnknownGene
from slviz.ranking import score_text
from slviz.runs import Run
from slviz.ui import address, cache, errors, gene_finder, layout, links, pictures, scorers, search_box
from slviz.ui.labels import SCORE_HELP, escape_markdown, pluralise
from slviz.ui.nouns import in_words


def search(graph: GeneGraph, *, label: str = "Gene") -> int | None:
    """A search box whose gene is in the address; its number, or None when nothing (or nobody) was found."""
    text = address.value("gene") or ""
    place = st.container()
    gene = find(graph, text) if text else None

    def choose(typed: str) -> None:
        address.put(gene=typed or None)
        st.rerun(scope="app")

    names = f"{gene_finder.ANY_NAME}, such as " if graph.nouns.are_genes else "Its name, such as "
    with place:
        search_box.box(
            "gene box",
            lambda typed: search_box.matches(graph, typed),
            choose,
            label=in_words(label),
            title=in_words(label),
            placeholder=f"{names[:1].upper()}{names[1:]}{graph.genes[int(np.argmax(graph.degree))]}",
            given=text if gene is None else graph.genes[gene],
            clears=True,
        )
    return gene


def find(graph: GeneGraph, text: str) -> int | None:
    """The gene that a text names, with a word on how it was found; says so when there is none."""
    try:
        gene = cache.index_of(graph).find(text)
    except UnknownGene as error:
        errors.show(error)
        _suggest(graph, text)
        return None
    if graph.genes[gene] != text.strip():
        st.caption(escape_markdown(f"“{text.strip()}” is {graph.genes[gene]} in this data set."))
    return gene


def _suggest(graph: GeneGraph, text: str) -> None:
    """Genes that the text may have meant, each a way on."""
    matches = cache.index_of(graph).search(text, limit=6)
    with st.container(horizontal=True):
        for match in matches:
            if st.button(escape_markdown(match.symbol), key=f"suggest {match.symbol}", icon=":material/search:"):
                address.put(gene=match.symbol)
                st.rerun()
        if st.button("Clear the search", key="clear gene", icon=":material/close:", type="tertiary"):
            address.put(gene=None)
            st.rerun()


def card(graph: GeneGraph, gene: int, run: Run | None = None) -> None:
    """What is known of a gene: names, place, partners known and predicted, links out."""
    known = {} if graph.gene_info is None else graph.gene_info.iloc[gene].to_dict()
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader(escape_markdown(graph.genes[gene]), anchor=False, width="content")
            if graph.synthetic:
                layout.synthetic_badge()
        pictures.show_one(graph, gene)
        if known.get("name"):
            st.markdown(escape_markdown(known["name"]))
        for line in _card_lines(graph, gene, known):
            st.caption(line)
        if run is not None and run.decoder:
            _predicted_partners(graph, gene, run)
        places = links.of_gene(graph, gene)
        if places:
            st.caption(" · ".join(f"[{name}]({place})" for name, place in places.items()))


def _card_lines(graph: GeneGraph, gene: int, known: dict[str, str]) -> list[str]:
    lines = [pluralise(int(graph.degree[gene]), "known partner")] if len(graph.pairs) else []
    lines += [escape_markdown(f"{name.capitalize()}: {classes[gene]}") for name, classes in _classes(graph, gene)]
    if known.get("cytoband") or known.get("chromosome"):
        lines.append(f"Location {escape_markdown(known.get('cytoband') or known['chromosome'])}")
    if known.get("aliases"):
        aliases = dict.fromkeys(alias.lstrip("'") for alias in known["aliases"].split("|"))  # NCBI lists 'C-K-RAS so
        lines.append(f"Also called {escape_markdown(', '.join(list(aliases)[:8]))}")
    if known.get("current_symbol") and known["current_symbol"] != graph.genes[gene]:
        lines.append(f"Current symbol {escape_markdown(known['current_symbol'])}")
    return lines


def _classes(graph: GeneGraph, gene: int) -> list[tuple[str, np.ndarray]]:
    """The sets of classes of a data set of pictures in which one of its pictures has a class."""
    return [] if graph.pictures is None else [entry for entry in graph.classes.items() if entry[1][gene]]


def _predicted_partners(graph: GeneGraph, gene: int, run: Run, *, limit: int = 5) -> None:
    order, score = ranked_partners(graph, gene, run)
    if graph.screens is not None:
        order = order[~graph.screens.of_gene(gene, genes=len(graph))[0][order]]
    if not len(order):
        return
    bounded = bool(run.spec.task.negative_kinds)
    scored = [
        (escape_markdown(graph.genes[number]), score_text(float(score[number]), bounded=bounded))
        for number in order[:limit]
    ]
    listed = ", ".join(f"{symbol} ({score})" for symbol, score in scored)
    if graph.screens is None:
        st.caption(f"Best-scored partners that are not known: {listed}", help=SCORE_HELP)
    else:
        st.caption(f"Best-scored partners that are neither known nor tested in a screen: {listed}", help=SCORE_HELP)


def ranked_partners(graph: GeneGraph, gene: int, run: Run) -> tuple[np.ndarray, np.ndarray]:
    """Numbers of the genes that are no known partner, best score first; and the score of every gene [G]."""
    score = scorers.score_with(graph, run, gene)
    order = np.argsort(-score, kind="stable")
    left_out = np.append(graph.partners(gene), gene)
    return order[~np.isin(order, left_out)], score
