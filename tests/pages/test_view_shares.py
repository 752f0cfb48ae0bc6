"""What the score of a pair rests on: in the neighbourhood, for a run that sees several sides."""

from __future__ import annotations

import dataclasses

import pytest
from builders import tiny_run, tiny_spec
from page_tools import Open, said
from run_folders import finish

from slviz.datasets import GeneGraph
from slviz.networks import NETWORKS
from slviz.runs import Run
from slviz.runs.store import RunStore
from slviz.scorers import EMBEDDING, BlendScorer
from slviz.scorers.views import VIEWS
from slviz.training import train
from slviz.ui.view_shares import shares_of, title_of


@pytest.fixture(scope="module")
def trees(demo: GeneGraph) -> Run:
    spec = dataclasses.replace(tiny_spec(demo), network=NETWORKS.make("view_trees"))
    return train(demo, spec, spec.split.divide(demo), device="cpu")


@pytest.mark.slow
def test_a_picked_partner_is_in_the_address_and_its_sides_beside_what_removing_them_does(
    trees: Run, store: RunStore, demo: GeneGraph, open_page: Open
) -> None:
    finish(store, trees)
    gene = int(demo.degree.argmax())
    app = open_page("gene", show="neighbourhood", run=trees.run_id, gene=demo.genes[gene])
    assert not app.exception
    assert "What the score of" not in said(app)
    partner = next(each.value for each in app.dataframe if "Gene" in each.value)["Gene"].iloc[0]
    app = open_page("gene", show="neighbourhood", run=trees.run_id, gene=demo.genes[gene], partner=partner)
    assert not app.exception
    assert f"What the score of {demo.genes[gene]} – {partner} rests on" in said(app).replace("\\", "")
    shown = next(each.value for each in app.dataframe if "without" in each.value)
    scorer = trees.scorer(demo)
    assert isinstance(scorer, BlendScorer)
    expected = shares_of(scorer, (gene, demo.number_of[partner]))
    assert shown["adds"].tolist() == pytest.approx(expected["adds"].tolist())
    assert set(shown["side"]) <= {title_of(side) for side in (*VIEWS, EMBEDDING)}


def test_a_partner_who_is_not_there_and_a_run_with_one_side_say_nothing(
    store: RunStore, demo: GeneGraph, open_page: Open
) -> None:
    run = tiny_run(demo)
    finish(store, run)
    gene = demo.genes[int(demo.degree.argmax())]
    app = open_page("gene", show="neighbourhood", run=run.run_id, gene=gene, partner="NOSUCHGENE")
    assert not app.exception
    assert "What the score of" not in said(app)
    assert "NOSUCHGENE is not in this table. Pick a row" in said(app)
