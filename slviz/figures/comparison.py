"""Runs beside each other: differences of their metrics with intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from slviz.evaluation import METRICS
from slviz.evaluation.comparison import Difference
from slviz.figures.palette import LINE, OKABE_ITO, SYMBOLS
from slviz.figures.theme import framed
from slviz.figures.written import all_written, written

LINE_PIXELS = 46
APART = 0.24
"""Between the metrics of one run, in distances between runs."""


def difference_intervals(differences: Mapping[str, Sequence[Difference]], *, reference: str) -> go.Figure:
    """A dot and its 95 % interval for each run and metric; to the right of 0 the metric is higher than the reference's.

    Args:
        differences: by the run's name, its metrics minus those of the reference.
        reference: the name of the run that all are compared with.
    """
    keys = list(dict.fromkeys(difference.metric for of_run in differences.values() for difference in of_run))
    names = list(differences)[::-1]  # the first stands on top
    shown = all_written(names)
    traces = []
    for place, key in enumerate(keys):
        of_key = [next(difference for difference in differences[name] if difference.metric == key) for name in names]
        traces.append(
            go.Scatter(
                x=[difference.value for difference in of_key],
                y=[row + APART * ((len(keys) - 1) / 2 - place) for row in range(len(names))],
                text=shown,
                error_x={
                    "array": [difference.high - difference.value for difference in of_key],
                    "arrayminus": [difference.value - difference.low for difference in of_key],
                    "thickness": 2,
                    "width": 5,
                },
                mode="markers",
                name=f"{METRICS[key].label} {'↑' if METRICS[key].higher_is_better else '↓'}",
                marker={"size": 10, "color": OKABE_ITO[place], "symbol": SYMBOLS[place]},
                customdata=[[difference.low, difference.high] for difference in of_key],
                hovertemplate="<b>%{text}</b><br>%{x:+.3f} "
                "(%{customdata[0]:+.3f} to %{customdata[1]:+.3f})<extra></extra>",
            )
        )
    figure = framed(
        traces,
        x=f"Difference to {written(reference)}",
        y="",
        keep="comparison",
        height=150 + LINE_PIXELS * max(len(names), 1) * max(1, len(keys) // 2),
    )
    figure.add_vline(x=0, line={"color": LINE, "width": 1.2, "dash": "dash"})
    figure.update_layout(
        yaxis={"tickvals": list(range(len(names))), "ticktext": shown, "range": (-0.6, len(names) - 0.4)},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "title": None},
    )
    return figure.update_xaxes(tickformat="+.3f")
