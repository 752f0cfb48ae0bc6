"""Genes on the same place: counted where a matrix product would round them apart or together."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from slviz.projections import DENSITIES


@pytest.mark.parametrize("width", [2, 32])
def test_genes_within_a_ten_millionth_are_counted_exactly(width: int) -> None:
    random = np.random.default_rng(width)
    centre = random.normal(size=(40, width))
    vectors = (centre[random.integers(0, 40, size=300)] / 100).astype(np.float32)
    vectors[::3] += np.float32(3e-7)  # near by, and yet elsewhere
    found = DENSITIES.make("same-place").estimate(vectors)
    distance = cdist(vectors.astype(float), vectors.astype(float))
    assert np.array_equal(found.value, (distance <= 1e-7).sum(axis=1) - 1)
    assert found.value.max() > 3
    assert (found.unit, "1e-07" in found.how) == ("genes within 1e-07", True)


def test_genes_that_all_coincide_are_each_in_the_company_of_all_others() -> None:
    found = DENSITIES.make("same-place").estimate(np.ones((500, 2), dtype=np.float32))
    assert (found.value == 499).all()
