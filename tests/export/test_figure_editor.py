"""The figure editor: what is changed of a figure, and labels of an exported map that do not cover each other."""

from __future__ import annotations

import itertools
import re
import shutil

import numpy as np
import plotly.graph_objects as go
import pytest

from slviz import export
from slviz.errors import InvalidSetting
from slviz.figures import by_cluster, embedding_3d, embedding_scatter
from slviz.figures.labels import AREA, POINT, placed_anew
from slviz.projections import PROJECTIONS, Clusters, Projection

needs_browser = pytest.mark.skipif(not any(map(shutil.which, export.BROWSERS)), reason="no Chromium on this machine")
CLUSTERS = tuple(f"{number} · regulation of process {number}" for number in range(1, 9))


def a_map() -> go.Figure:
    """Eight named clusters of 40 genes that lie close together, and five named genes in one of them."""
    random = np.random.default_rng(3)
    label = np.repeat(np.arange(len(CLUSTERS)), 40)
    middles = random.normal(size=(len(CLUSTERS), 2)) * 2
    place = (middles[label] + random.normal(size=(len(label), 2))).astype(np.float32)
    projection = Projection(PROJECTIONS.make("pca"), 0, place, ("PCA 1", "PCA 2"), np.ones(len(label), np.float32))
    colouring = by_cluster(Clusters(label=label, names=CLUSTERS, how="By hand."))
    genes = [f"GENE{number}" for number in range(len(label))]
    named = [40, 41, 42, 43, 44]
    return embedding_scatter(genes, projection, colouring, selected=named, named=named, webgl=False)


@needs_browser
@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize(
    ("size_mm", "dark"), [((89, None), True), ((120, None), False), ((183, None), True), ((338.67, 190.5), False)]
)
def test_labels_of_an_exported_map_do_not_overlap(size_mm: tuple[float, float | None], dark: bool) -> None:
    width, height = size_mm
    look = export.Appearance(dark=dark)
    svg = export.figure_to_image(a_map(), "svg", width_mm=width, height_mm=height, appearance=look).decode()
    boxes = label_boxes(svg)
    names = set(re.findall(r">(GENE\d+)<", svg))
    assert names == {"GENE40", "GENE41", "GENE42", "GENE43", "GENE44"}
    assert len(boxes) >= 5 + 6, "five genes, and most of eight clusters"
    for one, other in itertools.combinations(boxes, 2):
        assert not _overlap(one, other), (one, other)
    assert "#E69F00" in svg.upper() or "rgb(230, 159, 0)" in svg, "clusters keep their colours"


PCA_TITLES = ("PCA 1 (23.1 % of variance)", "PCA 2 (9.0 % of variance)", "PCA 3 (4.0 % of variance)")


@needs_browser
@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("width_mm", [89, 183])
def test_a_legend_under_a_map_in_three_dimensions_covers_neither_it_nor_the_footer(width_mm: int) -> None:
    random = np.random.default_rng(0)
    place = random.normal(size=(280, 3)).astype(np.float32)
    projection = Projection(PROJECTIONS.make("pca"), 0, place, PCA_TITLES, np.ones(280, np.float32))
    names = tuple(f"{number} · regulation of process {number}" for number in range(1, 29))
    colouring = by_cluster(Clusters(label=np.arange(280) % 28, names=names, how="By hand."))
    figure = embedding_3d([f"GENE{number}" for number in range(280)], projection, colouring)
    for height_mm in (None, 1.2 * width_mm):
        svg = export.figure_to_image(
            figure, "svg", width_mm=width_mm, height_mm=height_mm, provenance="Data demo; model gat; run gat-both-link"
        ).decode()
        legend = re.search(
            r'class="legend"[^>]*translate\(([-\d.]+),\s*([-\d.]+)\).*?width="([\d.]+)" height="([\d.]+)"', svg
        )
        assert legend is not None
        left, top, width, height = (float(part) for part in legend.groups())
        (foot,) = label_boxes(svg)
        total = float(re.search(r'viewBox="0 0 [\d.]+ ([\d.]+)"', svg)[1])
        assert top + height <= foot[1] + 1
        assert foot[1] + foot[3] <= total
        assert left + width <= 1 + float(re.search(r'viewBox="0 0 ([\d.]+)', svg)[1])
        assert svg.count('class="legendtext"') == 28
        scene = re.search(r"<image[^>]*>", svg)[0]
        bottom = sum(float(re.search(rf'{name}="([\d.]+)"', scene)[1]) for name in ("y", "height"))
        assert bottom <= top + 1


