"""Differences of two scorers: figures as scikit-learn has them, intervals that hold what they promise."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn import metrics

from slviz.evaluation import comparison
from slviz.evaluation.comparison import compare_links, compare_values

RANDOM = np.random.default_rng(3)


def scored(rows=400, *, levels=1000):
    """Real and other rows with two scores of unlike worth, ties among them."""
    actual = (np.arange(rows) < rows // 2).astype(np.float64)
    noise = RANDOM.normal(size=(2, rows))
    one = np.round((actual + noise[0]) * levels) / levels
    other = np.round((0.5 * actual + noise[1]) * levels) / levels
    return actual, one, other


@pytest.mark.parametrize("levels", [1000, 2])
def test_figures_are_those_of_scikit_learn(levels):
    actual, one, other = scored(levels=levels)
    found = {each.metric: each for each in compare_links(actual, one, other, resamples=5)}
    for score, value in ((one, "one"), (other, "other")):
        assert getattr(found["auc"], value) == pytest.approx(metrics.roc_auc_score(actual, score))
        assert getattr(found["ap"], value) == pytest.approx(metrics.average_precision_score(actual, score))


def test_the_interval_is_that_of_drawing_the_rows_anew_by_hand():
    actual, one, other = scored(120)
    random = np.random.default_rng(1)
    real, rest = np.flatnonzero(actual), np.flatnonzero(1 - actual)
    by_hand = []
    for _ in range(1500):
        rows = np.r_[random.choice(real, len(real)), random.choice(rest, len(rest))]
        by_hand.append(
            metrics.roc_auc_score(actual[rows], other[rows]) - metrics.roc_auc_score(actual[rows], one[rows])
        )
    found = compare_links(actual, one, other, resamples=1500)[0]
    assert found.low == pytest.approx(np.quantile(by_hand, 0.025), abs=0.02)
    assert found.high == pytest.approx(np.quantile(by_hand, 0.975), abs=0.02)
    assert found.is_clear == (found.high < 0 or found.low > 0)


def test_the_same_scores_differ_by_nothing():
    actual, one, _ = scored()
    for each in compare_links(actual, one, one):
        assert (each.value, each.low, each.high) == (0, 0, 0)
        assert not each.is_clear


def test_values_are_compared_by_error_and_share_explained():
    actual = RANDOM.normal(size=300)
    one, other = actual + 0.1 * RANDOM.normal(size=300), actual + 0.3 * RANDOM.normal(size=300)
    found = {each.metric: each for each in compare_values(actual, one, other)}
    assert found["rmse"].other == pytest.approx(metrics.root_mean_squared_error(actual, other))
    assert found["mae"].one == pytest.approx(metrics.mean_absolute_error(actual, one))
    assert found["r2"].other == pytest.approx(metrics.r2_score(actual, other))
    assert found["rmse"].low > 0.1
    assert found["r2"].high < 0


def test_blocks_of_draws_change_nothing(monkeypatch):
    """The draws come one after another from one generator, however many are held at a time."""
    actual = np.arange(50.0)
    one, other = actual + 1, actual + RANDOM.normal(size=50)
    whole = compare_values(actual, one, other, resamples=40)
    monkeypatch.setattr(comparison, "MOST_NUMBERS", 350)
    assert compare_values(actual, one, other, resamples=40) == whole
