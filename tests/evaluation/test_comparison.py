"""Differences of two scorers: metrics as scikit-learn has them, intervals that hold what they promise."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from sklearn import metrics

from slviz.evaluation import comparison
from slviz.evaluation.classes import class_metrics, confusion_matrix
from slviz.evaluation.comparison import compare_classes, compare_errors, compare_links, compare_shares, compare_values

RANDOM = np.random.default_rng(3)


def scored(rows=400, *, levels=1000):
    """Real and other rows with two scores of unlike worth, ties among them."""
    actual = (np.arange(rows) < rows // 2).astype(np.float64)
    noise = RANDOM.normal(size=(2, rows))
    one = np.round((actual + noise[0]) * levels) / levels
    other = np.round((0.5 * actual + noise[1]) * levels) / levels
    return actual, one, other


def pairs_of(rows, *, genes=30):
    """Two different genes for each row."""
    first = RANDOM.integers(0, genes, size=rows)
    return np.column_stack([first, (first + RANDOM.integers(1, genes, size=rows)) % genes])


@pytest.mark.parametrize("levels", [1000, 2])
def test_figures_are_those_of_scikit_learn(levels):
    actual, one, other = scored(levels=levels)
    measured = {each.metric: each for each in compare_links(actual, one, other, genes=pairs_of(400), resamples=5)}
    for score, value in ((one, "one"), (other, "other")):
        assert getattr(measured["auc"], value) == pytest.approx(metrics.roc_auc_score(actual, score))
        assert getattr(measured["ap"], value) == pytest.approx(metrics.average_precision_score(actual, score))


def test_the_interval_is_that_of_drawing_the_genes_anew_by_hand():
    """Rows repeated as often as both their genes were drawn, and scikit-learn's metric of them."""
    actual, one, other = scored(200)
    genes = pairs_of(200)
    random = np.random.default_rng(1)
    by_hand = []
    for _ in range(1000):
        drawn = np.bincount(random.choice(30, 30), minlength=30)
        rows = np.repeat(np.arange(200), drawn[genes[:, 0]] * drawn[genes[:, 1]])
        by_hand.append(
            metrics.roc_auc_score(actual[rows], other[rows]) - metrics.roc_auc_score(actual[rows], one[rows])
        )
    auc = compare_links(actual, one, other, genes=genes, resamples=1000)[0]
    assert auc.low == pytest.approx(np.quantile(by_hand, 0.025), abs=0.02)
    assert auc.high == pytest.approx(np.quantile(by_hand, 0.975), abs=0.02)
    assert auc.is_clear == (auc.high < 0 or auc.low > 0)


def test_genes_that_carry_the_difference_widen_the_interval():
    """Ten genes in forty pairs each, for half of them one scorer is right: 400 pairs are not 400 witnesses."""
    actual = np.tile([1.0, 0.0], 200)
    gene = np.arange(400) // 2 % 10
    one = RANDOM.normal(size=400)
    other = one + actual * np.where(gene < 5, 2.0, -2.0)
    few, apart = np.column_stack([gene, gene + 10]), np.arange(800).reshape(400, 2)
    of_few, of_many = (compare_links(actual, one, other, genes=genes, resamples=400)[0] for genes in (few, apart))
    assert of_few.value == of_many.value
    assert of_few.high - of_few.low > 1.5 * (of_many.high - of_many.low)


def test_the_same_scores_differ_by_nothing():
    actual, one, _ = scored()
    for each in compare_links(actual, one, one, genes=pairs_of(400)):
        assert (each.value, each.low, each.high) == (0, 0, 0)
        assert not each.is_clear


