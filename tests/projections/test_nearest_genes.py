"""Nearest genes: exact, against scikit-learn and by hand."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.neighbors import NearestNeighbors

from slviz.errors import InvalidSetting
from slviz.projections.nearest_genes import MEASURES, nearest_genes


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("gene", [0, 17, 199])
def test_agrees_with_scikit_learn(measure, gene: int) -> None:
    vectors = np.random.default_rng(0).normal(size=(200, 12)).astype(np.float32)
    number, distance = nearest_genes(vectors, gene, count=25, measure=measure)
    search = NearestNeighbors(n_neighbors=26, metric=measure, algorithm="brute").fit(vectors.astype(np.float64))
    theirs, indices = search.kneighbors(vectors[[gene]].astype(np.float64))
    assert number.tolist() == indices[0, 1:].tolist()
    assert np.allclose(distance, theirs[0, 1:], atol=1e-6)


def test_the_two_measures_differ_as_they_should() -> None:
    vectors = np.array([[1, 0], [9, 0], [1, 1], [0, -1], [-1, 0], [0, 0]], dtype=float)
    number, distance = nearest_genes(vectors, 0, count=9, measure="cosine")
    assert number.tolist() == [1, 2, 3, 5, 4]
    assert distance == pytest.approx([0, 1 - np.sqrt(0.5), 1, 1, 2])
    number, distance = nearest_genes(vectors, 0, count=2, measure="euclidean")
    assert number.tolist() == [2, 5]
    assert distance == pytest.approx([1, 1])


@pytest.mark.parametrize(
    "asked", [{"gene": 4, "count": 1}, {"gene": 0, "count": 0}, {"gene": 0, "count": 1, "measure": "x"}]
)
def test_what_cannot_be_asked_gets_a_sentence(asked) -> None:
    with pytest.raises(InvalidSetting):
        nearest_genes(np.eye(4), asked.pop("gene"), **asked)
