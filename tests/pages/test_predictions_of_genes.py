"""The Predictions page for one gene and for two, and what it says of sources and of errors."""

from __future__ import annotations

import shutil

import numpy as np
import pandas as pd
import pytest
from page_tools import Open, said
from run_folders import CHECKOUT

from slviz.datasets import GeneGraph
from slviz.evaluation import average_precision
from slviz.figures import predicted_vs_actual, residuals
from slviz.figures.yields import hits_of_tests
from slviz.ranking import later_knowledge
from slviz.runs import Run
from slviz.runs.store import RunStore
from slviz.ui import access, pairs, rankings
from slviz.ui.predictions import confidence_view, later_view, link_view

LINK, CONFIDENCE = "gat-both-link-3ec14a25", "gat-both-confidence-b65b8eec"


def shipped(store: RunStore, run_id: str) -> Run:
    shutil.copytree(CHECKOUT / "models" / run_id, store.root / run_id)
    return store.open(run_id)


def test_one_gene_gives_its_best_unreported_partners_and_two_their_pair(store: RunStore, open_at_once: Open) -> None:
    shipped(store, LINK)
    app = open_at_once("predictions", run=LINK, gene="APO1.01")
    assert not app.exception
    assert "Best unreported partners of APO1.01" in [heading.value for heading in app.subheader]
    assert app.dataframe[0].value["Rank"].is_monotonic_increasing
    app = open_at_once("predictions", run=LINK, gene="APO1.01", partner="APO2.10")
    assert "APO1.01 – APO2.10" in [heading.value for heading in app.subheader]
    assert "**Reason.**" in said(app)
    assert "is named twice" in said(open_at_once("predictions", run=LINK, gene="APO1.01", partner="oldAPO101"))


def test_tests_and_precision_stand_beside_baselines(store: RunStore, demo: GeneGraph) -> None:
    run = shipped(store, LINK)
    rows = link_view.compared(run.predictions, part="test", negative_kind="random")
    figure = hits_of_tests(run.predictions, negative_kind="random", called="gat")
    own = next(trace for trace in figure.data if trace.name.startswith("gat"))
    assert own.y[-1] == rows["actual"].sum()
    first = rows.sort_values("prediction", ascending=False)["actual"].head(100).sum()
    assert own.name == f"gat (first 100: {first:.0f})"
    table = link_view.precision_table(rows, called="gat")
    assert len(table) == 9
    assert average_precision(rows["actual"].to_numpy(), rows["prediction"].to_numpy()) > 0.9
    assert not len(link_view.precision_table(rows.loc[rows["actual"] > 0.5], called="gat"))


def test_sources_are_told_apart_and_named_as_what_explains_the_scores(
    store: RunStore, demo: GeneGraph, open_at_once: Open
) -> None:
    run = shipped(store, CONFIDENCE)
    app = open_at_once("predictions", run=CONFIDENCE)
    assert not app.exception
    evidence = pairs.evidence_of(demo, run.predictions)
    test = run.predictions.assign(evidence=evidence).query("part == 'test'")
    means = test["evidence"].map(test.groupby("evidence")["actual"].mean())
    share = 1 - ((test["actual"] - means) ** 2).sum() / ((test["actual"] - test["actual"].mean()) ** 2).sum()
    assert "Much of the R² is provenance." in said(app)
    assert f"explains {100 * share:.0f} % of the variance" in said(app)
    assert "Largest errors" in [heading.value for heading in app.subheader]


def test_the_largest_errors_are_the_largest_and_say_why(store: RunStore, demo: GeneGraph) -> None:
    run = shipped(store, CONFIDENCE)
    table = confidence_view.largest_errors(demo, run, pairs.evidence_of(demo, run.predictions), part="test")
    test = run.predictions.query("part == 'test'")
    wanted = (test["actual"] - test["prediction"]).abs().nlargest(len(table))
    assert table["Residual"].abs().tolist() == pytest.approx(wanted.tolist())
    assert table["Why"].str.contains("unlike other pairs of|in . training pairs|nothing that").all()


def test_points_carry_the_colours_of_sources_and_a_ring_marks_the_same_pair() -> None:
    actual, predicted = np.array([[0.1, 0.5, 0.9], [0.2, 0.5, 0.6]], dtype=np.float32)
    predictions = pd.DataFrame({"gene_a": list("ABC"), "gene_b": list("XYZ"), "part": "test", "negative_kind": "known"})
    predictions = predictions.assign(actual=actual, prediction=predicted)
    kinds = ["Screen", "", "Screen"]
    for figure in (
        predicted_vs_actual(predictions, evidence=kinds, by_source=True, marked=2),
        residuals(predictions, evidence=kinds, by_source=True, marked=2),
    ):
        names = [trace.name for trace in figure.data]
        assert {"Screen (2)", "no evidence recorded (1)"} <= set(names)
        assert names.count("chosen pair") == 1
    assert "chosen pair" not in [trace.name for trace in predicted_vs_actual(predictions, marked=None).data]


def test_a_later_list_says_what_was_left_out_and_how_it_ranked(
    store: RunStore, open_at_once: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    evaluated = []
    monkeypatch.setattr(rankings, "later_knowledge", lambda *a: evaluated.append(a) or later_knowledge(*a))
    run = shipped(store, LINK)
    learnt = run.predictions.query("part == 'train' and negative_kind == 'known'").iloc[0]
    lines = ["gene 1\tgene 2\twhere", "oldAPO101\tAPO2.10\there", "APO1.02\tAPO2.11\there", "nobody\tAPO2.01\tthere",
             f"{learnt['gene_a']}\t{learnt['gene_b']}\tin the list"]  # fmt: skip
    app = open_at_once("predictions", run=LINK, later="true")
    app.file_uploader(key="later pairs").upload("newer <b>list</b>.tsv", "\n".join(lines).encode(), "text/plain").run()
    assert not app.exception
    assert not app.error
    assert r"newer \<b\>list\</b\>.tsv is a list of 3 pairs." in said(app)
    assert "The run learnt from 1 of them" in said(app)
    assert r"Names that are no gene of this data set\: nobody" in said(app)
    pairs_shown = next(table.value for table in app.dataframe if "In the run" in table.value)
    assert {"APO1.01", "APO1.02"} <= {*pairs_shown["Gene"], *pairs_shown["Partner"]}
    app.run()
    assert "is a list of 3 pairs." in said(app)
    assert len(evaluated) == 1, "a click elsewhere reads and scores the file again"


def test_where_nothing_may_be_uploaded_no_later_list_is_taken(
    store: RunStore, open_at_once: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(access.SETTING, access.READ_ONLY)
    shipped(store, LINK)
    app = open_at_once("predictions", run=LINK, later="true")
    assert not app.exception
    assert not app.file_uploader
    assert "Files cannot be uploaded to this server." in said(app)
    assert later_view.TITLE not in [folded.label for folded in open_at_once("predictions", run=LINK).expander]


def test_the_card_of_a_gene_offers_no_partner_that_a_screen_tested(store: RunStore, open_at_once: Open) -> None:
    run_id = "multiview-both-link-12c397b8"
    shipped(store, run_id)
    words = said(open_at_once("embedding", run=run_id, map="pca", gene="APO1.01"))
    _, _, listed = words.partition("Best-scored partners that are neither known nor tested in a screen: ")
    best = listed.splitlines()[0]
    assert best.count("(0.") == 5
    assert "APO2.08" not in best  # its score is the highest, and a screen found no hit
