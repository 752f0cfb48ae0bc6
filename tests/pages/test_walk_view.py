"""The walk on the Embedding page: both spaces, arithmetic, what it is worth, and a walk to itself."""

from __future__ import annotations

import numpy as np
import pytest
from page_tools import Open, said

from slviz.datasets import GeneGraph
from slviz.datasets.classes import gene_classes
from slviz.projections.triangle import walk_triangle
from slviz.projections.walk import arithmetic, arithmetic_share, purity, walk
from slviz.runs.store import RunStore

RUN = "gat-both-link-3ec14a25"


def test_a_walk_and_a_sum_are_shown_in_both_spaces(demo: GeneGraph, open_page: Open, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("SLVIZ_MODELS", raising=False)
    monkeypatch.delenv("SLVIZ_DATA", raising=False)
    run = RunStore.default().open(RUN)
    a, b, c = (demo.genes.index(name) for name in ("APO1.01", "TRL2.10", "CYT2.07"))
    query = {"run": RUN, "view": "walk", "map": "tsne", "walk-a": "APO1.01", "walk-b": "TRL2.10", "walk-c": "CYT2.07"}
    app = open_page("embedding", **query)
    assert not app.exception
    assert not app.error
    steps = next(table.value for table in app.dataframe if "step" in table.value)
    expected = walk(run.embedding, a, b)
    assert steps["nearest in the embedding"].tolist() == [demo.genes[gene] for gene in expected.nearest[:, 0]]
    np.testing.assert_allclose(steps["distance in the embedding"], expected.ratio.round(2))
    assert steps["nearest in the features"].iloc[[0, -1]].tolist() == ["APO1.01", "TRL2.10"]
    sums = next(table.value for table in app.dataframe if len(table.value) == 10)
    assert sums["nearest in the embedding"].tolist() == [
        demo.genes[gene] for gene in arithmetic(run.embedding, (a, b, c))[0]
    ]
    mixtures = next(table.value for table in app.dataframe if "mixture" in table.value)
    triangle = walk_triangle(run.embedding, (a, b, c))
    assert mixtures["nearest in the embedding"].tolist() == [demo.genes[gene] for gene in triangle.nearest[:, 0]]
    np.testing.assert_allclose(mixtures["distance in the embedding"], triangle.ratio.round(2))
    assert mixtures["nearest in the features"].iloc[[0, 10, 14]].tolist() == ["APO1.01", "TRL2.10", "CYT2.07"]
    assert "The marked mixture is 25 % A, 50 % B, 25 % C" in said(app)
    assert f"{triangle.inner_ratio:.2f} in the embedding on average" in said(app)
    app.slider(key="walk-mix").set_value(2).run()
    assert not app.exception
    assert app.query_params["walk-mix"] == "2"
    assert "The marked mixture is 75 % A, 0 % B, 25 % C" in said(app)
    worth = next(table.value for table in app.dataframe if "number" in table.value).set_index("number")
    label = gene_classes(demo).label
    share = arithmetic_share(run.embedding, label)
    assert share is not None
    assert worth.loc["A − B + C is of C's class", "embedding"] == f"{share.share:.2f}"
    assert worth.loc["10 nearest of the same class", "by chance"] == f"{purity(run.embedding, label)[1]:.2f}"
    assert "Nothing here says that the embedding is better" in said(app)
    app.segmented_control(key="walk-way").set_value("spherical").run()
    assert not app.exception
    app.selectbox(key="walk box b").set_value("APO1.01").run()
    assert not app.exception
    assert "A walk from APO1.01 to itself stays where it is" in said(app)
    assert "A − B + C is C itself" in said(app)
    assert "A click sets the end that is chosen above" in said(app)
    assert "Lines join" not in said(app)
    assert len(app.get("plotly_chart")) == 1  # the map stays, so that another end can be clicked


def test_ends_that_are_not_there_are_named_and_the_list_is_said_once(open_page: Open, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("SLVIZ_MODELS", raising=False)
    monkeypatch.delenv("SLVIZ_DATA", raising=False)
    wrong = {"walk-a": "NOBODY1", "walk-b": "NOBODY2", "walk-c": "NOBODY3"}
    app = open_page("embedding", run=RUN, view="walk", map="tsne", **wrong)
    assert not app.exception
    text = said(app)
    assert [text.count(f"“{name}”, which is not there.") for name in wrong.values()] == [1, 1, 1]
    [note] = [element.value for element in app.warning if "NOBODY1" in element.value]
    assert note.count("There are") == 1


def test_a_column_in_which_nothing_stands_is_left_out(open_page: Open, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("SLVIZ_MODELS", raising=False)
    monkeypatch.delenv("SLVIZ_DATA", raising=False)
    ends = {"walk-a": "BYS.003", "walk-b": "BYS.002"}  # of no class, and neither is what lies between them
    app = open_page("embedding", run=RUN, view="walk", map="tsne", **ends)
    steps = next(table.value for table in app.dataframe if "step" in table.value)
    assert "class in the embedding" not in steps
    assert not [name for name in steps if (steps[name] == "").all()]
