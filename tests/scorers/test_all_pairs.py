"""Scores of all pairs are those of the decoder, whatever the block and the number of cores."""

from __future__ import annotations

import numpy as np
import pytest

from slviz.scorers import PairDecoder, all_pairs
from slviz.scorers.all_pairs import all_pair_scores

GENES, WIDTH, HIDDEN = 90, 6, 11


def decoder_of(bounds=()):
    random = np.random.default_rng(5)
    shapes = {
        "bilinear": (WIDTH, WIDTH),
        "linear": (WIDTH,),
        "sum": (HIDDEN, WIDTH),
        "product": (HIDDEN, WIDTH),
        "difference": (HIDDEN, WIDTH),
        "hidden_bias": (HIDDEN,),
        "readout": (HIDDEN,),
        "bias": (1,),
    }
    arrays = {name: random.normal(size=shape).astype(np.float32) / 2 for name, shape in shapes.items()}
    arrays["bilinear"] += arrays["bilinear"].T.copy()
    return PairDecoder(arrays | {"bounds": np.array(bounds, dtype=np.float32)})


@pytest.fixture(scope="module")
def embedding():
    return np.random.default_rng(2).normal(size=(GENES, WIDTH)).astype(np.float32)


@pytest.mark.parametrize("bounds", [(), (-1.0, 2.0)])
@pytest.mark.parametrize(("cached", "tile", "cores"), [(128 * 1024, 1024, "1"), (32 * 2 * WIDTH, 17, "3")])
def test_every_pair_has_the_decoders_score(embedding, bounds, cached, tile, cores, monkeypatch):
    monkeypatch.setattr(all_pairs, "CACHED", cached)
    monkeypatch.setattr(all_pairs, "TILE", tile)
    monkeypatch.setenv("OMP_NUM_THREADS", cores)
    decoder = decoder_of(bounds)
    scores = all_pair_scores(decoder, embedding)
    pairs = np.argwhere(~np.eye(GENES, dtype=bool))
    assert scores.dtype == np.float32
    assert np.array_equal(scores, scores.T)
    assert scores[pairs[:, 0], pairs[:, 1]] == pytest.approx(decoder.score(embedding, pairs), abs=1e-5)


def test_a_score_far_out_is_zero_or_one_and_no_warning(embedding):
    arrays = dict(decoder_of().arrays)
    for bias, score in ((5000, 1), (-5000, 0)):
        far = PairDecoder(arrays | {"bias": np.array([bias], dtype=np.float32)})
        assert (all_pair_scores(far, embedding) == score).all()
