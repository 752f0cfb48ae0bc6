"""What screens tested as a colour of the map, and how far each model tells their hits, beside what a screen tells."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from slviz.datasets import TestedPairs
from slviz.figures.colouring import OTHERS, Colouring
from slviz.figures.palette import ACCENT, LINE, MISSING
from slviz.figures.theme import framed
from slviz.figures.written import written

ABOVE_PIXELS, ROW_PIXELS = 140, 24
HIT, TESTED, UNTESTED = "in a hit", "tested, in no hit", OTHERS


def by_screen(tested: TestedPairs, genes: int, *, title: str) -> Colouring:
    """The genes of a screen's hits, the others that it tested, and in grey those that it did not."""
    values = np.full(genes, UNTESTED, dtype=object)
    values[np.unique(tested.pairs)] = TESTED
    values[np.unique(tested.pairs[tested.hit])] = HIT
    return Colouring(title, "categorical", values, order=(HIT, TESTED, UNTESTED))


def screen_dots(table: pd.DataFrame, *, own: tuple[str, ...], ceilings: Mapping[str, float]) -> go.Figure:
    """ROC AUC of each model with its interval, best on top; chance and what experiments say of each other as lines.

    Args:
        table: one row a model, columns `scorer`, `auc` and, where there are intervals, `auc_low` and `auc_high`.
        own: the rows that are the run itself, in the accent colour.
        ceilings: ROC AUC by its name, such as "another screen"; those that are not finite are left out.
    """
    order = table.dropna(subset=["auc"]).sort_values("auc")
    names = [written(name) for name in order["model"]]
    is_own = order["model"].isin(own).to_numpy()
    auc = order["auc"].to_numpy(dtype=np.float64)
    low, high = (
        order[end].to_numpy(dtype=np.float64) if end in order else np.full(len(order), np.nan)
        for end in ("auc_low", "auc_high")
    )
    said = [
        f"{value:.3f}" + (f" ({one:.3f} to {other:.3f})" if np.isfinite(one) else "")
        for value, one, other in zip(auc, low, high, strict=True)
    ]
    trace = go.Scatter(
        x=auc,
        y=names,
        mode="markers",
        error_x={
            "symmetric": False,
            "array": np.nan_to_num(high - auc),
            "arrayminus": np.nan_to_num(auc - low),
            "thickness": 1.4,
            "width": 3,
            "color": MISSING,
        },
        marker={
            "size": 10,
            "color": np.where(is_own, ACCENT, MISSING).tolist(),
            "symbol": np.where(is_own, "circle", "diamond").tolist(),
        },
        text=said,
        hovertemplate="<b>%{y}</b><br>ROC AUC %{text}<extra></extra>",
        showlegend=False,
    )
    figure = framed([trace], x="ROC AUC", y="", keep="screen dots", height=ABOVE_PIXELS + ROW_PIXELS * len(order))
    figure.update_yaxes(categoryorder="array", categoryarray=names)
    drawn = {"chance": 0.5, **{name: value for name, value in ceilings.items() if np.isfinite(value)}}
    for place, (name, value) in enumerate(drawn.items()):
        figure.add_vline(x=value, line={"color": LINE, "dash": "dot" if name == "chance" else "dash", "width": 1.6})
        figure.add_annotation(
            x=value, y=1, yref="paper", yanchor="bottom", yshift=16 * (place % 3), showarrow=False,
            text=f"{written(name)} {value:.3f}",
        )  # fmt: skip
    return figure.update_layout(margin={"t": 70})
