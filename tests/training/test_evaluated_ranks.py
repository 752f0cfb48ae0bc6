"""The ranking figures of a run: which pairs are candidates, and that they are the network's own scores."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from trainings import quick, run_of

from slviz.evaluation import average_precision
from slviz.scorers import DecoderScorer, PairDecoder
from slviz.splits import SPLITS
from slviz.training.evaluate import known_elsewhere, network_rows


@pytest.fixture(scope="module")
def run(graph):
    return run_of(graph, quick(graph))


def test_network_rows_are_the_decoders_scores_of_all_pairs(graph, run):
    decoder = PairDecoder(run.decoder)
    whole = network_rows(DecoderScorer(decoder, run.embedding))(0, len(graph))
    pairs = np.stack(np.triu_indices(len(graph), k=1), axis=1)
    expected = decoder.score(run.embedding, pairs)
    assert whole[pairs[:, 0], pairs[:, 1]] == pytest.approx(expected, abs=1e-5)
    assert np.array_equal(whole, whole.T)


def test_all_unknown_figures_of_a_run_are_those_of_its_stored_embedding(graph, run):
    split = run.spec.split.divide(graph)
    others = {tuple(pair) for pair in split.pairs[(split.negative_kind == "known") & (split.part != "test")].tolist()}
    real = {tuple(pair) for pair in split.pairs[split.rows("test")].tolist()}
    pairs = np.array([pair for pair in itertools.combinations(range(len(graph)), 2) if pair not in others])
    actual = np.array([tuple(pair) in real for pair in pairs.tolist()], dtype=np.float32)
    expected = average_precision(actual, PairDecoder(run.decoder).score(run.embedding, pairs))
    assert run.metric("ap", negative_kind="all-unknown") == pytest.approx(expected, abs=2e-3)
    ranked = [name for name in run.baselines if np.isfinite(run.metric("ap", negative_kind="all-unknown", model=name))]
    assert {"max degree", "L3", "SVD", "PPI degree product"} <= set(ranked)
    for scorer in ranked:
        for name in ("ndcg@10", "recall@20", "precision@50"):
            assert 0 <= run.metric(name, negative_kind="per-gene", model=scorer) <= 1
        assert 0 < run.metric("ap", negative_kind="all-unknown", model=scorer) <= 1


@pytest.mark.parametrize(
    "name", [each for each in SPLITS if SPLITS[each].holds_out_pairs and each not in ("file", "screen")]
)
def test_known_pairs_are_either_to_be_found_or_no_candidates(graph, name):
    split = SPLITS.make(name).divide(graph)
    tested = {tuple(pair) for pair in split.pairs[split.rows("test")].tolist()}
    hidden = {tuple(pair) for pair in known_elsewhere(graph, split).tolist()}
    assert not tested & hidden
    assert tested | hidden == {tuple(pair) for pair in graph.pairs.tolist()}
