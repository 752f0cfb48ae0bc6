"""Questions: every protocol asks one, and where a model stands is told with its losses, against independent numbers."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from builders import tiny_run, tiny_spec
from planted_screens import planted_graph
from run_folders import CHECKOUT
from scipy.stats import ttest_1samp
from sklearn.metrics import roc_auc_score

from slviz.datasets import GeneGraph
from slviz.datasets.sources import open_dataset
from slviz.networks import NETWORKS
from slviz.results import collect, tables
from slviz.results.intervals import bootstrap_of
from slviz.results.questions import FURTHER, QUESTIONS, question_of
from slviz.results.questions_text import questions_as_markdown, questions_as_text
from slviz.results.standings import NOBODY, Standing, decimals, standings
from slviz.runs import Run
from slviz.runs.store import RunStore
from slviz.splits import SPLITS
from slviz.tasks import TASKS
from slviz.training import train


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    return RunStore(tmp_path / "models")


def put(store: RunStore, run: Run, values: dict[tuple[str, str, str], float], **changes: object) -> str:
    """A finished run with these metrics by (row, against, metric), its spec changed."""
    rows = [
        {"model": scorer, "part": "test", "negative_kind": negative_kind, "metric": metric, "value": value}
        for (scorer, negative_kind, metric), value in values.items()
    ]
    run = dataclasses.replace(run, spec=dataclasses.replace(run.spec, **changes), metrics=pd.DataFrame(rows))
    with store.writing(run.spec) as writer:
        writer.begin(run.predictions)
        writer.finish(run)
    return run.run_id


def stand(store: RunStore, key: str, **more: object) -> Standing:
    collected = collect(store, store.summaries())
    found = standings(collected, tables(collected), **more)  # type: ignore[arg-type]
    return next(each for each in found if each.question.key == key)


@pytest.mark.parametrize(
    ("task", "protocol"),
    [
        (task, name)
        for task in TASKS
        for name, split in SPLITS.items()
        if (task != "screen" or name == "screen") and (split.holds_out_pairs or task == "classify")
    ],
)
def test_every_run_answers_a_question(task: str, protocol: str) -> None:
    question = question_of(task, f"{protocol} (ratio=5)")
    assert question.title
    assert question.asks.endswith("?")
    assert question.measures
    assert question in (*QUESTIONS, *FURTHER), "the one table of questions names every protocol of today"


def test_a_protocol_that_nobody_entered_asks_what_its_own_words_say() -> None:
    assert question_of("link", "lunar").title == "lunar"


def test_a_loss_on_another_metric_is_told_beside_the_gain(store: RunStore, graph: GeneGraph) -> None:
    put(
        store,
        tiny_run(graph),
        {
            ("network", "degree-matched", "auc"): 0.958,
            ("SVD", "degree-matched", "auc"): 0.784,
            ("L3", "degree-matched", "auc"): 0.7,
            ("network", "all-unknown", "ap"): 0.252,
            ("L3", "all-unknown", "ap"): 0.545,
        },
    )
    standing = stand(store, "complete")
    assert standing.model == "gat, both"
    assert standing.headline is not None
    assert (standing.headline.baseline, standing.headline.gain) == ("SVD", pytest.approx(0.174))
    assert not standing.is_ahead_everywhere
    assert "Ahead of every baseline: ROC AUC against degree-matched negatives 0.958, SVD 0.784" in standing.sentence
    assert "Behind on Average precision among all unknown pairs 0.252, L3 0.545" in standing.sentence


def test_the_interval_over_folds_is_that_of_a_paired_t_test(store: RunStore, graph: GeneGraph) -> None:
    own, others = [0.90, 0.91, 0.95, 0.93], [0.89, 0.92, 0.90, 0.91]
    for fold, (model, baseline) in enumerate(zip(own, others, strict=True)):
        values = {("network", "random", "auc"): model, ("L3", "random", "auc"): baseline}
        put(store, tiny_run(graph), values, split=SPLITS.make("pairs", fold=fold))
    headline = stand(store, "complete").headline
    assert headline is not None
    expected = ttest_1samp(np.subtract(own, others), 0).confidence_interval(0.95)
    np.testing.assert_allclose(headline.interval, [expected.low, expected.high])
    assert not headline.is_clear
    assert stand(store, "complete").sentence.startswith("Not told apart from L3")


def test_lower_is_better_where_it_is(store: RunStore, graph: GeneGraph) -> None:
    values = {("network", "all", "rmse"): 0.12, ("mean", "all", "rmse"): 0.16, ("gene mean", "all", "rmse"): 0.11}
    put(store, tiny_run(graph, task="confidence"), values)
    headline = stand(store, "confidence").headline
    assert headline is not None
    assert (headline.baseline, headline.gain) == ("gene mean", pytest.approx(-0.01))
    assert headline.is_behind


def test_the_coursework_is_never_the_best_model(store: RunStore, graph: GeneGraph) -> None:
    run = tiny_run(graph)
    for network, auc in (("coursework_gat", 0.99), ("gcn", 0.8)):
        values = {("network", "random", "auc"): auc, ("L3", "random", "auc"): 0.7}
        put(store, run, values, network=NETWORKS.make(network))
    assert stand(store, "complete").model == "gcn, both"


def test_nobody_was_evaluated_where_nobody_was(store: RunStore, graph: GeneGraph) -> None:
    put(store, tiny_run(graph), {("network", "random", "auc"): 0.9, ("L3", "random", "auc"): 0.7})
    collected = collect(store, store.summaries())
    found = standings(collected, tables(collected))
    assert [each.question.key for each in found] == [each.key for each in QUESTIONS], "no further question was asked"
    assert [bool(each.model) for each in found] == [True, False, False, False, False]
    text = questions_as_text(found, graph=graph, source="demo")
    assert f"  {NOBODY}\n  python -m slviz train --data demo --split one-new" in text
    assert "has no screens of tested pairs" in text
    assert questions_as_markdown(found).count("\n- **") == len(QUESTIONS)


def test_genes_are_drawn_anew_where_there_is_one_split(store: RunStore) -> None:
    """An experiment and the database: the interval holds the difference, and no bootstrap is without its run."""
    graph = planted_graph()
    made = {}
    for task, network, split in (("screen", "bench", "screen"), ("link", "gat", "pairs")):
        spec = dataclasses.replace(tiny_spec(graph), task=TASKS.make(task), network=NETWORKS.make(network))
        spec = dataclasses.replace(spec, split=SPLITS.make(split)).canonical(graph)
        run = train(graph, spec, spec.split.divide(graph), device="cpu") if task == "screen" else tiny_run(graph)
        with store.writing(run.spec) as writer:
            writer.begin(run.spec.split.divide(graph).to_frame(graph.genes) if task == "screen" else run.predictions)
            writer.finish(run)
        made[task] = run
    bootstrap = bootstrap_of(store, graph)
    experiment = stand(store, "experiment", bootstrap=bootstrap)
    assert experiment.model == "bench"
    headline = experiment.headline
    assert headline is not None
    assert "earlier screens" not in experiment.model
    assert headline.drawn == "genes drawn anew"
    low, high = headline.interval or (np.nan, np.nan)
    assert low < headline.gain < high
    run = made["link"]
    test = run.predictions.query("part == 'test'")
    own, other = (roc_auc_score(test["actual"], test[name]) for name in ("prediction", "max degree"))
    ends = bootstrap((run.run_id,), ("random", "auc"), "max degree")
    assert ends is not None
    assert ends[0] < own - other < ends[1]
    assert bootstrap((run.run_id,), ("random", "auc"), "no such baseline") is None
    assert bootstrap(("gone-00000000",), ("random", "auc"), "max degree") is None


@pytest.mark.parametrize(("value", "said"), [(0.7841, "0.784"), (-0.1, "−0.100"), (1.25, "1.250"), (0, "0.000")])
def test_decimals(value: float, said: str) -> None:
    assert decimals(value) == said


def test_a_gain_of_classes_or_features_of_genes_has_its_interval():
    store = RunStore(CHECKOUT / "models")
    graph = open_dataset("digits")
    bootstrap = bootstrap_of(store, graph)
    of_task = {
        (summary.spec.task.name, summary.spec.network.embedding_width): summary.run_id
        for summary in store.summaries()
        if summary.spec is not None and summary.spec.data_name == "digits"
    }
    classifier = next(run_id for (task, _), run_id in of_task.items() if task == "classify")
    low, high = bootstrap([classifier], ("genes", "macro_f1"), "logistic regression")
    assert low < 0 < high
    assert bootstrap([classifier], ("genes", "macro_f1"), "most frequent class")[0] > 0.9
    low, high = bootstrap([of_task["reconstruct", 32]], ("genes", "rmse"), "PCA (32 wide)")
    assert 0 < low < high < 0.06
    assert bootstrap([of_task["reconstruct", 2]], ("genes", "rmse"), "PCA (32 wide)") is None
    assert bootstrap([classifier, classifier], ("genes", "macro_f1"), "logistic regression") is None
