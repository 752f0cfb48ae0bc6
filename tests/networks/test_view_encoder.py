"""Weights of a layer of views are stored by the views' names, in no order."""

import numpy as np
import pytest
import scipy.sparse as sp
import torch

from slviz.networks.view_encoder import OLD_ORDER, ViewLayer


@pytest.fixture(scope="module")
def relations():
    random = np.random.default_rng(0)
    return {name: sp.csr_array(random.uniform(size=(5, 5)).astype(np.float32)) for name in ("interactions", "terms")}


def layer_of(relations, *, seed=0):
    torch.manual_seed(seed)
    layer = ViewLayer(3, 4, relations=relations)
    with torch.no_grad():
        layer.of_view.normal_()
    return layer


def test_a_layer_with_its_views_in_another_order_reads_them_and_says_the_same(relations):
    one = layer_of(relations)
    other = layer_of(dict(reversed(relations.items())), seed=1)
    assert {f"of_view.{name}" for name in one.names} <= set(one.state_dict())
    other.load_state_dict(one.state_dict())
    genes, edges = torch.randn(5, 3), torch.tensor([[0, 1], [1, 0]])
    assert torch.allclose(one(genes, edges), other(genes, edges), atol=1e-6)


def test_weights_of_earlier_versions_hold_the_rows_in_one_array(relations):
    one, other = layer_of(relations), layer_of(relations, seed=1)
    stored = {name: value for name, value in one.state_dict().items() if not name.startswith("of_view.")}
    in_order = [name for name in OLD_ORDER if name in one.names]
    stored["of_view"] = torch.stack([one.state_dict()[f"of_view.{name}"] for name in in_order])
    other.load_state_dict(stored)
    assert torch.equal(other.of_view, one.of_view)
    with pytest.raises(RuntimeError, match="of_view"):
        other.load_state_dict({**stored, "of_view": stored["of_view"][:1]})
