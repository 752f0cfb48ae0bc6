"""Two runs on the same rows: who is nearer to what is known, and the ranks of a gene's partners in each."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
from builders import tiny_graph, tiny_run, tiny_spec

from slviz.datasets import GeneGraph
from slviz.ranking.disagreement import ONE, OTHER, better_on_held_out, nearer_more_often, partner_ranks, shared_rows
from slviz.runs import Run
from slviz.tasks import Classify


@pytest.fixture(scope="module")
def graph() -> GeneGraph:
    return tiny_graph()


def with_predictions(run: Run, prediction: np.ndarray, **changes: object) -> Run:
    table = run.predictions.assign(prediction=prediction.astype(np.float32), **changes)
    return dataclasses.replace(run, predictions=table)


def test_a_perfect_run_is_nearer_wherever_the_runs_differ(graph: GeneGraph) -> None:
    run = tiny_run(graph)
    perfect = with_predictions(
        run, run.predictions["prediction"].to_numpy() + 10 * run.predictions["actual"].to_numpy()
    )
    rows = shared_rows(run, perfect)
    tested = run.predictions.query("part == 'test'").drop_duplicates(["gene_a", "gene_b", "negative_kind"])
    assert len(rows) == len(tested)
    real = rows["negative_kind"] == "known"
    assert (rows.loc[real, "percentile_other"] > rows.loc[~real, "percentile_other"].max()).all()
    assert rows["disagreement"].is_monotonic_decreasing
    assert (rows["disagreement"] == (rows["percentile_one"] - rows["percentile_other"]).abs()).all()
    assert set(rows["nearer"]) <= {OTHER, "level"}
    mine, theirs = better_on_held_out(run, perfect, graph.genes)
    assert mine.sum() == 0
    assert theirs.sum() == 2 * (rows.loc[real, "nearer"] == OTHER).sum() > 0
    nearer = nearer_more_often(rows)
    assert (nearer.one, nearer.other) == (0, pytest.approx((rows["nearer"] == OTHER).mean()))
    assert 0 < nearer.low < nearer.value < nearer.high <= 1
    assert nearer.is_clear
    same = nearer_more_often(shared_rows(run, run))
    assert (same.one, same.other, same.low, same.high) == (0, 0, 0, 0)


def test_rows_that_one_run_learnt_from_are_not_compared(graph: GeneGraph) -> None:
    run = tiny_run(graph)
    swapped = run.predictions["part"].map({"test": "train", "train": "test", "validation": "validation"})
    rows = shared_rows(run, with_predictions(run, run.predictions["prediction"].to_numpy(), part=swapped))
    assert "known" not in set(rows["negative_kind"])


def test_values_are_nearer_by_their_own_distance(graph: GeneGraph) -> None:
    run = tiny_run(graph, task="confidence")
    actual = run.predictions["actual"].to_numpy()
    rows = shared_rows(with_predictions(run, actual + 0.1), with_predictions(run, actual - 0.2))
    assert set(rows["nearer"]) == {ONE}


def test_classes_that_differ_come_first(graph: GeneGraph) -> None:
    run = tiny_run(graph)
    genes = pd.DataFrame({"gene": ["A", "B", "C"], "part": "test", "actual": ["x", "y", ""]})
    one, other = (
        dataclasses.replace(
            run, spec=tiny_spec(graph, task="classify"), predictions=genes.assign(prediction=given, score=1.0)
        )
        for given in (["x", "x", "x"], ["x", "y", "y"])
    )
    rows = shared_rows(one, other)
    assert rows["disagreement"].tolist() == [1, 1, 0]
    nearer = nearer_more_often(rows)
    assert (nearer.one, nearer.other) == (0, 0.5), "of the two genes whose class is known"
    assert dict(zip(rows["gene"], rows["nearer"], strict=True)) == {"A": "level", "B": OTHER, "C": ""}


def test_runs_of_pairs_and_of_genes_share_no_row(graph: GeneGraph) -> None:
    run = tiny_run(graph)
    genes = pd.DataFrame({"gene": list(graph.genes), "part": "test", "prediction": 0.5})
    assert not len(shared_rows(run, dataclasses.replace(run, predictions=genes)))
    assert not len(shared_rows(dataclasses.replace(run, predictions=genes), run))


def test_predictions_of_other_things_share_no_row(graph: GeneGraph) -> None:
    run = tiny_run(graph)
    errors = pd.DataFrame({"gene": ["A", "B"], "part": "test", "prediction": [0.5, 0.7]})
    classes = pd.DataFrame({"gene": ["A", "B"], "part": "test", "actual": "x", "prediction": "x", "score": 1.0})
    classify = tiny_spec(graph, task="classify")
    of_classes, of_others, of_features, of_values = (
        dataclasses.replace(run, spec=spec, predictions=predictions)
        for spec, predictions in (
            (classify, classes),
            (dataclasses.replace(classify, task=Classify(classes="other")), classes),
            (tiny_spec(graph, task="reconstruct"), errors),
            (tiny_spec(graph, task="confidence"), run.predictions),
        )
    )
    assert len(shared_rows(of_classes, of_classes)) == len(shared_rows(of_features, of_features)) == 2
    for one, other in ((of_features, of_classes), (of_classes, of_others), (run, of_values), (of_values, run)):
        assert not len(shared_rows(one, other))


def test_a_pair_is_the_same_whichever_gene_comes_first(graph: GeneGraph) -> None:
    run = tiny_run(graph)
    turned = run.predictions.assign(gene_a=run.predictions["gene_b"], gene_b=run.predictions["gene_a"])
    rows, same = shared_rows(run, dataclasses.replace(run, predictions=turned)), shared_rows(run, run)
    assert len(rows) == len(same) > 0
    assert (rows["one"] == rows["other"]).all()
    assert rows.columns.tolist() == same.columns.tolist()


def test_partners_that_a_run_learnt_from_are_no_candidates(graph: GeneGraph) -> None:
    runs = {"one": tiny_run(graph), "other": tiny_run(graph, seed=1)}
    gene = int(np.argmax(graph.degree))
    scores = {"one": np.arange(40.0), "other": -np.arange(40.0)}
    table = partner_ranks(graph, runs, gene, scores)
    learnt = set()
    for run in runs.values():
        known = run.predictions.query("negative_kind == 'known' and part == 'train'")
        ends = known.loc[(known[["gene_a", "gene_b"]] == graph.genes[gene]).any(axis=1), ["gene_a", "gene_b"]]
        learnt |= set(ends.to_numpy().ravel())
    assert learnt
    assert not learnt & set(table["partner"])
    assert len(table) == 40 - len(learnt)
    assert (table["rank_in:one"] + table["rank_in:other"] == len(table) + 1).all()
    assert table["gap"].iloc[0] == len(table) - 1
