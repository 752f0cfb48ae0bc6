"""The task `classify`: what it learns from, what it refuses, and that it beats what needs no network."""

from __future__ import annotations

import dataclasses
import warnings

import numpy as np
import pytest
from builders import tiny_graph, tiny_spec

from slviz.baselines.classes import INTERACTIONS
from slviz.datasets.sources import open_dataset
from slviz.errors import DataError, InvalidSetting
from slviz.evaluation.classes import class_metrics, confusion_matrix
from slviz.runs import CLASS_COLUMNS
from slviz.runs.spec_validation import SpecValidation
from slviz.tasks import Classify
from slviz.training import Checkpoint, train
from slviz.training.class_problem import ClassProblem
from slviz.training.devices import find_device
from slviz.training.train import problem_of


def spec_of(graph, *, epochs=25, features="both", network="gat", **task):
    spec = tiny_spec(graph, task="classify", network=network, features=features)
    return dataclasses.replace(
        spec,
        task=Classify(**task),
        network=spec.network.replace(width=12),
        optimiser=spec.optimiser.replace(epochs=epochs),
    )


def run_of(graph, spec, **how):
    return train(graph, spec, spec.split.divide(graph), device="cpu", **how)


@pytest.fixture(scope="module")
def run(graph):
    return run_of(graph, spec_of(graph))


def test_every_gene_gets_a_class_beside_its_own_and_the_baselines(graph, run):
    frame = run.predictions
    assert tuple(frame.columns[:5]) == CLASS_COLUMNS
    assert tuple(frame["gene"]) == graph.genes
    assert np.array_equal(frame["actual"], graph.classes["side"])
    assert set(frame["prediction"]) <= {"left", "right"}
    assert frame["score"].between(0.5, 1).all()
    assert run.baselines == ("most frequent class", "partners' majority", INTERACTIONS, "logistic regression")
    assert dict(run.decoder) == {}


def test_metrics_are_those_of_the_stored_classes(run):
    rows = run.predictions.query("part == 'test' and actual != ''")
    names = ["left", "right"]
    for scorer, column in (("network", "prediction"), (INTERACTIONS, INTERACTIONS)):
        actual, given = (np.array([names.index(each) for each in rows[name]]) for name in ("actual", column))
        confusion = confusion_matrix(actual, given, classes=2)
        for metric, value in class_metrics(confusion).items():
            assert run.metric(metric, negative_kind="genes", model=scorer) == pytest.approx(value)
        recall = confusion[0, 0] / confusion[0].sum()
        assert run.metric("recall", negative_kind="class left", model=scorer) == pytest.approx(recall)


def test_the_classes_of_held_out_genes_are_never_learnt_from(graph, run):
    part = run.predictions["part"].to_numpy()
    swapped = {"left": "right", "right": "left", "": ""}
    turned = np.array(
        [swapped[each] if of == "test" else each for each, of in zip(graph.classes["side"], part, strict=True)],
        dtype=object,
    )
    other = dataclasses.replace(graph, classes={"side": turned}, fingerprint="")
    again = run_of(other, spec_of(other))
    assert np.array_equal(again.embedding, run.embedding)
    assert again.predictions["prediction"].equals(run.predictions["prediction"])


def test_resumed_training_ends_like_an_unbroken_one(graph, run):
    kept: list[Checkpoint] = []
    run_of(graph, run.spec, on_checkpoint=kept.append)
    again = run_of(graph, run.spec, checkpoint=kept[0])
    assert np.array_equal(again.embedding, run.embedding)
    assert again.predictions.equals(run.predictions)


def test_balanced_weights_make_every_class_count_the_same():
    label = np.array([0] * 8 + [1] * 2)
    weights = Classify().weights_of(label, classes=2)
    assert weights * np.bincount(label) == pytest.approx([5, 5])
    assert Classify(class_weights="equal").weights_of(label, classes=2).tolist() == [1, 1]


def test_a_rare_class_is_found_when_its_errors_count_more():
    """One gene in eight is rare; its features barely tell."""
    random = np.random.default_rng(1)
    rare = np.arange(400) % 8 == 0
    features = (random.normal(size=(400, 8)) + 0.9 * rare[:, None] * (np.arange(8) < 3)).astype(np.float32)
    graph = tiny_graph(
        400,
        300,
        features={"ppi": features, "go": features},
        classes={"kind": np.where(rare, "rare", "common").astype(object)},
    )
    recall = {
        weights: run_of(graph, spec_of(graph, features="ppi", network="mlp", class_weights=weights)).metric(
            "recall", negative_kind="class rare"
        )
        for weights in ("balanced", "equal")
    }
    assert recall["balanced"] > recall["equal"] + 0.2


