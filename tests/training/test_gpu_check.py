"""The check of a graphics card in small: the processor stands on both sides."""

from __future__ import annotations

import dataclasses
import importlib
from pathlib import Path

import numpy as np
import pytest

CHECKOUT = Path(__file__).resolve().parents[2]


@pytest.fixture
def gpu_check(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.syspath_prepend(str(CHECKOUT / "benchmarks"))
    return importlib.import_module("gpu_check")


@pytest.mark.slow
def test_the_processor_agrees_with_itself_to_the_bit(gpu_check, graph, capsys: pytest.CaptureFixture[str]) -> None:
    comparison = gpu_check.compare(graph, "mlp", "cpu", 21)
    assert (comparison.loss, comparison.metric, comparison.resumed) == (0, 0, 0)
    assert comparison.agrees
    assert all(seconds > 0 for seconds in comparison.epoch_seconds)
    for field in ("loss", "metric", "resumed"):
        for value in (1.0, float("nan")):
            assert not dataclasses.replace(comparison, **{field: value}).agrees
    gpu_check.report(graph, [comparison], 21, gpu_check.copied_bytes_a_second("cpu"))
    assert "| mlp | 0.0e+00 | 0.0000 | 0.0e+00 |" in capsys.readouterr().out


def test_differences_are_found_and_a_machine_without_a_card_is_told(
    gpu_check, graph, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = gpu_check.spec_of(graph, "mlp", 6)
    run = gpu_check.train(graph, spec, spec.split.divide(graph), device="cpu")
    metrics = run.metrics.copy()
    metrics["value"] += np.where(metrics["metric"] == "auc", 0.25, 0.0)
    assert gpu_check.metric_difference(run, dataclasses.replace(run, metrics=metrics)) == pytest.approx(0.25)
    assert np.isnan(gpu_check.metric_difference(run, dataclasses.replace(run, metrics=metrics.iloc[:0])))
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    assert gpu_check.main([]) == 0
    assert capsys.readouterr().out.startswith("Skipped: torch finds no CUDA device")


@pytest.mark.slow
def test_losses_are_compared_without_dropout_and_a_wrong_one_is_seen(gpu_check, graph, monkeypatch) -> None:
    trained = []

    def wrong_on_the_device(graph, spec, split, *, device: str):
        trained.append(spec.network.dropout)
        run = train(graph, spec, split, device="cpu")
        history = run.history.copy()
        history.loc[2, "train_loss"] += 0.5 * (device == "cuda")
        return dataclasses.replace(run, history=history)

    train = gpu_check.train
    monkeypatch.setattr(gpu_check, "train", wrong_on_the_device)
    assert gpu_check.early_difference(graph, "mlp", "cpu") == 0.0
    assert gpu_check.early_difference(graph, "mlp", "cuda") > 0.1
    assert trained == [0.0] * 4
