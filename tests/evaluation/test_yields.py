"""Real pairs among the first tests, and precision where real pairs are rare, against counts made by hand."""

from __future__ import annotations

import numpy as np
import pytest

from slviz.evaluation.yields import first_tests, hits_by_tests, precision_at_priors


def test_the_first_tests_find_what_a_count_finds() -> None:
    actual = np.array([1.0, 0, 1, 0, 0, 1])
    score = np.array([0.9, 0.8, 0.7, 0.3, 0.2, 0.1])
    assert hits_by_tests(actual, score).tolist() == [0, 1, 1, 2, 2, 2, 3]


def test_level_scores_are_tested_in_random_order() -> None:
    actual = np.array([1.0, 0, 0, 1])
    assert hits_by_tests(actual, np.ones(4)).tolist() == [0, 0.5, 1, 1.5, 2]
    random = np.random.default_rng(0)
    score = np.array([0.9, 0.5, 0.5, 0.5])
    drawn = [actual[np.lexsort((random.random(4), -score))].cumsum() for _ in range(4000)]
    assert hits_by_tests(actual, score)[1:] == pytest.approx(np.mean(drawn, axis=0), abs=0.03)


def test_precision_at_the_drawn_share_is_the_precision_among_the_drawn() -> None:
    actual = np.array([1.0, 1, 0, 1, 1, 0, 0, 0])
    score = np.linspace(1, 0, 8)
    table = precision_at_priors(actual, score, priors=(0.5, 0.01), recalls=(0.5, 0.75))
    assert table[0] == pytest.approx([2 / 2.5, 3 / 4])  # no negative is above the first two: half a one is assumed
    assert table[1] == pytest.approx([0.01 * 0.5 / (0.01 * 0.5 + 0.99 * 0.125), 0.01 * 0.75 / (0.0075 + 0.99 * 0.25)])


def test_the_shown_numbers_of_tests_are_few_and_whole() -> None:
    assert first_tests(5).tolist() == [0, 1, 2, 3, 4, 5]
    many = first_tests(1_000_000)
    assert (many[0], many[1], many[-1]) == (0, 1, 1_000_000)
    assert len(many) <= 402
