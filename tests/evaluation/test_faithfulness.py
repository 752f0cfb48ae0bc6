"""The verdict of an edge ablation: beyond chance, and more than nothing."""

from __future__ import annotations

import numpy as np
import pytest

from slviz.evaluation.faithfulness import faithfulness

RANDOM = np.random.default_rng(0)


def falls(difference, *, genes=30, base=0.05, noise=0.02):
    random = base + noise * RANDOM.normal(size=(genes, 20))
    return base + difference + noise * RANDOM.normal(size=genes), random


def test_a_clear_difference_is_faithful_and_none_is_not():
    assert faithfulness(*falls(0.05)).faithful
    same = faithfulness(*falls(0.0))
    assert not same.faithful
    assert same.low < 0 < same.high
    assert "no more than others" in same.sentence


def test_a_fall_next_to_nothing_is_not_faithful_however_sure():
    found = faithfulness(*falls(0.004, base=0.0, noise=0.0001))
    assert found.low > 0
    assert not found.faithful
    assert "hardly change" in found.sentence


def test_few_genes_are_never_enough():
    assert not faithfulness(*falls(0.3, genes=4)).faithful
    assert faithfulness(*falls(0.3, genes=5)).faithful


@pytest.mark.parametrize(("top", "expected"), [(0.30, True), (0.12, False), (0.005, False)])
def test_one_gene_must_exceed_nearly_all_draws(top, expected):
    draws = np.linspace(0.0, 0.2, 20)[None]
    found = faithfulness(np.array([top]), draws)
    assert found.faithful == expected
    assert found.beaten == pytest.approx((draws < top).mean())
    assert "for this gene" in found.sentence


def test_the_interval_is_that_of_the_mean_difference():
    top, random = falls(0.03, genes=60)
    found = faithfulness(top, random)
    difference = top - random.mean(axis=1)
    error = difference.std(ddof=1) / np.sqrt(len(top))
    assert found.low == pytest.approx(difference.mean() - 1.96 * error, abs=0.2 * error)
    assert found.high == pytest.approx(difference.mean() + 1.96 * error, abs=0.2 * error)
