"""Results side by side: one metric of every model and baseline, with its spread and every single run."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from slviz.figures.palette import LINE, MISSING, OKABE_ITO, SYMBOLS
from slviz.figures.theme import empty, framed
from slviz.figures.written import written
from slviz.results import Column, ResultRow, ResultTable, higher_is_better
from slviz.results.text import cell_text, heading, row_name

ROW_PIXELS = 30
FRAME_PIXELS = 110


def results_dots(table: ResultTable, column: Column) -> go.Figure:
    """Mean and standard deviation of one metric, a row a model, best on top; small dots are the single runs.

    Networks are filled circles, baselines grey diamonds; a row that was not evaluated on all splits is
    hollow. Points carry `customdata = [row of table.rows]`.
    """
    rows = [(place, row) for place, row in enumerate(table.rows) if column in row.cells]
    if not rows:
        return empty("No run of this protocol has this metric.")
    sign = 1 if higher_is_better(column[1]) else -1
    rows.sort(key=lambda row: sign * row[1].cells[column].mean)
    traces = [_single_runs(rows, column)]
    traces += [
        _means([row for row in rows if row[1].is_network == is_network], column, is_network=is_network)
        for is_network in (True, False)
    ]
    figure = framed(
        traces, x=written(heading(column)), y="", keep=f"results {column}", height=FRAME_PIXELS + ROW_PIXELS * len(rows)
    )
    figure.update_yaxes(categoryorder="array", categoryarray=[written(row_name(row)) for _, row in rows], showgrid=True)
    return figure.update_layout(legend={"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0})


def results_by_protocol(table: ResultTable) -> go.Figure:
    """One metric by every protocol (see `slviz.results.across`), a row a model, a colour and symbol a protocol.

    Points carry `customdata = [row of table.rows]`.
    """
    rows = list(enumerate(table.rows))
    if not rows or not table.columns:
        return empty("No run has this metric.")
    names = [written(row_name(row)) for _, row in reversed(rows)]
    traces = []
    for place, column in enumerate(table.columns):
        measured = [row for row in rows if column in row[1].cells]
        trace = _means(measured, column, is_network=True)
        colour, symbol = OKABE_ITO[place % len(OKABE_ITO)], SYMBOLS[place % len(SYMBOLS)]
        marker = {"color": colour, "symbol": symbol, "size": 10, "line": {"color": colour}}
        trace.update(name=written(column[0]), marker=marker, error_x={"color": colour})
        traces.append(trace)
    figure = framed(
        traces,
        x=written(heading(("all", table.columns[0][1]))),
        y="",
        keep="results by protocol",
        height=FRAME_PIXELS + ROW_PIXELS * len(rows),
    )
    figure.update_yaxes(categoryorder="array", categoryarray=names)
    return figure.update_layout(legend={"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0})


def _means(rows: Sequence[tuple[int, ResultRow]], column: Column, *, is_network: bool) -> go.Scatter:
    cells = [row.cells[column] for _, row in rows]
    colour = OKABE_ITO[0] if is_network else MISSING
    spreads = [cell.spread if cell.count > 1 else None for cell in cells]
    symbol = "circle" if is_network else "diamond"
    return go.Scatter(
        x=[cell.mean for cell in cells],
        y=[written(row_name(row)) for _, row in rows],
        error_x={
            "array": spreads,
            "thickness": 1.6,
            "width": 4,
            "color": colour,
        },
        mode="markers",
        name="network" if is_network else "baseline",
        marker={
            "size": 11,
            "color": colour,
            "symbol": [symbol if cell.complete else f"{symbol}-open" for cell in cells],
            "line": {"width": 1.5, "color": colour},
        },
        customdata=np.array([[place, cell.count] for (place, _), cell in zip(rows, cells, strict=True)]),
        text=[cell_text(cell, digits=4) for cell in cells],
        hovertemplate="<b>%{y}</b><br>%{text}, runs: %{customdata[1]}<extra></extra>",
    )


def _single_runs(rows: Sequence[tuple[int, ResultRow]], column: Column) -> go.Scatter:
    several = [(place, row, value) for place, row in rows for value in row.cells[column].values]
    several = [row for row in several if row[1].cells[column].count > 1]
    return go.Scatter(
        x=[value for _, _, value in several],
        y=[written(row_name(row)) for _, row, _ in several],
        mode="markers",
        name="single runs",
        marker={"size": 6, "color": LINE, "symbol": "line-ns", "line": {"width": 1.5, "color": LINE}},
        customdata=np.array([[place] for place, _, _ in several]).reshape(-1, 1),
        hovertemplate="%{y}<br>%{x:.3f}, one run<extra></extra>",
        showlegend=bool(several),
    )
