"""One metric of the runs of several specs: a dot a seed, the mean of each spec, and how far a seed alone reaches."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from slviz.evaluation import METRICS
from slviz.evaluation.seeds import SeedGroup, SeedNull
from slviz.figures.palette import LINE, OKABE_ITO
from slviz.figures.theme import framed
from slviz.figures.written import all_written

ROW_PIXELS = 46


def seed_dots(groups: Sequence[SeedGroup], null: SeedNull, *, metric: str) -> go.Figure:
    """A row a spec, the first on top.

    Args:
        groups: the metric of each spec.
        null: whose reach around the mean of the first spec is shaded, for another spec of as many seeds.
        metric: key of the metric in `METRICS`.
    """
    names = all_written([group.name for group in groups])
    rows = np.arange(len(groups))[::-1]
    traces = [
        go.Scatter(
            x=list(group.values),
            y=[row] * len(group.values),
            mode="markers",
            name="one seed",
            legendgroup="seeds",
            showlegend=place == 0,
            marker={"size": 9, "color": OKABE_ITO[0], "opacity": 0.7},
            text=[f"seed {seed}" for seed in group.seeds],
            hovertemplate=f"<b>{name}</b><br>%{{text}}: %{{x:.3f}}<extra></extra>",
        )
        for place, (group, row, name) in enumerate(zip(groups, rows, names, strict=True))
    ]
    traces.append(
        go.Scatter(
            x=[group.mean for group in groups],
            y=rows,
            mode="markers",
            name="mean",
            marker={"size": 20, "symbol": "line-ns-open", "color": OKABE_ITO[5], "line": {"width": 3}},
            text=names,
            hovertemplate="<b>%{text}</b><br>mean %{x:.3f}<extra></extra>",
        )
    )
    label = METRICS[metric].label
    arrow = "↑" if METRICS[metric].higher_is_better else "↓"
    figure = framed(traces, x=f"{label} {arrow}", y="", keep="seeds", height=130 + ROW_PIXELS * len(groups))
    first = groups[0]
    reach = null.reach(len(first.measured), len(first.measured))
    if np.isfinite(reach) and np.isfinite(first.mean):
        figure.add_vrect(
            x0=first.mean - reach, x1=first.mean + reach, fillcolor=LINE, opacity=0.18, line_width=0, layer="below"
        )
    figure.update_layout(
        yaxis={"tickvals": rows.tolist(), "ticktext": names, "range": (-0.6, len(groups) - 0.4)},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "title": None},
    )
    return figure
