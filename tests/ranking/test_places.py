from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import rankdata

from slviz.ranking.places import (
    mean_ranks,
    mean_ranks_among,
    percentile_text,
    percentiles,
    ranks,
    score_text,
    share_text,
)


def test_ranks_and_percentiles_of_five_scores_by_hand():
    scores = np.array([0.9, 0.5, 0.9, 0.1, 0.7])
    assert ranks(scores).tolist() == [1, 4, 1, 5, 3]
    assert mean_ranks(scores).tolist() == [1.5, 4, 1.5, 5, 3]
    assert percentiles(mean_ranks(scores), 5).tolist() == [80, 30, 80, 10, 50]  # 100 (5 − rank + ½) / 5


def test_ranks_are_those_of_scipy():
    scores = np.random.default_rng(0).integers(20, size=200) / 20
    assert (ranks(scores) == rankdata(-scores, method="min")).all()
    assert np.allclose(mean_ranks(scores), rankdata(-scores, method="average"))


def test_a_score_among_others_stands_level_with_its_equals_and_half_a_place_after_those_above():
    others = np.array([0.9, 0.5, 0.5, 0.1])
    assert mean_ranks_among(np.array([0.95, 0.9, 0.7, 0.5, 0.0]), others).tolist() == [0.5, 1, 1.5, 2.5, 4.5]


@pytest.mark.parametrize("count", [1, 2, 39, 6374, 20_000_000])
def test_no_percentile_reads_as_0_or_100(count: int):
    best, worst = percentiles(np.array([1.0, count]), count)
    assert 0 < worst <= best < 100
    assert percentile_text(best) != "100.0"
    assert float(percentile_text(best)) < 100
    assert float(percentile_text(worst)) > 0


def test_no_score_reads_as_1_or_0():
    assert score_text(1.0) == score_text(0.9996) == "> 0.999"
    assert score_text(0.0) == "< 0.001"
    assert score_text(0.8734) == "0.873"
    assert score_text(float("nan")) == "–"
    assert score_text(1.0, bounded=False) == "1.000"


def test_no_share_of_hits_reads_as_certain():
    shares = (0.0, 0.004, 0.01, 0.853, 0.99, 0.996, 1.0, float("nan"))
    assert [share_text(share) for share in shares] == ["< 1 %", "< 1 %", "1 %", "85 %", "99 %", "> 99 %", "> 99 %", "–"]
