"""The way back from a straight map: exact where nothing is lost, and its share of the variance where something is."""

from __future__ import annotations

import numpy as np
import pytest

from slviz.errors import InvalidSetting
from slviz.projections import PROJECTIONS
from slviz.projections.pca import explained_variance
from slviz.projections.plane import plane_of


def vectors(width: int) -> np.ndarray:
    random = np.random.default_rng(3)
    return (random.gamma(1.0, size=(80, width)) @ random.normal(size=(width, width)) + 5).astype(np.float32)


def test_an_embedding_of_two_columns_comes_back_whole() -> None:
    embedding = vectors(2)
    projection = PROJECTIONS.make("pca").fit(embedding, 0)
    plane = plane_of(projection, embedding)
    assert plane.share == pytest.approx(1)
    assert np.allclose(plane.at(projection.coordinates), embedding, atol=1e-4)


@pytest.mark.parametrize("dimensions", [2, 3])
def test_the_share_of_a_pca_is_the_variance_of_its_axes(dimensions: int) -> None:
    embedding = vectors(6)
    projection = PROJECTIONS.make("pca", dimensions=dimensions).fit(embedding, 0)
    plane = plane_of(projection, embedding)
    assert plane.share == pytest.approx(explained_variance(embedding)[:dimensions].sum(), abs=1e-5)
    assert np.allclose(plane.at(np.zeros((1, dimensions))), embedding.mean(axis=0), atol=1e-4)
    again = plane.at(projection.coordinates)
    assert np.allclose(
        PROJECTIONS.make("pca", dimensions=dimensions).fit(again, 0).coordinates, projection.coordinates, atol=1e-3
    )


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.slow] if name == "umap" else []) for name in PROJECTIONS]
)
def test_a_map_that_calls_itself_straight_is_a_sum_of_columns_and_no_other_has_a_way_back(name: str) -> None:
    embedding = vectors(5)
    settings = {"iterations": 60} if name == "tsne" else {}
    projection = PROJECTIONS.make(name, **settings).fit(embedding, 0, labels=np.arange(80) % 3)
    columns = np.column_stack([np.ones(len(embedding)), embedding])
    solution = np.linalg.lstsq(columns, projection.coordinates, rcond=None)[0]
    lost = np.abs(columns @ solution - projection.coordinates).max() / np.abs(projection.coordinates).max()
    assert (lost < 1e-3) == projection.method.straight
    if not projection.method.straight:
        with pytest.raises(InvalidSetting, match="has no way back"):
            plane_of(projection, embedding)
