"""What is left of the ranked partners: by what the pair is, any column, a list of one's own, a term, a chromosome."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st
from jaxtyping import Bool

from slviz.datasets import GeneGraph
from slviz.datasets.gene_list import read_list
from slviz.ranking import LISTED, STATUSES
from slviz.ui import address, cache
from slviz.ui.labels import escape_markdown, pluralise
from slviz.ui.nouns import in_words

UNREPORTED, KNOWN, TESTED, EVERYTHING = "unreported", "known", "tested", "all"
GROUPS = {
    UNREPORTED: ("unreported",),
    KNOWN: LISTED,
    TESTED: ("tested hit", "tested non-hit"),
    EVERYTHING: tuple(STATUSES),
}
BOUND = re.compile(r"\s*+(<=|>=|<|>|=|≤|≥)?\s*+(-?\d+(?:\.\d+)?(?:e-?\d+)?)\s*", re.IGNORECASE)
RANGE = re.compile(r"\s*(-?\d+(?:\.\d+)?)\s*(?:\.\.|–|to)\s*(-?\d+(?:\.\d+)?)\s*")
LONGEST_LIST = 6000
"""Letters of a list of one's own that an address has room for."""
CONDITION_HELP = (
    "One condition a line or after a semicolon: a column, then what it must be. `rank <= 50`, `percentile > 99`, "
    "`shared partners 3..20`, `name kinase`, `hub no`, `same band no`. Words are looked for anywhere in the column."
)


@dataclass(frozen=True)
class Condition:
    """One column and what it must be.

    Attributes:
        column: of the table of partners.
        text: as it was typed, behind the column.
    """

    column: str
    text: str


def conditions(text: str, columns: Sequence[str]) -> tuple[list[Condition], list[str]]:
    """The conditions of a text, and the lines that begin with no column.

    A column is called as in the table or by its name with blanks; the longest one that fits is meant.
    """
    spoken = {column.replace("_", " ").casefold(): column for column in columns}
    names = sorted(spoken, key=len, reverse=True)
    understood, unknown = [], []
    for line in filter(None, (part.strip() for part in re.split(r"[;\n]", text))):
        low = line.casefold().replace("_", " ")
        name = next((name for name in names if low == name or re.match(rf"{re.escape(name)}(?![^\W_])", low)), None)
        if name is None:
            unknown.append(line)
        else:
            understood.append(Condition(spoken[name], line[len(name) :].strip()))
    return understood, unknown


def meets(table: pd.DataFrame, condition: Condition) -> Bool[np.ndarray, " rows"]:
    """Which rows meet a condition; every row where it says nothing."""
    column, text = table[condition.column], condition.text
    if not text:
        return np.ones(len(table), dtype=bool)
    if pd.api.types.is_bool_dtype(column):  # a row of which it is unknown meets neither
        wanted = text.lstrip("=: ").casefold() not in ("no", "false", "0")
        return (column == wanted).fillna(False).to_numpy(dtype=bool)
    if pd.api.types.is_numeric_dtype(column):
        return _numbers_meet(column.to_numpy(dtype=np.float64), text)
    word = text.lstrip("=:").strip().casefold()
    return column.astype(str).str.casefold().str.contains(word, regex=False).to_numpy(dtype=bool)


def _numbers_meet(values: np.ndarray, text: str) -> Bool[np.ndarray, " rows"]:
    if between := RANGE.fullmatch(text):
        return (values >= float(between[1])) & (values <= float(between[2]))
    bound = BOUND.fullmatch(text)
    if bound is None:
        return np.zeros(len(values), dtype=bool)
    limit = float(bound[2])
    compared = {
        "<": values < limit,
        ">": values > limit,
        "<=": values <= limit,
        "≤": values <= limit,
        ">=": values >= limit,
        "≥": values >= limit,
    }
    sign = bound[1] or "="
    return values == limit if sign == "=" else compared[sign]


