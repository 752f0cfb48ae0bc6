"""The parts that a network's parameters belong to, in words, by their names; for counts and norms of gradients."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import numpy as np

PARTS = (
    (r"encoder\.features\.", "features in"),
    (r"encoder\.structure\.", "structure in"),
    (r"encoder\.vectors\.", "gene vectors"),
    (r"encoder\.(?:layers|norms)\.(?P<layer>\d+)\.", "layer {layer}"),
    (r"encoder\.(?:out|log_variance)\.", "embedding out"),
    (r"encoder\.adversary\.", "adversary"),
    (r"encoder\.", "encoder, other"),
    (r"decoder\.|head\.", "decoder"),
)
"""What a parameter's name begins with, and the part that it belongs to, in the order of a pass."""
OTHER = "other"
RUNNING = (".running_mean", ".running_var", ".num_batches_tracked")
"""What a batch normalisation keeps beside its parameters."""


def part_of(parameter: str) -> str:
    """The part of the network that a parameter belongs to, such as "layer 1" for `encoder.layers.0.mix.weight`."""
    for beginning, part in PARTS:
        if match := re.match(beginning, parameter):
            layer = match.groupdict().get("layer")
            return part if layer is None else part.format(layer=int(layer) + 1)
    return OTHER


def by_part(parameters: Iterable[str]) -> dict[str, list[str]]:
    """Names of parameters by part, in the order of a pass."""
    parts: dict[str, list[str]] = {}
    for name in sorted(parameters, key=_place):
        parts.setdefault(part_of(name), []).append(name)
    return parts


def counts_by_part(weights: Mapping[str, np.ndarray]) -> dict[str, int]:
    """How many numbers each part has."""
    fitted = [name for name in weights if not name.endswith(RUNNING)]
    return {part: sum(int(weights[name].size) for name in names) for part, names in by_part(fitted).items()}


def _place(parameter: str) -> tuple[int, int, str]:
    for place, (beginning, _) in enumerate(PARTS):
        if match := re.match(beginning, parameter):
            return place, int(match.groupdict().get("layer") or 0), parameter
    return len(PARTS), 0, parameter
