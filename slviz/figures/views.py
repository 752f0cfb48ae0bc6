"""What each side adds to the score of a pair, as bars."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from slviz.figures.palette import FAINT, KNOWN, LINE, PREDICTED
from slviz.figures.theme import framed
from slviz.figures.written import all_written, written

ROW_PIXELS = 30


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
        orientation="h",
        marker={"color": [PREDICTED if gain >= 0 else KNOWN for gain in adds]},
        text=[f"{gain:+.2f}" for gain in adds],
        textposition="outside",
        cliponaxis=False,
        customdata=shares[["without"]].to_numpy(),
        hovertemplate=f"<b>%{{y}}</b><br>adds %{{x:+.2f}}<br>{of} without it %{{customdata[0]:.3f}}<extra></extra>",
        showlegend=False,
    )
    height = 90 + ROW_PIXELS * len(shares)
    figure = framed([bars], x=f"Adds to the {of} ({written(unit)})", y="", keep="shares", height=height, bargap=0.35)
    low, high = min(0.0, float(adds.min(initial=0))), max(0.0, float(adds.max(initial=0)))
    room = 0.15 * max(high - low, 1e-3)
    figure.update_xaxes(range=(low - room * (low < 0), high + room), gridcolor=FAINT)
    figure.update_yaxes(autorange="reversed", showgrid=False)
    figure.add_vline(x=0, line={"color": LINE, "width": 1})
    return figure.update_layout(margin={"l": 8, "r": 16, "t": 8, "b": 44})
