"""The activations and normalisations between the layers of a network, by name; no torch."""

from __future__ import annotations

from collections.abc import Mapping

ACTIVATIONS: Mapping[str, str] = {
    "elu": "elu",
    "relu": "relu",
    "leaky_relu": "leaky_relu",
    "gelu": "gelu",
    "tanh": "tanh",
    "logistic": "sigmoid",
}
"""Name of the function in `torch.nn.functional` by what a setting calls it; the leaky ReLU has slope 0.01 left of 0."""
LAYER, BATCH = "layer", "batch"
