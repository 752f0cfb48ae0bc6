"""Names in figures are shown letter by letter: no tag, entity, formula or template of a name is read as one."""

from __future__ import annotations

import dataclasses
import html
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest
import scipy.sparse as sp
from builders import tiny_graph, tiny_run
from hypothesis import given
from hypothesis import strategies as st

from slviz import figures
from slviz.datasets import GeneGraph, Terms
from slviz.enrichment import enrich
from slviz.evaluation.comparison import Difference
from slviz.figures.classes import confusion_figure
from slviz.figures.comparison import difference_intervals
from slviz.figures.edge_ablation import falls_by_gene, falls_of_draws
from slviz.figures.raster import map_of_many
from slviz.figures.reconstruction import error_vs_baseline
from slviz.figures.results import results_by_protocol, results_dots
from slviz.figures.theme import noted
from slviz.figures.training import training_curves
from slviz.figures.views import share_bars
from slviz.figures.written import written
from slviz.neighbourhood import neighbourhood
from slviz.projections import PROJECTIONS, Clusters
from slviz.projections.agreement import Agreement, Null
from slviz.projections.homophily import NeighbourHomophily
from slviz.results import Cell, ResultRow, ResultTable
from slviz.runs.artifacts.edge_ablations import EdgeAblation

HOSTILE = "<b>h</b> &lt; %{evil} $z$ <a href='http://evil.invalid'>x</a><br>y \u202eq"
TAGS = ("<b>h", "&lt; %", "%{evil", "$z$", "<a href", "<br>y", "\u202e")
NOT_SHOWN = ("uirevision", "legendgroup", "customdata", "type", "source", "colorscale")


def hostile_graph() -> GeneGraph:
    base = tiny_graph()
    genes = tuple(f"{gene} {HOSTILE}" for gene in base.genes)
    info = base.gene_info.assign(name=HOSTILE, chromosome=HOSTILE, gene_type=HOSTILE)
    member = sp.csr_array(np.stack([np.arange(40) < 12, np.arange(40) % 3 == 0], axis=1))
    terms = Terms(("T:1", HOSTILE), (HOSTILE, "t"), (HOSTILE, "BP"), member)
    evidence = base.evidence.assign(evidence=HOSTILE)
    return dataclasses.replace(base, genes=genes, gene_info=info, terms=terms, evidence=evidence, fingerprint="")


def maps(graph: GeneGraph) -> Iterator[go.Figure]:
    flat = PROJECTIONS.make("pca").fit(graph.features["ppi"], 0)
    flat = dataclasses.replace(flat, axes=(HOSTILE, HOSTILE))
    solid = PROJECTIONS.make("pca", dimensions=3).fit(graph.features["ppi"], 0)
    values = np.random.default_rng(0).normal(size=len(graph)).astype(np.float32)
    kinds = np.array([HOSTILE, "other", ""] * len(graph), dtype=object)[: len(graph)]
    names = list(graph.gene_info["name"])
    clusters = Clusters(np.arange(len(graph)) % 2, (f"cluster 1 · {HOSTILE}", "cluster 2"), "by hand")
    colourings = [
        figures.by_column(HOSTILE, kinds),
        figures.by_column(HOSTILE, values),
        dataclasses.replace(figures.by_column(HOSTILE, values), unit=HOSTILE),
        figures.by_cluster(clusters),
        figures.by_chromosome(graph),
        figures.by_gene_type(graph),
        figures.by_evidence(graph),
        figures.by_members(np.array([1, 2]), len(graph), title=HOSTILE, called=HOSTILE),
        figures.by_partner_score(values, HOSTILE),
    ]
    for colouring in colourings:
        shared: dict[str, Any] = {"names": names, "degree": graph.degree}
        yield figures.embedding_scatter(graph.genes, flat, colouring, highlighted=[1], named=[2], **shared)
        yield figures.embedding_scatter(graph.genes, flat, colouring, selected=[1, 2], contours=True, **shared)
        yield figures.embedding_3d(graph.genes, solid, colouring, highlighted=[1], **shared)
        yield figures.side_by_side(graph.genes, {HOSTILE: flat, "b": flat}, colouring, highlighted=[1], **shared)
        yield map_of_many(graph.genes, flat.coordinates, colouring, axes=flat.axes, keep="x")[0]


