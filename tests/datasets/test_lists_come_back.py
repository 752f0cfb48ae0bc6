"""What slviz writes of genes comes back the same: tables, gene lists, GMT and addresses, whatever genes are called."""

from __future__ import annotations

import unicodedata

import numpy as np
import pandas as pd
from gene_lists import graph_of
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from slviz.datasets.gene_index import GeneIndex
from slviz.datasets.gene_list import read_list, write_list
from slviz.datasets.own_table import read_own_table
from slviz.export.provenance import data_provenance
from slviz.export.tables import to_tsv
from slviz.gene_sets import GeneSet, read_gmt, sets_of, to_gmt
from slviz.tables import is_missing, unguarded

LETTERS = st.one_of(
    st.sampled_from("abAB12'\"=,;|~%+-@#()[]{}. \u2019\u00b4\u00b5/\\:_"), st.characters(exclude_categories=("C", "Z"))
)
NAMES = st.text(LETTERS, min_size=1, max_size=12).filter(lambda name: name == name.strip())
SYMBOLS = st.lists(NAMES, min_size=4, max_size=8, unique=True)
TITLES = NAMES.filter(lambda name: unicodedata.normalize("NFC", name) == name)  # the name of a set is kept composed
FEWER = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


def without_guards(names: list[str]) -> bool:
    """Whether no name looks like another one with the apostrophe that guards a formula."""
    return all(unguarded(name) == name for name in names)


@FEWER
@given(SYMBOLS, st.lists(NAMES.filter(lambda name: unguarded(name) == name), min_size=8, max_size=8))
def test_a_table(symbols: list[str], labels: list[str]) -> None:
    assume(without_guards(symbols))
    graph = graph_of(symbols)
    values = np.arange(len(graph)) / 4
    table = pd.DataFrame({"gene": graph.genes, "value": values, "label": labels[: len(graph)]})
    content = to_tsv(table, provenance=data_provenance(graph))
    own = read_own_table(content, "own.tsv", genes=len(graph), index=GeneIndex(graph))
    assert (own.genes_in, own.genes_found, own.rows) == ("gene", len(graph), len(graph))
    numbers = own.numbers("value")
    assert numbers is not None
    np.testing.assert_array_equal(numbers, values)
    assert own.columns["label"].tolist() == ["" if is_missing(label) else label for label in labels[: len(graph)]]


@FEWER
@given(SYMBOLS)
def test_a_list_a_line_each(symbols: list[str]) -> None:
    graph = graph_of(symbols)
    mapped = GeneIndex(graph).map_many("\n".join(graph.genes))
    np.testing.assert_array_equal(mapped.genes, np.arange(len(graph)))
    assert (mapped.missing, mapped.ambiguous) == ((), {})


@FEWER
@given(SYMBOLS)
def test_an_address(symbols: list[str]) -> None:
    graph = graph_of(symbols)
    index = GeneIndex(graph)
    for genes in (graph.genes, graph.genes[:1], graph.genes[2:]):
        assert read_list(write_list(genes, index), index).how["gene"].tolist() == list(genes)


@FEWER
@given(SYMBOLS, st.lists(TITLES, min_size=1, max_size=3, unique=True))
def test_a_gmt(symbols: list[str], titles: list[str]) -> None:
    assume(without_guards([*symbols, *titles]))
    graph = graph_of(symbols)
    sets = [GeneSet(name=title, genes=graph.genes[place:], note="lasso") for place, title in enumerate(titles)]
    content = to_gmt(sets, provenance=data_provenance(graph))
    terms, report = read_gmt(content, "own.gmt", graph=graph, index=GeneIndex(graph))
    assert terms is not None, report.text()
    assert report.problems == []
    assert [(each.name, each.genes) for each in sets_of(terms, graph, note="")] == [
        (each.name, each.genes) for each in sets
    ]
    assert set(terms.groups) == {""}


def test_an_address_with_commas_is_as_it_was_and_one_that_needs_more_is_whole() -> None:
    index = GeneIndex(graph_of(["ADE5,7", "TP53", "KRAS", "A~%7E"]))
    assert write_list(["TP53", "KRAS"], index) == "TP53,KRAS"
    assert write_list(["ADE5,7", "TP53"], index) == "ADE5,7,TP53"
    assert read_list("ADE5,7,TP53", index).how["gene"].tolist() == ["ADE5,7", "TP53"]
    assert read_list("~ADE5,7~A%7E%257E", index).how["gene"].tolist() == ["ADE5,7", "A~%7E"]
    torn = GeneIndex(graph_of(["DUR1,2", "DUR1", "2", "TP53"]))
    assert write_list(["DUR1", "2"], torn) == "~DUR1~2"
    assert read_list("~DUR1~2", torn).how["gene"].tolist() == ["DUR1", "2"]
