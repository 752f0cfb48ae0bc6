"""A triangle draws every mixture in its place, with its number, its name and its picture."""

from __future__ import annotations

import base64
import io

import numpy as np
from PIL import Image

from slviz.figures.triangle import places, triangle
from slviz.projections.triangle import barycentric

SHARES = barycentric()
NAMES = [f"GENE{number}" for number in range(14)] + ["<b>a name that is long</b>"]


def test_rows_go_from_a_above_to_b_on_the_left_and_c_on_the_right() -> None:
    place = places(SHARES)
    assert place[[0, 10, 14]].tolist() == [[0, 0], [-2, -4], [2, -4]]
    assert sorted(set(place[:, 1])) == [-4, -3, -2, -1, 0]
    assert np.allclose(np.diff(place[10:, 0]), 1)


def test_dots_carry_numbers_names_and_distances() -> None:
    ratio = np.linspace(0, 1.4, 15)
    figure = triangle(NAMES, SHARES, ratio, marked=7, most=2.5, keep="x", notes=["class 1"] + [""] * 14)
    dots, labels, ring = figure.data
    assert np.ravel(dots.customdata).tolist() == list(range(15))
    assert np.allclose(dots.marker.color, ratio)
    assert (dots.marker.cmin, dots.marker.cmax) == (0, 2.5)
    assert dots.text[7] == "25 % A, 50 % B, 25 % C<br>nearest: GENE7"
    assert dots.text[0].endswith("<br>class 1")
    assert "<b>" not in labels.text[14]
    assert "&lt;b&gt;" in labels.text[14]
    assert (ring.x[0], ring.y[0]) == tuple(places(SHARES)[7])
    assert not figure.layout.images
    letters = {note.text: (note.x, round(note.y)) for note in figure.layout.annotations}
    assert letters == {"<b>A</b>": (0, 0), "<b>B</b>": (-2, -4), "<b>C</b>": (2, -4)}


def test_each_mixture_has_its_own_picture() -> None:
    images = np.random.default_rng(0).integers(256, size=(15, 4, 3, 3)).astype(np.uint8)
    figure = triangle(NAMES, SHARES, np.zeros(15), marked=0, most=0, keep="x", pictures=images)
    assert figure.data[0].marker.cmax == 1
    for picture, drawn, at in zip(images, figure.layout.images, places(SHARES), strict=True):
        assert (drawn.x, drawn.y) == tuple(at)
        content = np.asarray(Image.open(io.BytesIO(base64.b64decode(drawn.source.partition(",")[2]))))
        assert np.array_equal(content[::14, ::14], picture)
