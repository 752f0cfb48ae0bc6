"""What the colours of a map say of each gene, counted again by loops."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
from builders import tiny_run

from slviz.datasets import GeneGraph
from slviz.figures import (
    by_chromosome,
    by_column,
    by_error,
    by_gene_type,
    by_members,
    by_part,
    by_publication,
    embedding_scatter,
)
from slviz.figures.colouring import NO_EVIDENCE, OTHERS
from slviz.figures.contours import density_contours
from slviz.figures.palette import MISSING
from slviz.projections import Clusters, Projection
from slviz.projections.cluster_publications import Publications


def with_info(graph: GeneGraph, **columns: list[str]) -> GeneGraph:
    assert graph.gene_info is not None
    return dataclasses.replace(graph, gene_info=graph.gene_info.assign(**columns))


def test_chromosomes_come_in_their_own_order(graph: GeneGraph) -> None:
    said = ["X", "10", "2", "MT", "", "GL000"] + ["1"] * (len(graph) - 6)
    colouring = by_chromosome(with_info(graph, chromosome=said))
    assert colouring.categories == ("1", "2", "10", "X", "MT", "GL000", "")
    assert colouring.texts[4] == "unknown"


def test_without_gene_information_all_is_missing(graph: GeneGraph) -> None:
    bare = dataclasses.replace(graph, gene_info=None)
    assert by_chromosome(bare).categories == by_gene_type(bare).categories == ("",)


def test_the_publication_of_most_pairs_is_counted_by_a_loop(graph: GeneGraph) -> None:
    publications = Publications.of(graph)
    assert publications is not None
    assert graph.evidence is not None
    colouring = by_publication(graph, publications)
    listed = graph.evidence["pubmed"].value_counts()
    for number in range(len(graph)):
        own = np.flatnonzero((graph.pairs == number).any(axis=1))
        counts = graph.evidence.loc[graph.evidence["pair"].isin(own), ["pair", "pubmed"]].drop_duplicates()
        counts = counts["pubmed"].value_counts()
        most = counts[counts == counts.max()].index if len(counts) else []
        value = str(np.asarray(colouring.values)[number])
        assert value in (most if len(most) else [NO_EVIDENCE])
        assert not len(most) or listed[value] == listed[most].max(), "of equals the larger one"


def test_members_stand_out_of_grey_others(graph: GeneGraph, place: Projection) -> None:
    colouring = by_members(np.array([3, 8]), len(graph), title="Members of a term", called="DNA repair")
    assert colouring.categories == ("DNA repair", OTHERS)
    looks = {trace.name.split(" (")[0]: trace for trace in embedding_scatter(graph.genes, place, colouring).data}
    assert looks[OTHERS].marker.color == MISSING
    assert sorted(row[0] for row in looks["DNA repair"].customdata) == [3, 8]


def test_part_says_where_the_known_pairs_of_a_gene_are(graph: GeneGraph) -> None:
    run = tiny_run(graph)
    colouring = by_part(graph, run)
    known = run.predictions[run.predictions["negative_kind"] == "known"]
    for number, gene in enumerate(graph.genes):
        parts = set(known.loc[(known["gene_a"] == gene) | (known["gene_b"] == gene), "part"])
        expected = " + ".join(part for part in ("train", "validation", "test") if part in parts) or "none"
        assert np.asarray(colouring.values)[number] == expected
    assert colouring.categories[0] == "train"


def gene_predictions(graph: GeneGraph) -> pd.DataFrame:
    parts = np.resize(["train", "validation", "test"], len(graph))
    shuffled = np.random.default_rng(1).permutation(len(graph))
    error = np.arange(len(graph), dtype=np.float32)
    table = pd.DataFrame({"gene": graph.genes, "part": parts, "prediction": error, "mean": 1.0})
    return table.iloc[shuffled].reset_index(drop=True)


def test_where_genes_are_predicted_part_and_error_are_the_genes_own(graph: GeneGraph) -> None:
    run = dataclasses.replace(tiny_run(graph), predictions=gene_predictions(graph))
    assert (
        np.asarray(by_part(graph, run).values).tolist()
        == np.resize(["train", "validation", "test"], len(graph)).tolist()
    )
    assert np.asarray(by_error(graph, run).values).tolist() == list(range(len(graph)))


def test_error_is_the_mean_over_the_genes_test_pairs(graph: GeneGraph) -> None:
    run = tiny_run(graph)
    colouring = by_error(graph, run)
    tested = run.predictions[run.predictions["part"] == "test"]
    for number, gene in enumerate(graph.genes):
        rows = tested[(tested["gene_a"] == gene) | (tested["gene_b"] == gene)]
        twice = rows[rows["gene_a"] == rows["gene_b"]]  # a shuffled negative pair may name a gene twice
        off = np.r_[(rows["actual"] - rows["prediction"]).abs(), (twice["actual"] - twice["prediction"]).abs()]
        assert np.asarray(colouring.values)[number] == pytest.approx(off.mean(), rel=1e-5) if len(off) else True
        assert np.isfinite(np.asarray(colouring.values)[number]) == bool(len(off))


def test_a_column_is_painted_by_what_it_holds(graph: GeneGraph) -> None:
    cells = np.array(["a", "", "b"] + ["a"] * (len(graph) - 3), dtype=object)
    words = by_column("Group", cells)
    assert (words.kind, words.categories) == ("categorical", ("a", "b", ""))
    values = np.linspace(-1, 2, len(graph))
    assert by_column("Fold", values).kind == "signed"
    assert by_column("Count", np.abs(values)).kind == "continuous"
    assert not by_column("Count", np.abs(values)).logarithmic
    hubs = by_column("Partners", np.array([0.0, *np.arange(1.0, 14.0), 900.0]))
    assert hubs.logarithmic
    assert "0 is grey" in hubs.unit
    first, *_, last = np.asarray(hubs.values)
    assert np.isnan(first)
    assert last == 900
    many = by_column("Many", np.array([f"k{n}" for n in range(40)], dtype=object))
    assert len(many.categories) == 24
    assert "other" in many.categories


def test_numbers_of_any_size_have_a_legend_that_can_be_read(graph: GeneGraph, place: Projection) -> None:
    codes = by_column("Code", np.array([1, 2, 3, 1e308, 1e308]))
    assert codes.categories == ("1e+308", "1", "2", "3") or set(codes.categories) == {"1", "2", "3", "1e+308"}
    values = np.linspace(1.5, 90.5, len(graph))
    values[-1] = 1e308
    amounts = by_column("Amount", values)
    assert amounts.logarithmic
    figure = embedding_scatter(graph.genes, place, amounts)
    [bar] = [trace.marker for trace in figure.data if trace.marker.showscale]
    assert 2 <= len(bar.colorbar.ticktext) <= 9
    assert all(np.isfinite(float(text.replace(",", ""))) for text in bar.colorbar.ticktext)
    assert not [trace.name for trace in figure.data if trace.name == "unknown"], "it is known, only large"
    assert np.isfinite(np.asarray(bar.color, dtype=float)).all()
    assert bar.cmax == pytest.approx(308)


def test_the_error_of_a_class_is_right_or_wrong(graph: GeneGraph) -> None:
    parts = ["test", "test", "test", "train"]
    predictions = pd.DataFrame(
        {
            "gene": list(graph.genes[:4]),
            "part": parts,
            "actual": ["a", "b", "", "a"],
            "prediction": ["a", "a", "a", "b"],
            "score": np.float32(1),
        }
    )
    run = dataclasses.replace(tiny_run(graph), predictions=predictions)
    assert np.asarray(by_error(graph, run).values)[:5].tolist() == ["right", "wrong", "", "", ""]
    assert np.asarray(by_part(graph, run).values)[:5].tolist() == [*parts, ""]


def test_contours_enclose_where_genes_are_dense() -> None:
    random = np.random.default_rng(0)
    points = np.r_[random.normal(size=(300, 2)), random.normal(size=(100, 2)) + np.array([12, 0])]
    lines = density_contours(points)
    assert np.isclose(lines.z.sum(), 400, rtol=0.02)
    peak = np.unravel_index(np.argmax(lines.z), lines.z.shape)
    assert np.hypot(lines.x[peak[1]], lines.y[peak[0]]) < 1.5
    assert lines.contours.start > 0
    assert lines.hoverinfo == "skip"


def test_contours_are_drawn_when_asked_for(graph: GeneGraph, place: Projection) -> None:
    colouring = by_gene_type(graph)
    kinds = [
        [trace.type for trace in embedding_scatter(graph.genes, place, colouring, contours=on).data]
        for on in (False, True)
    ]
    assert kinds[1] == [*kinds[0], "contour"]


def test_names_of_selected_genes_have_no_ring(graph: GeneGraph, place: Projection) -> None:
    figure = embedding_scatter(graph.genes, place, by_gene_type(graph), selected=[2, 9], named=[2, 9])
    assert [note.text for note in figure.layout.annotations] == ["GENE2", "GENE9"]
    assert "searched" not in {trace.name for trace in figure.data}


def test_names_of_areas_never_meet_and_stay_inside(graph: GeneGraph, place: Projection) -> None:
    from slviz.figures.labels import LINE_HEIGHT, area_labels

    random = np.random.default_rng(2)
    points = random.uniform(size=(200, 2))
    area = np.arange(200) % 20
    middles = np.array([points[area == number][0] for number in range(20)])
    names = [f"{number + 1} · some long name of a process" for number in range(20)]
    notes = area_labels(points, area, names, middles, span=((0, 1), (0, 1)), pixels=(600, 600))
    assert len(notes) == 20
    boxes = []
    for note, name in zip(notes, names, strict=True):
        lines = note["text"].split("<br>")
        assert lines[0].startswith(name.partition(" · ")[0])
        centre = np.array([note["x"] * 600 + note["xshift"], note["y"] * 600 + note["yshift"]])
        boxes.append((centre, np.array([max(map(len, lines)) * 0.62 * 6, len(lines) * LINE_HEIGHT * 6])))
        assert note["hovertext"] == f"{name}: 10 genes"
    whole = [box for box, note in zip(boxes, notes, strict=True) if "name" in note["text"] or "…" in note["text"]]
    assert len(whole) >= 10
    for number, (centre, half) in enumerate(whole):
        assert (centre >= half - 1e-9).all()
        assert (centre <= 600 - half + 1e-9).all()
        assert not any((np.abs(centre - other) < half + theirs - 1e-9).all() for other, theirs in whole[:number])


def test_clusters_of_the_colour_are_named_without_asking(graph: GeneGraph, place: Projection) -> None:
    from slviz.figures import by_cluster

    label = (np.arange(len(graph)) % 2).astype(np.int64)
    clusters = Clusters(label=label, names=("1 · repair", "2 · PubMed 1"), how="By hand.")
    figure = embedding_scatter(graph.genes, place, by_cluster(clusters))
    assert [note.text for note in figure.layout.annotations] == ["1 · repair", "2 · PubMed 1"]
    chosen = embedding_scatter(graph.genes, place, by_cluster(clusters), selected=[1, 2])
    assert chosen.layout.annotations == figure.layout.annotations, "a selection keeps the names"
