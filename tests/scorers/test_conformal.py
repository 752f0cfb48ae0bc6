"""Conformal answers keep what they promise, and say nothing where they cannot."""

from __future__ import annotations

import numpy as np
import pytest

from slviz.scorers.conformal import CANNOT_SAY, HIT, NO_HIT, OUTSIDE, Conformal, at_least, in_words


def test_equal_weights_give_the_p_value_of_the_textbook():
    calibration = np.array([0.1, 0.5, 0.5, 0.9])
    unusual = np.array([0.0, 0.5, 0.95])
    expected = [(np.sum(calibration >= each) + 1) / 5 for each in unusual]
    np.testing.assert_allclose(at_least(calibration, np.ones(4), unusual), expected)


@pytest.mark.parametrize("level", [0.7, 0.9])
def test_each_class_keeps_its_share_however_rare_hits_are(level):
    random = np.random.default_rng(0)

    def draw(count: int, share: float) -> tuple[np.ndarray, np.ndarray]:
        hit = random.uniform(size=count) < share
        return random.normal(size=count) + 1.5 * hit, hit

    raw, hit = draw(2000, 0.5)
    conformal = Conformal(raw, hit, np.zeros(2000, dtype=np.int64), np.ones(2000), level)
    new, is_hit = draw(20_000, 0.02)
    possible = conformal.possible(new, np.zeros(20_000, dtype=np.int64))
    assert possible[is_hit, 0].mean() == pytest.approx(level, abs=0.05)
    assert possible[~is_hit, 1].mean() == pytest.approx(level, abs=0.03)


def test_groups_are_answered_by_their_own_pairs():
    raw = np.concatenate([np.linspace(0, 1, 50), np.linspace(10, 11, 50)])
    group = np.repeat([0, 1], 50)
    hit = np.zeros(100, dtype=bool)
    conformal = Conformal(raw, hit, group, np.ones(100), 0.8)
    assert conformal.possible(np.array([5.0, 5.0]), np.array([0, 1]))[:, 1].tolist() == [False, True]
    assert conformal.possible(np.array([5.0]), np.array([0]))[0, 0]  # of hits nothing is known: they stay possible


def test_words():
    possible = np.array([[1, 0], [0, 1], [1, 1], [0, 0], [1, 0]], dtype=bool)
    in_range = np.array([True, True, True, True, False])
    assert in_words(possible, in_range).tolist() == [HIT, NO_HIT, CANNOT_SAY, CANNOT_SAY, OUTSIDE]


@pytest.mark.parametrize(("known", "can_rule_out"), [(3, False), (4, True)])
def test_few_pairs_rule_out_what_the_promise_allows_and_no_more(known, can_rule_out):
    """At a level of .8 the most unusual of n + 1 may be ruled out from n = 4 on."""
    conformal = Conformal(np.arange(known) + 1.0, np.ones(known, bool), np.zeros(known, np.int64), np.ones(known), 0.8)
    assert conformal.possible(np.array([0.0]), np.array([0]))[0, 0] != can_rule_out
    assert conformal.possible(np.array([0.0]), np.array([1]))[0, 0], "another kind of pairs says nothing of this one"


def test_screens_are_calibrated_each_by_itself_and_averaged():
    """Two screens on scales of their own: a pair is as unusual as it is in the mean of both, by hand."""
    raw = np.concatenate([np.arange(1.0, 10.0), np.arange(101.0, 110.0)])
    screen = np.repeat([0, 1], 9)
    conformal = Conformal(raw, np.ones(18, bool), np.zeros(18, np.int64), np.ones(18), 0.8, screen=screen)
    new = np.array([0.5, 2.5, 5.5])
    share = [(np.sum(raw[:9] <= each) + 1) / 10 / 2 + (0 + 1) / 10 / 2 for each in new]
    assert conformal.possible(new, np.zeros(3, np.int64))[:, 0].tolist() == [each > 0.2 for each in share]
    assert Conformal.from_arrays(conformal.arrays()).screen.tolist() == screen.tolist()
    former = {key: array for key, array in conformal.arrays().items() if not key.endswith("screen")}
    assert set(Conformal.from_arrays(former).screen) == {0}, "a run of an earlier version is read as one screen"
