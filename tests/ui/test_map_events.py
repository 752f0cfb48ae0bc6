"""What the browser tells of a map is understood, also when it is nonsense."""

from __future__ import annotations

import base64
import io

import numpy as np
import pytest
from PIL import Image

from slviz.projections.lasso import inside
from slviz.ui.embedding.map_events import MOST_PIXELS, sprites_of


def test_a_lasso_holds_what_lies_in_it_even_where_it_is_bent() -> None:
    grid = np.stack(np.meshgrid(np.arange(10), np.arange(10)), axis=-1).reshape(-1, 2).astype(np.float32) + 0.5
    bent = {"kind": "lasso", "x": [0, 10, 10, 5, 5, 0], "y": [0, 0, 10, 10, 3, 3]}  # an L
    expected = (grid[:, 1] < 3) | (grid[:, 0] > 5)
    assert inside(grid, bent).tolist() == np.flatnonzero(expected).tolist()
    ring = np.linspace(0, 2 * np.pi, 200)
    circle = {"kind": "lasso", "x": (5 + 3 * np.cos(ring)).tolist(), "y": (5 + 3 * np.sin(ring)).tolist()}
    assert inside(grid, circle).tolist() == np.flatnonzero(np.linalg.norm(grid - 5, axis=1) < 3).tolist()


def test_a_box_may_be_drawn_from_any_corner() -> None:
    place = np.array([[1, 1], [2, 5], [3, 2]], dtype=np.float32)
    assert inside(place, {"kind": "box", "x": [3.5, 0.5], "y": [2.5, 0.5]}).tolist() == [0, 2]


@pytest.mark.parametrize("shape", [None, {}, {"x": 1, "y": 2}, {"x": [1], "y": [1]}, {"x": [1, 2], "y": [1]}, "lasso"])
def test_a_broken_shape_selects_nothing(shape: object) -> None:
    assert len(inside(np.zeros((3, 2), np.float32), shape)) == 0  # type: ignore[arg-type]


def test_every_picture_lies_where_the_browser_looks_for_it() -> None:
    images = np.random.default_rng(0).integers(256, size=(11, 4, 3)).astype(np.uint8)
    sprites = sprites_of(images)
    assert sprites is not None
    whole = np.asarray(Image.open(io.BytesIO(base64.b64decode(sprites["image"].partition(",")[2]))))
    for number, image in enumerate(images):
        row, column = divmod(number, sprites["columns"])
        assert np.array_equal(whole[row * 4 : row * 4 + 4, column * 3 : column * 3 + 3], image)


def test_too_many_pictures_are_not_sent() -> None:
    assert sprites_of(np.zeros((1, MOST_PIXELS + 1, 1), np.uint8)) is None
    assert sprites_of(None) is None