def an_imbalanced_graph(genes=200, rare=24):
    """One gene in eight is rare; its features tell a little."""
    random = np.random.default_rng(1)
    is_rare = np.arange(genes) % (genes // rare) == 0
    features = (random.normal(size=(genes, 8)) + 0.9 * is_rare[:, None] * (np.arange(8) < 3)).astype(np.float32)
    kind = np.where(is_rare, "rare", "common").astype(object)
    return tiny_graph(genes, 300, features={"ppi": features, "go": features}, classes={"kind": kind})


@pytest.mark.parametrize("network", ["mlp", "gcn"])
def test_smote_makes_genes_up_from_training_alone(network):
    graph = an_imbalanced_graph()
    spec = spec_of(graph, features="ppi", network=network, class_weights="equal", over_sampling="smote")
    split = spec.split.divide(graph)
    problem = problem_of(graph, spec, split, find_device("cpu"))
    assert isinstance(problem, ClassProblem)
    learnt, genes = problem.learnt, len(graph)
    classes = problem.classes
    training = np.flatnonzero(classes.labelled & (split.gene_part == "train"))
    rows = learnt.rows.numpy()
    assert np.array_equal(rows[rows < genes], training)
    assert len(set(np.bincount(learnt.target.numpy()[rows]))) == 1  # every class has as many
    real, made_up = learnt.features.numpy()[training], learnt.features.numpy()[genes:]
    rare = real[classes.label[training] == 1]
    assert (learnt.target.numpy()[genes:] == 1).all()
    for vector in made_up[:5]:  # on the line between two rare genes of training
        start = rare[np.argsort(np.linalg.norm(rare - vector, axis=1))]
        ways = [(one, other) for one in start for other in start if one is not other]
        off = [
            np.linalg.norm(np.linalg.norm(vector - one) + np.linalg.norm(other - vector) - np.linalg.norm(other - one))
            for one, other in ways
        ]
        assert min(off) < 1e-4
    assert (learnt.graph.structure.numpy()[genes:] == 0).all()
    assert int(learnt.graph.edges.max()) < genes
    assert problem.embed().shape[0] == genes


def test_smote_finds_a_rare_class_without_weights():
    graph = an_imbalanced_graph(400, 50)
    recall = {
        sampling: run_of(
            graph, spec_of(graph, features="ppi", network="mlp", class_weights="equal", over_sampling=sampling)
        ).metric("recall", negative_kind="class rare")
        for sampling in ("none", "smote")
    }
    assert recall["smote"] > recall["none"] + 0.15


def test_smote_is_refused_where_no_gene_can_be_made_up():
    graph = an_imbalanced_graph(200, 7)
    spec = spec_of(graph, features="ppi", network="mlp", over_sampling="smote")
    with pytest.raises(DataError, match=r"'rare' has [0-5]\. Take over_sampling=none"):
        SpecValidation(graph).check(spec)
    graph = an_imbalanced_graph()
    spec = spec_of(graph, features="none", network="gcn", over_sampling="smote")
    for refused in (SpecValidation(graph).check, lambda spec: run_of(graph, spec)):
        with pytest.raises(InvalidSetting, match="features=none gives all the same"):
            refused(spec)


def test_parts_that_can_evaluate_nothing_are_refused_before_any_epoch(graph):
    spec = spec_of(graph)
    part = spec.split.divide(graph).gene_part
    side = graph.classes["side"].copy()

    def refused(values, sentence):
        other = dataclasses.replace(graph, classes={"side": values}, fingerprint="")
        other_spec = dataclasses.replace(spec, data_fingerprint=other.fingerprint)
        epochs = []
        with pytest.raises(DataError, match=sentence):
            run_of(other, other_spec, on_epoch=epochs.append)
        assert epochs == []

    refused(np.where(part == "test", "left", side), "test part of this split has genes of 'left' alone")
    refused(np.where(part == "test", "", side), "test part of this split has no gene with a class")
    refused(np.where(part == "train", "left", side), "No gene of class 'right' is left to learn from")


def test_a_task_without_its_data_is_refused():
    bare = tiny_graph(classes={}, terms=None)
    with pytest.raises(DataError, match="no classes of genes"):
        Classify().refuse(bare)
    with pytest.raises(InvalidSetting, match="no classes and no term called 'nucleus'"):
        Classify(classes="nucleus;cytosol").refuse(bare)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        Classify().refuse(tiny_graph())


def test_on_the_demo_pathways_are_told_from_noisy_terms_far_better_than_without_the_graph():
    """Terms alone leave pathways in doubt; partners, who are on compensating pathways, settle it."""
    graph = open_dataset("demo")
    spec = tiny_spec(graph, task="classify", features="go", network="gcn")
    spec = dataclasses.replace(spec, optimiser=spec.optimiser.replace(epochs=60))
    run = run_of(graph, spec)
    figures = {name: run.metric("macro_f1", negative_kind="genes", model=name) for name in ("network", *run.baselines)}
    for baseline in ("most frequent class", "partners' majority", "logistic regression"):
        assert figures["network"] > figures[baseline] + 0.08, figures


def test_the_karate_club_falls_apart_along_its_friendships():
    graph = open_dataset("karate")
    spec = tiny_spec(graph, task="classify", features="none", network="gcn")
    run = run_of(graph, dataclasses.replace(spec, optimiser=spec.optimiser.replace(epochs=60)))
    assert len(run.predictions) == 34
    assert run.metric("accuracy", negative_kind="genes") == 1.0  # all seven that were held out
