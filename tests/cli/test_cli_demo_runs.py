from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from builders import tiny_graph
from run_folders import environment

from slviz.cli import demo_runs, main
from slviz.datasets.sources import open_dataset
from slviz.runs.store import RunStore


@pytest.mark.slow
def test_one_command_makes_the_shipped_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """On a tiny graph, with few epochs and without maps; the real ones take minutes."""
    for name, value in environment(tmp_path / "elsewhere").items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(demo_runs, "SHIPPED", tmp_path / "shipped")
    digits = open_dataset("digits")
    few = dataclasses.replace(
        digits,
        genes=digits.genes[:60],
        features={"pixels": digits.features["pixels"][:60].copy()},
        classes={"label": digits.classes["label"][:60].copy()},
        fingerprint="",
    )
    monkeypatch.setattr(demo_runs, "open_dataset", {"demo": tiny_graph(), "digits": few}.__getitem__)
    monkeypatch.setattr(demo_runs, "DIGIT_RUNS", (("reconstruct", "width=2", "epochs=1", "filters=2"),))
    short, whole = demo_runs.demo_spec, demo_runs.train_run
    monkeypatch.setattr(demo_runs, "train_run", lambda *given, **named: whole(*given, **named, maps=False))

    def quick_spec(graph, choices):
        spec = short(graph, choices)
        return dataclasses.replace(spec, optimiser=spec.optimiser.replace(epochs=2))

    monkeypatch.setattr(demo_runs, "demo_spec", quick_spec)
    assert main(["demo-runs"]) == 0
    store = RunStore(tmp_path / "shipped")
    made = {each.run_id.rsplit("-", 1)[0]: each for each in store.summaries()}
    of_demo = {"gat-both-link", "gat-both-confidence", "gat-ppi-reconstruct", "multiview-both-link"}
    assert set(made) == of_demo | {"conv_autoencoder-pixels-reconstruct"}
    assert {each.state for each in made.values()} == {"finished"}
    assert not (tmp_path / "elsewhere").exists(), "SLVIZ_MODELS does not lead them astray"
    before = {each.run_id: each.folder.stat().st_ino for each in made.values()}
    assert main(["demo-runs"]) == 0
    assert {each.run_id: each.folder.stat().st_ino for each in store.summaries()} == before
    assert main(["demo-runs", "--again"]) == 0
    assert {each.state for each in store.summaries()} == {"finished"}
