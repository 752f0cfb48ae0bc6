"""`coursework`: the settings are those of the coursework, and what they reach is what can be reached."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from builders import tiny_graph, tiny_spec

from slviz.cli import main
from slviz.cli.coursework import EXPERIMENTS, coursework_specs, what_it_reached
from slviz.datasets.cache import load_folder
from slviz.datasets.sources import open_dataset
from slviz.errors import InvalidSetting
from slviz.optimisers import Adam
from slviz.runs.store import RunStore
from slviz.scorers import PairDecoder
from slviz.tasks import Confidence
from slviz.training import train
from slviz.training.gene_problem import GeneProblem
from slviz.training.pair_problem import PairProblem


def specs_of(graph, name, **how):
    return coursework_specs(graph, source=graph.name, experiments=[name], **how)


def test_the_settings_are_those_of_the_coursework():
    graph = open_dataset("demo")
    for name, task, features in (
        ("confidence", "confidence", "none"),
        ("autoencoder", "reconstruct", "none"),
        ("joint", "reconstruct", "joint"),
    ):
        for spec in specs_of(graph, name):
            adam = spec.optimiser
            assert (spec.task.name, spec.features.name, spec.network.layers) == (task, features, 1)
            assert (adam.learning_rate, adam.weight_decay, adam.schedule, adam.keep) == (0.01, 0.0, "constant", "last")
            assert {adam.rate(epoch) for epoch in (1, 40, 80)} == {0.01}
    first = [(each.network.width, each.network.heads, each.optimiser.epochs) for each in specs_of(graph, "autoencoder")]
    assert first[:3] == [(2, 1, 150), (2, 1, 100), (2, 1, 80)]
    assert {each[:2] for each in first} == {(2, 1), (2, 2), (32, 1), (32, 2)}
    joint = [(each.network.width, each.network.heads) for each in specs_of(graph, "joint")]
    assert set(joint) == {(2, 1), (2, 2), (32, 1), (32, 2)}
    assert {each.network.name for each in specs_of(graph, "joint")} == {"coursework_multihead"}
    assert all(each.optimiser.epochs == 200 and each.task.readout == "mean" for each in specs_of(graph, "confidence"))


def test_the_autoencoder_is_one_attention_layer_each_way_over_the_features_as_they_are(graph):
    import torch

    for name, columns in (("autoencoder", 1), ("joint", 17)):
        spec = specs_of(graph, name)[-1]
        problem = GeneProblem(graph, spec, spec.split.divide(graph), network=spec.network, device=torch.device("cpu"))
        matrix = spec.features.matrix(graph)
        assert matrix.shape == (len(graph), columns)
        assert (matrix[:, 0] == 1).all()
        assert np.array_equal(problem.features.numpy(), matrix)
        assert np.array_equal(problem.target.numpy(), matrix)
        kinds = [type(each).__name__ for each in problem.model.modules()]
        assert kinds.count("GATConv") == 2 * (spec.network.heads if name == "joint" else 1)
        assert kinds.count("ReLU") == (2 if name == "joint" else 0)
        assert "LayerNorm" not in kinds
        assert "Embedding" not in kinds


def test_a_pairs_number_is_the_mean_of_its_genes_outputs_with_and_without_torch(graph):
    import torch

    spec = tiny_spec(graph, task="confidence", features="ppi", network="coursework_gat")
    spec = dataclasses.replace(spec, task=Confidence(readout="mean"), network=spec.network.replace(width=3))
    problem = PairProblem(graph, spec, spec.split.divide(graph), network=spec.network, device=torch.device("cpu"))
    embedding, pairs = torch.randn(len(graph), 3), torch.as_tensor(graph.pairs.copy())
    raw = problem.model.decoder(embedding, pairs)
    expected = embedding.numpy()[graph.pairs].mean(axis=(1, 2))
    assert raw.numpy() == pytest.approx(expected, abs=1e-6)
    arrays = problem.model.decoder.arrays((-9.0, 9.0))
    assert PairDecoder(arrays).score(embedding.numpy(), graph.pairs) == pytest.approx(expected, abs=1e-6)
    assert sum(each.numel() for each in problem.model.decoder.parameters()) == 0


def test_over_a_constant_every_gene_gets_the_same_number_and_the_mean_is_not_beaten(graph):
    spec = specs_of(graph, "confidence")[0]
    run = train(graph, spec, spec.split.divide(graph), device="cpu")
    assert np.ptp(run.embedding) < 1e-4
    assert np.ptp(run.predictions["prediction"]) < 1e-4
    spread = float(run.predictions.query("part == 'test'")["actual"].std(ddof=0))
    assert run.metric("rmse", negative_kind="all") >= spread  # no one number comes below the standard deviation


def test_the_last_epoch_is_kept_when_asked_for_and_names_of_older_runs_still_hold(graph):
    spec = tiny_spec(graph)
    assert not {"schedule", "keep"} & spec.optimiser.to_json().keys()
    assert "readout" not in Confidence().to_json()
    adam = Adam(epochs=30, learning_rate=0.1, schedule="constant")
    kept = {}
    for keep in ("best", "last"):
        run_spec = dataclasses.replace(spec, optimiser=adam.replace(keep=keep))
        run = train(graph, run_spec, run_spec.split.divide(graph), device="cpu")
        kept[keep] = run.history["ap"], run
    best, last = (run for _, run in kept.values())
    assert np.argmax(kept["best"][0]) != 29  # else both would be the same epoch
    assert not np.array_equal(best.embedding, last.embedding)


def test_one_command_trains_them_and_says_what_they_reach(tmp_path: Path, monkeypatch, capsys):
    monkeypatch.setenv("SLVIZ_MODELS", str(tmp_path / "models"))
    small = {"confidence": (EXPERIMENTS["confidence"][0],)}
    monkeypatch.setattr("slviz.cli.coursework.EXPERIMENTS", small)
    command = ["coursework", "--data", "demo", "--experiment", "confidence", "--device", "cpu", "--no-projections"]
    assert main(command) == 0
    said = capsys.readouterr().out
    assert "train --data demo --task confidence --network coursework_gat --features none" in said
    assert "readout=mean" in said
    assert "Published" in said
    assert len(RunStore.default().summaries()) >= 1
    typed = next(line for line in said.splitlines() if line.startswith("python -m slviz"))
    assert main([*typed.split()[3:], "--no-projections"]) == 0
    assert "is finished already" in capsys.readouterr().out


def test_features_that_are_not_there_are_refused_before_any_work(tmp_path: Path, monkeypatch):
    bare = tiny_graph(features={})
    with pytest.raises(InvalidSetting, match="'joint' needs the feature 'ppi'"):
        coursework_specs(bare, source="tiny", experiments=["autoencoder", "joint"])


@pytest.mark.real
@pytest.mark.slow
def test_the_coursework_on_the_real_data_reaches_the_mean_and_no_more(real_folder: Path):
    """Published: RMSE 0.1636, MAE 0.1506. The mean: 0.1588 and 0.1427 on this fold."""
    graph, _ = load_folder(real_folder)
    spec = specs_of(graph, "confidence")[0]
    run = train(graph, spec, spec.split.divide(graph), device="cpu")
    rmse, mean = (run.metric("rmse", negative_kind="all", model=scorer) for scorer in ("network", "mean"))
    assert mean == pytest.approx(0.1588, abs=2e-4)
    assert rmse == pytest.approx(mean, abs=5e-4)
    assert run.metric("mae", negative_kind="all") == pytest.approx(0.1427, abs=1e-3)
    centre, spread = float(graph.score.mean()), float(graph.score.std())
    for constant in (centre - (0.1636**2 - spread**2) ** 0.5, centre + (0.1636**2 - spread**2) ** 0.5):
        assert np.sqrt(np.mean((graph.score - constant) ** 2)) == pytest.approx(0.1636, abs=1e-6)
        assert abs(np.abs(graph.score - constant).mean() - 0.1506) > 0.004  # so the published pair is of no constant
    told = what_it_reached(run)
    assert float(told["genes with company within 1e-7"].rstrip("%")) > 95
