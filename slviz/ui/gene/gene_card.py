"""The card at the top of a gene's page: names, picture, place, family, essentiality, papers, and links out."""

from __future__ import annotations

import numpy as np
import streamlit as st

from slviz.datasets import GeneGraph
from slviz.datasets.classes import class_sets, gene_classes
from slviz.ui import layout, links, pictures
from slviz.ui.labels import escape_markdown, pluralise
from slviz.ui.nouns import in_words

MOST_NAMED = 6
ESSENTIAL_CLASS, PAPERS, FAMILIES = "essential_class", "papers", "families"


def show(graph: GeneGraph, gene: int) -> None:
    """The card; facts that the data set does not tell are left out."""
    known = {} if graph.gene_info is None else graph.gene_info.iloc[gene].to_dict()
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader(escape_markdown(graph.genes[gene]), anchor=False, width="content")
            if known.get("name"):
                st.markdown(escape_markdown(known["name"]), width="content")
            if graph.synthetic:
                layout.synthetic_badge()
        pictures.show_one(graph, gene)
        st.markdown(" · ".join(facts(graph, gene)))
        names = other_names(graph, gene, known)
        if names:
            st.caption(" · ".join(names))
        places = links.of_gene(graph, gene)
        if places:
            st.caption(" · ".join(f"[{name}]({place})" for name, place in places.items()))


def facts(graph: GeneGraph, gene: int) -> list[str]:
    """What is known of the gene, a few words each, as Markdown."""
    sentences = [_partners(graph, gene)] if len(graph.pairs) else _classes(graph, gene)
    known = {} if graph.gene_info is None else graph.gene_info.iloc[gene].to_dict()
    place = known.get("cytoband") or known.get("chromosome")
    if place:
        sentences.append(f"location {escape_markdown(place)}")
    columns = {} if graph.gene_columns is None else graph.gene_columns.columns
    if ESSENTIAL_CLASS in columns and columns[ESSENTIAL_CLASS][gene]:
        sentences.append(f"essentiality: {escape_markdown(columns[ESSENTIAL_CLASS][gene])}")
    if PAPERS in columns and columns[PAPERS].dtype.kind == "f" and np.isfinite(columns[PAPERS][gene]):
        sentences.append(pluralise(int(columns[PAPERS][gene]), "paper"))
    relatives = family_of(graph, gene)
    if relatives:
        more = f" and {len(relatives) - MOST_NAMED:,} more" if len(relatives) > MOST_NAMED else ""
        sentences.append(f"family: {escape_markdown(', '.join(relatives[:MOST_NAMED]))}{more}")
    return [in_words(text) for text in sentences]


def _partners(graph: GeneGraph, gene: int) -> str:
    """How many partners are known, and how many genes have more."""
    rank = 1 + int((graph.degree > graph.degree[gene]).sum())
    return f"**{pluralise(int(graph.degree[gene]), 'known partner')}** (rank {rank:,} of {len(graph):,})"


def _classes(graph: GeneGraph, gene: int) -> list[str]:
    """The class of something without pairs in each set of classes where it has one."""
    of_sets = {name: gene_classes(graph, name) for name in class_sets(graph)}
    class_of = {name: classes.names[classes.label[gene]] for name, classes in of_sets.items() if classes.labelled[gene]}
    title_of = {name: name if len(of_sets) > 1 else "class" for name in of_sets}
    return [f"{escape_markdown(title_of[name])}: **{escape_markdown(text)}**" for name, text in class_of.items()]


def family_of(graph: GeneGraph, gene: int) -> list[str]:
    """Symbols of the genes of its family, those with most known partners first; none where none are told."""
    if FAMILIES not in graph.relations:
        return []
    pairs = graph.relations[FAMILIES].pairs
    relatives = pairs[(pairs == gene).any(axis=1)].sum(axis=1) - gene
    return [graph.genes[number] for number in relatives[np.argsort(-graph.degree[relatives], kind="stable")]]


def other_names(graph: GeneGraph, gene: int, known: dict[str, str]) -> list[str]:
    """Aliases, the current symbol and identifiers, as Markdown."""
    names = []
    if known.get("current_symbol") and known["current_symbol"] != graph.genes[gene]:
        names.append(f"Current symbol {escape_markdown(known['current_symbol'])}")
    if known.get("aliases"):
        aliases = dict.fromkeys(alias.lstrip("'") for alias in known["aliases"].split("|"))
        names.append(f"Also called {escape_markdown(', '.join(list(aliases)[:10]))}")
    names += [
        f"{label} {escape_markdown(known[key])}"
        for key, label in (("ensembl_id", "Ensembl"), ("entrez_id", "Entrez"), ("uniprot_id", "UniProt"))
        if known.get(key)
    ]
    return names
