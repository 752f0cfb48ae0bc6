"""What the blend of `multiview` is fitted for: the newest pairs validate, or tested pairs weigh its sides."""

from __future__ import annotations

import numpy as np
import pytest
from planted_screens import planted_graph

from slviz.datasets.pair_keys import pair_keys
from slviz.datasets.sources import open_dataset
from slviz.errors import InvalidSetting
from slviz.networks import NETWORKS
from slviz.optimisers import OPTIMISERS
from slviz.runs import RunSpec
from slviz.scorers.tested_pairs import Tests
from slviz.splits import SPLITS
from slviz.splits.newest import validated_by_newest
from slviz.splits.time import first_publication
from slviz.tasks import TASKS
from slviz.training import train
from slviz.training.train import embed


@pytest.fixture(scope="module")
def demo():
    return open_dataset("demo")


def spec_of(graph, task: str = "link", **settings) -> RunSpec:
    return RunSpec.of(
        graph,
        task=TASKS.make(task),
        network=NETWORKS.make("multiview", **settings),
        split=SPLITS.make("screen" if task == "screen" else "pairs"),
        optimiser=OPTIMISERS.make("adam", epochs=2),
    )


def test_the_newest_training_pairs_validate_and_the_test_part_stays(demo):
    split = SPLITS.make("pairs").divide(demo)
    newest = validated_by_newest(split, demo, seed=0)
    tested = split.part == "test"
    for name in ("pairs", "negative_kind", "actual", "score"):
        np.testing.assert_array_equal(getattr(newest, name)[newest.part == "test"], getattr(split, name)[tested])
    first = dict(zip(pair_keys(demo.pairs, len(demo)).tolist(), first_publication(demo).tolist(), strict=True))
    years = {
        part: [first[key] for key in pair_keys(newest.pairs[newest.rows(part)], len(demo)).tolist()]
        for part in ("train", "validation")
    }
    assert min(years["validation"]) >= max(years["train"])
    assert len(years["validation"]) == len(split.rows("validation"))
    known = set(pair_keys(demo.pairs, len(demo)).tolist())
    drawn = newest.pairs[np.isin(newest.negative_kind, ("random", "degree-matched")) & (newest.part != "test")]
    assert not known & set(pair_keys(drawn, len(demo)).tolist())


def test_tests_that_say_how_much_counts_are_neither_learnt_nor_evaluated():
    planted = planted_graph()
    split = SPLITS.make("pairs").divide(planted)
    outside = pair_keys(Tests.outside(planted, split).pairs, len(planted))
    assert len(outside)
    assert not np.isin(outside, pair_keys(split.pairs[split.part == "test"], len(planted))).any()
    assert not np.isin(outside, pair_keys(split.training_pairs, len(planted))).any()


@pytest.fixture(scope="module")
def usual(demo):
    """The run that is fitted for the database."""
    spec = spec_of(demo)
    return train(demo, spec, spec.split.divide(demo), device="cpu")


@pytest.mark.parametrize("fitted_for", ["time", "screen"])
@pytest.mark.slow
def test_it_is_another_run_that_comes_back_as_it_was(demo, usual, fitted_for):
    spec = spec_of(demo, fitted_for=fitted_for)
    assert spec.run_id != spec_of(demo).run_id
    split = spec.split.divide(demo)
    run = train(demo, spec, split, device="cpu")
    assert np.array_equal(run.embedding, usual.embedding) == (fitted_for == "screen")  # there the blend alone differs
    rows = run.predictions[run.predictions["part"] == "test"].head(50)
    former = usual.predictions.loc[rows.index, "prediction"]
    assert np.abs(rows["prediction"] - former).max() > 0.01, "what it is fitted for changes what it says"
    ends = np.column_stack([[demo.number_of[gene] for gene in rows[end]] for end in ("gene_a", "gene_b")])
    np.testing.assert_allclose(run.scorer(demo).score(ends), rows["prediction"], atol=1e-6)
    np.testing.assert_allclose(embed(demo, spec, split, weights=run.weights), run.embedding, atol=1e-5)


@pytest.mark.parametrize(
    ("task", "settings", "sentence"),
    [
        ("screen", {"fitted_for": "time"}, "asks about experiments"),
        ("confidence", {"fitted_for": "time"}, "tells none apart"),
        ("link", {"fitted_for": "screen", "head": False}, "leaves no blend"),
    ],
)
def test_what_it_cannot_be_fitted_for_is_said(demo, task, settings, sentence):
    with pytest.raises(InvalidSetting, match=sentence):
        NETWORKS.make("multiview", **settings).refuse(TASKS.make(task), demo)
