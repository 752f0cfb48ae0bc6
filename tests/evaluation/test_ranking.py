"""Ranking figures: against a slow computation, scikit-learn, and cases counted by hand."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slviz.evaluation import CUTS, METRICS, TOP, ranking, ranking_metrics


def symmetric(values):
    values = np.triu(np.asarray(values, dtype=np.float32), k=1)
    return values + values.T


def metrics_of_pairs(scores, positives, excluded=()):
    return ranking_metrics(
        lambda start, stop: scores[start:stop],
        positives=np.array(positives, dtype=np.int64).reshape(-1, 2),
        excluded=np.array(excluded, dtype=np.int64).reshape(-1, 2),
        genes=len(scores),
    )


@st.composite
def cases(draw):
    genes = draw(st.integers(4, 16))
    random = np.random.default_rng(draw(st.integers(0, 2**20)))
    every = np.stack(np.triu_indices(genes, k=1), axis=1)
    dealt = random.permutation(len(every))
    positives = every[dealt[: draw(st.integers(1, len(every) // 3))]]
    excluded = every[dealt[len(every) // 3 : len(every) // 3 + draw(st.integers(0, len(every) // 3))]]
    levels = draw(st.sampled_from([1, 3, 1000]))
    return symmetric(random.integers(0, levels, size=(genes, genes)) / levels), positives, excluded


@settings(max_examples=120, deadline=None)
@given(cases())
def test_figures_equal_scikit_learn_on_the_same_candidates(case):
    from sklearn import metrics

    scores, positives, excluded = case
    real, hidden = ({tuple(pair) for pair in pairs.tolist()} for pairs in (positives, excluded))
    found = metrics_of_pairs(scores, positives, excluded)
    candidates = [pair for pair in itertools.combinations(range(len(scores)), 2) if pair not in hidden]
    is_real = np.array([pair in real for pair in candidates])
    of_candidates = np.array([scores[pair] for pair in candidates])
    assert found["all-unknown"]["ap"] == pytest.approx(metrics.average_precision_score(is_real, of_candidates))
    per_gene: dict[str, list[float]] = {}
    for gene in np.unique(positives):
        others = [other for other in range(len(scores)) if other != gene and tuple(sorted((gene, other))) not in hidden]
        actual = np.array([tuple(sorted((gene, other))) in real for other in others])
        for k in CUTS:
            mean_hits = slow_hits(actual, scores[gene, others], k)
            per_gene.setdefault(f"recall@{k}", []).append(mean_hits / actual.sum())
            per_gene.setdefault(f"precision@{k}", []).append(mean_hits / min(k, actual.sum()))
            one = len(others) == 1  # which scikit-learn refuses
            ndcg = 1.0 if one else metrics.ndcg_score([actual], [scores[gene, others]], k=k)
            per_gene.setdefault(f"ndcg@{k}", []).append(ndcg)
    assert found["per-gene"] == pytest.approx({name: np.mean(values) for name, values in per_gene.items()})


def slow_hits(actual, score, k):
    """Expected hits among the first k when equal scores stand in any order."""
    hits, left = 0.0, k
    for value in sorted(set(score), reverse=True):
        level = actual[score == value]
        taken = min(left, len(level))
        hits += level.sum() * taken / len(level)
        left -= taken
    return hits


def test_by_hand():
    """Gene 0: partner 1 stands first and 3 third; gene 1's and gene 3's only partner is 0."""
    scores = symmetric([[0, 0.9, 0.8, 0.7], [0, 0, 0.95, 0.1], [0, 0, 0, 0.2], [0, 0, 0, 0]])
    found = metrics_of_pairs(scores, [[0, 1], [0, 3]])
    # ranking: 1–2 (.95), 0–1, 0–2, 0–3, 2–3, 1–3
    assert found["all-unknown"]["ap"] == pytest.approx((1 / 2 + 2 / 4) / 2)
    assert found["all-unknown"][f"recall@{TOP}"] == 1
    second, third = 1 / np.log2(3), 1 / np.log2(4)
    assert found["per-gene"]["ndcg@10"] == pytest.approx(((1 + third) / (1 + second) + second + 1) / 3)
    excluded = metrics_of_pairs(scores, [[0, 1], [0, 3]], [[1, 2]])
    assert excluded["all-unknown"]["ap"] == pytest.approx((1 + 2 / 3) / 2)


def test_recall_at_the_top_and_cuts_with_more_positives_than_places(monkeypatch):
    monkeypatch.setattr(ranking, "TOP", 2)
    scores = symmetric(np.arange(36).reshape(6, 6))
    assert metrics_of_pairs(scores, [[3, 5], [4, 5], [0, 1]])["all-unknown"]["recall@2"] == pytest.approx(2 / 3)
    assert metrics_of_pairs(np.zeros((6, 6)), [[3, 5], [0, 1]])["all-unknown"]["recall@2"] == pytest.approx(2 / 15)
    many = np.zeros((80, 80))
    many[0, 1:61] = many[1:61, 0] = 1
    found = metrics_of_pairs(many, [[0, other] for other in range(1, 61)])["per-gene"]
    of_hub = {"recall@10": 10 / 60, "precision@10": 1, "ndcg@10": 1}
    for name, value in of_hub.items():
        assert found[name] == pytest.approx((60 * 1 + value) / 61)


def test_blocks_change_nothing(monkeypatch):
    random = np.random.default_rng(0)
    scores = symmetric(random.integers(0, 50, size=(40, 40)))
    every = random.permutation(np.stack(np.triu_indices(40, k=1), axis=1))
    whole = metrics_of_pairs(scores, every[:60], every[60:200])
    monkeypatch.setattr(ranking, "BLOCK", 7)
    assert metrics_of_pairs(scores, every[:60], every[60:200]) == whole


def test_nothing_to_find_says_nothing():
    assert metrics_of_pairs(np.zeros((5, 5)), []) == {}


def test_every_figure_is_described():
    found = metrics_of_pairs(np.zeros((5, 5)), [[0, 1]])
    assert {name for figures in found.values() for name in figures} <= set(METRICS)
