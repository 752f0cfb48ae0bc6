"""What Compare keeps of some runs is not shown for others, and a click on a row that is gone opens nothing."""

from __future__ import annotations

import dataclasses
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pandas as pd
import pytest
from builders import tiny_graph, tiny_run
from run_folders import a_map

from slviz.projections import Projection
from slviz.runs.shared_genes import SharedGenes
from slviz.ui.comparison import disagreements_tab, gene_links, maps_tab
from slviz.ui.comparison.aligned_maps import align
from slviz.ui.comparison.compared_runs import ComparedRuns, any_synthetic


def test_clusters_are_those_of_the_genes_that_these_runs_share() -> None:
    graph = tiny_graph()
    run = tiny_run(graph)
    places = a_map(run)
    random = np.random.default_rng(0)
    coordinates = random.normal(size=(40, 2)).astype(np.float32)
    coordinates[np.r_[0:10, 20:25]] += 100
    projection = Projection(
        method=places.method,
        seed=places.seed,
        coordinates=coordinates,
        axes=places.axes[:2],
        kept=places.kept,
    )
    compared = ComparedRuns(graph, (), (run,), {run.run_id: "GAT"})
    for genes, size in ((range(20), 10), (range(20, 40), 5)):
        rows = np.array([genes, genes])
        shared = SharedGenes(tuple(run.genes[gene] for gene in genes), rows)
        maps = align(shared, (run, run), {"GAT": projection, "other": projection})
        values = maps_tab._colouring("cluster", compared, maps, run).values
        assert set(values[:size]).isdisjoint(values[size:])


@pytest.mark.parametrize(("row", "column"), [(250, "Gene"), (1, "Partner")])
def test_a_click_on_a_row_or_column_that_is_gone_is_no_error(
    monkeypatch: pytest.MonkeyPatch, row: int, column: str
) -> None:
    opened = []
    monkeypatch.setattr(gene_links.st, "dataframe", lambda *_, **__: {"selection": {"cells": [(row, column)]}})
    monkeypatch.setattr(gene_links.layout, "link", lambda page, label, **_: opened.append(label))
    compared = cast(Any, SimpleNamespace(first=SimpleNamespace(run_id="gat")))
    gene_links.table(compared, pd.DataFrame({"Gene": ["A", "B"]}), key="table", help_of={})
    assert opened == ([] if row > 1 else ["Open B"])


def test_predictions_of_two_runs_are_set_beside_each_other_once(monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = tiny_run(tiny_graph()), tiny_run(tiny_graph(), seed=1)
    calls = []
    monkeypatch.setattr(disagreements_tab, "shared_rows", lambda *runs: calls.append(runs) or pd.DataFrame({"a": [1]}))
    for _ in range(2):
        assert len(disagreements_tab.tested_rows(one, other)) == 1
    assert len(calls) == 1


def test_a_figure_with_one_synthetic_run_is_synthetic() -> None:
    run = tiny_run(tiny_graph())
    real, synthetic = (
        dataclasses.replace(run, spec=dataclasses.replace(run.spec, synthetic=is_synthetic))
        for is_synthetic in (False, True)
    )
    assert any_synthetic((real, synthetic))
    assert not any_synthetic((real, real))
