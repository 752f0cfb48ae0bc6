"""Classes drawn: the confusion matrix, and a colour a class that stays its own."""

from __future__ import annotations

import numpy as np
from builders import tiny_graph

from slviz.figures import by_class, embedding_scatter
from slviz.figures.classes import WRITTEN, confusion_figure
from slviz.projections import PCA


def test_rows_are_actual_classes_and_colours_their_shares():
    figure = confusion_figure(np.array([[3, 1], [0, 4]]), ["left", "right"])
    cells = figure.data[0]
    assert tuple(cells.x) == tuple(cells.y) == ("left", "right")
    assert cells.z[0].tolist() == [75, 25]
    assert np.isnan(cells.z[1][0])
    assert cells.customdata[0, 1].tolist() == [1, 4]
    assert cells.text.tolist() == [["3", "1"], ["", "4"]]
    assert (cells.zmin, cells.zmax) == (0, 100)
    assert figure.layout.yaxis.title.text == "Actual class"
    assert figure.layout.yaxis.autorange == "reversed"  # the first class on top
    assert (
        "“most frequent class”"
        in confusion_figure(np.eye(2, dtype=int), ["a", "b"], model="most frequent class").layout.xaxis.title.text
    )


def test_short_names_stand_upright_and_long_ones_are_turned():
    digits = confusion_figure(np.eye(10, dtype=int), list("0123456789"))
    assert digits.layout.xaxis.tickangle == 0
    papers = confusion_figure(np.eye(7, dtype=int), [f"Reinforcement Learning {n}" for n in range(7)])
    assert papers.layout.xaxis.tickangle == -40


def test_many_classes_are_not_written_over_and_none_is_said():
    many = WRITTEN + 1
    assert confusion_figure(np.eye(many, dtype=int), [f"class {n}" for n in range(many)]).data[0].text is None
    assert (
        "no gene with a class" in confusion_figure(np.zeros((2, 2), dtype=int), ["a", "b"]).layout.annotations[0].text
    )


def test_a_class_has_one_colour_whether_others_are_there_or_not():
    graph = tiny_graph()
    place = PCA().fit(graph.features["ppi"], 0)
    names = ["a", "b", "c"]
    actual = np.array(["a", "b", "c", ""] * 10, dtype=object)
    given = np.array(["b", "c"] * 20, dtype=object)  # nobody is given class a

    def colours(values):
        figure = embedding_scatter(graph.genes, place, by_class(values, names, title="Class"))
        return {trace.name.partition(" (")[0]: trace.marker.color for trace in figure.data if trace.name}

    first, second = colours(actual), colours(given)
    assert set(first) == {"a", "b", "c", "none"}
    assert {name: first[name] for name in second} == second
    assert len(set(first.values())) == 4
