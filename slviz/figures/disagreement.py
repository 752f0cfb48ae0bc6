"""Predicted vs predicted: two runs on the same test rows."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from slviz.figures.palette import KNOWN, LINE, MISSING, PREDICTED
from slviz.figures.theme import empty, framed, scatter_kind
from slviz.figures.written import written

GROUPS: Mapping[str, tuple[str, str]] = {
    "negatives": (MISSING, "circle"),
    "genes": (KNOWN, "circle"),
    "known pairs": (KNOWN, "diamond"),
    "hits": (PREDICTED, "diamond"),
}
"""Colour and symbol of what is drawn, the lowest first."""
NOTHING = "Neither run held out what the other did: there is nothing that both can be tested on."


def predicted_vs_predicted(
    rows: pd.DataFrame, *, one: str, other: str, by_percentile: bool, webgl: bool = True, height: int = 560
) -> go.Figure:
    """One run's prediction of each row over the other's; points carry `customdata = [row]` of `rows`.

    Args:
        rows: as `slviz.ranking.disagreement.shared_rows` gives them, predictions being numbers.
        one, other: what the runs are called.
        by_percentile: whether places among these rows are drawn instead of the predictions themselves.
        webgl: True for the screen; False keeps every point a vector.
        height: in pixels.
    """
    if not len(rows):
        return empty(NOTHING)
    columns = ("percentile_one", "percentile_other") if by_percentile else ("one", "other")
    x, y = (rows[column].to_numpy(dtype=np.float64) for column in columns)
    group = groups_of(rows)
    hover = _hover(rows, one, other)
    traces = [
        scatter_kind(webgl=webgl)(
            x=x[inside],
            y=y[inside],
            mode="markers",
            name=f"{name} ({len(inside):,})",
            marker={"size": 6, "opacity": 0.6, "color": colour, "symbol": symbol},
            text=hover[inside],
            customdata=inside[:, None],
            hovertemplate="%{text}<extra></extra>",
        )
        for name, (colour, symbol) in GROUPS.items()
        if len(inside := np.flatnonzero(group == name))
    ]
    kind = "percentile among these rows" if by_percentile else "prediction"
    figure = framed(
        [*_level(x, y), *traces],
        x=f"{written(one)}: {kind}",
        y=f"{written(other)}: {kind}",
        keep=f"disagreement {by_percentile}",
        height=height,
    )
    figure.update_layout(legend={"orientation": "h", "y": -0.16, "yanchor": "top", "x": 0, "title": None})
    return figure


def groups_of(rows: pd.DataFrame) -> np.ndarray:
    """Text a row: which of `GROUPS` it belongs to."""
    if "negative_kind" not in rows:
        return np.full(len(rows), "genes", dtype=object)
    kind = rows["negative_kind"].to_numpy(dtype=object)
    return np.select([kind == "known", kind == "hit"], ["known pairs", "hits"], "negatives").astype(object)


def _level(x: np.ndarray, y: np.ndarray) -> list[go.Scatter]:
    """The line on which both say the same, where their scales meet."""
    low, high = max(x.min(), y.min()), min(x.max(), y.max())
    if low >= high:
        return []
    line = {"color": LINE, "width": 1.2, "dash": "dash"}
    return [
        go.Scatter(x=[low, high], y=[low, high], mode="lines", name="both say the same", hoverinfo="skip", line=line)
    ]


def _hover(rows: pd.DataFrame, one: str, other: str) -> np.ndarray:
    if "gene" in rows:
        names = [f"<b>{written(gene)}</b>" for gene in rows["gene"]]
    else:
        names = [f"<b>{written(a)} – {written(b)}</b>" for a, b in zip(rows["gene_a"], rows["gene_b"], strict=True)]
    kinds = [""] * len(rows) if "gene" in rows else [f"<br>{written(kind)}" for kind in rows["negative_kind"]]
    said = zip(names, kinds, *(rows[column].tolist() for column in ("one", "other")), strict=True)
    one, other = written(one), written(other)
    return np.array([f"{name}{kind}<br>{one}: {x:.3f}<br>{other}: {y:.3f}" for name, kind, x, y in said], dtype=object)
