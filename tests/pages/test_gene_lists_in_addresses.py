"""A list of genes in the address, whatever marks their symbols hold: old ones open, new ones come back whole."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import streamlit as st
from builders import tiny_graph, tiny_run
from page_tools import Open, asked, said
from run_folders import finish
from streamlit.testing.v1 import AppTest

from slviz.datasets import GeneGraph
from slviz.runs import Run
from slviz.runs.store import RunStore
from slviz.runs.uploads import OWN_TABLES, stage

ODD = ("ADE5,7", "ARG5,6", "DUR1,2", "DUR1", "2", "IMP2'", "IMP2", "A B")


@pytest.fixture
def yeast() -> GeneGraph:
    """Forty genes, eight of them with marks in their symbols; DUR1 and 2 are genes as well as DUR1,2."""
    graph = tiny_graph()
    assert graph.gene_info is not None
    symbols = (*ODD, *graph.genes[len(ODD) :])
    return GeneGraph(
        name="yeast",
        genes=symbols,
        pairs=graph.pairs,
        score=graph.score,
        features=graph.features,
        gene_info=graph.gene_info.assign(current_symbol=list(symbols), aliases=["XK|NA", *[""] * 39]),
        synthetic=True,
    )


@pytest.fixture
def run(store: RunStore, yeast: GeneGraph, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """A finished run on it, which the pages find in the place of a data folder."""
    st.cache_resource.clear()
    monkeypatch.setattr("slviz.ui.cache.dataset", lambda source: yeast)
    made = tiny_run(yeast)
    finish(store, made)
    yield made
    st.cache_resource.clear()


def selected(app: AppTest) -> set[str]:
    assert not app.exception
    tables = [each.value for each in app.dataframe if "partners_inside" in each.value.columns]
    return set(tables[0]["gene"]) if tables else set()


@pytest.mark.parametrize(
    ("listed", "wanted"),
    [
        ("ADE5,7,ARG5,6", {"ADE5,7", "ARG5,6"}),
        ("GENE20,DUR1,2,IMP2'", {"GENE20", "DUR1,2", "IMP2'"}),
        ("~DUR1~2", {"DUR1", "2"}),
        ("~DUR1,2~A B~IMP2", {"DUR1,2", "A B", "IMP2"}),
        ("GENE20,NA,GENE21", {"GENE20", "GENE21"}),
    ],
)
def test_an_address_opens_with_exact_names_first(listed: str, wanted: set[str], run: Run, open_page: Open) -> None:
    assert selected(open_page("embedding", run=run.run_id, map="PCA", genes=listed)) == wanted


def test_a_pasted_list_comes_back_from_its_address(run: Run, open_page: Open) -> None:
    app = open_page("embedding", run=run.run_id, map="PCA")
    app.text_area(key="pasted genes").set_value('[\'DUR1\', "2", "IMP2\'"]\n1-Mar NA')
    next(each for each in app.button if each.label == "Select them").click().run()
    assert selected(app) == {"DUR1", "2", "IMP2'"}
    told = said(app).replace("\\", "")
    assert "1 not in this data set: 1-Mar (a date that a spreadsheet made of a symbol" in told
    assert "“NA” says that nothing is known, and names no gene" in told
    address = asked(app, "genes")
    assert selected(open_page("embedding", run=run.run_id, map="PCA", genes=address)) == {"DUR1", "2", "IMP2'"}


def test_the_search_box_has_names_exact_first_and_suggests_what_na_may_be(run: Run, open_page: Open) -> None:
    app = open_page("gene", show="neighbourhood", run=run.run_id, gene="NA")
    assert not app.exception
    assert "names no gene by itself" in said(app)
    assert "ADE5,7" in [each.label for each in app.button]


def test_remarks_of_an_own_table_are_shown(run: Run, store: RunStore, open_page: Open) -> None:
    text = 'ADE5,7\t"1,5"\nIMP2\'\t2\nNOPE\t3\n'
    path = stage(store.root, text.encode(), name="mine.rnk", place=OWN_TABLES)
    app = open_page("embedding", run=run.run_id, map="PCA", colour="A column of my table", table=path.stem[:16])
    assert not app.exception
    told = said(app).replace("\\", "")
    assert "2 genes of 3 rows found by “column 1”" in told
    assert "The file has no heading" in told
    assert "2 of 3 rows are of genes of this data set; 1 name not found in this data set: NOPE" in told
    assert "decimal commas: '1,5' was read as 1.5" in told
