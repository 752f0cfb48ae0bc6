"""Bars of terms: as long as they are sure, best on top, nothing invented where nothing is significant."""

from __future__ import annotations

import numpy as np
import pytest

from slviz.datasets import GeneGraph
from slviz.datasets.sources import open_dataset
from slviz.enrichment import Enrichment, enrich
from slviz.figures.enrichment import compared_bars, enrichment_bars, surety, titles_of


@pytest.fixture(scope="module")
def demo() -> GeneGraph:
    return open_dataset("demo")


@pytest.fixture(scope="module")
def found(demo: GeneGraph) -> Enrichment:
    return enrich(demo, list(range(60)))


def test_bars_are_the_leading_terms_with_the_best_on_top(demo: GeneGraph, found: Enrichment) -> None:
    figure = enrichment_bars(found, demo.genes, most=5)
    leading = found.leading.head(5)
    length = {y: x for bar in figure.data for y, x in zip(bar.y, bar.x, strict=True)}
    titles = titles_of(leading)
    assert length == pytest.approx({titles[row]: -np.log10(q) for row, q in leading["q"].items()})
    assert list(figure.layout.yaxis.categoryarray)[::-1] == list(titles.values())
    rows = sorted(int(each[0]) for bar in figure.data for each in bar.customdata)
    assert rows == sorted(leading.index)
    assert "log" in figure.layout.xaxis.title.text
    assert figure.layout.xaxis.range[1] > max(length.values())


def test_a_bar_says_how_many_of_how_many(demo: GeneGraph, found: Enrichment) -> None:
    bar = enrichment_bars(found, demo.genes).data[0]
    row = found.table.loc[int(bar.customdata[0][0])]
    assert bar.text[0] == f"{row['selected']}/{row['on_map']} · {row['fold']:.0f}×"
    assert demo.genes[found.members(int(bar.customdata[0][0]))[0]] in bar.hovertext[0]


def test_groups_are_told_apart(demo: GeneGraph, found: Enrichment) -> None:
    bars = enrichment_bars(found, demo.genes, most=30).data
    assert len(bars) > 1
    assert len({bar.marker.color for bar in bars}) == len(bars)
    assert all(set(found.table.loc[[int(c[0]) for c in bar.customdata], "group"]) for bar in bars)


def test_nothing_significant_is_said_and_not_drawn(graph: GeneGraph) -> None:
    figure = enrichment_bars(enrich(graph, [0, 39]), graph.genes)
    assert not figure.data
    assert "No term reaches" in figure.layout.annotations[0].text


def test_two_selections_stand_side_by_side(demo: GeneGraph, found: Enrichment) -> None:
    other = enrich(demo, list(range(40, 100)))
    figure = compared_bars(found, other, names=("first", "second"))
    assert [bar.name for bar in figure.data] == ["first", "second"]
    for bar, each in zip(figure.data, (found, other), strict=True):
        q = each.table.set_index("id")["q"]
        for (term,), length in zip(bar.customdata, bar.x, strict=True):
            assert length == pytest.approx(float(-np.log10(q.get(term, 1.0))))
    assert {row[0] for row in figure.data[0].customdata} >= set(found.leading["id"].head(3))
    assert {row[0] for row in figure.data[0].customdata} >= set(other.leading["id"].head(3))


def test_what_underflowed_stays_finite() -> None:
    assert surety(np.array([0.0, 0.1])).tolist() == pytest.approx([300, 1])


def test_terms_of_one_name_are_told_by_their_ids(found: Enrichment) -> None:
    rows = found.table.head(2).assign(term="same")
    assert sorted(titles_of(rows).values()) == sorted(f"same {each}" for each in rows["id"])
