"""A map of the small graph's genes."""

from __future__ import annotations

import numpy as np
import pytest

from slviz.datasets import GeneGraph
from slviz.projections import PROJECTIONS, Projection


@pytest.fixture(scope="module")
def place(graph: GeneGraph) -> Projection:
    vectors = np.random.default_rng(0).normal(size=(len(graph), 5)).astype(np.float32)
    return PROJECTIONS.make("pca").fit(vectors, 0)
