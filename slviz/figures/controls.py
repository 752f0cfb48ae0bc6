"""Controls side by side: how many neighbours stay from one embedding to another, and what neighbours share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from slviz.figures.palette import KNOWN
from slviz.figures.theme import framed
from slviz.figures.written import all_written, written
from slviz.projections.agreement import Agreement, Null
from slviz.projections.homophily import NeighbourHomophily

KIND_COLOURS = {"features": "#E69F00", "untrained": "#56B4E9", "trained": "#0072B2", "shuffled": "#CC79A7"}
KIND_PATTERNS = {"features": "", "untrained": "/", "trained": "", "shuffled": "x"}
LAYER_COLOUR, LAYER_PATTERN = "#009E73", "."
"""Of any layer of the trained network."""
DARK = "#606060"
CHANCE = "by chance, ± 2 standard deviations"


def agreement_bars(agreements: Mapping[str, Agreement]) -> go.Figure:
    """A bar for each two embeddings, named by the key: the share of nearest neighbours that stay, beside chance."""
    names = all_written(agreements)
    percent = [100 * agreement.mean for agreement in agreements.values()]
    bars = go.Bar(
        y=names,
        x=percent,
        orientation="h",
        marker={"color": KNOWN},
        text=[f"{value:.1f} %" for value in percent],
        textposition="outside",
        cliponaxis=False,
        showlegend=False,
        hovertemplate="%{y}: %{x:.1f} % stay<extra></extra>",
    )
    chance = _chance([agreement.null for agreement in agreements.values()], names, across=False)
    figure = framed(
        [bars, *chance],
        x="nearest neighbours that stay the same, %",
        y="",
        keep="agreement",
        height=130 + 42 * len(names),
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
    )
    figure.update_yaxes(autorange="reversed", showgrid=False)
    return figure.update_xaxes(range=[0, max(*percent, 1) * 1.15])


def homophily_bars(homophily: Mapping[str, Sequence[NeighbourHomophily]], titles: Mapping[str, str]) -> go.Figure:
    """For each relation a bar an embedding: the share of its nearest neighbours that are so related, beside chance.

    Args:
        homophily: by kind of embedding, its homophily by each relation, the relations in the same order.
        titles: what each kind is called.
    """
    relations = [written(measurement.relation) for measurement in next(iter(homophily.values()))]
    traces: list[Any] = []
    for place, (kind, of_kind) in enumerate(homophily.items()):
        percent = [100 * measurement.mean for measurement in of_kind]
        traces.append(
            go.Bar(
                x=np.arange(len(relations)) + _offset(place, len(homophily)),
                y=percent,
                width=_width(len(homophily)),
                name=written(titles[kind]),
                marker={
                    "color": KIND_COLOURS.get(kind, LAYER_COLOUR),
                    "pattern": {"shape": KIND_PATTERNS.get(kind, LAYER_PATTERN)},
                },
                text=[f"{value:.0f}" if value >= 10 else f"{value:.1f}" for value in percent],
                textposition="outside",
                cliponaxis=False,
                customdata=[[relation] for relation in relations],
                hovertemplate=f"{written(titles[kind])}: %{{y:.1f}} % of neighbours %{{customdata[0]}}<extra></extra>",
            )
        )
    nulls = [measurement.null for of_kind in homophily.values() for measurement in of_kind]
    places = [
        relation + _offset(place, len(homophily))
        for place in range(len(homophily))
        for relation in range(len(relations))
    ]
    traces += _chance(nulls, places, across=True)
    highest = max(100 * measurement.mean for of_kind in homophily.values() for measurement in of_kind)
    figure = framed(
        traces,
        x="",
        y="% of a gene's nearest neighbours",
        keep="homophily",
        height=400,
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
    )
    figure.update_xaxes(tickvals=list(range(len(relations))), ticktext=relations, showgrid=False)
    return figure.update_yaxes(range=[0, highest * 1.12])


def _width(kinds: int) -> float:
    return 0.84 / kinds


def _offset(place: int, kinds: int) -> float:
    """Where the bar of a kind stands around its group's middle."""
    return (place - (kinds - 1) / 2) * _width(kinds)


def _chance(nulls: Sequence[Null], places: Sequence[Any], *, across: bool) -> list[Any]:
    """The nulls with their spread, on bars that stand (`across`) or lie: light on dark, to be seen on any bar."""
    mean, spread = [100 * null.mean for null in nulls], [200 * null.spread for null in nulls]
    error = {"type": "data", "array": spread, "color": DARK, "thickness": 1.5, "width": 3}
    place = {"x": places, "y": mean, "error_y": error} if across else {"x": mean, "y": places, "error_x": error}
    symbol = "line-ew" if across else "line-ns"
    dark = {"symbol": symbol, "size": 20, "line": {"color": DARK, "width": 6}}
    light = {"symbol": symbol, "size": 18, "line": {"color": "white", "width": 2}}
    shown = {"mode": "markers", "legendgroup": CHANCE}
    hover = f"%{{{'y' if across else 'x'}:.2f}} % by chance<extra></extra>"
    return [
        go.Scatter(**place, marker=dark, name=CHANCE, hovertemplate=hover, **shown),
        go.Scatter(x=place["x"], y=place["y"], marker=light, showlegend=False, hoverinfo="skip", **shown),
    ]
