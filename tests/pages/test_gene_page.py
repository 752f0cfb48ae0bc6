"""The page of a gene: the search that leads to it, the card, and its known partners."""

from __future__ import annotations

import shutil

import pytest
from page_tools import Open, said
from run_folders import CHECKOUT

from slviz.datasets import GeneGraph
from slviz.runs import Run
from slviz.runs.store import RunStore
from slviz.splits import PairSplit
from slviz.ui import search_box
from slviz.ui.gene import known_partners

SHIPPED = "gat-both-link-3ec14a25"


@pytest.fixture
def run(store: RunStore) -> Run:
    """A run of the demo that slviz brings, with its split, its attention and its metrics."""
    shutil.copytree(CHECKOUT / "models" / SHIPPED, store.root / SHIPPED)
    return store.open(SHIPPED)


def test_the_page_shows_card_partners_and_screens_of_an_alias(run: Run, demo: GeneGraph, open_at_once: Open) -> None:
    gene = demo.number_of["APO1.01"]
    app = open_at_once("gene", run=run.run_id, gene="oldAPO101")
    assert not app.exception
    assert not app.error
    assert "APO1.01" in [heading.value for heading in app.subheader]
    assert "“oldAPO101” is APO1.01 in this data set." in said(app)
    rank = 1 + int((demo.degree > demo.degree[gene]).sum())
    assert f"**{demo.degree[gene]:,} known partners** (rank {rank} of 1,000)" in said(app)
    assert "SYNTHETIC" in said(app)


def test_without_a_run_the_page_shows_the_data_and_without_a_gene_it_offers_some(
    store: RunStore, demo: GeneGraph, open_at_once: Open
) -> None:
    assert not store.summaries()
    app = open_at_once("gene", data="demo")
    assert not app.exception
    assert "Which gene?" in said(app)
    app = open_at_once("gene", data="demo", gene="672 and more")
    assert "No gene '672 and more' in this data set." in said(app)


def test_each_known_partner_stands_once_with_its_evidence_and_its_part(run: Run, demo: GeneGraph) -> None:
    gene = demo.number_of["APO1.01"]
    split = PairSplit.from_frame(RunStore.default().open_split(run.run_id), demo.genes)
    table = known_partners.known_partners(demo, gene, split)
    assert sorted(demo.number_of[symbol] for symbol in table["partner"]) == demo.partners(gene).tolist()
    assert table["score"].is_monotonic_decreasing
    assert demo.evidence is not None
    first = table.iloc[0]
    row = demo.adjacency[gene, demo.number_of[first["partner"]]] - 1
    records = demo.evidence.loc[demo.evidence["pair"] == row]
    assert first["pubmed"] == ";".join(dict.fromkeys(records["pubmed"]))
    trained = split.pairs[(split.against == "known") & (split.part == "train")]
    mine = trained[(trained == gene).any(axis=1)].sum(axis=1) - gene
    assert set(table.loc[table["in_run"] == "train", "partner"]) == {demo.genes[number] for number in mine}


def test_tests_in_screens_are_told_hits_first(demo: GeneGraph) -> None:
    screens = demo.screens
    assert screens is not None
    gene = int(screens.pairs[screens.hit][0, 0])
    table = known_partners.tested_pairs(demo, gene)
    assert len(table) == int((screens.pairs == gene).any(axis=1).sum())
    assert table["result"].tolist() == sorted(table["result"])  # "hit" stands before "no hit"
    assert (table["result"] == "hit").sum() == int((screens.pairs == gene).any(axis=1)[screens.hit].sum())


@pytest.mark.parametrize("text", ["", "   "])
def test_nothing_typed_matches_nothing(demo: GeneGraph, text: str) -> None:
    assert search_box.matches(demo, text).rows == ()


def test_a_match_says_its_name_and_its_partners_and_no_match_says_so(demo: GeneGraph) -> None:
    hits = search_box.matches(demo, "oldAPO101")
    assert hits.symbols == {demo.number_of["APO1.01"]: "APO1.01"}
    row = hits.rows[0]
    assert (row["symbol"], row["how"]) == ("APO1.01", "(alias oldAPO101)")
    assert row["partners"] == f"{demo.degree[demo.number_of['APO1.01']]} partners"
    assert "is called “<b>x</b>”" in search_box.matches(demo, "<b>x</b>").none  # put in as text by the box
