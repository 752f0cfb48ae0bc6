"""Maps: every gene once, named by customdata, coloured by what is said, vector when asked for."""

from __future__ import annotations

import dataclasses

import numpy as np
import plotly.graph_objects as go
import pytest

from slviz.datasets import GeneGraph
from slviz.datasets.evidence_kinds import all_in_words
from slviz.figures import (
    Colouring,
    by_cluster,
    by_degree,
    by_density,
    by_density_distortion,
    by_evidence,
    by_map_quality,
    by_partner_score,
    by_preservation,
    by_shared,
    by_spread,
    embedding_3d,
    embedding_scatter,
    side_by_side,
)
from slviz.figures.embedding import ROOM, span_of
from slviz.figures.labels import LETTER_WIDTH, LINE_HEIGHT, area_labels, callouts
from slviz.figures.palette import LONGER, MISSING, OKABE_ITO, categorical
from slviz.projections import CLUSTERINGS, DENSITIES, PROJECTIONS, Density, Projection, density_distortion, spread_over


def near(vectors: np.ndarray) -> Density:
    return DENSITIES.make("nearest").estimate(vectors)


def colourings(graph: GeneGraph, place: Projection) -> list[Colouring]:
    scores = np.random.default_rng(1).uniform(size=len(graph))
    return [
        by_degree(graph),
        by_evidence(graph),
        by_density(near(place.coordinates)),
        by_density(DENSITIES.make("radius").estimate(place.coordinates)),
        by_cluster(CLUSTERINGS.make("kmeans", clusters=3).find(place.coordinates)),
        by_preservation(place),
        by_partner_score(scores, "GENE3", gene=3),
        by_map_quality(scores, 0.5),
        by_spread(spread_over([place.coordinates, place.coordinates + 0.1 * scores[:, None]]), 2),
        by_density_distortion(
            density_distortion(
                *(DENSITIES.make("nearest").estimate(each) for each in (place.coordinates, scores[:, None] * [1, 2]))
            )
        ),
        by_shared(scores, "features → trained"),
        Colouring("Residual", "signed", scores - 0.5),
        Colouring("Nothing known", "continuous", np.full(len(graph), np.nan)),
    ]


def drawn_genes(figure: go.Figure) -> list[int]:
    return sorted(int(row[0]) for trace in figure.data if trace.name != "searched" for row in trace.customdata)


@pytest.mark.parametrize("which", range(13))
@pytest.mark.parametrize("selected", [(), (1, 5, 9)])
def test_every_gene_is_drawn_once_where_it_lies(graph: GeneGraph, place: Projection, which: int, selected) -> None:
    figure = embedding_scatter(graph.genes, place, colourings(graph, place)[which], selected=selected)
    assert drawn_genes(figure) == list(range(len(graph)))
    for trace in figure.data:
        genes = np.asarray(trace.customdata)[:, 0].astype(int)
        assert np.array_equal(np.column_stack([trace.x, trace.y]), place.coordinates[genes])
        assert all(trace.text[row].startswith(f"<b>{graph.genes[gene]}</b>") for row, gene in enumerate(genes))
    low, high = figure.layout.xaxis.range
    assert low < place.coordinates[:, 0].min()
    assert high > place.coordinates[:, 0].max()
    assert figure.layout.xaxis.title.text == place.axes[0]
    assert figure.layout.yaxis.title.text == place.axes[1]


def test_only_vector_traces_when_asked_for(graph: GeneGraph, place: Projection) -> None:
    for colouring in colourings(graph, place):
        figures = [embedding_scatter(graph.genes, place, colouring, highlighted=[0], webgl=gl) for gl in (True, False)]
        *genes, ring = figures[0].data
        assert {trace.type for trace in genes} == {"scattergl"}
        assert ring.type == "scatter"  # a few marks are drawn sooner without WebGL
        assert {trace.type for trace in figures[1].data} == {"scatter"}


