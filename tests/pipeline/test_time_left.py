"""A long evaluation and the wait for a place say how far they are; what is not ranked is not measured."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path

import pandas as pd
import pytest
from builders import tiny_spec

from slviz.datasets import GeneGraph
from slviz.errors import RunCancelled
from slviz.pipeline import slots
from slviz.pipeline.evaluation_progress import EvaluationProgress
from slviz.pipeline.time_left import evaluation_words, seconds_left_of, wait_words
from slviz.pipeline.voice import Voice
from slviz.runs.folder import EVALUATING
from slviz.runs.store import RunStore
from slviz.training import train
from slviz.training.steps import EvaluationStep


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    return RunStore(tmp_path / "models")


def quick(graph: GeneGraph, network: str, **task):
    spec = tiny_spec(graph, task="link", network=network)
    optimiser = spec.optimiser.replace(epochs=3)
    return dataclasses.replace(spec, optimiser=optimiser, task=spec.task.replace(**task)).canonical(graph)


@pytest.mark.parametrize("network", ["gat", "boosted_trees"])
def test_an_evaluation_tells_its_share_up_to_the_end_and_can_be_ended(graph: GeneGraph, network: str):
    spec = quick(graph, network)
    split = spec.split.divide(graph)
    steps: list[EvaluationStep] = []
    train(graph, spec, split, device="cpu", on_evaluation=steps.append)
    shares = [step.share for step in steps]
    assert shares == sorted(shares)
    assert len(shares) > 5
    assert shares[-1] == pytest.approx(1, abs=1e-6)
    assert all(step.seconds_left >= 0 for step in steps)

    def stop(step: EvaluationStep) -> None:
        raise RunCancelled("enough")

    with pytest.raises(RunCancelled, match="enough"):
        train(graph, spec, split, device="cpu", on_evaluation=stop)


@pytest.mark.parametrize("network", ["gat", "l3"])
def test_without_the_ranking_nothing_is_ranked_and_all_else_is_measured_alike(graph: GeneGraph, network: str):
    whole, short = quick(graph, network), quick(graph, network, rank_unknown=False)
    assert "rank_unknown" not in whole.task.to_json()
    assert short.hash != whole.hash
    split = whole.split.divide(graph)
    steps: list[EvaluationStep] = []
    ranked, unranked = (train(graph, spec, split, device="cpu", on_evaluation=steps.append) for spec in (whole, short))
    rankings = ranked.metrics["negative_kind"].isin(["all-unknown", "per-gene"])
    assert rankings.any()
    pd.testing.assert_frame_equal(ranked.metrics[~rankings].reset_index(drop=True), unranked.metrics)


def test_where_an_evaluation_stands_is_left_for_others_and_gone_when_it_is_finished(
    store: RunStore, graph: GeneGraph, monkeypatch: pytest.MonkeyPatch
):
    said: list[str] = []
    spec = quick(graph, "gat")
    with store.writing(spec) as writer:
        progress = EvaluationProgress(writer, Voice(tell=said.append))
        progress(EvaluationStep(0.4, 130.0))
        found = store.evaluation(spec.run_id)
        assert (found.share, found.seconds_left) == (0.4, 130.0)
        assert seconds_left_of(store, store.summary(spec.run_id)) == 130
        assert wait_words(store) == (
            "Waiting for a place to train in: 1 other run is in training; the first is done in about 2 min 10 s."
        )
        assert not said  # a terminal is told every fifteen seconds
        monkeypatch.setattr("slviz.pipeline.evaluation_progress.TOLD_EVERY_SECONDS", 0)
        progress(EvaluationStep(0.5, float("nan")))
        assert said == ["Ranking all unknown pairs: 50 % done"]
        (writer.folder / EVALUATING).write_text("[")
        assert store.evaluation(spec.run_id) is None
        store.cancel(spec.run_id)
        with pytest.raises(RunCancelled):
            writer.note_evaluation(0.6, math.nan)
        (writer.folder / "cancel").unlink()
        writer.begin(spec.split.divide(graph).to_frame(graph.genes))
        writer.finish(train(graph, spec, spec.split.divide(graph), device="cpu"))
        assert not (writer.folder / EVALUATING).exists()
    assert wait_words(store) == "Waiting for a place to train in."
    assert evaluation_words(0.123, 59.6) == "Ranking all unknown pairs: 12 % done, about 1 min 0 s left"
    assert evaluation_words(0.001, 8400.0) == "Ranking all unknown pairs: 0 % done"


def test_a_run_that_waits_is_told_for_how_long(store: RunStore, graph: GeneGraph, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SLVIZ_SLOTS", "1")
    first, second = quick(graph, "gat"), quick(graph, "l3")
    said: list[str] = []

    def cancel_the_second(seconds: float) -> None:
        store.cancel(second.run_id)

    monkeypatch.setattr(slots.time, "sleep", cancel_the_second)
    with (
        store.writing(first) as busy,
        slots.slot(busy, store),
        store.writing(second) as writer,
        pytest.raises(RunCancelled),
        slots.slot(writer, store, voice=Voice(said.append)),
    ):
        pytest.fail("there was no free place")
    assert said == ["Waiting for a place to train in: 1 other run is in training."]
