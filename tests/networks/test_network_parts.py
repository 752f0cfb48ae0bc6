"""Every parameter of every network belongs to a named part."""

from __future__ import annotations

import numpy as np
import pytest

from slviz.networks import NETWORKS
from slviz.networks.network import Network
from slviz.networks.network_parts import OTHER, by_part, counts_by_part

IN_EPOCHS = [name for name, network in NETWORKS.items() if network.learns_in_epochs and not network.reads_pictures]


@pytest.mark.parametrize("name", IN_EPOCHS)
def test_parameters_are_counted_by_the_parts_of_a_pass(name: str) -> None:
    network = NETWORKS.make(name, layers=2)
    assert isinstance(network, Network)
    encoder = network.build(8, genes=5, structure=3)
    weights = {f"encoder.{key}": value.detach().numpy() for key, value in encoder.named_parameters()}
    counts = counts_by_part(weights)
    assert sum(counts.values()) == sum(weight.size for weight in weights.values())
    assert [part for part in counts if part.startswith("layer")] == ["layer 1", "layer 2"]
    assert not {OTHER, "encoder, other"} & set(counts)


def test_layers_stand_in_the_order_of_their_numbers() -> None:
    names = ["decoder.x", "encoder.layers.1.a", "encoder.layers.0.b", "head.weight", "encoder.features.weight", "odd"]
    assert list(by_part(names)) == ["features in", "layer 1", "layer 2", "decoder", OTHER]
    assert counts_by_part({"odd": np.zeros(3)}) == {OTHER: 3}
