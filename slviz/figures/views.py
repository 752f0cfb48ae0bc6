"""What each side adds to the score of a pair, as bars."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from slviz.figures.palette import FAINT, KNOWN, LINE, PREDICTED
from slviz.figures.theme import framed
from slviz.figures.written import all_written, written

ROW_PIXELS = 30


def cause_bars(causes: pd.DataFrame, *, unit: str) -> go.Figure:
    """One bar a view: to the right where it raises the partners that a run puts first over those of another run.

    Args:
        causes: columns "view", "own", "others" and "adds", as `slviz.ranking.view_causes.view_causes` gives them.
        unit: what they are counted in.
    """
    adds = causes["adds"].to_numpy()
    bars = go.Bar(
        x=adds,
        y=all_written(causes["view"]),
        customdata=causes[["own", "others"]].to_numpy(),
        hovertemplate="<b>%{y}</b><br>own first partners: %{customdata[0]:+.2f}<br>the other run's: "
        "%{customdata[1]:+.2f}<extra></extra>",
        **_look(adds),
    )
    return _drawn(bars, adds, title=f"Own first partners less the other's ({written(unit)})")


def share_bars(shares: pd.DataFrame, *, unit: str, of: str = "score") -> go.Figure:
    """One bar a side, to the right where it speaks for the pair, to the left where against it.

    Args:
        shares: columns "side", "adds" and "without" (the score without the side), in the order of the bars.
        unit: what "adds" is counted in.
        of: what it is added to.
    """
    adds = shares["adds"].to_numpy()
    bars = go.Bar(
        x=adds,
        y=all_written(shares["side"]),
        customdata=shares[["without"]].to_numpy(),
        hovertemplate=f"<b>%{{y}}</b><br>adds %{{x:+.2f}}<br>{of} without it %{{customdata[0]:.3f}}<extra></extra>",
        **_look(adds),
    )
    return _drawn(bars, adds, title=f"Adds to the {of} ({written(unit)})")


def _look(adds: np.ndarray) -> dict[str, Any]:
    """Bars whose colour says the sign, with their number outside."""
    return {
        "orientation": "h",
        "marker": {"color": [PREDICTED if gain >= 0 else KNOWN for gain in adds]},
        "text": [f"{gain:+.2f}" for gain in adds],
        "textposition": "outside",
        "cliponaxis": False,
        "showlegend": False,
    }


def _drawn(bars: go.Bar, adds: np.ndarray, *, title: str) -> go.Figure:
    height = 90 + ROW_PIXELS * len(adds)
    figure = framed([bars], x=title, y="", keep="shares", height=height, bargap=0.35)
    low, high = min(0.0, float(adds.min(initial=0))), max(0.0, float(adds.max(initial=0)))
    room = 0.15 * max(high - low, 1e-3)
    figure.update_xaxes(range=(low - room * (low < 0), high + room), gridcolor=FAINT)
    figure.update_yaxes(autorange="reversed", showgrid=False)
    figure.add_vline(x=0, line={"color": LINE, "width": 1})
    return figure.update_layout(margin={"l": 8, "r": 16, "t": 8, "b": 44})
