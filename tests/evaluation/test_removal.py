"""Removal curves against a case computed by hand; verdicts and rank agreement against what they must be."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import kendalltau, spearmanr

from slviz.evaluation.faithfulness import CONFIDENCE, LOG_ODDS
from slviz.evaluation.pair_verdict import pair_verdict
from slviz.evaluation.rank_agreement import rank_agreement
from slviz.evaluation.removal import SHARES, rank_within, removal_curves, share_of

ADDS = np.array([4.0, 3.0, 2.0, 1.0, 0.5, 0.3, 0.2, 0.0, 5.0, 1.0])
"""What each edge adds; the first eight lead into gene 7, the last two into gene 3."""
TARGET = np.array([7] * 8 + [3] * 2)


def summed(kept: np.ndarray) -> float:
    return 1.0 + float(ADDS[kept].sum())


def test_deletion_and_insertion_equal_what_a_hand_computes() -> None:
    curves = removal_curves(summed, {"best": ADDS, "worst": -ADDS}, target=TARGET, draws=3)
    assert (curves.whole, curves.bare) == (18.0, 1.0)
    # Of eight edges 1, 2, 2, 4 and 6 are the first 10, 20, 30, 50 and 75 %; of two edges 1, 1, 1, 1 and 2.
    removed = np.array([4 + 5, 7 + 5, 7 + 5, 10 + 5, 10.8 + 6])
    assert SHARES == (0.1, 0.2, 0.3, 0.5, 0.75)
    assert curves.deletion[0] == pytest.approx(18 - removed)
    assert curves.insertion[0] == pytest.approx(1 + removed)
    least = np.array([0 + 1, 0.2 + 1, 0.2 + 1, 1.0 + 1, 4.0 + 6])
    assert curves.deletion[1] == pytest.approx(18 - least)
    assert curves.change["best"] == pytest.approx(removed.mean())
    assert curves.random_change.shape == (3,)
    assert ((curves.random_change <= removed.mean()) & (curves.random_change >= least.mean())).all()


def test_edges_that_lower_a_prediction_move_it_the_other_way() -> None:
    curves = removal_curves(lambda kept: -summed(kept), {"best": ADDS}, target=TARGET, draws=3)
    assert curves.sign == -1
    assert curves.change["best"] == pytest.approx(12.96)
    assert (curves.random_change > 0).all()


def test_random_orders_follow_the_seed_and_insertion_can_be_left_out() -> None:
    one, again, other = (
        removal_curves(summed, {}, target=TARGET, draws=4, seed=seed, insertion=False) for seed in (0, 0, 1)
    )
    assert np.array_equal(one.random_deletion, again.random_deletion)
    assert not np.array_equal(one.random_deletion, other.random_deletion)
    assert one.random_insertion.shape == (0, len(SHARES))


def test_each_gene_gives_the_same_share_and_one_edge_at_least() -> None:
    rank = rank_within(ADDS, TARGET)
    assert rank.tolist() == [0, 1, 2, 3, 4, 5, 6, 7, 0, 1]
    assert np.flatnonzero(share_of(rank, TARGET, 0.1)).tolist() == [0, 8]


def verdict(value: np.ndarray, **changes: object):
    values = {"attention": value, "partners": np.arange(10.0)} | dict(changes.pop("values", {}))  # type: ignore[call-overload]
    curves = removal_curves(summed, values, target=TARGET)
    settings = {"randomised": {}, "target": TARGET, "tested": LOG_ODDS} | changes
    return pair_verdict(curves, values, **settings)  # type: ignore[arg-type]


def test_attention_to_what_matters_is_confirmed_and_to_what_does_not_refused() -> None:
    confirmed = verdict(ADDS)
    assert confirmed.confirmed
    assert confirmed.sentence.startswith("Attention confirmed: without the edges that it puts first the log-odds")
    assert "fall by 12.96" in confirmed.sentence
    refused = verdict(-ADDS)
    assert not refused.confirmed
    assert refused.sentence.startswith("Attention refused")
    flat = verdict(np.full(10, 0.1))
    assert "the same weight, so it cannot rank them" in " ".join(flat.remarks)


def test_hubs_and_random_weights_that_do_as_well_are_remarked() -> None:
    as_hubs = verdict(ADDS, values={"partners": ADDS * 10})
    assert "popularity may be all it sees" in " ".join(as_hubs.remarks)
    unlearnt = verdict(ADDS, randomised={"attention": ADDS + 1})
    assert "random weights orders the partners alike (ρ 1.00)" in " ".join(unlearnt.remarks)


def test_few_edges_are_nothing_to_check_and_the_unit_is_told() -> None:
    target = np.array([1, 1])
    curves = removal_curves(lambda kept: float(kept.sum()), {"attention": np.ones(2)}, target=target)
    few = pair_verdict(curves, {"attention": np.ones(2)}, {}, target=target, tested=CONFIDENCE)
    assert few.measured is None
    assert "hear 2 partners in all" in few.sentence
    deaf = removal_curves(lambda kept: 1.5, {"attention": ADDS}, target=TARGET)
    nothing = pair_verdict(deaf, {"attention": ADDS}, {}, target=TARGET, tested=CONFIDENCE)
    assert "no message from a partner changes" in nothing.sentence
    assert "the predicted confidence falls by" in verdict(ADDS, tested=CONFIDENCE).sentence


def test_agreement_is_taken_within_each_gene() -> None:
    random = np.random.default_rng(0)
    one, other = random.random(10), random.random(10)
    agreement = rank_agreement(one, other, target=np.zeros(10, dtype=np.int64))
    assert agreement.spearman == pytest.approx(spearmanr(one, other).statistic)
    assert agreement.kendall == pytest.approx(kendalltau(one, other).statistic)
    apart = one + 10 * (TARGET == 3)  # a gene whose values are all larger changes nothing
    assert rank_agreement(apart, one, target=TARGET).spearman == pytest.approx(1)
    assert np.isnan(rank_agreement(np.ones(10), one, target=TARGET).spearman)
