"""Metrics of a screen against counts by hand and scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from slviz.evaluation.screens import (
    drawn_metrics,
    gene_draws,
    hits_among_first,
    interval,
    mean_of_screens,
    of_pairs,
    screen_metrics,
)

RANDOM = np.random.default_rng(3)
HIT = RANDOM.uniform(size=200) < 0.15
SCORE = np.round(RANDOM.normal(size=200) + HIT, 1)


def test_hits_among_the_first_are_counted_and_ties_are_shared():
    hit = np.array([True, False, True, False])
    assert hits_among_first(hit, np.array([4.0, 3, 2, 1]), 2) == 1
    assert hits_among_first(hit, np.array([4.0, 3, 3, 1]), 2) == pytest.approx(1.5)
    chance = screen_metrics(HIT, np.zeros(200))
    assert chance["hits@50"] == pytest.approx(50 * HIT.mean())
    assert chance["enrichment@50"] == pytest.approx(1)
    assert chance["ap"] == pytest.approx(chance["base_rate"])


def test_a_cut_that_is_larger_than_the_screen_is_left_out():
    assert "hits@100" not in screen_metrics(HIT[:60], SCORE[:60])
    assert mean_of_screens([screen_metrics(HIT, SCORE), screen_metrics(HIT[:60], SCORE[:60])]).keys() >= {"hits@50"}


def test_a_draw_of_genes_weighs_pairs_as_scikit_learn_does():
    pairs = np.sort(RANDOM.integers(0, 40, size=(200, 2)), axis=1)
    weight = of_pairs(gene_draws(40, draws=5), pairs)
    found = drawn_metrics(HIT, SCORE, weight)
    for draw in range(5):
        assert found["auc"][draw] == pytest.approx(roc_auc_score(HIT, SCORE, sample_weight=weight[draw]))
        assert found["ap"][draw] == pytest.approx(average_precision_score(HIT, SCORE, sample_weight=weight[draw]))


def test_the_interval_of_a_few_genes_is_wider_than_of_as_many_single_pairs():
    """Forty pairs of eight genes are no forty independent tests."""
    genes = np.stack(np.triu_indices(8, k=1), axis=1)
    hit = np.isin(genes, [0, 1]).any(axis=1)
    score = RANDOM.normal(size=len(genes)) + hit
    low, high = interval(drawn_metrics(hit, score, of_pairs(gene_draws(8), genes))["auc"])
    rows = RANDOM.multinomial(len(genes), np.full(len(genes), 1 / len(genes)), size=300).astype(float)
    few_low, few_high = interval(drawn_metrics(hit, score, rows)["auc"])
    assert low <= roc_auc_score(hit, score) <= high
    assert high - low > few_high - few_low
    assert np.isnan(interval(np.full(3, np.nan))).all()
