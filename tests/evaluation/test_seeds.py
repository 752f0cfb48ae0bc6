"""Mean and spread over seeds, and what a seed alone reaches, as SciPy's t test has it."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from slviz.evaluation.seeds import SeedGroup, seed_difference, seed_null
from slviz.figures.seed_groups import seed_dots

RANDOM = np.random.default_rng(0)


def group(name, values):
    return SeedGroup(name, tuple(range(len(values))), tuple(values))


@pytest.mark.parametrize("apart", [0.0, 0.01, 0.05])
def test_a_difference_counts_where_the_pooled_t_test_says_so(apart):
    one, other = RANDOM.normal(0.9, 0.01, size=5), RANDOM.normal(0.9 + apart, 0.01, size=3)
    groups = [group("a", one), group("b", other)]
    difference = seed_difference(*groups, seed_null(groups))
    assert difference.value == pytest.approx(other.mean() - one.mean())
    assert difference.counts == (stats.ttest_ind(one, other).pvalue < 0.05)
    interval = stats.ttest_ind(other, one).confidence_interval(0.95)
    assert difference.reach == pytest.approx((interval.high - interval.low) / 2)


def test_one_seed_borrows_the_spread_of_the_others_and_alone_knows_none():
    many, single = group("a", [0.80, 0.82, 0.84]), group("b", [0.95])
    assert many.spread == pytest.approx(0.02)
    assert np.isnan(single.spread)
    assert seed_difference(many, single, seed_null([many, single])).counts
    alone = seed_difference(single, group("c", [0.5]), seed_null([single, group("c", [0.5])]))
    assert np.isnan(alone.reach)
    assert not alone.counts


def test_what_was_not_measured_is_left_out():
    partly = group("a", [0.8, float("nan"), 0.9])
    assert (partly.mean, len(partly.measured)) == (pytest.approx(0.85), 2)
    assert seed_null([partly]).freedom == 1


def test_the_figure_has_every_seed_and_every_mean():
    groups = [group("a", [0.8, 0.82]), group("b", [0.9, 0.91, 0.92])]
    figure = seed_dots(groups, seed_null(groups), metric="auc")
    assert [len(trace.x) for trace in figure.data] == [2, 3, 2]
    assert figure.data[-1].x == pytest.approx([0.81, 0.91])
    assert figure.layout.yaxis.ticktext == ("a", "b")
    assert len(figure.layout.shapes) == 1