def test_selected_lie_on_top_and_all_keep_their_colours(graph: GeneGraph, place: Projection) -> None:
    for colouring in (by_degree(graph), by_evidence(graph)):
        plain = embedding_scatter(graph.genes, place, colouring)
        figure = embedding_scatter(graph.genes, place, colouring, selected=[2, 7], point_size=4)
        chosen = [trace for trace in figure.data if trace.marker.size == 8]
        assert sorted(row[0] for trace in chosen for row in trace.customdata) == [2, 7]
        assert _colours(figure) == _colours(plain)
        shown = [trace.name for trace in figure.data if trace.showlegend]
        assert sorted(shown) == sorted(trace.name for trace in plain.data if trace.showlegend)
        assert sum(bool(trace.marker.showscale) for trace in figure.data) == sum(
            bool(trace.marker.showscale) for trace in plain.data
        )
        assert {trace.marker.opacity for trace in figure.data if trace.marker.size == 4} <= {0.75, 0.5, 0.45}
    many = embedding_scatter(graph.genes, place, by_degree(graph), selected=range(len(graph)))
    assert drawn_genes(many) == list(range(len(graph)))


def _colours(figure: go.Figure) -> dict[int, object]:
    """The colour of every gene."""
    shown: dict[int, object] = {}
    for trace in figure.data:
        genes = [row[0] for row in trace.customdata]
        colours = trace.marker.color
        several = isinstance(colours, np.ndarray | tuple | list)
        shown |= dict(zip(genes, colours if several else [colours] * len(genes), strict=True))
    return shown


def test_highlighted_are_ringed_and_named(graph: GeneGraph, place: Projection) -> None:
    figure = embedding_scatter(graph.genes, place, by_degree(graph), highlighted=[4, 11])
    assert [row[0] for row in figure.data[-1].customdata] == [4, 11]
    assert figure.data[-1].marker.symbol == "circle-open"
    assert {note.text for note in figure.layout.annotations} == {"GENE4", "GENE11"}


def test_hover_tells_name_partners_and_value(graph: GeneGraph, place: Projection) -> None:
    names = [f"name of {gene}" for gene in graph.genes]
    figure = embedding_scatter(graph.genes, place, by_degree(graph), names=names, degree=graph.degree)
    row = next(
        row for trace in figure.data for row, gene in zip(trace.text, trace.customdata, strict=True) if gene[0] == 6
    )
    assert row.split("<br>") == [
        "<b>GENE6</b>",
        "name of GENE6",
        f"{graph.degree[6]} known partners",
        f"Known partners: {graph.degree[6]}",
    ]


def test_clusters_are_named_where_they_lie(graph: GeneGraph, place: Projection) -> None:
    clusters = CLUSTERINGS.make("kmeans", clusters=3).find(place.coordinates)
    figure = embedding_scatter(graph.genes, place, by_cluster(clusters), clusters=clusters)
    for number, note in enumerate(figure.layout.annotations):
        members = place.coordinates[clusters.label == number]
        assert note.text == str(number + 1)
        assert np.isclose(members, [note.x, note.y]).all(axis=1).any()
    names = [trace.name for trace in sorted(figure.data, key=lambda trace: trace.legendrank)]
    assert names == [f"cluster {n + 1} ({(clusters.label == n).sum()})" for n in range(3)]


def test_categories_differ_in_symbol_too(graph: GeneGraph, place: Projection) -> None:
    figure = embedding_scatter(graph.genes, place, by_evidence(graph))
    looks = [(trace.marker.color, trace.marker.symbol) for trace in figure.data]
    assert len({colour for colour, _ in looks}) == len(looks) == len({symbol for _, symbol in looks})


def test_logarithmic_colours_are_ticked_at_round_values(graph: GeneGraph, place: Projection) -> None:
    figure = embedding_scatter(graph.genes, place, by_degree(graph))
    marker = figure.data[-1].marker
    genes = np.asarray(figure.data[-1].customdata)[:, 0]
    assert np.allclose(marker.color, np.log10(graph.degree[genes]))
    assert np.allclose([float(text) for text in marker.colorbar.ticktext], 10 ** np.asarray(marker.colorbar.tickvals))


def test_signed_colours_are_symmetric_around_zero(graph: GeneGraph, place: Projection) -> None:
    values = np.linspace(-1, 3, len(graph))
    marker = embedding_scatter(graph.genes, place, Colouring("Residual", "signed", values)).data[-1].marker
    assert marker.cmin == -marker.cmax
    assert marker.cmid == 0


