"""Networks for pictures: they learn, twice the same and after an interruption too, and say what they cannot do."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest
from builders import tiny_graph
from sklearn.decomposition import PCA

from slviz.baselines import pca_errors, principal_directions
from slviz.datasets import GeneGraph
from slviz.datasets.picture_shape import PictureShape
from slviz.datasets.sources import open_dataset
from slviz.errors import InvalidSetting
from slviz.networks.picture_decoder import PictureDecoder
from slviz.runs import RunSpec
from slviz.runs.offered import offered_features, offered_networks, offered_splits, offered_tasks
from slviz.runs.settings_parser import choices_from_words
from slviz.runs.spec import default_names
from slviz.runs.spec_validation import SpecValidation
from slviz.tasks import TASKS
from slviz.training import train


def few(graph: GeneGraph, count: int = 240) -> GeneGraph:
    """The first pictures of a data set."""
    return dataclasses.replace(
        graph,
        genes=graph.genes[:count],
        features={"pixels": graph.features["pixels"][:count].copy()},
        classes={"label": graph.classes["label"][:count].copy()},
        fingerprint="",
    )


@pytest.fixture(scope="module")
def digits() -> GeneGraph:
    return few(open_dataset("digits"))


def spec_of(graph: GeneGraph, task: str = "reconstruct", *words: str, **names: str) -> RunSpec:
    chosen = default_names(TASKS[task], graph) | {"task": task} | names
    return RunSpec.of(graph, **choices_from_words(chosen, words))


def refusal(graph: GeneGraph, *words: str, task: str = "reconstruct", **names: str) -> str:
    with pytest.raises(InvalidSetting) as caught:
        SpecValidation(graph).check(spec_of(graph, task, *words, **names))
    return str(caught.value)


def test_an_autoencoder_beats_the_mean_and_its_decoder_in_numpy_gives_the_errors_of_the_run(digits):
    spec = spec_of(digits, "reconstruct", "epochs=10", "width=6", "filters=8", "batch_size=8")
    assert (spec.network.name, spec.features.name, spec.split.name) == ("conv_autoencoder", "pixels", "genes")
    assert spec.optimiser.learning_rate == 0.005
    SpecValidation(digits).check(spec)
    split = spec.split.divide(digits)
    run = train(digits, spec, split, device="cpu")
    error = run.metric("rmse", negative_kind="genes")
    assert error < 0.85 * run.metric("rmse", negative_kind="genes", model="mean")
    assert run.history["train_loss"].iloc[-1] < 0.5 * run.history["train_loss"].iloc[0]
    assert digits.pictures is not None
    assert run.weights is not None
    given = PictureDecoder.of(run.weights, digits.pictures).decode(run.embedding)
    errors = np.sqrt(np.mean((given - digits.features["pixels"]) ** 2, axis=1))
    assert np.allclose(errors, run.predictions["prediction"], atol=1e-5)
    assert run.record is not None
    assert run.record.parts == ("layer 1", "layer 2", "embedding out", "decoder")
    redrawn = run.record.redrawn
    assert redrawn is not None
    assert redrawn.epochs[0] == 0
    assert redrawn.epochs[-1] == 10
    assert set(split.gene_part[redrawn.genes]) == {"train", "validation"}
    at_end = digits.pictures.pictures(given[redrawn.genes]).reshape(len(redrawn.genes), -1)
    kept = int(run.history["rmse"].idxmin()) + 1
    if kept in redrawn.epochs:
        assert np.abs(redrawn.pixels[redrawn.epochs == kept][0].astype(int) - at_end).max() <= 1


def test_the_same_spec_gives_the_same_bits_and_an_interrupted_training_too(digits):
    spec = spec_of(digits, "classify", "epochs=22", "filters=4", "width=8", "batch_size=8")
    assert spec.network.name == "conv_classifier"
    split = spec.split.divide(digits)
    checkpoints = []
    one = train(digits, spec, split, device="cpu", on_checkpoint=checkpoints.append)
    again = train(digits, spec, split, device="cpu", checkpoint=checkpoints[0])
    assert np.array_equal(one.embedding, again.embedding)
    assert one.predictions.equals(again.predictions)
    assert one.history.drop(columns="seconds").equals(again.history.drop(columns="seconds"))
    assert one.metric("accuracy", negative_kind="genes") > 0.6
    assert one.baselines == ("most frequent class", "logistic regression")
    assert RunSpec.from_json(json.loads(json.dumps(spec.to_json()))) == spec


def test_a_network_for_vectors_reads_pixels_as_features(digits):
    spec = spec_of(digits, "classify", "epochs=30", "width=16", network="mlp")
    SpecValidation(digits).check(spec)
    run = train(digits, spec, spec.split.divide(digits), device="cpu")
    assert run.metric("accuracy", negative_kind="genes") > 0.6


def test_impossible_runs_are_refused_with_a_sentence(digits):
    assert "width=65 is no bottleneck: a picture of 'digits' has 64 numbers" in refusal(digits, "width=65")
    assert "reads pictures, and the data set 'tiny' is one of genes" in refusal(
        tiny_graph(), network="conv_autoencoder", features="both"
    )
    assert "does the task 'classify', and not 'reconstruct'" in refusal(digits, network="conv_classifier")
    assert "take the features 'pixels' alone" in refusal(digits, features="none")


def test_other_pictures_of_the_same_numbers_are_another_run(digits):
    wide = dataclasses.replace(digits, pictures=PictureShape(4, 16))
    assert wide.fingerprint == digits.fingerprint
    assert spec_of(wide).run_id != spec_of(digits).run_id
    assert spec_of(wide, network="mlp").run_id == spec_of(digits, network="mlp").run_id


def test_what_is_offered_for_pictures_and_for_genes(digits):
    assert offered_tasks(digits) == ("reconstruct", "classify")
    assert offered_networks(digits, "reconstruct") == ("conv_autoencoder", "mlp")
    assert offered_networks(digits, "classify") == ("conv_classifier", "mlp")
    assert offered_features(digits) == ("pixels",)
    assert offered_splits(digits) == ("genes",)
    graph = tiny_graph()
    assert set(offered_networks(graph, "link")) == set(offered_networks(graph, "classify"))
    assert "conv_autoencoder" not in offered_networks(graph, "reconstruct")
    assert offered_tasks(graph) == tuple(TASKS)


def test_errors_of_a_pca_by_width_are_those_of_scikit_learn(digits):
    pixels = digits.features["pixels"]
    training = np.arange(180)
    mean, directions = principal_directions(pixels, training=training)
    errors = pca_errors(pixels[180:], mean, directions)
    for width in (1, 5, 20):
        theirs = PCA(width, svd_solver="full").fit(pixels[:180])
        given = theirs.inverse_transform(theirs.transform(pixels[180:]))
        assert errors[width] == pytest.approx(np.sqrt(np.mean((given - pixels[180:]) ** 2)), rel=1e-4)
