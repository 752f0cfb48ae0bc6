"""Reconstruction: each gene's error beside the error of a baseline."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from slviz.figures.palette import LINE, PART_COLOURS, PART_SYMBOLS
from slviz.figures.theme import empty, framed, scatter_kind
from slviz.figures.written import all_written, written
from slviz.runs import PARTS


def error_vs_baseline(
    predictions: pd.DataFrame,
    baseline: str,
    *,
    parts: Sequence[str] = PARTS,
    webgl: bool = True,
    height: int = 520,
) -> go.Figure:
    """Error of each gene's features by the network over that by a baseline; below the dashed line it is better.

    Points carry `customdata = [row]` of `predictions`, which has `slviz.runs.GENE_COLUMNS` and a
    column named for the baseline; errors are root mean squared, in units of the features.
    """
    own, other = (predictions[column].to_numpy(dtype=np.float32) for column in ("prediction", baseline))
    finite = np.isfinite(own) & np.isfinite(other)
    part = predictions["part"].to_numpy()
    shown = finite & np.isin(part, list(parts))
    if not shown.any():
        return empty("There is no gene of these parts in this run.")
    highest = 1.04 * float(max(own[shown].max(), other[shown].max()))
    line = {"color": LINE, "width": 1.5, "dash": "dash"}
    hover = f"<b>%{{text}}</b><br>network %{{y:.3f}}<br>{written(baseline)} %{{x:.3f}}<extra></extra>"
    traces = [go.Scatter(x=[0, highest], y=[0, highest], mode="lines", name="as good", line=line, hoverinfo="skip")]
    for name in PARTS:
        rows = np.flatnonzero(shown & (part == name))
        if len(rows):
            traces.append(
                scatter_kind(webgl=webgl)(
                    x=other[rows],
                    y=own[rows],
                    mode="markers",
                    name=f"{name} ({len(rows):,})",
                    text=all_written(predictions["gene"].to_numpy()[rows]),
                    customdata=rows[:, None],
                    marker={"size": 6, "opacity": 0.6, "color": PART_COLOURS[name], "symbol": PART_SYMBOLS[name]},
                    hovertemplate=hover,
                )
            )
    figure = framed(
        traces,
        x=f"Error of the baseline “{written(baseline)}”",
        y="Error of the network",
        keep=f"reconstruction {baseline}",
        legend_title="Genes of",
        height=height,
    )
    figure.update_xaxes(range=(0, highest))
    return figure.update_yaxes(range=(0, highest))
