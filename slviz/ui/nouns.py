"""What the things and pairs of the page's data set are called, and texts in these words.

Texts of slviz speak of genes, since nearly every data set is one of genes. A data set that says otherwise
(`thing = "person"` in its dataset.toml) has its own words put in their place.
"""

from __future__ import annotations

import re

import streamlit as st

from slviz.datasets import GeneGraph, Nouns

KEY = "nouns of the data set"
SHOWN = "data set of the page"
GENE = re.compile(r"\b(?<![-#/=])(a |A )?([Gg]ene)(s?)\b(?![-=/]| Ontology)")
"""No part of an address."""
LETHAL = re.compile(r"\b(?:an? )?synthetic[- ]lethal( pairs?)?\b")
VOWELS = tuple("aeiou")


def speak_of(graph: GeneGraph | None) -> None:
    """From here on texts speak of this data set; None: of genes again."""
    st.session_state[KEY] = Nouns() if graph is None else graph.nouns
    st.session_state[SHOWN] = graph


def shown_data() -> GeneGraph | None:
    """The data set that the page of this visitor shows; None on a page that shows none."""
    return st.session_state.get(SHOWN)


def current() -> Nouns:
    """The words of the data set that the page shows."""
    return st.session_state.get(KEY) or Nouns()


def in_words(text: str) -> str:
    """A text of slviz in the words of the page's data set: unchanged for genes and synthetic-lethal pairs."""
    nouns = current()
    return of(nouns, text)


def with_article(noun: str) -> str:
    """Such as "a paper" and "an actor"."""
    return f"an {noun}" if noun[:1].casefold() in VOWELS else f"a {noun}"


def of(nouns: Nouns, text: str) -> str:
    """A text about genes and synthetic-lethal pairs in some data set's words."""
    if not nouns.are_lethal:
        text = LETHAL.sub(lambda match: nouns.pairs if match[1] == " pairs" else with_article(nouns.pair), text)
    if nouns.are_genes:
        return text

    def word(match: re.Match[str]) -> str:
        article, gene, ending = match[1] or "", match[2], match[3]
        thing = nouns.things if ending else nouns.thing
        if article and thing.startswith(VOWELS):
            article = f"{article[0]}n "
        return f"{article}{thing[0].upper()}{thing[1:]}" if gene[0] == "G" else f"{article}{thing}"

    return GENE.sub(word, text)
