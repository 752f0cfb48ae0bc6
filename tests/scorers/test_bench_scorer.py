"""The bench: a logistic regression that equals scikit-learn's, reads earlier screens, and comes back as it was."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from planted_screens import NAMES, planted_graph
from sklearn.linear_model import LogisticRegression

from slviz.features.pair_knowledge import PairKnowledge
from slviz.scorers import bench_scorer
from slviz.scorers.bench_scorer import EARLIER, BenchScorer, calibration, columns_of, fit_bench
from slviz.scorers.logistic import fit_logistic
from slviz.scorers.tested_before import of_earlier
from slviz.scorers.tested_pairs import Tests
from slviz.splits.screen import Screen

KEYS = ("literature_shared", "paralog_identity_squared")


@pytest.fixture(scope="module")
def planted():
    return planted_graph()


@pytest.fixture(scope="module")
def tests(planted):
    return Tests.of(Screen().divide(planted), "train", "validation")


@pytest.fixture(scope="module")
def scorer(planted, tests):
    knowledge = PairKnowledge(planted)
    columns = columns_of(knowledge, KEYS, tests.pairs)
    fitted = fit_bench(knowledge, tests, columns, keys=KEYS, penalty=1.0)
    return dataclasses.replace(fitted, conformal=calibration(fitted, columns, penalty=1.0, level=0.8))


def test_the_regression_is_that_of_scikit_learn():
    random = np.random.default_rng(0)
    columns, weight = random.normal(size=(300, 3)), random.uniform(0.1, 2, size=300)
    target = (columns @ [1, -0.5, 0] + random.normal(size=300) > 0.3).astype(float)
    found = fit_logistic(columns, target, weight, penalty=0.5)
    theirs = LogisticRegression(C=1 / (0.5 * weight.sum()), tol=1e-10, max_iter=1000).fit(columns, target, weight)
    np.testing.assert_allclose(found, [theirs.intercept_[0], *theirs.coef_[0]], atol=1e-4)


def test_hits_and_non_hits_of_a_screen_weigh_the_same(tests):
    weight = tests.balanced()
    for name in NAMES:
        mine = tests.screen == name
        assert weight[mine & tests.hit].sum() == pytest.approx(weight[mine & ~tests.hit].sum())
    assert weight.sum() == pytest.approx(1)


def test_the_planted_measure_counts_and_the_other_does_not(scorer):
    table = scorer.coefficient_table()
    assert table["paralog_identity_squared"] > 3 * abs(table["literature_shared"])
    assert table["earlier_hits"] > 0 >= table["earlier_non_hits"]


def test_counts_of_other_screens_leave_out_ones_own(tests):
    first = tests.keep(tests.screen == NAMES[0])
    hits, others = tests.counts(first.pairs)
    without_hits, without_others = tests.counts(first.pairs, without=first.screen)
    np.testing.assert_array_equal(hits - without_hits, first.hit)
    np.testing.assert_array_equal(others - without_others, ~first.hit)


def test_a_pair_that_an_earlier_screen_had_as_a_hit_scores_higher_than_without_it(scorer, tests):
    hits, others = tests.counts(tests.pairs)
    twice = tests.pairs[(hits >= 2) & (others == 0)]
    assert len(twice)
    assert (scorer.score(twice) > scorer.without(EARLIER, twice)).all()
    never = np.array([[0, 50], [3, 77]])
    np.testing.assert_array_equal(of_earlier(scorer, never), 0)


def test_what_each_measure_adds_makes_the_score(scorer):
    pairs = np.array([[0, 1], [4, 5], [3, 90]])
    total = scorer.constant + sum(scorer.by_view(pairs).values())
    np.testing.assert_allclose(scorer.score(pairs), 1 / (1 + np.exp(-total)), atol=1e-6)
    np.testing.assert_array_equal(scorer.score(pairs), scorer.score(pairs[:, ::-1]))
    np.testing.assert_allclose(scorer.score_with(4)[[5, 60]], scorer.score(np.array([[4, 5], [4, 60]])))


@pytest.mark.parametrize("at_once", [1, 300, 10**6])
def test_all_pairs_are_those_of_single_pairs_however_many_are_scored_at_once(scorer, monkeypatch, at_once):
    monkeypatch.setattr(bench_scorer, "PAIRS_AT_ONCE", at_once)
    shares = []
    every = scorer.all_pairs_told(shares.append)
    first, second = np.triu_indices(len(every), k=1)
    np.testing.assert_array_equal(every[first, second], scorer.score(np.stack([first, second], axis=1)))
    np.testing.assert_array_equal(every, every.T)
    assert sum(shares) == pytest.approx(1)


def test_a_stored_scorer_scores_with_the_same_bits(scorer, planted):
    again = BenchScorer.from_arrays(scorer.arrays(), knowledge=PairKnowledge(planted))
    pairs = np.stack(np.triu_indices(120, k=1), axis=1)[::7]
    np.testing.assert_array_equal(again.score(pairs), scorer.score(pairs))
    np.testing.assert_array_equal(again.answers(pairs), scorer.answers(pairs))


def test_where_nothing_is_known_of_a_pair_no_answer_is_given(planted, tests):
    knowledge = PairKnowledge(dataclasses.replace(planted, interactions=None, fingerprint=""))
    keys = ("paralog_identity_squared",)
    columns = columns_of(knowledge, keys, tests.pairs)
    fitted = fit_bench(knowledge, tests, columns, keys=keys, penalty=1.0)
    scorer = dataclasses.replace(fitted, conformal=calibration(fitted, columns, penalty=1.0, level=0.8))
    never = np.array([[0, 50]])
    assert scorer.answers(never).tolist() == ["outside its range"]
    assert scorer.answers(np.array([[0, 1]]))[0] != "outside its range"


def test_calibration_never_scores_a_pair_with_a_fit_that_saw_it(planted, tests):
    """Where the labels of one screen are turned round, what it is calibrated with does not follow them."""
    knowledge = PairKnowledge(planted)
    columns = columns_of(knowledge, KEYS, tests.pairs)
    turned = dataclasses.replace(tests, hit=np.where(tests.screen == NAMES[0], ~tests.hit, tests.hit))
    made = []
    for labels in (tests, turned):
        fitted = fit_bench(knowledge, labels, columns, keys=KEYS, penalty=1.0)
        made.append(calibration(fitted, columns, penalty=1.0, level=0.8).raw[: (tests.screen == NAMES[0]).sum()])
    np.testing.assert_array_equal(*made)
