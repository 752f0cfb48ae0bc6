"""The page of a gene: the search that leads to it, the card, and its known partners."""

from __future__ import annotations

import shutil

import numpy as np
import pandas as pd
import pytest
import streamlit as st
from page_tools import Open, asked, said
from run_folders import CHECKOUT

from slviz.datasets import GeneGraph
from slviz.ranking import FLAGS, Ranker
from slviz.ranking.reasons import NOTHING
from slviz.runs import Run
from slviz.runs.store import RunStore
from slviz.splits import PairSplit
from slviz.ui import rankings, search_box
from slviz.ui.gene import known_partners, partner_filters, plan_section, ranked_partners, shortlist
from slviz.ui.glossary import glossary_link
from slviz.ui.labels import EXPERIMENT_SCORE, SCORE

SHIPPED = "gat-both-link-3ec14a25"


@pytest.fixture
def run(store: RunStore) -> Run:
    """A run of the demo that slviz brings, with its split, its attention and its metrics."""
    shutil.copytree(CHECKOUT / "models" / SHIPPED, store.root / SHIPPED, ignore=shutil.ignore_patterns("rankings"))
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


def test_the_ranked_partners_are_unreported_first_and_a_pair_opens(
    run: Run, demo: GeneGraph, open_at_once: Open
) -> None:
    gene = demo.number_of["APO1.01"]
    app = open_at_once("gene", run=run.run_id, gene="APO1.01", partner="APO2.10")
    assert not app.exception
    shown = app.dataframe[0].value
    assert len(shown) == 50
    assert set(shown["Pair"]) == {"unreported"}
    assert not {demo.number_of[symbol] for symbol in shown["Partner"]} & set(demo.partners(gene).tolist())
    assert shown["Adjusted rank"].is_monotonic_increasing
    assert "1.000" not in shown.to_string()
    assert "100" not in shown["Percentile"].tolist()
    assert "APO1.01 – APO2.10" in [heading.value for heading in app.subheader]
    assert "**Reason.**" in said(app)
    assert "**Doubt.**" in said(app)