def controls(graph: GeneGraph, table: pd.DataFrame) -> Bool[np.ndarray, " rows"]:
    """The controls over the table, all of them in the address; which rows are left."""
    group = address.one_of(
        st.segmented_control,
        "Pairs",
        tuple(GROUPS),
        key="pairs",
        help="\n".join(f"- **{status}**: {words}" for status, words in STATUSES.items()),
    )
    with st.popover("Filters", icon=":material/filter_list:"):
        left = _further(graph, table)
    return left & table["status"].isin(GROUPS[group]).to_numpy(dtype=bool)


def _further(graph: GeneGraph, table: pd.DataFrame) -> Bool[np.ndarray, " rows"]:
    left = np.ones(len(table), dtype=bool)
    typed = st.text_area("Conditions on any column", key="where-partner", bind="query-params", help=CONDITION_HELP)
    understood, unknown = conditions(typed or "", [str(column) for column in table.columns])
    for condition in understood:
        left &= meets(table, condition)
    if unknown:
        columns = ", ".join(str(column).replace("_", " ") for column in table.columns if column != "number")
        st.warning(escape_markdown(f"No column begins “{unknown[0][:60]}”. There are: {columns}."))
    left &= _in_own_list(graph, table)
    left &= _in_term(graph, table)
    return left & _on_chromosome(graph, table)


def _in_own_list(graph: GeneGraph, table: pd.DataFrame) -> Bool[np.ndarray, " rows"]:
    typed = st.text_area(
        in_words("Only these genes"),
        key="only",
        bind="query-params",
        max_chars=LONGEST_LIST,
        placeholder=in_words("A list of your own, such as druggable genes"),
        help="Symbols, aliases or identifiers, with blanks, commas or lines between them.",
    )
    if not (typed or "").strip():
        return np.ones(len(table), dtype=bool)
    mapped = read_list(typed or "", cache.index_of(graph))
    st.caption(in_words(f"{pluralise(len(mapped.genes), 'gene')} of the list are in this data set."))
    if mapped.missing:
        st.caption(escape_markdown(f"Not in it: {mapped.missing_as_said(8)}"))
    return np.isin(table["number"].to_numpy(), mapped.genes)


def _in_term(graph: GeneGraph, table: pd.DataFrame) -> Bool[np.ndarray, " rows"]:
    collections = ([graph.terms] if graph.terms is not None else []) + list(graph.gene_sets.values())
    if not collections:
        return np.ones(len(table), dtype=bool)
    typed = st.text_input(
        in_words("Members of a term or gene set"),
        key="of-term",
        bind="query-params",
        placeholder="Such as DNA repair, or GO:0006281",
    )
    word = (typed or "").strip().casefold()
    if not word:
        return np.ones(len(table), dtype=bool)
    member, named = np.zeros(len(graph), dtype=bool), 0
    for terms in collections:
        fits = [
            place
            for place, (term_id, name) in enumerate(zip(terms.ids, terms.names, strict=True))
            if word in name.casefold() or word == term_id.casefold()
        ]
        named += len(fits)
        if fits:
            member |= np.asarray(terms.membership.tocsc()[:, fits].sum(axis=1)).ravel() > 0
    st.caption(in_words(f"{pluralise(named, 'term')} with {pluralise(int(member.sum()), 'gene')}."))
    return member[table["number"].to_numpy()]


def _on_chromosome(graph: GeneGraph, table: pd.DataFrame) -> Bool[np.ndarray, " rows"]:
    chromosomes = [] if graph.gene_info is None else graph.gene_info["chromosome"].tolist()
    present = sorted(set(chromosomes) - {""}, key=lambda name: (not name.isdigit(), name.zfill(3)))
    if not present:
        return np.ones(len(table), dtype=bool)
    chosen = address.one_of(st.selectbox, "Chromosome", ("any", *present), key="chromosome")
    if chosen == "any":
        return np.ones(len(table), dtype=bool)
    return np.asarray(chromosomes, dtype=object)[table["number"].to_numpy()] == chosen
