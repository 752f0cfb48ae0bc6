"""The decoder of pictures in NumPy is that of torch, for odd sizes and colours too; and foreign weights are refused."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch

from slviz.datasets.picture_shape import PictureShape
from slviz.errors import DamagedRun
from slviz.networks.picture_decoder import PictureDecoder
from slviz.networks.picture_layers import AT_ONCE, PictureEncoder, TorchPictureDecoder


@pytest.mark.parametrize(
    ("shape", "layers"), [(PictureShape(8, 8), 2), (PictureShape(7, 5, 3), 3), (PictureShape(1, 3), 1)]
)
def test_numpy_and_torch_draw_the_same_from_an_embedding(shape, layers):
    torch.manual_seed(0)
    module = TorchPictureDecoder(shape, layers=layers, filters=4, width=3).eval()
    weights = {f"decoder.{name}": value.numpy() for name, value in module.state_dict().items()}
    decoder = PictureDecoder.of(weights, shape)
    embedding = np.random.default_rng(1).normal(size=(6, 3)).astype(np.float32)
    with torch.no_grad():
        theirs = module(torch.as_tensor(embedding)).numpy()
    assert decoder.width == 3
    assert np.allclose(decoder.decode(embedding), theirs, atol=1e-6)
    assert np.shape(json.loads(decoder.to_json())["start"][0])[1] == 3


@pytest.mark.parametrize("classifies", [False, True])
def test_pictures_are_seen_one_by_one_however_many_are_read_at_once(classifies):
    torch.manual_seed(0)
    shape = PictureShape(5, 4)
    encoder = PictureEncoder(shape, layers=2, filters=2, width=3, dropout=0.0, classifies=classifies).eval()
    pixels = torch.rand(AT_ONCE + 5, shape.size)
    nothing = torch.empty(0)
    with torch.no_grad():
        many = encoder(pixels, nothing, nothing)
        assert torch.allclose(many[-3:], encoder(pixels[-3:], nothing, nothing), atol=1e-6)
    states = encoder.encode(pixels[:9], nothing, nothing).states
    assert [state.shape for state in states] == [(9, 20), (9, 2 * 3 * 2), (9, 4 * 2 * 1), (9, 3)]


def test_weights_of_another_network_are_refused():
    with pytest.raises(DamagedRun, match="no decoder of pictures"):
        PictureDecoder.of({"encoder.out.weight": np.zeros((2, 2))}, PictureShape(8, 8))
    torch.manual_seed(0)
    module = TorchPictureDecoder(PictureShape(8, 8), layers=2, filters=4, width=3)
    weights = {f"decoder.{name}": value.numpy() for name, value in module.state_dict().items()}
    with pytest.raises(DamagedRun, match="of no decoder of pictures of 28 × 28 pixels"):
        PictureDecoder.of(weights, PictureShape(28, 28))