def test_without_a_survey_popularity_is_unknown(run: Run, open_at_once: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("slviz.ranking.SMALL", 1)
    st.cache_resource.clear()  # another test may have ranked the run with a survey
    app = open_at_once("gene", run=run.run_id, gene="APO1.01", partner="APO2.10")
    assert not app.exception
    assert said(app).count(rankings.POPULARITY_UNKNOWN) == 2  # below the controls, and in the pair's doubts
    assert "Adjusted rank" not in app.dataframe[0].value
    assert "● clear" not in app.dataframe[0].value["Signal"].tolist()
    st.cache_resource.clear()


def test_a_partner_that_is_not_there_is_told_once_and_scores_by_the_question(
    run: Run, open_at_once: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_at_once("gene", run=run.run_id, gene="APO1.01", partner="NOPE")
    assert said(app).count("which the address names as partner") == 1
    columns = app.dataframe[0].proto.columns
    assert columns.count(glossary_link("Score")) == 1
    assert rankings.score_help(run).startswith(SCORE)
    monkeypatch.setattr(rankings, "question_of", lambda spec: "experiment")
    assert rankings.score_help(run) == f"{EXPERIMENT_SCORE} {glossary_link('Score')}"


def test_filters_and_the_order_are_in_the_address(run: Run, demo: GeneGraph, open_at_once: Open) -> None:
    query = {
        "pairs": "known",
        "where-partner": "rank <= 100; hub no",
        "only": "APO2.01 BYS.003 nobody",
        "order": "rank",
    }
    app = open_at_once("gene", run=run.run_id, gene="APO1.01", **query)
    assert not app.exception
    shown = app.dataframe[0].value
    assert shown["Partner"].tolist() == ["APO2.01"]  # BYS.003 is a hub
    assert r"Not in it\: nobody" in said(app)
    nothing = open_at_once("gene", run=run.run_id, gene="APO1.01", **{"where-partner": "rank < 1; colour blue"})
    assert "No partner is left." in said(nothing)
    assert "No column begins “colour blue”." in said(nothing)


def test_a_gene_without_a_training_partner_rests_on_hubs(run: Run, demo: GeneGraph, open_at_once: Open) -> None:
    learnt = run.predictions.query("part == 'train' and negative_kind == 'known'")
    alone = next(symbol for symbol in demo.genes if symbol not in {*learnt["gene_a"], *learnt["gene_b"]})
    app = open_at_once("gene", run=run.run_id, gene=alone)
    assert not app.exception
    assert "everything here rests on hubs" in said(app)
    assert not app.dataframe
    assert len(open_at_once("gene", run=run.run_id, gene=alone, nevertheless="true").dataframe) == 1


def test_the_network_and_the_known_partners_open_by_their_address(run: Run, open_at_once: Open) -> None:
    app = open_at_once("gene", run=run.run_id, gene="APO1.01", show="Network", **{"network-table": "true"})
    assert not app.exception
    table = app.dataframe[0].value
    assert set(table["Joined by"]) >= {"known", "predicted"}
    assert "Not drawn:" in said(app)
    app = open_at_once("gene", run=run.run_id, gene="APO1.01", show="Known partners", partner="APO1.01")
    assert "Known partners of APO1.01" in [heading.value for heading in app.subheader]


def test_the_plan_takes_ticked_pairs_of_several_genes_and_any_budget(
    run: Run, demo: GeneGraph, open_at_once: Open
) -> None:
    pairs = [(demo.number_of[a], demo.number_of[b]) for a, b in (("APO1.01", "APO2.10"), ("LIP1.01", "LIP2.03"))]
    query = {"run": run.run_id, "gene": "APO1.01", "show": "Plan", "shortlist": shortlist.write(pairs, demo)}
    app = open_at_once("gene", **query, budget="1")
    assert not app.exception
    assert len(app.dataframe[0].value) == 1
    assert set(app.dataframe[1].value["Control"]) == {"positive", "negative"}
    assert "Page to print (HTML)" in [button.label for button in app.get("download_button")]
    assert "One file of about 5 MB. Nearly all of it is Plotly" in said(app)
    assert "column `counts`: What a pair adds to the plan" in said(app)
    app = open_at_once("gene", **query, budget="10000000")
    assert set(app.dataframe[0].value["Gene"]) == {"APO1.01", "LIP1.01"}
    app.multiselect(key="shortlist chips").set_value(["LIP1.01 – LIP2.03"]).run()
    assert asked(app, "shortlist") == "~LIP1.01~LIP2.03"
    assert not open_at_once("gene", **query, budget="0").dataframe
    query["shortlist"] = ""
    assert "Nothing is ticked yet." in said(open_at_once("gene", **query))


def test_a_shortlist_keeps_pairs_of_several_genes(demo: GeneGraph) -> None:
    a, b, c, d = range(4)
    chosen = shortlist.with_ticks([(a, b)], c, shown=[a, b, d], ticked=[d])
    assert chosen == [(a, b), (c, d)]
    assert shortlist.read(shortlist.write(chosen, demo), demo) == chosen
    assert shortlist.with_ticks(chosen, d, shown=[c], ticked=[]) == [(a, b)]  # the same pair, from its other gene
    assert shortlist.read("~nobody~APO1.01~APO1.01~APO1.01~APO1.02", demo) == []
    odd = GeneGraph(name="odd", genes=("~a%7E", "b,c"), pairs=np.array([[0, 1]]), score=np.ones(1, dtype=np.float32))
    assert shortlist.read(shortlist.write([(0, 1)], odd), odd) == [(0, 1)]


@pytest.mark.parametrize(
    ("text", "rows"),
    [("score > 1", [2]), ("score <= 1", [0, 1]), ("score 0..1", [0, 1]), ("score = 1", [1]), ("name KIN", [0, 2]),
     ("hub no", [0, 2]), ("hub", [0, 1, 2]), ("same family yes", [1]), ("score kinase", [])],
)  # fmt: skip
def test_a_condition_is_about_any_column(text: str, rows: list[int]) -> None:
    table = pd.DataFrame({
        "score": [0.5, 1.0, 2.0], "name": ["kinase", "x", "Kinesin"], "hub": [False, True, False],
        "same_family": [False, True, False],
    })  # fmt: skip
    (condition,), unknown = partner_filters.conditions(text, table.columns.tolist())
    assert not unknown
    assert np.flatnonzero(partner_filters.meets(table, condition)).tolist() == rows


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
    trained = split.pairs[(split.negative_kind == "known") & (split.part == "train")]
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
    assert f'maxlength="{search_box.LONGEST_TYPED}"' in search_box.HTML  # else what was typed never equals its matches


def test_a_plan_ranks_the_partners_of_so_many_genes_and_says_what_it_leaves(demo: GeneGraph) -> None:
    chosen = [(gene, 0) for gene in range(1, 40)] + [(1, 5)]
    planned, left_out = plan_section.within_reach(chosen)
    assert planned == [(gene, 0) for gene in range(1, 26)] + [(1, 5)]
    assert left_out == 14
    assert plan_section.within_reach(chosen[:25]) == (chosen[:25], 0)


def test_no_partner_is_clear_before_its_popularity_is_known() -> None:
    table = pd.DataFrame({key: [False, False, True] for key in FLAGS})
    table = table.assign(reason=["both in a pathway", NOTHING, "both in a pathway"])
    assert ranked_partners.signals(table) == ["● clear", "◐ caution", "○ doubt"]
    table = table.assign(popularity=pd.array([pd.NA] * 3, dtype="boolean"))
    assert ranked_partners.signals(table) == ["◌ no flag yet", "◐ caution", "○ doubt"]
    for text in ("popularity no", "popularity yes"):
        (condition,), _ = partner_filters.conditions(text, table.columns.tolist())
        assert not partner_filters.meets(table, condition).any()


def test_while_partners_are_ranked_the_page_says_what_and_how_long(
    run: Run, open_at_once: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    said_first: list[str] = []
    usual = st.spinner
    monkeypatch.setattr(st, "spinner", lambda text, **more: said_first.append(text) or usual(text, **more))
    ranked: list[str] = []
    partners = Ranker.partners
    monkeypatch.setattr(Ranker, "partners", lambda *a, **b: ranked.append(said_first[-1]) or partners(*a, **b))
    st.cache_resource.clear()
    assert not open_at_once("gene", run=run.run_id, gene="APO1.01").exception
    (text,) = ranked
    assert "Scoring APO1.01 with 999 genes" in text
    assert "10 to 30 seconds" in text


def test_the_plan_and_the_reliability_of_a_pair_are_made_once(
    run: Run, demo: GeneGraph, open_at_once: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    ranked: list[int] = []
    usual = Ranker.partners
    monkeypatch.setattr(Ranker, "partners", lambda self, gene, **b: ranked.append(gene) or usual(self, gene, **b))
    st.cache_resource.clear()
    one, other = demo.number_of["APO1.01"], demo.number_of["LIP1.01"]
    pairs = [(one, demo.number_of["APO2.10"]), (other, demo.number_of["LIP2.03"])]
    query = {"run": run.run_id, "gene": "APO1.01", "show": "Plan", "shortlist": shortlist.write(pairs, demo)}
    app = open_at_once("gene", **query)
    app.run()
    assert ranked == [one, other]
    app = open_at_once("gene", **query | {"show": "Ranked partners", "partner": "APO2.10"})
    assert "**Reliability.**" in said(app)
    assert ranked == [one, other]
