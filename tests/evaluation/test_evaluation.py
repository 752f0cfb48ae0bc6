"""Metrics: against scikit-learn and SciPy on anything, and against cases counted by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slviz import evaluation
from slviz.evaluation.classes import class_metrics
from slviz.evaluation.screens import coverage, screen_metrics


@st.composite
def evaluated_pairs(draw):
    """Labels with both kinds, and scores with many ties."""
    count = draw(st.integers(2, 60))
    actual = np.array(draw(st.lists(st.booleans(), min_size=count, max_size=count)), dtype=np.float32)
    actual[:2] = 0, 1
    levels = draw(st.integers(1, 30))
    score = np.array(draw(st.lists(st.integers(0, levels), min_size=count, max_size=count))) / levels
    return actual, score.astype(np.float32)


@settings(max_examples=150, deadline=None)
@given(evaluated_pairs())
def test_link_figures_equal_a_count_by_hand(case):
    actual, score = case
    real, other = score[actual > 0.5], score[actual <= 0.5]
    above = (real[:, None] > other).mean() + (real[:, None] == other).mean() / 2
    assert evaluation.roc_auc(actual, score) == pytest.approx(above)
    levels = np.unique(score)[::-1]
    hits = np.array([(real >= level).sum() for level in levels])
    called = np.array([(score >= level).sum() for level in levels])
    by_hand = np.sum(np.diff(hits, prepend=0) / len(real) * hits / called)
    assert evaluation.average_precision(actual, score) == pytest.approx(by_hand)
    assert evaluation.brier_score(actual, score) == pytest.approx(np.mean((actual - score) ** 2), abs=1e-6)
    threshold = evaluation.best_threshold(actual, score)
    assert evaluation.f1_at(threshold, actual, score) == pytest.approx(np.max(2 * hits / (called + len(real))))
    false_rate, true_rate, _ = evaluation.roc_curve(actual, score)
    assert true_rate == pytest.approx(np.r_[0, hits / len(real)])
    assert false_rate == pytest.approx(np.r_[0, (called - hits) / len(other)])
    recall, precision, threshold = evaluation.pr_curve(actual, score)
    assert recall == pytest.approx(hits / len(real))
    assert precision == pytest.approx(hits / called)
    assert threshold == pytest.approx(levels)


@settings(max_examples=150, deadline=None)
@given(evaluated_pairs(), st.integers(0, 2**20))
def test_value_figures_equal_scikit_learn_and_scipy(case, seed):
    from sklearn import metrics

    prediction, actual = case[1], np.random.default_rng(seed).integers(0, 4, size=len(case[1])) / 4
    figures = evaluation.value_metrics(actual, prediction)
    assert figures["rmse"] == pytest.approx(metrics.root_mean_squared_error(actual, prediction), abs=1e-6)
    assert figures["mae"] == pytest.approx(metrics.mean_absolute_error(actual, prediction), abs=1e-6)
    if len(set(actual)) > 1:
        assert figures["r2"] == pytest.approx(metrics.r2_score(actual, prediction), rel=1e-5)
        if len(set(prediction)) > 1:
            ranks = [
                np.array([(values < each).sum() + (values == each).sum() / 2 for each in values])
                for values in (actual, prediction)
            ]
            assert figures["spearman"] == pytest.approx(np.corrcoef(*ranks)[0, 1])
    else:
        assert np.isnan(figures["r2"])
        assert np.isnan(figures["spearman"])


def test_average_precision_by_hand():
    """Real pairs at ranks 1 and 3: (1/1 + 2/3) / 2."""
    found = evaluation.average_precision(np.array([1, 0, 1, 0]), np.array([0.9, 0.8, 0.7, 0.1]))
    assert found == pytest.approx((1 + 2 / 3) / 2)


def test_average_precision_gives_ties_no_credit_for_their_order():
    """All scores the same: the share of real pairs, whichever way the rows lie."""
    actual = np.array([1, 1, 0, 0, 0])
    for rows in (actual, actual[::-1]):
        assert evaluation.average_precision(rows, np.full(5, 0.5)) == pytest.approx(0.4)


def test_the_threshold_comes_from_elsewhere_than_the_pairs_it_is_used_on():
    validation = evaluation.best_threshold(np.array([0, 1, 1]), np.array([0.2, 0.4, 0.9]))
    assert validation == pytest.approx(0.4)
    assert evaluation.f1_at(validation, np.array([1, 0, 1]), np.array([0.3, 0.5, 0.6])) == pytest.approx(0.5)


def test_calibration_error_by_hand():
    """Two bins: scores .05 with a quarter real, scores .95 with all real; 4 and 2 of 6 pairs."""
    actual = np.array([1, 0, 0, 0, 1, 1])
    score = np.array([0.05] * 4 + [0.95] * 2)
    assert evaluation.calibration_error(actual, score) == pytest.approx(4 / 6 * 0.2 + 2 / 6 * 0.05)
    mean_score, share, count = evaluation.reliability(actual, score)
    assert (mean_score.tolist(), share.tolist(), count.tolist()) == (pytest.approx([0.05, 0.95]), [0.25, 1.0], [4, 2])


def test_scores_of_exactly_one_fall_into_the_last_bin():
    assert evaluation.reliability(np.array([1.0]), np.array([1.0]))[2].tolist() == [1]


def test_one_kind_of_pair_alone_has_no_ranking_figures():
    only_real = np.ones(4)
    assert np.isnan(evaluation.roc_auc(only_real, np.arange(4.0)))
    assert np.isnan(evaluation.average_precision(only_real, np.arange(4.0)))
    assert np.isnan(evaluation.best_threshold(np.zeros(4), np.arange(4.0)))


def test_every_figure_that_is_computed_is_described():
    computed = evaluation.link_metrics(
        np.array([0, 1]), np.array([0.1, 0.9]), threshold=0.5, share=np.array([0.1, 0.9])
    )
    computed |= evaluation.value_metrics(np.array([0.0, 1.0]), np.array([0.1, 0.9]))
    computed |= class_metrics(np.eye(2, dtype=np.int64))
    of_each_class = {"precision", "recall"}
    rows = np.zeros((3, 3), dtype=np.float32)
    ranked = evaluation.ranking_metrics(
        lambda start, stop: rows[start:stop], positives=np.array([[0, 1]]), excluded=np.array([[1, 2]]), genes=3
    )
    computed |= screen_metrics(np.arange(120) < 9, np.arange(120.0))
    computed |= coverage(np.array([True, False]), np.ones((2, 2), dtype=bool))
    of_intervals = {f"{metric}_{end}" for metric in ("auc", "ap") for end in ("low", "high")}
    on_request = {"faithfulness"}
    assert set(computed).union(of_each_class, of_intervals, on_request, *ranked.values()) == set(evaluation.METRICS)
    for metric in evaluation.METRICS.values():
        assert metric.help.endswith(".")
