"""The map of columns is the embedding itself, and says which of its columns say nothing."""

from __future__ import annotations

import numpy as np
import pytest

from slviz.errors import DataError, InvalidSetting
from slviz.projections import PCA, Columns
from slviz.projections.columns import same_for_all


def an_embedding() -> np.ndarray:
    vectors = np.random.default_rng(3).normal(2, 1, size=(50, 4)).astype(np.float32)
    vectors[:, 2] = 0
    return vectors


def test_nothing_is_turned_moved_or_scaled() -> None:
    vectors = an_embedding()
    drawn = Columns(first=4, second=1).fit(vectors, 0)
    assert np.array_equal(drawn.coordinates, vectors[:, [3, 0]])
    assert drawn.axes == ("Column 4 (of 4)", "Column 1 (of 4)")
    assert drawn.caption.startswith("Columns 4 and 1 of the embedding")
    solid = Columns(dimensions=3).fit(vectors, 0)
    assert np.array_equal(solid.coordinates, vectors[:, :3])
    assert solid.axes[2] == "Column 3 (of 4, the same for every gene)"
    assert same_for_all(vectors) == 1
    assert same_for_all(vectors[:, :2]) == 0


def test_an_embedding_that_is_one_point_is_drawn_as_one() -> None:
    dead = np.zeros((20, 2), dtype=np.float32)
    drawn = Columns().fit(dead, 0)
    assert np.array_equal(drawn.coordinates, dead)
    assert np.isfinite(drawn.kept).all()
    with pytest.raises(DataError, match="The map Columns shows the one point"):
        PCA().fit(dead, 0)


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"second": 9}, "second=9 is beyond the 4 columns of this embedding. Take 1 to 4."),
        ({"first": 2}, "Columns 2, 2 are not different"),
    ],
)
def test_columns_that_cannot_be_drawn_are_told(settings: dict[str, int], sentence: str) -> None:
    with pytest.raises(InvalidSetting, match=sentence):
        Columns(**settings).fit(an_embedding(), 0)