@needs_browser
@pytest.mark.browser
@pytest.mark.slow
def test_an_exported_map_says_what_its_axes_are() -> None:
    place = np.random.default_rng(0).normal(size=(40, 2)).astype(np.float32)
    projection = Projection(PROJECTIONS.make("pca"), 0, place, PCA_TITLES[:2], np.ones(40, np.float32))
    colouring = by_cluster(Clusters(label=np.arange(40) % 2, names=("a", "b"), how="By hand."))
    figure = embedding_scatter([f"GENE{number}" for number in range(40)], projection, colouring, webgl=False)
    for width_mm in (89, 183):
        svg = export.figure_to_image(figure, "svg", width_mm=width_mm, provenance="x").decode()
        for axis, title in zip("xy", PCA_TITLES, strict=False):
            drawn = re.search(rf'class="{axis}title"[^>]*>([^<]*)<', svg)
            assert drawn is not None
            assert drawn[1] == title
    assert all(title in export.figure_to_html(figure, provenance="x").decode() for title in PCA_TITLES[:2])


def label_boxes(svg: str) -> list[tuple[float, float, float, float]]:
    """Left, top, width and height of every label that the drawing shows, from the frame that Plotly lays behind it."""
    boxes = []
    for note in re.split(r'<g class="annotation"', svg)[1:]:
        shift = re.search(r'<g class="cursor-pointer" transform="translate\(([-\d.]+),\s*([-\d.]+)\)"', note)
        frame = re.search(r'<rect class="bg"[^>]*?x="([-\d.]+)"[^>]*?y="([-\d.]+)"[^>]*?width="([\d.]+)"'
                          r'[^>]*?height="([\d.]+)"', note)  # fmt: skip
        if shift and frame:
            x, y, width, height = (float(part) for part in frame.groups())
            boxes.append((x + float(shift[1]), y + float(shift[2]), width, height))
    return boxes


def _overlap(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    inside = 1.0  # a frame has a pixel of its own around the letters
    return all(
        one[axis] + one[axis + 2] - inside > other[axis] and other[axis] + other[axis + 2] - inside > one[axis]
        for axis in (0, 1)
    )


@pytest.mark.parametrize("pixels", [(260.0, 220.0), (480.0, 400.0), (1100.0, 600.0)])
def test_labels_are_placed_for_the_size_of_the_figure(pixels: tuple[float, float]) -> None:
    figure = placed_anew(a_map(), pixels)
    shown = [note for note in figure.layout.annotations if note.visible is not False]
    assert sum(note.name == POINT for note in shown) == 5
    areas = [note for note in shown if note.name == AREA]
    assert len(areas) >= (2 if pixels[0] < 300 else 6)
    low, high = (np.array([figure.layout[f"{axis}axis"].range[end] for axis in "xy"]) for end in (0, 1))
    boxes = []
    for note in shown:
        at = (np.array([note.x, note.y]) - low) / (high - low) * pixels
        at = at + ((note.ax, -note.ay) if note.name == POINT else (note.xshift, note.yshift))
        lines = note.text.split("<br>")
        size = np.array([max(map(len, lines)) * 6.6, len(lines) * 15.0])
        boxes.append((*(at - size / 2), *size))
    for one, other in itertools.combinations(boxes, 2):
        assert not _overlap(one, other)


def test_an_edited_figure_has_what_was_asked_for() -> None:
    look = export.Appearance(
        title="Maps & <models>", legend=False, font="serif", letters_pt=9, point_scale=2, dark=True
    )
    figure = a_map()
    drawn = export.for_print(figure, width_mm=120, appearance=look)
    assert drawn.layout.title.text == "Maps &amp; &lt;models&gt;"
    assert drawn.layout.showlegend is False
    assert "Times" in drawn.layout.font.family
    assert drawn.layout.width == round(120 / 25.4 * 72 * 12 / 9)
    assert drawn.data[0].marker.size == 2 * figure.data[0].marker.size
    assert drawn.layout.paper_bgcolor == "#12191D"
    assert figure.layout.title.text is None, "the page's own figure stays"
    slide = export.for_print(figure, width_mm=338.67, height_mm=190.5)
    assert slide.layout.width / slide.layout.height == pytest.approx(16 / 9, abs=0.01)


def test_a_page_of_a_map_places_its_labels_by_itself() -> None:
    page = export.figure_to_html(a_map(), provenance="x").decode()
    assert "labelUpdates(placedLabels(chart))" in page
    assert "{plot_id}" not in page.partition("placedLabels(chart) {")[2]
    assert "placedLabels" not in export.figure_to_html(go.Figure(go.Scatter(x=[1], y=[2])), provenance="x").decode()


@pytest.mark.parametrize(
    "wrong", [{"font": "wingdings"}, {"title": "x" * 201}, {"letters_pt": 1.0}, {"point_scale": 90.0}]
)
def test_what_no_figure_can_be_gets_a_sentence(wrong: dict) -> None:
    with pytest.raises(InvalidSetting, match=r"is not one of|at most 200|outside the range"):
        export.Appearance(**wrong)
