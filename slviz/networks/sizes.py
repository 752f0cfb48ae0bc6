"""How many parameters a GCN, a GAT and an adversarial network have, part by part, from their settings; no torch."""

from __future__ import annotations

from slviz.networks.adversarial import Adversarial
from slviz.networks.gat import GAT
from slviz.networks.gcn import GCN

ADVERSARY_HIDDEN = 64
"""As `slviz.networks.prior.HIDDEN`, which needs torch."""


def parameters_of(network: GCN | GAT | Adversarial, *, columns: int, genes: int, structure: int) -> dict[str, int]:
    """Parameters of the encoder by part, in the order of a pass (`slviz.networks.network_parts`).

    Args:
        network: with its settings; bare layers and batch normalisation have other parts, and are not counted here.
        columns: of the features.
        genes: that it learns a vector for; 0 for none.
        structure: columns that describe a gene's place in the graph.
    """
    width = network.width
    counts = {"features in": columns * width + width, "structure in": structure * width + width}
    if genes and network.gene_vectors:
        counts["gene vectors"] = genes * width
    norm = 2 * width if network.normalise else 0
    for number in range(network.layers):
        counts[f"layer {number + 1}"] = _layer(network) + norm
    counts["embedding out"] = width * (network.layers + 1) * width + width
    if isinstance(network, Adversarial):
        if network.variational:
            counts["embedding out"] *= 2  # mean and log-variance
        hidden = ADVERSARY_HIDDEN
        counts["adversary"] = (width + 1) * hidden + (hidden + 1) * hidden + hidden + 1
    return counts


def _layer(network: GCN | GAT | Adversarial) -> int:
    """Of one layer from the width to the width."""
    width = network.width
    if not isinstance(network, GAT):
        return width * width + width
    mixed = width * width + width
    attended = width * width + 2 * width + width  # W, the two halves of a, bias; heads share the width
    return attended + mixed
