"""Noise through a network: no gene hears it, its inputs are random, and classes have their shares."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from builders import tiny_graph, tiny_spec
from run_folders import CHECKOUT

from slviz.cli import main
from slviz.datasets.sources import open_dataset
from slviz.errors import DamagedRun, InvalidSetting
from slviz.optimisers import Adam
from slviz.outliers import scores_of
from slviz.pipeline.noise import groups_of_run, share_of
from slviz.runs.store import RunStore
from slviz.splits import PairSplit
from slviz.training import train
from slviz.training.controls import untrained_embedding
from slviz.training.noise import embedded_noise, refuse_noise


@pytest.mark.parametrize(("network", "task"), [("gat", "link"), ("gcn", "classify"), ("coursework_gat", "reconstruct")])
def test_genes_stay_as_they_are_beside_noise(network: str, task: str) -> None:
    graph = tiny_graph()
    spec = dataclasses.replace(tiny_spec(graph, task=task, network=network), optimiser=Adam(epochs=2))
    split = spec.split.divide(graph)
    run = train(graph, spec, split, device="cpu")
    assert run.weights is not None
    like = np.arange(5, 25)
    noise = embedded_noise(graph, run, split, weights=run.weights, like=like, count=30, seed=2)
    assert noise.trained.shape == noise.untrained.shape == (30, run.embedding.shape[1])
    np.testing.assert_allclose(noise.control, untrained_embedding(graph, spec, split), atol=1e-6)
    assert noise.has_shares == (task == "classify")
    if noise.has_shares:
        assert ((noise.trained_share > 1 / 3) & (noise.trained_share <= 1)).all()
    again = embedded_noise(graph, run, split, weights=run.weights, like=like, count=30, seed=2)
    assert np.array_equal(again.trained, noise.trained)
    assert np.unique(noise.trained, axis=0).shape[0] > 20
    other = embedded_noise(graph, run, split, weights=run.weights, like=like, count=30, kind="matched", seed=2)
    assert not np.allclose(other.trained, noise.trained)
    spoilt = {name: value + 1 for name, value in run.weights.items()}
    with pytest.raises(DamagedRun, match="do not give its embedding"):
        embedded_noise(graph, run, split, weights=spoilt, like=like, count=30)


@pytest.mark.parametrize(("network", "words"), [("multiview", "hears of interactions"), ("svd", "is no network")])
def test_what_noise_cannot_go_through_is_said(network: str, words: str) -> None:
    run = dataclasses.replace(_fake(), spec=tiny_spec(tiny_graph(), network=network))
    with pytest.raises(InvalidSetting, match=words):
        refuse_noise(run)


def _fake():
    from builders import tiny_run

    return tiny_run(tiny_graph())


def test_the_command_keeps_noise_and_prints_every_measure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SLVIZ_MODELS", str(tmp_path / "models"))
    words = ["--data", "demo", "--task", "classify", "--network", "mlp", "--no-projections", "epochs=2", "width=8"]
    assert main(["train", *words]) == 0
    store = RunStore.default()
    run_id = store.run_ids()[0]
    capsys.readouterr()
    monkeypatch.setattr("slviz.pipeline.noise.MAPPED_UP_TO", 0)
    assert main(["outliers", run_id, "--noise", "matched", "--top", "2"]) == 0
    told = capsys.readouterr().out
    assert "250 matched noise things" in told
    for name in ("nearest", "forest", "mahalanobis", "softmax"):
        assert f"\n{name}\t0." in told
    kept = store.artifacts(run_id).open_noise("matched")
    assert kept is not None
    assert kept.count == 250
    assert store.artifacts(run_id).open_noise("permuted") is None
    assert store.check(run_id) == []
    assert main(["outliers", run_id, "--noise", "loud"]) == 1
    assert "No noise is called 'loud'" in capsys.readouterr().err
    path = store.artifacts(run_id).noise_artifact("matched").path
    path.replace(path.with_name("noise-permuted.safetensors"))
    with pytest.raises(DamagedRun, match="belongs to matched noise"):
        store.artifacts(run_id).open_noise("permuted")


def test_the_softmax_of_a_trained_classifier_tells_noise_and_that_of_random_weights_does_not() -> None:
    store, graph = RunStore(CHECKOUT / "models"), open_dataset("digits")
    run = store.open(next(name for name in store.run_ids() if name.startswith("conv_classifier")))
    split = PairSplit.from_frame(store.open_split(run.run_id), graph.genes)
    groups = groups_of_run(run, graph, split)
    weights = store.open_weights(run.run_id)
    noise = embedded_noise(graph, run, split, weights=weights, like=groups.compared, count=200)
    measures = ("nearest", "softmax")
    trained = scores_of(
        run.embedding,
        groups,
        noise=noise.trained,
        share=share_of(run, graph),
        noise_share=noise.trained_share,
        measures=measures,
    )
    untrained = scores_of(
        noise.control,
        groups,
        noise=noise.untrained,
        share=noise.control_share,
        noise_share=noise.untrained_share,
        measures=measures,
    )
    assert trained["nearest"].telling().auc > 0.85
    assert trained["softmax"].telling().auc > 0.85
    assert untrained["softmax"].telling().auc < 0.65  # the network with random weights
    assert untrained["nearest"].telling().auc > 0.85  # whose distances tell it all the same: no proof of learning