def of_runs(graph: GeneGraph) -> Iterator[go.Figure]:
    run = tiny_run(graph)
    predictions = run.predictions.rename(columns={"max degree": HOSTILE})
    roc, precision, share = figures.curves_of(predictions, negative_kind="random", called=HOSTILE)
    yield figures.roc_curves(roc)
    yield figures.precision_recall_curves(precision, share_positive=share)
    scored = tiny_run(graph, task="confidence").predictions
    evidence = np.full(len(scored), HOSTILE, dtype=object)
    yield figures.predicted_vs_actual(scored, evidence=evidence)
    yield figures.residuals(scored, evidence=evidence)
    around = neighbourhood(graph, run, 3, hops=2)
    yield figures.network_figure(around)
    yield figures.network_figure(neighbourhood(graph, run, 3))
    yield figures.degree_ranks(graph)
    errors = pd.DataFrame({"gene": graph.genes, "part": "test", "prediction": 0.5, HOSTILE: 0.6})
    yield error_vs_baseline(errors, HOSTILE)
    yield training_curves(run.history.assign(**{HOSTILE: 0.5}))
    test = EdgeAblation(
        genes=np.array([1, 3]),
        edges=np.array([9, 4]),
        removed=np.array([3, 1]),
        score=np.array([0.5, 0.6], dtype=np.float32),
        fall_top=np.array([0.1, 0.4], dtype=np.float32),
        fall_random=np.array([[0.0, 0.02], [0.1, 0.1]], dtype=np.float32),
    )
    yield falls_by_gene(test, graph.genes)
    yield falls_of_draws(test, HOSTILE)


def of_tables(graph: GeneGraph) -> Iterator[go.Figure]:
    chosen = enrich(graph, list(range(12)))
    yield figures.enrichment_bars(chosen, graph.genes)
    yield figures.compared_bars(chosen, chosen, names=(HOSTILE, "b"))
    yield confusion_figure(np.array([[3, 1], [0, 4]]), [HOSTILE[:20], "b"], model=HOSTILE)
    yield difference_intervals({HOSTILE: [Difference("auc", 0.8, 0.7, -0.15, -0.05)]}, reference=HOSTILE)
    null = Null(0.1, 0.01, 0.12, 20)
    mean = np.array([0.2, 0.4], dtype=np.float32)
    yield figures.agreement_bars({HOSTILE: Agreement(mean, 10, null)})
    yield figures.homophily_bars({"trained": [NeighbourHomophily(HOSTILE, mean, 10, null)]}, {"trained": HOSTILE})
    column = ("random", "auc")
    cell = Cell(0.9, 0.1, 2, True, (0.85, 0.95))
    row = ResultRow(HOSTILE, "both", True, {column: cell}, 2, ("x",), True)
    table = ResultTable("link", "pairs", (column,), ("fold 0",), 1, (row,))
    yield results_dots(table, column)
    yield results_by_protocol(table)
    yield share_bars(pd.DataFrame({"side": [HOSTILE], "adds": [0.5], "without": [0.1]}), unit=HOSTILE)
    yield noted(figures.degree_distribution(graph), [HOSTILE])


def texts(part: Any, key: str = "") -> Iterator[str]:
    """Every text of a figure that Plotly draws or reads as a template."""
    if isinstance(part, dict):
        for name, value in part.items():
            if name not in NOT_SHOWN:
                yield from texts(value, name)
    elif isinstance(part, (list, tuple, np.ndarray)):
        for value in np.asarray(part, dtype=object).ravel().tolist() if isinstance(part, np.ndarray) else part:
            yield from texts(value, key)
    elif isinstance(part, str):
        yield part


@pytest.mark.parametrize("some", [maps, of_runs, of_tables])
def test_no_figure_reads_a_name_as_markup(some: Any) -> None:
    for number, figure in enumerate(some(hostile_graph())):
        shown = list(texts(figure.to_dict()))
        assert any("&lt;b&gt;h" in text for text in shown), f"figure {number} of {some.__name__} shows no name"
        read = [text for text in shown for tag in TAGS if tag in text]
        assert not read, f"figure {number} of {some.__name__}: {read[0]}"


@pytest.mark.parametrize("plain", ["TP53", "C1orf112", "a-b_c (d), e: f; g/h+i*j.k'l", "", "12"])
def test_what_holds_no_mark_stays(plain: str) -> None:
    assert written(plain) == plain


def test_own_percent_signs_stay() -> None:
    assert written("% of the map’s radius") == "% of the map’s radius"


@given(st.text())
def test_the_entities_give_the_text_back(text: str) -> None:
    shown = written(text)
    assert not set("<>$") & set(shown)
    assert "%{" not in shown
    if text.isprintable():
        assert html.unescape(shown) == text
