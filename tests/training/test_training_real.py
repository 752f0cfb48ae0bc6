"""The accuracy that is claimed for the real data, on one fold; all five stand in `benchmarks/RESULTS.md`."""

from __future__ import annotations

import time

import pytest
from builders import tiny_spec
from trainings import run_of

from slviz.datasets.sources import open_dataset

pytestmark = [pytest.mark.real, pytest.mark.slow]


@pytest.fixture(scope="module")
def real(real_folder):
    return open_dataset(str(real_folder))


def test_link_beats_what_is_published_on_random_pairs_and_degree_on_matched_ones(real):
    started = time.process_time()
    run = run_of(real, tiny_spec(real))
    assert time.process_time() - started < 90
    assert run.metric("auc", negative_kind="random") >= 0.935
    assert run.metric("ap", negative_kind="random") >= 0.95
    assert run.metric("auc", negative_kind="degree-matched") >= 0.92
    for baseline in ("max degree", "degree product"):
        assert run.metric("auc", negative_kind="degree-matched", model=baseline) < 0.55


def test_confidence_is_twice_as_near_as_the_mean(real):
    run = run_of(real, tiny_spec(real, task="confidence"))
    assert run.metric("rmse", negative_kind="all") <= 0.075
    assert run.metric("rmse", negative_kind="all", model="mean") == pytest.approx(0.159, abs=0.003)
    assert run.metric("rmse", negative_kind="all", model="gene mean") > run.metric("rmse", negative_kind="all") + 0.015
