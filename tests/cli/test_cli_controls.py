"""`controls`: made once, kept beside the run, and told in a sentence where they cannot be had."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from run_folders import write_data_folder

from slviz.cli import main
from slviz.datasets import GeneGraph
from slviz.projections import PCA
from slviz.runs.artifacts.controls import SHUFFLED, UNTRAINED
from slviz.runs.store import RunStore


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory, graph: GeneGraph) -> RunStore:
    """A models folder with one small run."""
    place = tmp_path_factory.mktemp("controls")
    folder = write_data_folder(place / "tiny", dataclasses.replace(graph, terms=None))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SLVIZ_MODELS", str(place / "models"))
        assert main(["train", "--data", str(folder), "--network", "gcn", "--no-projections", "epochs=3"]) == 0
    return RunStore(place / "models")


@pytest.fixture
def store(trained: RunStore, monkeypatch: pytest.MonkeyPatch) -> RunStore:
    monkeypatch.setenv("SLVIZ_MODELS", str(trained.root))
    return trained


def test_controls_and_their_maps_are_made_once(store: RunStore, capsys: pytest.CaptureFixture[str]) -> None:
    run_id = store.run_ids()[0]
    assert store.artifacts(run_id).open_control(UNTRAINED) is None
    words = ["controls", run_id, "--of", "features", "--of", UNTRAINED, "--of", SHUFFLED, "--method", "pca"]
    assert main(words) == 0
    told = capsys.readouterr().out
    assert "untrained: 40 genes" in told
    untrained, mixed = (store.artifacts(run_id).open_control(kind) for kind in (UNTRAINED, SHUFFLED))
    assert untrained is not None
    assert mixed is not None
    run = store.open(run_id)
    assert untrained.embedding.shape == mixed.embedding.shape == run.embedding.shape
    assert not np.allclose(untrained.embedding, run.embedding)
    assert not np.allclose(mixed.embedding, run.embedding)
    assert len(untrained.metrics) == 0
    assert set(mixed.metrics["metric"]) >= {"auc"}
    for kind in ("features", UNTRAINED, SHUFFLED):
        assert store.artifacts(run_id).maps(of=kind) == [(PCA(), 0)]
    assert store.check(run_id) == []
    written = {path: path.stat().st_mtime_ns for path in Path(store.folder(run_id)).rglob("*.safetensors")}
    assert main(words) == 0
    assert {path: path.stat().st_mtime_ns for path in written} == written


def test_a_damaged_control_is_named_and_made_again(store: RunStore) -> None:
    run_id = store.run_ids()[0]
    assert main(["controls", run_id, "--of", UNTRAINED]) == 0
    path = store.artifacts(run_id).control_artifact(UNTRAINED).path
    before = store.artifacts(run_id).open_control(UNTRAINED)
    path.write_bytes(path.read_bytes()[:-5])
    assert any("embedding.safetensors" in each for each in store.check(run_id))
    assert main(["controls", run_id, "--of", UNTRAINED]) == 0
    again = store.artifacts(run_id).open_control(UNTRAINED)
    assert before is not None
    assert again is not None
    assert np.array_equal(before.embedding, again.embedding)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--of", "untraned"], "Did you mean 'untrained'"),
        (["--method", "umpa"], "Did you mean 'umap'"),
        (["perplexity=4"], "say which with --method"),
        (["--method", "pca", "--seed", "-1"], "seed=-1 is outside"),
    ],
)
def test_what_cannot_be_had_is_a_sentence(
    words: list[str], said: str, store: RunStore, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["controls", store.run_ids()[0], *words]) == 1
    assert said in capsys.readouterr().err


def test_several_seeds_are_kept_side_by_side(store: RunStore) -> None:
    run_id = store.run_ids()[0]
    assert main(["project", run_id, "--method", "tsne", "--seeds", "3", "iterations=50"]) == 0
    assert [seed for method, seed in store.artifacts(run_id).maps() if method.name == "tsne"] == [0, 1, 2]
    first = next(method for method, _ in store.artifacts(run_id).maps() if method.name == "tsne")
    assert store.artifacts(run_id).open_map_quality(first, 0) is not None


def test_a_baseline_has_no_network_to_leave_untrained(
    trained: RunStore, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    others = RunStore(trained.root.parent / "others")
    monkeypatch.setenv("SLVIZ_MODELS", str(others.root))
    folder = str(trained.root.parent / "tiny")
    assert main(["train", "--data", folder, "--network", "svd", "--no-projections"]) == 0
    assert main(["controls", others.run_ids()[0], "--of", UNTRAINED]) == 1
    assert "'svd' is a baseline, which trains no network" in capsys.readouterr().err
