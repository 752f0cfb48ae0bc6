"""Tables of results: means and spreads against NumPy, the same pairs for all, the best marked."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from builders import tiny_run, tiny_spec
from run_folders import finish

from slviz.datasets import GeneGraph
from slviz.networks import NETWORKS
from slviz.results import ResultTable, collect, tables
from slviz.results.collect import WITHIN, model_of
from slviz.results.text import as_markdown, as_text, leaders
from slviz.runs.artifacts.pair_faithfulness import PairFaithfulness
from slviz.runs.store import RunStore
from slviz.splits import SPLITS


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    return RunStore(tmp_path / "models")


def put(
    store: RunStore, graph: GeneGraph, *, network: str = "gat", fold: int = 0, auc: float = 0.9, **more: Any
) -> str:
    """A finished run whose network reached `auc`; its baseline reaches 0.8 and a hundredth more a fold."""
    run = tiny_run(graph, task=more.pop("task", "link"))
    split = SPLITS.make(more.pop("protocol", "pairs"), fold=fold)
    frozen = more.pop("frozen", run.predictions.head(10 + fold))
    metrics = more.pop("metrics", None)
    spec = dataclasses.replace(
        run.spec, network=NETWORKS.make(network, **more.pop("settings", {})), split=split, **more
    )
    if metrics is None:
        metrics = run.metrics.assign(value=[auc, 0.8 + fold / 100])
    run = dataclasses.replace(run, spec=spec, metrics=metrics)
    with store.writing(spec) as writer:
        writer.begin(frozen)
        writer.finish(run)
    return spec.run_id


def only_table(store: RunStore) -> ResultTable:
    found = tables(collect(store, store.summaries()))
    assert len(found) == 1
    return found[0]


def row(table: ResultTable, model: str):
    return next(each for each in table.rows if each.model == model)


AUC = ("random", "auc")


def test_mean_and_spread_over_the_folds(store: RunStore, graph: GeneGraph):
    figures = [0.91, 0.93, 0.95]
    for fold, auc in enumerate(figures):
        put(store, graph, fold=fold, auc=auc)
    table = only_table(store)
    cell = row(table, "gat").cells[AUC]
    assert cell.mean == pytest.approx(np.mean(figures))
    assert cell.spread == pytest.approx(np.std(figures, ddof=1))
    assert (cell.count, table.over) == (3, "3 folds")
    baseline = row(table, "max degree")
    assert baseline.cells[AUC].mean == pytest.approx(0.81)
    assert (baseline.cells[AUC].count, baseline.is_network) == (3, False)


def test_a_baseline_counts_once_a_fold_however_many_networks_stand_beside_it(store: RunStore, graph: GeneGraph):
    for network in ("gat", "gcn", "mlp"):
        put(store, graph, network=network, fold=0)
    put(store, graph, network="gat", fold=1)
    baseline = row(only_table(store), "max degree")
    assert baseline.cells[AUC].count == 2
    assert baseline.cells[AUC].mean == pytest.approx(0.805)


def test_the_best_of_the_complete_rows_leads(store: RunStore, graph: GeneGraph):
    for fold in (0, 1):
        put(store, graph, network="gat", fold=fold, auc=0.90)
        put(store, graph, network="gcn", fold=fold, auc=0.85)
    put(store, graph, network="mlp", fold=0, auc=0.99)  # an easy fold alone proves nothing
    table = only_table(store)
    assert [each.model for each in table.rows] == ["mlp", "gat", "gcn", "max degree"]
    assert [table.leads(each, AUC) for each in table.rows] == [False, True, False, False]
    assert (row(table, "mlp").splits, row(table, "mlp").complete) == (1, False)
    assert leaders(table, "gat") == ([AUC], [])
    assert leaders(table, "gcn") == ([], [AUC])
    with pytest.raises(ValueError, match="mlp"):
        leaders(table, "mlp")


def test_lower_is_better_where_it_is(store: RunStore, graph: GeneGraph):
    for network, rmse in (("gat", 0.06), ("gcn", 0.08)):
        metrics = tiny_run(graph, task="confidence").metrics.assign(value=[rmse, 0.16])
        put(store, graph, network=network, task="confidence", metrics=metrics)
    table = only_table(store)
    assert [each.model for each in table.rows if table.leads(each, ("all", "rmse"))] == ["gat"]
    assert "RMSE ↓" in as_text(table)


def test_a_run_evaluated_on_other_pairs_is_left_out_and_named(store: RunStore, graph: GeneGraph):
    put(store, graph, network="gat", auc=0.90)
    put(store, graph, network="gcn", auc=0.91)
    other = put(store, graph, network="mlp", auc=0.99, frozen=tiny_run(graph, seed=5).predictions.head(10))
    collected = collect(store, store.summaries())
    assert other not in set(collected.metrics["run_id"])
    assert len(collected.notes) == 1
    assert other in collected.notes[0]
    assert "other pairs" in collected.notes[0]
    assert len(tables(collected)[0].rows) == 3


def test_only_what_is_learnt_from_and_evaluated_on_must_be_the_same(store: RunStore, graph: GeneGraph):
    """Earlier versions drew the negatives of training and validation without regard to the test part."""
    split = SPLITS.make("pairs").divide(graph)
    whole = split.to_frame(graph.genes)
    drawn = whole["negative_kind"].isin(("random", "degree-matched"))
    for name, network in (("validation", "gcn"), ("test", "mlp")):
        other = whole.copy()
        other.loc[drawn & (whole["part"] == name), "gene_a"] = graph.genes[0]
        put(store, graph, network=network, frozen=other)
    runs = [put(store, graph, network=network, frozen=whole) for network in ("gat", "sage")]
    collected = collect(store, store.summaries())
    assert set(collected.metrics["run_id"]) >= set(runs)
    assert {each.model for each in only_table(store).rows} >= {"gat", "sage", "gcn"}
    assert ["mlp" in note for note in collected.notes] == [True]


def test_runs_from_before_popularity_matched_negatives_stand_beside_those_that_have_them(
    store: RunStore, graph: GeneGraph
):
    whole = SPLITS.make("pairs").divide(graph).to_frame(graph.genes)
    matched = whole["negative_kind"] == "popularity-matched"
    assert matched.any()
    changed = whole.copy()  # as when the papers of the data set are counted anew
    changed.loc[matched & (whole["part"] == "test"), "gene_a"] = graph.genes[0]
    former = put(store, graph, network="gat", frozen=whole[~matched].reset_index(drop=True))
    runs = [put(store, graph, network=network, frozen=whole) for network in ("gcn", "sage")]
    put(store, graph, network="mlp", frozen=changed)
    collected = collect(store, store.summaries())
    assert {former, *runs} <= set(collected.metrics["run_id"])
    assert ["mlp" in note for note in collected.notes] == [True]


def test_the_same_pairs_packed_otherwise_are_the_same(
    store: RunStore, graph: GeneGraph, monkeypatch: pytest.MonkeyPatch
):
    put(store, graph, network="gat")
    with monkeypatch.context() as patched:
        import io

        def packed(table: pd.DataFrame) -> bytes:
            buffer = io.BytesIO()
            table.to_parquet(buffer, index=False, compression="gzip")
            return buffer.getvalue()

        patched.setattr("slviz.runs.worker.table_to_parquet", packed)
        put(store, graph, network="gcn")
    collected = collect(store, store.summaries())
    assert collected.notes == ()
    assert len(tables(collected)[0].rows) == 3


def test_settings_and_protocols_are_told_apart(store: RunStore, graph: GeneGraph):
    put(store, graph)
    put(store, graph, settings={"heads": 2})
    put(store, graph, protocol="one-new")
    found = tables(collect(store, store.summaries()))
    assert sorted((table.protocol, len(table.rows)) for table in found) == [("one-new", 2), ("pairs", 3)]
    pairs = next(table for table in found if table.protocol == "pairs")
    assert {each.model for each in pairs.rows} == {"gat", "gat (heads=2)", "max degree"}


def test_confidence_within_sources_is_the_mean_over_kinds_of_evidence(store: RunStore, graph: GeneGraph):
    kinds = {"all": 0.8, "Daisy": 0.1, "GenomeRNAi": 0.5}
    metrics = pd.DataFrame(
        [("network", "test", kind, "spearman", value) for kind, value in kinds.items()],
        columns=["model", "part", "negative_kind", "metric", "value"],
    )
    put(store, graph, task="confidence", metrics=metrics)
    cells = row(only_table(store), "gat").cells
    assert cells["all", "spearman"].mean == pytest.approx(0.8)
    assert cells[WITHIN, "spearman"].mean == pytest.approx(0.3)


def test_a_formula_that_was_trained_as_a_run_is_one_row_with_the_baseline_that_it_is(store: RunStore, graph: GeneGraph):
    put(store, graph)
    put(store, graph, network="max_degree")
    names = [each.model for each in only_table(store).rows]
    assert sorted(names) == ["gat", "max degree"]
    assert not row(only_table(store), "max degree").is_network


def test_figures_of_single_classes_are_left_to_the_page_of_a_run(store: RunStore, graph: GeneGraph):
    metrics = pd.DataFrame(
        [
            ("network", "test", "genes", "macro_f1", 0.5),
            ("network", "test", "class A", "recall", 0.4),
            ("network", "test", "class B", "recall", 0.6),
        ],
        columns=["model", "part", "negative_kind", "metric", "value"],
    )
    put(store, graph, task="classify", metrics=metrics)
    assert list(row(only_table(store), "gat").cells) == [("genes", "macro_f1")]


def test_the_markdown_marks_the_best_and_says_over_what(store: RunStore, graph: GeneGraph):
    for fold in (0, 1):
        put(store, graph, fold=fold, auc=0.9 + fold / 100)
    said = as_markdown(only_table(store))
    assert "### link · pairs · 2 folds" in said
    assert "| `gat`, both | **0.905 ± 0.007** | all |" in said
    assert "| max degree | 0.805 ± 0.007 | all |" in said
    assert "mean ± standard deviation over 2 folds" in said


def test_no_finished_run_gives_no_table(store: RunStore):
    assert tables(collect(store, store.summaries())) == []


def test_a_run_whose_manifest_is_damaged_is_told(store: RunStore, graph: GeneGraph):
    finish(store, tiny_run(graph))
    summaries = store.summaries()
    (summaries[0].folder / "manifest.json").write_text("{}")
    collected = collect(store, summaries)
    assert "is left out: its split cannot be read" in collected.notes[0]
    assert tables(collected) == []
    assert "is left out: manifest.json" in collect(store, store.summaries()).notes[0], (
        "nor one that is known as damaged"
    )


def test_faithfulness_is_a_column_once_it_was_measured(store: RunStore, graph: GeneGraph) -> None:
    run_id, other = put(store, graph), put(store, graph, network="gatv2")
    assert ("attention", "faithfulness") not in only_table(store).columns
    change = np.array([0.5, 0.5, 0.1])
    random = np.array([[0.1, 0.2], [0.5, 0.9], [0.2, 0.3]])  # beaten twice, once half of a tie, never
    store.artifacts(run_id).save_faithfulness(
        PairFaithfulness(np.array([[0, 1], [2, 3], [4, 5]]), np.array([3, 3, 3]), {"attention": change}, random)
    )
    table = only_table(store)
    assert table.columns[-1] == ("attention", "faithfulness")
    cells = {row.run_ids[0]: row.cells.get(table.columns[-1]) for row in table.rows if row.is_network}
    assert cells[run_id].mean == pytest.approx(2.5 / 6)
    assert cells[other] is None
    assert "Faithfulness, attention ↑" in as_text(table)


def test_features_given_back_say_the_width_also_where_it_is_the_usual_one(graph: GeneGraph):
    usual = tiny_spec(graph, task="reconstruct")
    assert model_of(usual).startswith(f"{usual.network.name} (width={usual.network.embedding_width}")
    other = dataclasses.replace(usual, network=dataclasses.replace(usual.network, width=12))
    assert model_of(other).count("width=12") == 1
    assert "width" not in model_of(tiny_spec(graph))