def test_values_are_compared_by_error_and_share_explained():
    actual = RANDOM.normal(size=300)
    one, other = actual + 0.1 * RANDOM.normal(size=300), actual + 0.3 * RANDOM.normal(size=300)
    measured = {each.metric: each for each in compare_values(actual, one, other, genes=pairs_of(300))}
    assert measured["rmse"].other == pytest.approx(metrics.root_mean_squared_error(actual, other))
    assert measured["mae"].one == pytest.approx(metrics.mean_absolute_error(actual, one))
    assert measured["r2"].other == pytest.approx(metrics.r2_score(actual, other))
    assert measured["rmse"].low > 0.1
    assert measured["r2"].high < 0


def test_blocks_of_draws_change_nothing(monkeypatch):
    """The draws come one after another from one generator, however many are held at a time."""
    actual = np.arange(50.0)
    one, other = actual + 1, actual + RANDOM.normal(size=50)
    genes = pairs_of(50)
    whole = compare_values(actual, one, other, genes=genes, resamples=40)
    monkeypatch.setattr(comparison, "MOST_NUMBERS", 350)
    assert compare_values(actual, one, other, genes=genes, resamples=40) == whole


def test_classes_and_errors_of_genes_are_compared_gene_by_gene():
    names = np.array(["left", "right", "middle"])
    actual, one = RANDOM.integers(0, 3, size=(2, 90))
    other = np.where(RANDOM.uniform(size=90) < 0.8, actual, one)
    genes = np.arange(90)[:, None]
    known = class_metrics(confusion_matrix(actual, other, classes=3))
    for difference in compare_classes(names[actual], names[one], names[other], genes=genes, resamples=200):
        assert difference.other == pytest.approx(known[difference.metric])
        assert difference.low > 0
    error = RANDOM.uniform(1, 2, size=(2, 90))
    rmse = compare_errors(error[0], error[0] + 1, genes=genes, resamples=200)[0]
    assert rmse.one == pytest.approx(np.sqrt((error[0] ** 2).mean()))
    assert 0.9 < rmse.low < rmse.value < rmse.high < 1.1


def test_draws_without_a_real_pair_are_left_out_of_the_interval():
    actual = np.array([1.0, 0, 0, 0])
    genes = np.array([[0, 1], [2, 3], [3, 4], [2, 4]])
    auc = compare_links(actual, np.arange(4.0), -np.arange(4.0), genes=genes, resamples=200)[0]
    assert (auc.one, auc.other, auc.low, auc.high) == (0.0, 1.0, 1.0, 1.0)


def test_rows_that_are_not_there_or_of_one_kind_measure_nothing():
    nothing, nobody = np.zeros(0), np.zeros((0, 2), dtype=np.int64)
    for difference in compare_links(nothing, nothing, nothing, genes=nobody):
        assert np.isnan([difference.one, difference.other, difference.low, difference.high]).all()
        assert not difference.is_clear
    assert np.isnan(compare_classes(nothing, nothing, nothing, genes=nobody)[0].value)
    auc, ap = compare_links(np.ones(4), np.arange(4.0), np.arange(4.0), genes=pairs_of(4), resamples=3)
    assert np.isnan(auc.value)
    assert ap.value == 0


def test_shares_of_rows_have_the_interval_of_a_bootstrap_over_genes() -> None:
    """Against draws that are made one by one."""
    random = np.random.default_rng(3)
    genes = np.array(list(itertools.combinations(range(12), 2)))
    one, other = random.random((2, len(genes))) < np.array([[0.3], [0.6]])
    difference = compare_shares(one, other, genes=genes, resamples=2000)
    assert difference.value == pytest.approx(other.mean() - one.mean())
    draws = []
    for _ in range(2000):
        times = np.bincount(random.integers(0, 12, size=12), minlength=12)
        weight = times[genes[:, 0]] * times[genes[:, 1]]
        draws.append((weight * (other.astype(int) - one)).sum() / weight.sum())
    low, high = np.quantile(draws, [0.025, 0.975])
    assert difference.low == pytest.approx(low, abs=0.03)
    assert difference.high == pytest.approx(high, abs=0.03)
