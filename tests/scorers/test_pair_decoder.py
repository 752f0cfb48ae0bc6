"""PairDecoder: NumPy gives the numbers that torch was trained with."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from slviz.errors import DamagedRun
from slviz.scorers import PairDecoder

GENES, WIDTH = 50, 7


@pytest.fixture(scope="module")
def trained():
    """A torch decoder whose every parameter is away from its start."""
    import torch

    from slviz.networks.decoders import TorchPairDecoder

    with torch.random.fork_rng():
        torch.manual_seed(1)
        decoder = TorchPairDecoder(WIDTH, hidden=11, dropout=0.5, start=0.3).eval()
        for parameter in decoder.parameters():
            torch.nn.init.normal_(parameter, std=0.5)
    return decoder


@pytest.fixture(scope="module")
def embedding():
    return np.random.default_rng(2).normal(size=(GENES, WIDTH)).astype(np.float32)


@pytest.fixture(scope="module")
def pairs():
    return np.random.default_rng(3).integers(0, GENES, size=(20_000, 2))


def raw_of(trained, embedding, pairs):
    import torch

    with torch.no_grad():
        return trained(torch.as_tensor(embedding), torch.as_tensor(pairs))


def test_score_equals_the_logistic_of_the_torch_decoder(trained, embedding, pairs):
    theirs = raw_of(trained, embedding, pairs).sigmoid().numpy()
    ours = PairDecoder(trained.arrays()).score(embedding, pairs)
    assert ours.dtype == np.float32
    assert np.abs(ours - theirs).max() < 1e-5
    assert theirs.std() > 0.1


def test_confidence_equals_the_torch_decoder_within_its_bounds(trained, embedding, pairs):
    theirs = raw_of(trained, embedding, pairs).numpy()
    ours = PairDecoder(trained.arrays((-1.0, 2.0))).score(embedding, pairs)
    assert np.abs(ours - theirs.clip(-1, 2)).max() < 1e-5
    assert (ours.min(), ours.max()) == (-1, 2)


def test_the_order_of_the_two_genes_does_not_matter(trained, embedding, pairs):
    decoder = PairDecoder(trained.arrays())
    assert np.abs(decoder.score(embedding, pairs) - decoder.score(embedding, pairs[:, ::-1])).max() < 1e-6


def test_one_gene_against_all_is_the_same_as_its_pairs(trained, embedding):
    decoder = PairDecoder(trained.arrays())
    pairs = np.array([[9, other] for other in range(GENES)])
    np.testing.assert_allclose(decoder.score_with(embedding, 9), decoder.score(embedding, pairs), rtol=1e-5, atol=1e-7)


def test_no_pairs_no_scores(trained, embedding):
    assert PairDecoder(trained.arrays()).score(embedding, np.empty((0, 2), dtype=np.int64)).shape == (0,)


def test_a_score_far_out_is_zero_or_one_and_no_warning(trained, embedding, pairs):
    arrays = trained.arrays() | {"bias": np.array([5000], dtype=np.float32)}
    assert (PairDecoder(arrays).score(embedding, pairs) == 1).all()
    arrays["bias"] = -arrays["bias"]
    assert (PairDecoder(arrays).score(embedding, pairs) == 0).all()


def test_a_run_without_decoder_says_so():
    with pytest.raises(DamagedRun, match="lacks bilinear"):
        PairDecoder({})


def test_a_viewer_scores_pairs_without_torch():
    code = "import sys, slviz.tasks, slviz.training, slviz.splits, slviz.baselines, slviz.evaluation;"
    code += "sys.exit('torch' in sys.modules or 'torch_geometric' in sys.modules or 'sklearn' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
