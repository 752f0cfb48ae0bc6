"""Maps of very many points: a picture that adds up, points in a window, and little that is sent."""

from __future__ import annotations

import base64
import io
import json

import numpy as np
import pytest
from PIL import Image

from slviz.figures import Colouring, raster
from slviz.figures.own_columns import by_column
from slviz.figures.raster import CELLS, Window, map_of_many, png

AXES = ("one", "two")


@pytest.fixture(scope="module")
def place() -> np.ndarray:
    """Two clouds: 3,000 points on the left, 1,000 on the right."""
    random = np.random.default_rng(0)
    left, right = random.normal([-10, 0], 1, size=(3000, 2)), random.normal([10, 0], 1, size=(1000, 2))
    return np.concatenate([left, right]).astype(np.float32)


@pytest.fixture(scope="module")
def side() -> Colouring:
    return by_column("side", np.array(["left"] * 3000 + ["right"] * 1000, dtype=object))


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes 4,000 points many."""
    monkeypatch.setattr(raster, "POINTS_UP_TO", 2000)
    monkeypatch.setattr(raster, "POINTS_IN_WINDOW", 1500)


def pixels_of(figure: object) -> np.ndarray:
    source = figure.layout.images[0].source  # type: ignore[attr-defined]
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(source.partition(",")[2]))))


def names_of(count: int) -> list[str]:
    return [f"point {each}" for each in range(count)]


@pytest.mark.usefixtures("many")
def test_many_points_become_one_picture_with_their_colours(place: np.ndarray, side: Colouring) -> None:
    figure, drawn = map_of_many(names_of(4000), place, side, axes=AXES, keep="x")
    assert drawn == 0
    pixels = pixels_of(figure)
    assert pixels.shape == (CELLS, CELLS, 4)
    whole = Window.around(place)
    column = ((place[:, 0] - whole.left) / (whole.right - whole.left) * CELLS).astype(int)
    row = CELLS - 1 - ((place[:, 1] - whole.bottom) / (whole.top - whole.bottom) * CELLS).astype(int)
    assert (pixels[row, column, 3] > 0).mean() > 0.999  # wherever a point lies something is drawn
    assert (pixels[:, :, 3] > 0).sum() == len(set(zip(row.tolist(), column.tolist(), strict=True)))
    left, right = (tuple(pixels[row[each], column[each], :3].tolist()) for each in (0, 3999))
    colours = {trace.name.partition(" ")[0]: trace.marker.color for trace in figure.data}
    assert ["#" + bytes(each).hex().upper() for each in (left, right)] == [colours["left"], colours["right"]]
    assert [trace.name for trace in figure.data] == ["left (3,000)", "right (1,000)"]


@pytest.mark.usefixtures("many")
def test_a_window_with_few_points_shows_them_and_all_of_them(place: np.ndarray, side: Colouring) -> None:
    window = Window(8, 12, -2, 2)
    figure, drawn = map_of_many(names_of(4000), place, side, axes=AXES, keep="x", window=window)
    inside = np.flatnonzero(window.holds(place))
    assert drawn == len(inside) > 500
    assert not figure.layout.images
    shown = np.concatenate([trace.customdata for trace in figure.data if trace.customdata is not None])
    assert set(inside) <= set(shown.tolist()) <= set(range(3000, 4000))
    for trace in figure.data:
        if trace.customdata is not None and len(trace.customdata):
            assert np.array_equal(np.column_stack([trace.x, trace.y]), place[trace.customdata])
            assert trace.text[0] == f"point {trace.customdata[0]}"
    assert tuple(figure.layout.xaxis.range) == (8, 12)
    crowd, none = map_of_many(names_of(4000), place, side, axes=AXES, keep="x", window=Window(-14, -6, -5, 5))
    assert none == 0
    assert len(crowd.layout.images) == 1


@pytest.mark.usefixtures("many")
def test_marked_points_lie_on_top_of_a_picture(place: np.ndarray, side: Colouring) -> None:
    figure, drawn = map_of_many(names_of(4000), place, side, axes=AXES, keep="x", marked=[7, 3, 7])
    assert drawn == 0
    top = figure.data[-1]
    assert list(top.customdata) == [3, 7]
    assert list(top.text) == [names_of(4000)[3], names_of(4000)[7]]
    assert np.allclose(np.column_stack([top.x, top.y]), place[[3, 7], :2])


@pytest.mark.usefixtures("many")
def test_an_amount_is_painted_by_its_mean_on_a_scale_that_no_zoom_changes(place: np.ndarray) -> None:
    value = np.where(place[:, 0] < 0, 0.0, 1.0)
    value[:5] = np.nan
    amount = Colouring("amount", "continuous", value)
    figure, _ = map_of_many(names_of(4000), place, amount, axes=AXES, keep="x")
    pixels = pixels_of(figure)
    low, high = pixels[:, : CELLS // 3], pixels[:, -CELLS // 3 :]
    assert tuple(low[low[:, :, 3] > 0][0, :3]) == (68, 1, 84)  # the ends of viridis
    assert tuple(high[high[:, :, 3] > 0][0, :3]) == (253, 231, 37)
    near, _ = map_of_many(names_of(4000), place, amount, axes=AXES, keep="x", window=Window(8, 12, -2, 2))
    scales = [[(t.marker.cmin, t.marker.cmax) for t in each.data if t.marker.colorbar.len] for each in (figure, near)]
    assert scales[0][0] == scales[1][0] == (0.0, 1.0)


def test_points_are_sent_as_packed_float32_and_once(place: np.ndarray, side: Colouring) -> None:
    figure, drawn = map_of_many(names_of(4000), place, side, axes=AXES, keep="x")
    assert drawn == 4000
    sent = json.loads(figure.to_json())
    packed = [trace for trace in sent["data"] if trace.get("text")]
    assert {trace["x"]["dtype"] for trace in packed} == {"f4"}
    assert {trace["customdata"]["dtype"] for trace in packed} <= {"i2", "i4"}
    assert sum(len(trace["text"]) for trace in packed) == 4000
    assert {trace["type"] for trace in packed} == {"scattergl"}
    vector, _ = map_of_many(names_of(4000), place, side, axes=AXES, keep="x", webgl=False)
    assert {trace.type for trace in vector.data} == {"scatter"}


def test_a_png_is_read_by_others() -> None:
    random = np.random.default_rng(0)
    for channels in (1, 4):
        pixels = random.integers(256, size=(7, 5, channels)).astype(np.uint8)
        read = np.asarray(Image.open(io.BytesIO(png(pixels))))
        assert np.array_equal(read.reshape(pixels.shape), pixels)


def test_columns_of_a_table_get_a_fitting_colour() -> None:
    codes = by_column("class", np.array([2, 0, 1, np.nan, 2]))
    assert (codes.kind, codes.values.tolist()) == ("categorical", ["2", "0", "1", "", "2"])
    assert codes.categories == ("0", "1", "2", "")
    amounts = by_column("age", np.array([0.5, np.inf, 3.0]))
    assert amounts.kind == "continuous"
    assert np.isnan(amounts.values[1])
    assert by_column("age", np.arange(40)).kind == "continuous"
    assert by_column("is", np.array([True, False])).values.tolist() == ["yes", "no"]
    digits = by_column("digit", np.array(list("3102"), dtype=object))
    assert digits.categories == ("0", "1", "2", "3")
    words = by_column("word", np.array([f"w{each % 40:02d}" for each in range(410)] + [""] * 900, dtype=object))
    assert words.categories[-1] == ""
    assert "other" in words.categories
    assert len(words.categories) == 25
    assert words.values[0] == "w00"
