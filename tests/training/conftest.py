"""What is read and asked while something trains, written down."""

from __future__ import annotations

import pytest

from slviz.networks.encoders import Encoder, RawFeatureEncoder
from slviz.training.models import PairModel


@pytest.fixture
def read_edges(monkeypatch):
    """Every list of edges that any encoder is given, with whether it was a step of training."""
    seen = []

    def watched(original):
        def reading(self, features, structure, edges):
            seen.append((self.training, edges.clone()))
            return original(self, features, structure, edges)

        return reading

    for encoder in (Encoder, RawFeatureEncoder):
        monkeypatch.setattr(encoder, "encode", watched(encoder.encode))
        monkeypatch.setattr(encoder, "attention", watched(encoder.attention))
    return seen


@pytest.fixture
def asked_pairs(monkeypatch):
    """For every step of training: the pairs asked about, the edges read meanwhile, the structure read."""
    steps = []
    original = PairModel.forward

    def watched(self, features, graph, pairs):
        steps.append((pairs.clone(), graph.edges.clone(), graph.structure.clone()))
        return original(self, features, graph, pairs)

    monkeypatch.setattr(PairModel, "forward", watched)
    return steps
