"""The figures of the Results page: what is drawn where, and what is hollow."""

from __future__ import annotations

import numpy as np
import pytest

from slviz.figures.results import results_by_protocol, results_dots
from slviz.results import Cell, ResultRow, ResultTable, across

AUC = ("random", "auc")


def row(model: str, values: list[float], *, is_network: bool = True, complete: bool = True) -> ResultRow:
    spread = float(np.std(values, ddof=1)) if len(values) > 1 else float("nan")
    cell = Cell(float(np.mean(values)), spread, len(values), complete, tuple(values))
    return ResultRow(model, "both" if is_network else "", is_network, {AUC: cell}, len(values), ("x",), complete)


@pytest.fixture
def table() -> ResultTable:
    rows = (row("gat", [0.9, 0.94]), row("mlp", [0.97], complete=False), row("L3", [0.8, 0.81], is_network=False))
    return ResultTable("link", "pairs", (AUC,), ("fold 0", "fold 1"), 1, rows)


def test_models_stand_from_best_to_worst_with_their_spread(table: ResultTable):
    figure = results_dots(table, AUC)
    assert list(figure.layout.yaxis.categoryarray) == ["L3", "gat, both", "mlp, both"], "the best on top"
    single, networks, baselines = figure.data
    assert sorted(single.x) == [0.8, 0.81, 0.9, 0.94]
    assert list(networks.x) == pytest.approx([0.92, 0.97])
    assert networks.error_x.array[0] == pytest.approx(np.std([0.9, 0.94], ddof=1))
    assert networks.error_x.array[1] is None
    assert list(networks.marker.symbol) == ["circle", "circle-open"]
    assert list(baselines.y) == ["L3"]
    assert [int(each[0]) for each in networks.customdata] == [0, 1]
    assert figure.layout.xaxis.title.text == "AUC, random ↑"


def test_an_error_is_best_where_it_is_smallest():
    rmse = ("all", "rmse")
    rows = tuple(
        ResultRow(name, "both", True, {rmse: Cell(value, float("nan"), 1, True, (value,))}, 1, ("x",), True)
        for name, value in (("gat", 0.1), ("gcn", 0.2))
    )
    figure = results_dots(ResultTable("confidence", "pairs", (rmse,), ("fold 0",), 1, rows), rmse)
    assert list(figure.layout.yaxis.categoryarray) == ["gcn, both", "gat, both"]


def test_each_protocol_has_its_colour_and_symbol(table: ResultTable):
    other = ResultTable("link", "one-new", (AUC,), ("fold 0",), 1, (row("gat", [0.7]),))
    figure = results_by_protocol(across([table, other], AUC))
    assert [trace.name for trace in figure.data] == ["pairs", "one-new"]
    assert len({trace.marker.color for trace in figure.data}) == 2
    assert len({trace.marker.symbol for trace in figure.data}) == 2
    assert list(figure.data[1].y) == ["gat, both"]


def test_nothing_measured_says_so(table: ResultTable):
    assert "has this metric" in results_dots(table, ("random", "ap")).layout.annotations[0].text