def test_gene_itself_has_no_partner_score(graph: GeneGraph, place: Projection) -> None:
    colouring = by_partner_score(np.ones(len(graph)), "GENE3", gene=3)
    figure = embedding_scatter(graph.genes, place, colouring)
    missing = next(trace for trace in figure.data if trace.marker.color == MISSING)
    assert [row[0] for row in missing.customdata] == [3]
    assert "unknown" in missing.text[0]


def test_evidence_of_a_gene_is_that_of_most_of_its_pairs(graph: GeneGraph) -> None:
    values = by_evidence(graph).values
    for gene in range(len(graph)):
        kinds = all_in_words(graph.pair_evidence[(graph.pairs == gene).any(axis=1)])
        counts = sorted((-kinds.count(kind), kind) for kind in set(kinds))
        tied = len(counts) > 1 and counts[0][0] == counts[1][0]
        expected = "none recorded" if not counts else "several kinds" if tied else counts[0][1]
        assert values[gene] == expected


def test_palette_is_long_and_grey_where_missing() -> None:
    eight = categorical([f"k{n}" for n in range(8)])
    assert list(eight.values()) == list(OKABE_ITO)
    many = categorical([*(f"k{n}" for n in range(20)), "none", ""])
    assert many["none"] == many[""] == MISSING
    assert len(set(many.values())) == 21
    assert len(set(LONGER)) == len(LONGER) == 24


@pytest.mark.parametrize(("count", "spread"), [(12, 0.15), (25, 0.08)])
def test_names_of_points_cover_neither_each_other_nor_a_line(count: int, spread: float) -> None:
    random = np.random.default_rng(0)
    x, y = random.normal(scale=spread, size=(2, count))
    texts = [f"GENE{number}" for number in range(count)]
    notes = callouts(x, y, texts, span=((-1, 1), (-1, 1)), size=12, pixels=(600, 600))
    assert sorted(each["text"] for each in notes) == sorted(texts)
    reach = [np.hypot(each["ax"], each["ay"]) for each in notes]
    assert reach == sorted(reach, reverse=True), "what is drawn later lies above, so no line crosses a name"
    boxes = [
        ((n["x"] + 1) * 300 + n["ax"], (1 - n["y"]) * 300 + n["ay"], len(n["text"]) * LETTER_WIDTH * 12) for n in notes
    ]
    for one in range(count):
        for other in range(one):
            across = abs(boxes[one][0] - boxes[other][0]) - (boxes[one][2] + boxes[other][2]) / 2
            up = abs(boxes[one][1] - boxes[other][1]) - LINE_HEIGHT * 12
            assert max(across, up) > -1e-6, (notes[one]["text"], notes[other]["text"])


def test_lines_join_a_gene_with_its_nearest_and_nothing_else(graph: GeneGraph, place: Projection) -> None:
    joined = np.array([[3, 7], [3, 12]])
    figure = embedding_scatter(graph.genes, place, by_degree(graph), joined=joined)
    line = next(trace for trace in figure.data if trace.mode == "lines")
    assert line.hoverinfo == "skip"
    expected = [place.coordinates[3], place.coordinates[7], [np.nan] * 2, place.coordinates[3], place.coordinates[12]]
    assert np.allclose(np.column_stack([line.x, line.y])[:5], expected, equal_nan=True)
    assert not any(trace.mode == "lines" for trace in embedding_scatter(graph.genes, place, by_degree(graph)).data)


@pytest.mark.parametrize("which", range(13))
@pytest.mark.parametrize("selected", [(), (1, 5, 9)])
def test_every_gene_is_drawn_once_in_three_dimensions(graph: GeneGraph, which: int, selected) -> None:
    vectors = np.random.default_rng(0).normal(size=(len(graph), 5)).astype(np.float32)
    solid = PROJECTIONS.make("pca", dimensions=3).fit(vectors, 0)
    colouring = colourings(graph, solid_flat(solid))[which]
    figure = embedding_3d(graph.genes, solid, colouring, selected=selected, highlighted=[4])
    assert drawn_genes(figure) == list(range(len(graph)))
    assert {trace.type for trace in figure.data} == {"scatter3d"}
    for trace in figure.data:
        genes = np.asarray(trace.customdata)[:, 0].astype(int)
        assert np.array_equal(np.column_stack([trace.x, trace.y, trace.z]), solid.coordinates[genes])
    assert figure.layout.scene.zaxis.title.text == solid.axes[2]
    assert [each.text for each in figure.layout.scene.annotations] == [graph.genes[4]]


