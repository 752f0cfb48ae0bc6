"""Screens, relations, gene sets and gene columns on the Overview, and as colour and filter of the maps."""

from __future__ import annotations

import numpy as np
import pytest
from page_tools import Open, said

from slviz.datasets import GeneGraph
from slviz.runs import Run
from slviz.runs.store import RunStore
from slviz.ui.data.further_parts import column_table, relation_table, screen_table

SCREEN = "Demo broad (invented)"


def test_the_overview_counts_screens_relations_sets_and_columns(
    store: RunStore, demo: GeneGraph, open_at_once: Open
) -> None:
    app = open_at_once("overview")
    assert not app.exception
    headings = [each.value for each in app.subheader]
    assert any(heading.startswith("4 screens: 1,930 tested pairs, ") for heading in headings)
    tables = {tuple(each.value.columns[:2]): each.value for each in app.dataframe}
    screens = tables["Screen", "Cell lines"]
    hits, non_hits, pairs = (screens[name].tolist() for name in ("Hits", "Non-hits", "Tested pairs"))
    assert [a + b for a, b in zip(hits, non_hits, strict=True)] == pairs
    assert set(tables["Name", "Kind"]["Name"]) == {"paralogs", "families", "domains"}
    assert set(tables["Column", "Genes"]["Column"]) == {
        "essential_class",
        "core_essential",
        "papers",
        "mean_expression",
    }


def test_the_tables_say_what_the_data_set_holds(demo: GeneGraph) -> None:
    assert demo.screens is not None
    table = screen_table(demo).set_index("Screen")
    tested = demo.screens.tested(SCREEN)
    known = set(map(tuple, demo.pairs.tolist()))
    assert table.loc[SCREEN, "Known pairs"] == sum(tuple(pair) in known for pair in tested.pairs.tolist())
    assert table.loc[SCREEN, "Share of hits"] == pytest.approx(tested.hit.mean())
    paralogs = relation_table(demo).set_index("Name").loc["paralogs"]
    assert paralogs["Size"] == f"{len(demo.relations['paralogs']):,} pairs"
    assert demo.gene_columns is not None
    expression = column_table(demo).set_index("Column").loc["mean_expression"]
    assert expression["Genes"] == (~np.isnan(demo.gene_columns.numbers["mean_expression"])).sum()


def test_a_column_colours_the_map_and_selects_genes(run: Run, demo: GeneGraph, open_at_once: Open) -> None:
    assert demo.gene_columns is not None
    app = open_at_once(
        "embedding",
        run=run.run_id,
        colour="A column of the data set",
        **{"gene-column": "essential_class", "where": "core"},
    )
    assert not app.exception
    core = int((demo.gene_columns.columns["essential_class"] == "core").sum())
    assert "told of 1,000 genes" in said(app)
    assert app.selectbox(key="where box").value == "core"
    assert any(f"{core:,} " in str(each.value) for each in app.subheader)
    app.selectbox(key="gene-column").set_value("papers").run()
    assert not app.exception
    assert app.selectbox(key="where box").value is None, "no value of the other column is called so"
    assert app.selectbox(key="where box").options[0].startswith("highest tenth (from ")


def test_a_screen_colours_the_map_and_its_hits_are_selected(run: Run, demo: GeneGraph, open_at_once: Open) -> None:
    assert demo.screens is not None
    app = open_at_once("embedding", run=run.run_id, colour="In a screen", screen=SCREEN, where="in a hit")
    assert not app.exception
    tested = demo.screens.tested(SCREEN)
    assert f"tested {len(tested):,} pairs of these genes; {int(tested.hit.sum())} pairs came out as a hit" in said(app)
    genes = len(np.unique(tested.pairs[tested.hit]))
    assert any(f"{genes:,} " in str(each.value) for each in app.subheader)


def test_what_a_data_set_does_not_tell_is_not_offered(store: RunStore, open_at_once: Open) -> None:
    app = open_at_once("overview", data="karate")
    assert not app.exception
    assert not any("screen" in each.value for each in app.subheader)


def test_clusters_say_what_they_are_and_genes_are_coloured_by_publication(run: Run, open_page: Open) -> None:
    app = open_page("embedding", run=run.run_id, map="PCA", colour="Cluster", **{"cluster-table": "true"})
    assert not app.exception
    [table] = [each.value for each in app.dataframe if "Named for" in each.value.columns]
    assert set(table["Named for"]) <= {"term", "publication", "nothing enriched"}
    assert table["Share of its pairs"].between(0, 100).all()
    assert table["Commonest publication"].str.startswith("demo-").all()
    names = " ".join(table["Cluster"])
    assert " near " not in names
    app = open_page("embedding", run=run.run_id, map="PCA", colour="Publication", where="demo-202")
    assert not app.exception
    assert "The publication that lists most of a gene" in said(app)
    assert len(app.dataframe[0].value) > 100, "the genes of that publication are selected"
