"""The runs that git ships: whole, current, small, and with their maps."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from slviz.cli.demo_runs import DEMO_RUNS, DIGIT_RUNS, demo_spec, digit_spec
from slviz.datasets.sources import open_dataset
from slviz.networks.picture_decoder import PictureDecoder
from slviz.results.first_run import EXAMPLES, newest_data
from slviz.runs.store import SHIPPED, RunStore
from slviz.splits import PairSplit
from slviz.splits.pair_split import POPULARITY_MATCHED

LARGEST_TOGETHER = 6_000_000


@pytest.fixture(scope="module")
def specs():
    demo = open_dataset("demo")
    return [demo_spec(demo, choices) for choices in DEMO_RUNS]


@pytest.mark.parametrize("number", range(len(DEMO_RUNS)))
def test_each_is_whole_and_of_the_present_demo_and_defaults(specs, number: int):
    """When this fails: `python -m slviz demo-runs --again`, then `git add --force` the folders it made."""
    store, run_id = RunStore(SHIPPED), specs[number].run_id
    assert store.state(run_id) == "finished"
    store.check(run_id)
    run = store.open(run_id)
    assert run.spec.synthetic
    assert run.device == "cpu"
    assert {method.name for method, _ in store.artifacts(run_id).maps()} == {"pca", "tsne", "umap"}
    assert len(run.history) == run.spec.optimiser.epochs


def test_each_beats_every_baseline_on_its_test_part(specs):
    """The link runs on the pairs that counting partners cannot tell apart."""
    store = RunStore(SHIPPED)
    evaluated = {
        "reconstruct": ("rmse", "genes", -1),
        "confidence": ("rmse", "all", -1),
        "link": ("auc", "degree-matched", 1),
    }
    for spec in specs:
        metric, negative_kind, sign = evaluated[spec.task.name]
        run = store.open(spec.run_id)
        own = run.metric(metric, negative_kind=negative_kind)
        for baseline in run.baselines:
            assert sign * own > sign * run.metric(metric, negative_kind=negative_kind, model=baseline), (
                spec.run_id,
                baseline,
            )


def test_together_they_are_small(specs):
    files = [path for spec in specs for path in (SHIPPED / spec.run_id).rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < LARGEST_TOGETHER


def test_their_splits_are_those_of_today(specs):
    """Negatives that were drawn by an earlier version would make other figures of the same spec."""
    demo = open_dataset("demo")
    for spec in specs:
        frozen = PairSplit.from_frame(RunStore(SHIPPED).open_split(spec.run_id), demo.genes)
        divided = spec.split.divide(demo)
        for field in dataclasses.fields(PairSplit):
            ours, now = getattr(frozen, field.name), getattr(divided, field.name)
            if field.name != "gene_part":  # those negatives came later, and stand last
                now = now[divided.negative_kind != POPULARITY_MATCHED]
            assert np.array_equal(ours, now, equal_nan=field.name == "score"), (spec.run_id, field.name)


def test_those_of_the_digits_are_whole_small_and_of_today(specs):
    """When this fails: `python -m slviz demo-runs --again`, then `git add --force` the folders it made."""
    digits, store = open_dataset("digits"), RunStore(SHIPPED)
    of_digits = [digit_spec(digits, *choices) for choices in DIGIT_RUNS]
    assert {spec.run_id for spec in of_digits} == EXAMPLES
    for spec in of_digits:
        assert store.check(spec.run_id) == []
        run = store.open(spec.run_id)
        assert not run.spec.synthetic
        assert {method.name for method, _ in store.artifacts(spec.run_id).maps()} == {"pca", "tsne", "umap"}
        size = sum(path.stat().st_size for path in store.folder(spec.run_id).rglob("*") if path.is_file())
        assert size < 2_000_000
        frozen = PairSplit.from_frame(store.open_split(spec.run_id), digits.genes)
        assert np.array_equal(frozen.gene_part, spec.split.divide(digits).gene_part)
    # Whoever names no data sees the demo first, however new the digits are.
    assert newest_data([store.summary(spec.run_id) for spec in of_digits + specs]) == specs[0].data_fingerprint
    assert newest_data([store.summary(spec.run_id) for spec in of_digits]) == digits.fingerprint


def test_digits_are_drawn_better_than_by_a_pca_of_few_numbers_and_worse_than_by_one_of_half_of_them():
    """What is told of them: a bottleneck of 32 of 64 numbers is none. And the classifier beats a straight line."""
    digits, store = open_dataset("digits"), RunStore(SHIPPED)
    for choices in DIGIT_RUNS:
        spec = digit_spec(digits, *choices)
        run = store.open(spec.run_id)
        if spec.task.name == "classify":
            own, line = (
                run.metric("accuracy", negative_kind="genes", model=model)
                for model in ("network", "logistic regression")
            )
            assert own > line > 0.9
            continue
        own, pca = (run.metric("rmse", negative_kind="genes", model=model) for model in ("network", "PCA"))
        assert (own < pca) == (spec.network.embedding_width < 32)
        assert run.record is None or run.record.redrawn is not None
        record = store.open_record(spec.run_id)
        assert record is not None
        assert record.redrawn is not None
        assert digits.pictures is not None
        some = np.arange(0, len(digits), 50)
        given = PictureDecoder.of(store.open_weights(spec.run_id), digits.pictures).decode(run.embedding[some])
        errors = np.sqrt(np.mean((given - digits.features["pixels"][some]) ** 2, axis=1))
        assert np.allclose(errors, run.predictions["prediction"].to_numpy()[some], atol=1e-5)