def solid_flat(solid: Projection) -> Projection:
    method = PROJECTIONS.make("pca")
    return Projection(method, 0, solid.coordinates[:, :2].copy(), solid.axes[:2], solid.kept.copy())


@pytest.mark.parametrize("count", [1, 2, 3, 4])
@pytest.mark.parametrize("which", [0, 1])
def test_maps_side_by_side_have_their_own_axes_and_one_legend(
    graph: GeneGraph, place: Projection, count: int, which: int
) -> None:
    maps = {f"map {number}": place for number in range(count)}
    figure = side_by_side(
        graph.genes, maps, colourings(graph, place)[which], highlighted=[2], joined={"map 0": np.array([[2, 3]])}
    )
    assert drawn_on(figure) == {f"x{number or ''}": list(range(len(graph))) for number in [0, *range(2, count + 1)]}
    titles = [each.text for each in figure.layout.annotations if each.text.startswith("<b>map")]
    assert titles == [f"<b>map {number}</b>" for number in range(count)]
    in_legend = [trace.name for trace in figure.data if trace.showlegend is not False and trace.mode == "markers"]
    assert len(in_legend) == len(set(in_legend))
    assert sum(bool(trace.marker.showscale) for trace in figure.data) == (which == 0)
    assert sum(trace.mode == "lines" for trace in figure.data) == 1
    frames = [(axis.domain, figure.layout[axis.anchor.replace("y", "yaxis")].domain) for axis in figure.select_xaxes()]
    assert len(set(frames)) == count


def drawn_on(figure: go.Figure) -> dict[str, list[int]]:
    """The genes of each map, by its axis."""
    found: dict[str, list[int]] = {}
    for trace in figure.data:
        if trace.mode == "markers" and trace.name != "searched":
            found.setdefault(trace.xaxis, []).extend(int(row[0]) for row in trace.customdata)
    return {axis: sorted(genes) for axis, genes in found.items()}


def test_the_end_of_a_cluster_name_is_kept_where_a_little_more_width_holds_it() -> None:
    names = ["13 · nucleotide synthesis, route NUC1", "25 · " + "very long name of a process " * 3]
    points = np.array([[0.0, 0.0], [10.0, 10.0]])
    labels = area_labels(points, np.array([0, 1]), names, points, span=((-5, 15), (-5, 15)))
    assert labels[0]["text"].replace("<br>", " ") == names[0]
    assert labels[1]["text"].endswith("…")
    assert labels[1]["hovertext"].startswith(names[1])


def test_camera_of_a_long_map_stands_farther_away(graph: GeneGraph) -> None:
    vectors = np.random.default_rng(0).normal(size=(len(graph), 5)).astype(np.float32)
    solid = PROJECTIONS.make("pca", dimensions=3).fit(vectors, 0)
    longer = dataclasses.replace(solid, coordinates=solid.coordinates * np.array([8, 1, 1], dtype=np.float32))
    near, far = (
        embedding_3d(graph.genes, place, by_degree(graph)).layout.scene.camera.eye.x for place in (solid, longer)
    )
    assert 1.3 < near < 2
    assert far > 1.8 * near


def test_points_on_a_line_have_room_enough_to_be_seen() -> None:
    (left, right), (low, high) = span_of(np.column_stack([np.zeros(50), np.linspace(0, 10, 50)]))
    assert right - left == pytest.approx(2)
    assert low < 0 < 10 < high < 11
    for axis in span_of(np.zeros((5, 2))):
        assert axis[1] > axis[0]
    usual = np.random.default_rng(0).normal(size=(50, 2))
    assert span_of(usual)[0][0] == pytest.approx(usual[:, 0].min() - ROOM * np.ptp(usual[:, 0]))
